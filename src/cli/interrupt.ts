/** Ctrl-C: once asks the run to stop where nothing is lost, twice ends it there and then. */
import { EXIT } from "../base/exit-codes.ts";
import { say } from "../base/messages/index.ts";
import type { Terminal } from "./terminal.ts";

export function interruptSignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    // Invariant I1: nothing under a name is ever half written, so ending at once is safe too.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    terminal.complain(say("interrupt-once", {}));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
