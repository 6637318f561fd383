/**
 * A consistent copy of a SQLite database that others may be writing to.
 *
 * The workspace is not touched: nothing in it is created, removed, rolled back or checkpointed.
 *  - SQLite copies, under its own locks, wherever it can read without leaving a trace.
 *  - Where it could not (it would create `-wal` and `-shm`, or has to roll a crashed writer's
 *    journal back first), the files are copied as they are, and SQLite mends the copy.
 * Never VACUUM INTO: it numbers the pages anew, and no page would be known from the backup before.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt } from "./refusals.ts";
import { copyByFiles, type CopiedByFiles } from "./sqlite-by-files.ts";
import { copyBySqlite } from "./sqlite-by-lock.ts";
import { howToCopy } from "./sqlite-header.ts";

/** Between two tries another process may have opened or closed the database. */
const MAX_TRIES = 3;

/**
 * undefined: no copy can be had (no database after all, encrypted, damaged, locked for long, no
 * room). An unreadable file throws. The copy lies in a folder of its own, closed to other users,
 * and is removed after use; what a crash leaves in `scratchFolder` may be removed by anyone who
 * knows that no backup runs.
 */
export async function withDatabaseCopy<T>(
  path: string,
  scratchFolder: string,
  use: (copyPath: string) => Promise<T> | T,
): Promise<T | undefined> {
  const folder = attempt(scratchFolder, () => mkdtempSync(join(scratchFolder, "database-")));
  try {
    const copy = join(folder, "copy");
    return (await copyDatabase(path, copy)) ? await use(copy) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function copyDatabase(path: string, copy: string): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const outcome = await copyOnce(path, copy);
    if (outcome !== "changed") return outcome === "copied";
    removeFilesIn(dirname(copy));
  }
  return false;
}

/**
 * Files may be copied by hand only where a set of them that held still is a state of the database.
 * That is so with a WAL, where the main file never holds what is not committed, and after a crash
 * left a journal; not while a writer keeps its journal in memory and others out by its lock.
 */
async function copyOnce(path: string, copy: string): Promise<CopiedByFiles> {
  const way = howToCopy(path);
  if (way === "no-database") return "impossible";
  if (way === "wal-unattended") return copyByFiles(path, copy);
  const outcome = await copyBySqlite(path, copy);
  if (outcome === "copied") return "copied";
  removeFilesIn(dirname(copy));
  const mayCopyFiles = way === "wal" || outcome === "crashed-writer";
  return mayCopyFiles ? copyByFiles(path, copy) : "impossible";
}

function removeFilesIn(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
}
