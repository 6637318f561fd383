/**
 * Whether anybody works with a database. A program that goes on writing to a file that was replaced
 * under it loses what it writes, and its log, beside the new file, would damage that one.
 */
import { readdirSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { DiskStat } from "../base/disk.ts";
import { diskPath } from "../base/paths.ts";
import { systemCode } from "./refusals.ts";
import { sqliteAddress, sqliteCode } from "./sqlite-by-lock.ts";

/** As far as the system tells us: on Linux, of the processes that are ours. Changes nothing. */
export function isOpenSomewhere({ inode, device }: Pick<DiskStat, "inode" | "device">): boolean {
  for (const pid of namesOrNone("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of namesOrNone(`/proc/${pid}/fd`)) {
      const open = statOrNone(`/proc/${pid}/fd/${fd}`);
      if (open?.ino === inode && open.dev === device) return true;
    }
  }
  return false;
}

/**
 * Asks SQLite for the database alone. If that is granted, its log has become part of the main file
 * (so the caller has saved what stands there); false: somebody else is at it.
 */
export function takeAlone(path: string): boolean {
  try {
    const database = new DatabaseSync(sqliteAddress(path, "?mode=rw"), { timeout: 0 });
    try {
      endLog(database);
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    return isNobodysLock(error);
  }
}

/** Leaving WAL takes a lock that no other connection, even an idle one, lets pass. */
function endLog(database: DatabaseSync): void {
  const mode = database.prepare("PRAGMA journal_mode").get()?.["journal_mode"];
  database.exec(mode === "wal" ? "PRAGMA journal_mode=DELETE" : "BEGIN EXCLUSIVE; ROLLBACK");
}

const READ_ONLY = 8;
const DAMAGED = 11;
const NO_DATABASE = 26;

/** What nobody can write to, or read as a database, nobody works with. In doubt, somebody does. */
function isNobodysLock(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === undefined) throw error;
  return [READ_ONLY, DAMAGED, NO_DATABASE].includes(code & 0xff);
}

/** Processes end while we look, and other users' are closed to us. */
function namesOrNone(folder: string): string[] {
  return unlessHidden(() => readdirSync(folder)) ?? [];
}

function statOrNone(path: string): { readonly ino: bigint; readonly dev: bigint } | undefined {
  return unlessHidden(() => statSync(diskPath(path), { bigint: true }));
}

function unlessHidden<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
