import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeAlone } from "../../src/files/database-use.ts";
import { scratchFolders } from "./fixtures.ts";

const newFolder = scratchFolders();
const open: DatabaseSync[] = [];
let folder: string;
let path: string;

beforeEach(() => {
  folder = newFolder();
  path = join(folder, "odd name #1?.db");
});
afterEach(() => {
  for (const database of open.splice(0)) database.close();
});

function opened(sql: string): DatabaseSync {
  const database = new DatabaseSync(path);
  open.push(database);
  database.exec(sql);
  return database;
}

function closed(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test("a database in WAL mode that somebody has open, even idle, is not granted", () => {
  opened("PRAGMA journal_mode=wal; CREATE TABLE t (x); SELECT * FROM t");
  expect(takeAlone(path)).toBe(false);
});

test("a database that somebody reads or writes is not granted", () => {
  closed("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  const database = opened("BEGIN IMMEDIATE");
  expect(takeAlone(path)).toBe(false);
  database.exec("ROLLBACK");
  expect(takeAlone(path)).toBe(true);
});

test.each(["wal", "delete"])(
  "one in %s mode that nobody has open is granted, and no log is left",
  (mode) => {
    closed(`PRAGMA journal_mode=${mode}; CREATE TABLE t (x)`);
    expect(takeAlone(path)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
  },
);

test("what is no database, or a damaged one, nobody works with", () => {
  writeFileSync(path, "text ".repeat(1000));
  expect(takeAlone(path)).toBe(true);
  writeFileSync(path, Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4080, 0xff)]));
  expect(takeAlone(path)).toBe(true);
});
