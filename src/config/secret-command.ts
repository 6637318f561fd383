/**
 * Runs the command that prints a secret, as `op read …` or `pass show …`.
 *
 * Invariant: nothing it prints is repeated, on stderr neither; an error names the key and how the
 * command ended. It ends by itself or is ended: nothing waits for it longer than the limit.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { KeyError } from "../base/errors.ts";

export interface CommandOptions {
  /** Of the configuration, for errors. */
  readonly key: string;
  /** Where relative names in the command start. */
  readonly folder: string;
  readonly limitMs?: number;
}

export async function runSecretCommand(command: string, options: CommandOptions): Promise<string> {
  const limitMs = options.limitMs ?? 30_000;
  const ended = await runShell(command, options.folder, limitMs);
  if (typeof ended === "string" && ended.trim() !== "") return ended;
  const reason = typeof ended === "string" ? "it printed nothing" : ended.reason;
  throw new KeyError("secret-command", { key: options.key, reason });
}

type Ending = string | { readonly reason: string };

const LIMIT_BYTES = 64 * 1024;

/** Where there are groups of processes, the command gets one of its own. */
const HAS_GROUPS = process.platform !== "win32";

function runShell(command: string, cwd: string, limitMs: number): Promise<Ending> {
  return new Promise((resolve) => {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const child = spawn(command, { cwd, shell: true, detached: HAS_GROUPS, stdio });
    const stop = (reason: string): void => {
      clearTimeout(timer);
      stopGroup(child);
      resolve({ reason });
    };
    const timer = setTimeout(stop, limitMs, `it took longer than ${limitMs / 1000} seconds`);
    const printed = collect(child.stdout, () => {
      stop(`it printed more than ${LIMIT_BYTES} bytes`);
    });
    child.on("error", () => {
      stop("it could not be started");
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? Buffer.concat(printed).toString("utf8") : endingOf(code, signal));
    });
  });
}

function endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (code !== null) return { reason: `it ended with code ${code}` };
  return { reason: `it was ended by ${signal ?? "the system"}` };
}

function collect(stream: Readable, tooMuch: () => void): Buffer[] {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on("data", (part: Buffer) => {
    size += part.length;
    if (size > LIMIT_BYTES) tooMuch();
    else parts.push(part);
  });
  return parts;
}

/** The shell and what it started: with a run every quarter of an hour, what hangs would pile up. */
function stopGroup(child: ChildProcess): void {
  child.stdout?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(HAS_GROUPS ? -child.pid : child.pid, "SIGKILL");
  } catch {
    child.unref(); // all of them have ended already
  }
}
