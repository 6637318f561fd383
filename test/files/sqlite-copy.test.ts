import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { pathBytes } from "../../src/base/paths.ts";
import { withDatabaseCopy } from "../../src/files/sqlite-copy.ts";
import { asOrdinaryUser, plant, scratchFolders } from "./fixtures.ts";

const scratch = scratchFolders();

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});

/** Ends like a crash: nothing is closed, rolled back or removed. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

const PRELUDE = `
  import { DatabaseSync } from "node:sqlite";
  const database = new DatabaseSync(process.argv[1], { timeout: 10_000 });
  const writeRound = (n) => {
    database.exec("BEGIN IMMEDIATE");
    for (let i = 0; i < 20; i++) database.exec("INSERT INTO t VALUES (" + n + ", hex(randomblob(100)))");
    database.exec("UPDATE marker SET rounds = rounds + 1; COMMIT");
  };`;

/** Another process that has the database open; resolves with its first line. */
async function start(path: string, script: string): Promise<ChildProcess> {
  const args = ["--input-type=module", "-e", PRELUDE + script, path];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

function makeDatabase(path: string, mode: "wal" | "delete", rounds = 5): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${mode};
    CREATE TABLE t (round, text); CREATE TABLE marker (rounds); INSERT INTO marker VALUES (0)`);
  const insert = database.prepare("INSERT INTO t VALUES (?, hex(randomblob(100)))");
  for (let round = 0; round < rounds; round++) {
    database.exec("BEGIN");
    for (let i = 0; i < 20; i++) insert.run(round);
    database.exec("UPDATE marker SET rounds = rounds + 1; COMMIT");
  }
  database.close();
}

/** Rounds in it, after everything that can be asked of a copy. */
function roundsOf(copy: string): number {
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    const count = "SELECT (SELECT count(*) FROM t) AS rows, (SELECT rounds FROM marker) AS rounds";
    const { rows, rounds } = database.prepare(count).get() ?? {};
    expect(rows).toBe(Number(rounds) * 20);
    return Number(rounds);
  } finally {
    database.close();
  }
}

/** Names, sizes, times and bytes: the whole of what must not be touched. */
function stateOf(folder: string): unknown {
  return readdirSync(folder).map((name) => {
    const { size, mtimeNs, ino } = statSync(join(folder, name), { bigint: true });
    return [name, size, mtimeNs, ino, readFileSync(join(folder, name), "latin1")];
  });
}

interface Places {
  readonly folder: string;
  readonly path: string;
  readonly scratchFolder: string;
}

function places(): Places {
  const folder = scratch();
  return { folder, path: join(folder, "live.db"), scratchFolder: scratch() };
}

describe.each(["wal", "delete"] as const)("journal mode %s", (mode) => {
  test("a quiet database is copied, and nothing beside it changes", async () => {
    const { folder, path, scratchFolder } = places();
    makeDatabase(path, mode);
    const before = stateOf(folder);
    expect(await withDatabaseCopy(path, scratchFolder, roundsOf)).toBe(5);
    expect(stateOf(folder)).toEqual(before);
  });

  test("beside a process that writes every 5 ms, each copy is one moment of it", async () => {
    const { path, scratchFolder } = places();
    makeDatabase(path, mode, 500);
    const writing = `let n = 500; setInterval(() => writeRound(n++), 5); console.log("writing");`;
    const child = await start(path, writing);
    const seen: (number | undefined)[] = [];
    for (let copies = 0; copies < 8; copies++) {
      seen.push(await withDatabaseCopy(path, scratchFolder, roundsOf));
    }
    expect(child.exitCode).toBeNull();
    expect(seen).not.toContain(undefined);
    expect(seen.map(Number)).toEqual(seen.map(Number).toSorted((x, y) => x - y));
    expect(seen[0]).toBeGreaterThanOrEqual(500);
  });

  test("a transaction that is not committed is not in the copy", async () => {
    const { folder, path, scratchFolder } = places();
    makeDatabase(path, mode);
    const open = `database.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (99, 'x')"); console.log("open"); setInterval(() => {}, 1000);`;
    await start(path, open);
    const listing = readdirSync(folder);
    expect(await withDatabaseCopy(path, scratchFolder, roundsOf)).toBe(5);
    expect(readdirSync(folder)).toEqual(listing);
  });

  test("a crashed writer's files are left as they are, and its last commit is in the copy", async () => {
    const { folder, path, scratchFolder } = places();
    makeDatabase(path, mode);
    // The small cache makes it write uncommitted pages to the disk, where a journal has to undo them.
    const crash = `writeRound(5); database.exec("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE t SET text = 'torn'");
      for (let i = 0; i < 3000; i++) database.exec("INSERT INTO t VALUES (99, hex(randomblob(100)))");
      console.log("now"); setInterval(() => {}, 1000);`;
    await kill(await start(path, crash));
    expect(readdirSync(folder).length).toBeGreaterThan(1);
    const before = stateOf(folder);
    expect(await withDatabaseCopy(path, scratchFolder, roundsOf)).toBe(6);
    expect(stateOf(folder)).toEqual(before);
  });

  test("a folder that cannot be written to, and a file that can only be read, are no obstacle", async () => {
    const { folder, path, scratchFolder } = places();
    makeDatabase(path, mode);
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    chmodSync(scratchFolder, 0o777);
    const before = stateOf(folder);
    const rounds = await asOrdinaryUser(() => withDatabaseCopy(path, scratchFolder, roundsOf));
    expect(rounds).toBe(5);
    expect(stateOf(folder)).toEqual(before);
  });

  test("a crashed writer's files are copied also where they cannot be written to", async () => {
    const { folder, path, scratchFolder } = places();
    makeDatabase(path, mode);
    const crash = `writeRound(5); database.exec("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE t SET text = 'torn'");
      for (let i = 0; i < 3000; i++) database.exec("INSERT INTO t VALUES (99, hex(randomblob(100)))");
      console.log("now"); setInterval(() => {}, 1000);`;
    await kill(await start(path, crash));
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    chmodSync(folder, 0o555);
    chmodSync(scratchFolder, 0o777);
    const before = stateOf(folder);
    const rounds = await asOrdinaryUser(() => withDatabaseCopy(path, scratchFolder, roundsOf));
    expect(rounds).toBe(6);
    expect(stateOf(folder)).toEqual(before);
  });

  test("the copy has the pages of the database in their places", async () => {
    const { path, scratchFolder } = places();
    makeDatabase(path, mode, 200);
    const original = readFileSync(path);
    const copy = await withDatabaseCopy(path, scratchFolder, (at) => readFileSync(at));
    expect(copy).toHaveLength(original.length);
    // The first page counts changes; every other one is found again by its content.
    expect(copy?.subarray(4096).equals(original.subarray(4096))).toBe(true);
  });
});

