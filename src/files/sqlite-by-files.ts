/**
 * A database's files copied by hand, while nobody holds a lock for us: it counts only when none of
 * them has changed meanwhile. SQLite then does on the copy what it would have done on the original:
 * take in the WAL, roll the crashed writer's journal back.
 */
import { chmodSync, constants, copyFileSync, lstatSync, type BigIntStats } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { diskPath } from "../base/paths.ts";
import { isAbsence, systemCode, unlessAbsent } from "./refusals.ts";
import { signatureOf, signatureText } from "./signature.ts";
import { sqliteAddress, sqliteCode } from "./sqlite-by-lock.ts";

export type CopiedByFiles = "copied" | "changed" | "impossible";

/** Not `-shm`, which SQLite makes anew from the `-wal`. */
const PARTS = ["", "-journal", "-wal"];

export function copyByFiles(path: string, copy: string): CopiedByFiles {
  const before = partsOf(path);
  if (before.some(({ stat }) => !stat.isFile())) return "impossible";
  try {
    for (const { part } of before) copyPart(path + part, copy + part);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return isAbsence(error) ? "changed" : "impossible";
  }
  if (stateText(before) !== stateText(partsOf(path))) return "changed";
  return before.length === 1 || mend(copy) ? "copied" : "impossible";
}

interface Part {
  readonly part: string;
  readonly stat: BigIntStats;
}

function partsOf(path: string): Part[] {
  return PARTS.flatMap((part) => {
    const stat = unlessAbsent(() => lstatSync(diskPath(path + part), { bigint: true }));
    return stat ? [{ part, stat }] : [];
  });
}

const stateText = (parts: readonly Part[]): string =>
  parts.map(({ part, stat }) => `${part} ${signatureText(signatureOf(stat))}`).join(" ");

/** Where the filesystem can, the copy shares its blocks with the original until one changes. */
function copyPart(from: string, to: string): void {
  copyFileSync(diskPath(from), to, constants.COPYFILE_FICLONE);
  chmodSync(to, 0o600);
}

/** false: SQLite refuses it, or could not make one file of it. */
function mend(copy: string): boolean {
  try {
    const database = new DatabaseSync(sqliteAddress(copy));
    try {
      database.exec("PRAGMA schema_version; PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      database.close();
    }
    return partsOf(copy).length === 1;
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    return false;
  }
}
