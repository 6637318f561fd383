/**
 * SQLite's files beside a database: `-wal` and `-journal` hold what is not yet, or no longer, in the
 * main file; `-shm` is an index of the `-wal` that every process can rebuild.
 */
import { lstatSync } from "node:fs";
import { DiskError } from "../base/errors.ts";
import { diskPath } from "../base/paths.ts";
import { unlessAbsent } from "./refusals.ts";
import { isDatabase } from "./sqlite-header.ts";

export interface Beside {
  /** The names in the same folder. */
  readonly names: { has(name: string): boolean };
  readonly pathOf: (name: string) => string;
}

const SIDE_FILE = /^([^]+)-(?:wal|shm|journal)$/;
const HOLDS_CONTENT = ["-wal", "-journal"];

export function isSideFile(name: string, { names, pathOf }: Beside): boolean {
  const database = SIDE_FILE.exec(name)?.[1];
  return database !== undefined && names.has(database) && isKnownDatabase(pathOf(database));
}

/** Changes whenever the database may have changed without its main file; undefined: has none. */
export function sideFilesOf(name: string, { names, pathOf }: Beside): string | undefined {
  const sides = HOLDS_CONTENT.filter((suffix) => names.has(name + suffix));
  if (sides.length === 0) return undefined;
  return sides.map((suffix) => `${suffix} ${stateOf(pathOf(name + suffix))}`).join(" ");
}

/** Without ctime: whoever opens a database as root, us included, sets the owner of its `-wal`. */
function stateOf(path: string): string {
  const stat = unlessAbsent(() => lstatSync(diskPath(path), { bigint: true }));
  if (stat === undefined) return "absent";
  return [stat.size, stat.mtimeNs, stat.ino].map(String).join("/");
}

/** An unreadable file is reported when its own turn comes; what lies beside it is kept until then. */
function isKnownDatabase(path: string): boolean {
  try {
    return isDatabase(path);
  } catch (error) {
    if (error instanceof DiskError) return false;
    throw error;
  }
}