test("a WAL without its -shm, as a restored or copied folder has it, is taken in", async () => {
  const { folder, path, scratchFolder } = places();
  makeDatabase(path, "wal");
  await kill(await start(path, `writeRound(5); console.log("now"); setInterval(() => {}, 1000);`));
  const moved = scratch();
  for (const name of ["live.db", "live.db-wal"])
    copyFileSync(join(folder, name), join(moved, name));
  const before = stateOf(moved);
  const rounds = await withDatabaseCopy(join(moved, "live.db"), scratchFolder, roundsOf);
  expect(rounds).toBe(6);
  expect(stateOf(moved)).toEqual(before);
});

test("a process that keeps a WAL to itself, without -shm, is copied between its writes", async () => {
  const { folder, path, scratchFolder } = places();
  makeDatabase(path, "wal");
  const alone = `database.exec("PRAGMA locking_mode = EXCLUSIVE"); writeRound(5); console.log("now"); setInterval(() => {}, 1000);`;
  await start(path, alone);
  expect(readdirSync(folder)).toEqual(["live.db", "live.db-wal"]);
  const before = stateOf(folder);
  expect(await withDatabaseCopy(path, scratchFolder, roundsOf)).toBe(6);
  expect(stateOf(folder)).toEqual(before);
});

test("a database in a writer's exclusive lock is not read behind its back", async () => {
  const { folder, path, scratchFolder } = places();
  makeDatabase(path, "delete");
  // With its journal in memory, the half-done transaction in the file cannot be told by its looks.
  const locked = `database.exec("PRAGMA journal_mode = MEMORY; PRAGMA cache_size = 1; BEGIN EXCLUSIVE; UPDATE t SET text = 'torn'");
    for (let i = 0; i < 3000; i++) database.exec("INSERT INTO t VALUES (99, hex(randomblob(100)))");
    console.log("locked"); setInterval(() => {}, 1000);`;
  await start(path, locked);
  const before = stateOf(folder);
  expect(await withDatabaseCopy(path, scratchFolder, roundsOf)).toBeUndefined();
  expect(stateOf(folder)).toEqual(before);
  expect(readdirSync(scratchFolder)).toEqual([]);
});

