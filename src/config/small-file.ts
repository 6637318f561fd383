/** Files that people write by hand: small, regular, read at once. Nothing else is waited for. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";

export interface SmallFile {
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
  /** The owner. */
  readonly uid: number;
}

/** A failure is a value, because each caller has its own name for it. */
export type Reading = SmallFile | { readonly reason: string; readonly absent: boolean };

export function readSmallFile(path: string, limitBytes: number): Reading {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever. (Windows has
    // neither; there the flag is undefined, which `|` takes for 0.)
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readOpen(file, limitBytes);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const code = codeOf(cause);
    return { reason: REASONS.get(code) ?? `the system says ${code}`, absent: ABSENT.has(code) };
  }
}

/** Asks the open file, not its name: what is checked is what is read. */
function readOpen(file: number, limitBytes: number): Reading {
  const stat = fstatSync(file);
  if (!stat.isFile()) return { reason: "it is not a regular file", absent: false };
  const bytes = Buffer.alloc(limitBytes + 1);
  let length = 0;
  for (let count = -1; count !== 0 && length < bytes.length; length += count) {
    count = readSync(file, bytes, length, bytes.length - length, length);
  }
  if (length > limitBytes)
    return { reason: `it is larger than ${limitBytes} bytes`, absent: false };
  return { bytes: bytes.subarray(0, length), mode: stat.mode & 0o7777, uid: stat.uid };
}

/** What cannot be looked at is not there, as far as choosing a place goes. */
export function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    codeOf(cause);
    return undefined;
  }
}

export const isFolder = (path: string): boolean => lookAt(path)?.isDirectory() === true;

const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "it does not exist"],
  ["ENOTDIR", "it does not exist"],
  ["EACCES", "permission was denied"],
  ["EPERM", "permission was denied"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "it is a link to itself"],
]);

/** The system's own code; an error without one is our mistake and goes on. */
function codeOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string")
    return cause.code;
  throw cause;
}
