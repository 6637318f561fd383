/** Whether a file that stands there holds a certain content: by its bytes, never by its times. */
import { toBase64 } from "../base/bytes.ts";
import { DiskError } from "../base/errors.ts";
import type { ContentSha } from "../base/ids.ts";
import { diskPath } from "../base/paths.ts";
import { Sha256 } from "../base/sha256.ts";
import { lstatSync } from "node:fs";
import { unlessAbsent } from "./refusals.ts";
import { isDatabase } from "./sqlite-header.ts";
import { withDatabaseCopy } from "./sqlite-copy.ts";
import { readSteadily, type ContentReader } from "./steady-read.ts";

export interface WantedContent {
  readonly size: number;
  readonly sha256: ContentSha;
}

/**
 * A database is compared as a backup would read it: its files taken together, in a copy. What cannot
 * be read, or does not hold still, is not known to be the same.
 */
export async function hasContent(
  path: string,
  wanted: WantedContent,
  scratchFolder: string,
): Promise<boolean> {
  try {
    const whole = !isDatabase(path) || !hasLog(path);
    if (whole && isSteadily(path, wanted)) return true;
    if (!isDatabase(path)) return false;
    const copied = await withDatabaseCopy(path, scratchFolder, (copy) => isSteadily(copy, wanted));
    return copied === true;
  } catch (error) {
    if (error instanceof DiskError && error.code === "file-unreadable") return false;
    throw error;
  }
}

const PIECE_BYTES = 1024 * 1024;

function isSteadily(path: string, { size, sha256 }: WantedContent): boolean {
  const read = readSteadily(diskPath(path), (reader) => {
    return reader.size === size && hashOf(reader) === sha256;
  });
  return read !== undefined && read.steady && read.value;
}

function hashOf(reader: ContentReader): string {
  const hash = new Sha256();
  for (let at = 0; at < reader.size; at += PIECE_BYTES) hash.update(reader.read(at, PIECE_BYTES));
  return toBase64(hash.digest());
}

const hasLog = (path: string): boolean =>
  ["-wal", "-journal"].some((suffix) => {
    return unlessAbsent(() => lstatSync(diskPath(path + suffix))) !== undefined;
  });