describe("no copy can be had", () => {
  const header = Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4080, 0xff)]);
  test.each([
    ["an empty file", Buffer.alloc(0)],
    ["a text", Buffer.from("SQLite format 3 is what this text is about")],
    ["an encrypted database", Buffer.alloc(8192, 0x5a)],
    ["a header and rubbish", header],
  ])("of %s", async (_, bytes) => {
    const { folder, path, scratchFolder } = places();
    writeFileSync(path, bytes);
    const before = stateOf(folder);
    expect(await withDatabaseCopy(path, scratchFolder, () => "copied")).toBeUndefined();
    expect(stateOf(folder)).toEqual(before);
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test("of a file that is gone", async () => {
    const { path, scratchFolder } = places();
    expect(await withDatabaseCopy(path, scratchFolder, () => "copied")).toBeUndefined();
  });

  test("but an unreadable file is an error, as it is for any other reader", async () => {
    const { path, scratchFolder } = places();
    makeDatabase(path, "delete");
    chmodSync(path, 0);
    chmodSync(scratchFolder, 0o777);
    await asOrdinaryUser(async () => {
      const copied = withDatabaseCopy(path, scratchFolder, () => "copied");
      await expect(copied).rejects.toMatchObject({ code: "file-unreadable" });
    });
    expect(readdirSync(scratchFolder)).toEqual([]);
  });
});

describe("the copy", () => {
  test("is for this user alone while it is there, and gone afterwards", async () => {
    const { path, scratchFolder } = places();
    makeDatabase(path, "wal");
    await withDatabaseCopy(path, scratchFolder, (copy) => {
      expect(copy.startsWith(`${scratchFolder}/`)).toBe(true);
      expect(statSync(join(copy, "..")).mode & 0o777).toBe(0o700);
      expect(readdirSync(join(copy, ".."))).toEqual(["copy"]);
      // Whoever opens it for writing leaves files beside it.
      plant(join(copy, ".."), { "copy-wal": "" });
    });
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test("is gone also when its user fails, whose error comes through", async () => {
    const { path, scratchFolder } = places();
    makeDatabase(path, "delete");
    const failure = new Error("the user's own");
    await expect(withDatabaseCopy(path, scratchFolder, () => Promise.reject(failure))).rejects.toBe(
      failure,
    );
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test.each([
    "a?b#c%41.db",
    "sp ace.db",
    "new\nline.db",
    "\u{1f600}.db",
    "odd\udcff.db",
    "mode=rw&x.db",
  ])("is of the file with exactly this name: %j", async (name) => {
    const { folder, scratchFolder } = places();
    for (const [decoy, rounds] of [
      ["a", 1],
      ["aAb", 1],
    ] as const)
      makeDatabase(join(folder, decoy), "delete", rounds);
    makeDatabase(join(folder, "plain"), "wal", 3);
    copyFileSync(join(folder, "plain"), pathBytes(join(folder, name)));
    const listing = readdirSync(folder, { encoding: "buffer" });
    expect(await withDatabaseCopy(join(folder, name), scratchFolder, roundsOf)).toBe(3);
    expect(readdirSync(folder, { encoding: "buffer" })).toEqual(listing);
  });
});

test("the sqlite3 command, where there is one, agrees that the copy is sound", async () => {
  const { path, scratchFolder } = places();
  makeDatabase(path, "wal");
  const check = await withDatabaseCopy(path, scratchFolder, (copy) =>
    spawnSync("sqlite3", [copy, "PRAGMA integrity_check; SELECT count(*) FROM t;"], {
      encoding: "utf8",
    }),
  );
  if (check?.error) expect(check.error).toMatchObject({ code: "ENOENT" });
  else expect(check?.stdout).toBe("ok\n100\n");
});
