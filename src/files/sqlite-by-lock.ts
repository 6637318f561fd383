/** SQLite copies a database itself, holding the locks that every other user of it respects. */
import { backup, DatabaseSync } from "node:sqlite";
import { pathBytes } from "../base/paths.ts";

/** For a writer to finish its transaction. */
const WAIT_FOR_LOCK_MS = 5_000;
/**
 * All pages in one step, under one lock. In smaller steps the copy starts again whenever another
 * process has written in between, and beside a busy writer it never ends.
 */
const ALL_PAGES = 2 ** 31 - 1;
/** SQLITE_READONLY_ROLLBACK: a crashed writer's journal has to be rolled back first. */
const NEEDS_ROLLBACK = 776;

export async function copyBySqlite(
  path: string,
  copy: string,
): Promise<"copied" | "crashed-writer" | "refused"> {
  try {
    await copyAllPages(path, copy);
    return "copied";
  } catch (error) {
    const code = sqliteCode(error);
    if (code === undefined) throw error;
    return code === NEEDS_ROLLBACK ? "crashed-writer" : "refused";
  }
}

/** SQLite's number for what went wrong; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) return;
  return "errcode" in error ? Number(error.errcode) : 0;
}

/** As an address, the only form in which options can be given; bytes that are not UTF-8 fit in too. */
export function sqliteAddress(path: string, options = ""): string {
  let address = "file:";
  for (const byte of pathBytes(path)) {
    const character = String.fromCharCode(byte);
    const plain = /[\w/.:-]/.test(character) && byte < 0x80;
    address += plain ? character : `%${byte.toString(16).padStart(2, "0")}`;
  }
  return address + options;
}

/** With `readonly_shm`, a `-shm` is neither made nor written to, nor taken over after a crash. */
async function copyAllPages(path: string, copy: string): Promise<void> {
  const address = sqliteAddress(path, "?mode=ro&readonly_shm=1");
  const source = new DatabaseSync(address, { readOnly: true, timeout: WAIT_FOR_LOCK_MS });
  try {
    await backup(source, sqliteAddress(copy), { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}
