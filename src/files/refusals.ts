/**
 * What the operating system refuses, in words. Whatever is no system error (our own bug) is passed
 * on as it is; the system's own error stays the `cause`.
 */
import type { DiskPath } from "../base/disk.ts";
import { DiskError } from "../base/errors.ts";
import { diskPath, shown, textOfBytes } from "../base/paths.ts";

type RefusalCode = `disk-${"full" | "read-only" | "denied" | "absent" | "failed"}` | NameCode;
type NameCode = "disk-name-taken" | "disk-name-refused";

const CODES: Readonly<Record<string, RefusalCode>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EROFS: "disk-read-only",
  EACCES: "disk-denied",
  EPERM: "disk-denied",
  EEXIST: "disk-name-taken",
  ENOTEMPTY: "disk-name-taken",
  ENAMETOOLONG: "disk-name-refused",
  EILSEQ: "disk-name-refused",
  ENOENT: "disk-absent",
  ENOTDIR: "disk-absent",
};

/** Does it, or says in words why the disk refused. */
export function attempt<Result>(path: DiskPath, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw asDiskError(error, path);
  }
}

/** undefined where `path`, or a folder on the way to it, is not there. */
export function unlessAbsent<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

export function asDiskError(error: unknown, path: DiskPath): unknown {
  const reason = systemCode(error);
  if (reason === undefined) return error;
  return new DiskError(CODES[reason] ?? "disk-failed", { path: shownPath(path), reason }, error);
}

/** ENOENT and its like; undefined for what is no system error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error && "errno" in error && "code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function isAbsence(error: unknown): boolean {
  const reason = systemCode(error);
  return reason === "ENOENT" || reason === "ENOTDIR";
}

export const shownPath = (path: DiskPath): string =>
  shown(typeof path === "string" ? path : textOfBytes(path));

/** What node:fs takes: odd bytes that a string carries as lone surrogates become bytes again. */
export const nodePath = (path: DiskPath): DiskPath =>
  typeof path === "string" ? diskPath(path) : path;
