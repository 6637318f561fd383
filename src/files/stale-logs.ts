/**
 * Before a database is replaced or removed, and before one gets its name: nobody has it open, and no
 * log lies beside it that SQLite would apply to the next file of that name.
 */
import { basename, dirname } from "node:path";
import type { Disk } from "../base/disk.ts";
import { isOpenSomewhere, takeAlone } from "./database-use.ts";
import { isDatabase } from "./sqlite-header.ts";
import { SIDE_FILES, type Standing } from "./standing.ts";

export interface DatabasePlace {
  /** What stands there; the caller has saved it, since its log becomes part of it here. */
  readonly before: Standing;
  /** A new name for what is put aside. */
  readonly aside: (name: string) => string;
}

/** false: somebody is at it, and it is as it was. */
export function endUse(disk: Disk, path: string, { before, aside }: DatabasePlace): boolean {
  // SQLite must not meet a log that is a link or a folder: it would follow it.
  putAside(disk, path, aside, "odd");
  if (before.kind === "file" && isDatabase(path)) {
    if (isOpenSomewhere(before.stat) || !takeAlone(path)) return false;
  }
  putAside(disk, path, aside, "all");
  return true;
}

/** Renamed, never removed: it may be all that is left of something. Durable before we go on. */
function putAside(
  disk: Disk,
  path: string,
  aside: DatabasePlace["aside"],
  which: "odd" | "all",
): void {
  const folder = dirname(path);
  let moved = false;
  for (const suffix of SIDE_FILES) {
    const stat = disk.stat(path + suffix);
    if (stat === undefined || (which === "odd" && stat.kind === "file")) continue;
    disk.rename(path + suffix, `${folder}/${aside(basename(path) + suffix)}`);
    moved = true;
  }
  if (moved) disk.syncFolder(folder);
}
