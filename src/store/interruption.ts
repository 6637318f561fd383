import { InterruptedError } from "../base/errors.ts";

/** Called before and between the steps of every verb; a step that is begun is finished or undone. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new InterruptedError("interrupted", {}, signal.reason);
}
