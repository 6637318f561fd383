/** What a database file and the files beside it say before SQLite opens them. */
import { lstatSync } from "node:fs";
import { diskPath } from "../base/paths.ts";
import { unlessAbsent } from "./refusals.ts";
import { readSteadily } from "./steady-read.ts";

const MAGIC = Buffer.from("SQLite format 3\0", "latin1");
/** 1 with a rollback journal, 2 with a WAL. */
const WRITE_VERSION_AT = 18;

/** false also for an encrypted one. An unreadable file throws. */
export const isDatabase = (path: string): boolean => headOf(path) !== undefined;

/**
 * "rollback": SQLite reads it without a trace. "wal": so it does here, because `-wal` and `-shm` are
 * there already. "wal-unattended": it would have to create them.
 */
export function howToCopy(path: string): "no-database" | "rollback" | "wal" | "wal-unattended" {
  const head = headOf(path);
  if (head === undefined) return "no-database";
  const hasWal = exists(`${path}-wal`);
  if (head[WRITE_VERSION_AT] !== 2 && !hasWal) return "rollback";
  return hasWal && exists(`${path}-shm`) ? "wal" : "wal-unattended";
}

export function beginsLikeDatabase(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.length));
}

function headOf(path: string): Buffer | undefined {
  const read = readSteadily(diskPath(path), (reader) => reader.read(0, WRITE_VERSION_AT + 1));
  return read && beginsLikeDatabase(read.value) ? read.value : undefined;
}

const exists = (path: string): boolean =>
  unlessAbsent(() => lstatSync(diskPath(path))) !== undefined;
