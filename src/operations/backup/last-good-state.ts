/**
 * What cannot be looked at or read today is not gone: it keeps what the version before had, is
 * flagged unsteady, and is named in the manifest. A hard link of before becomes a file of its own,
 * because what its target's name holds by now may be something else.
 */
import { DiskError } from "../../base/errors.ts";
import type { RelPath } from "../../base/paths.ts";
import { FILE_FLAGS, type FileEntry } from "../../format/entry.ts";
import type { Writer } from "../../repository/writer.ts";
import type { Collected } from "./collected.ts";
import type { KnownFiles } from "./known-files.ts";

export interface Before {
  readonly known: KnownFiles;
  readonly writer: Writer;
}

/** Any other failure is passed on: a full disk must not pass for an unreadable file. */
export function isUnreadable(error: unknown): error is DiskError {
  return error instanceof DiskError && error.code === "file-unreadable";
}

export async function keepFile(before: Before, path: RelPath, collected: Collected): Promise<void> {
  collected.unsteady.push(path);
  const entry = await lastGoodFile(before, path);
  if (entry) collected.keep(entry);
}

/** Of a path that could not be looked at, with whatever lay below it. */
export async function keepTree(before: Before, path: RelPath, collected: Collected): Promise<void> {
  collected.unsteady.push(path);
  for (const entry of await before.known.entries()) {
    const isBelow = entry.path === path || entry.path.startsWith(`${path}/`);
    if (!isBelow || collected.has(entry.path)) continue;
    const isFile = entry.kind === "file" || entry.kind === "hardlink";
    const kept = isFile ? await lastGoodFile(before, entry.path) : entry;
    if (kept) collected.keep(kept);
  }
}

async function lastGoodFile(
  { known, writer }: Before,
  path: RelPath,
): Promise<FileEntry | undefined> {
  const file = await known.before(path);
  const entry = file && writer.relyOnFile(file.entry, file.ids);
  const flags = FILE_FLAGS.filter((flag) => flag === "unsteady" || entry?.flags.includes(flag));
  return entry && { ...entry, flags };
}
