/** Databases: whoever has one open must not lose what it writes, and no stale log may undo a restore. */
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { planRestore, restore } from "../../src/operations/restore.ts";
import { World } from "./world.ts";

let world: World;
const children: ChildProcess[] = [];
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  world.remove();
});

const path = (): string => join(world.workspace, "notes.db");
const codes = (result: { readonly findings: readonly { readonly code: string }[] }): string[] =>
  result.findings.map(({ code }) => code);

/** Large enough not to be a small file. */
const ROWS = 200;

function withDatabase<Result>(work: (database: DatabaseSync) => Result, file = path()): Result {
  const database = new DatabaseSync(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function plant(mode: "wal" | "delete"): void {
  withDatabase((database) => {
    database.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE notes (text)`);
    const insert = database.prepare("INSERT INTO notes VALUES (?)");
    for (let row = 0; row < ROWS; row++) insert.run(`${String(row)} ${"x".repeat(1000)}`);
  });
}

const add = (text: string): unknown =>
  withDatabase((database) => database.prepare("INSERT INTO notes VALUES (?)").run(text));

const count = (file = path()): unknown =>
  withDatabase(
    (database) => database.prepare("SELECT count(*) AS n FROM notes").get()?.["n"],
    file,
  );

/** Another process that has the database open, and does with it what the script says. */
async function opener(script: string): Promise<ChildProcess> {
  const code = `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(process.argv[1]);
    ${script};
    console.log("ready");
    process.stdin.resume();`;
  const child = spawn(process.execPath, ["-e", code, path()], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

describe.each(["wal", "delete"] as const)("a database in %s mode", (mode) => {
  test("that nobody has open is replaced, and the present one is saved", async () => {
    plant(mode);
    await backup(world.session());
    add("later");
    const result = await restore(world.session(), { confirmed: true });
    expect(codes(result)).toEqual([]);
    expect(count()).toBe(ROWS);
    const elsewhere = join(world.root, "elsewhere");
    await restore(world.session(), { version: String(result.safetyVersion!.seq), to: elsewhere });
    expect(count(join(elsewhere, "notes.db"))).toBe(ROWS + 1);
  });

  test("that has not changed is kept", async () => {
    plant(mode);
    await backup(world.session());
    expect(await restore(world.session(), {})).toMatchObject({ applied: true, files: { kept: 1 } });
  });

  test("that another process has open is left alone, and the rest comes", async () => {
    plant(mode);
    world.write("a.md", "one");
    await backup(world.session());
    add("later");
    world.write("a.md", "two");
    const child = await opener('database.prepare("SELECT count(*) FROM notes").get()');
    const plan = await planRestore(world.session(), {});
    expect(plan.steps).toContainEqual(
      expect.objectContaining({ path: "notes.db", problem: "restore-database-open" }),
    );
    const result = await restore(world.session(), { confirmed: true });
    expect(codes(result)).toEqual(["restore-database-open"]);
    expect(result.files.changed).toBe(1);
    await stop(child);
    expect(count()).toBe(ROWS + 1);
  });

  test("that another process has open is not removed either", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    plant(mode);
    const child = await opener('database.prepare("SELECT count(*) FROM notes").get()');
    const result = await restore(world.session(), { confirmed: true, remove: true });
    expect(codes(result)).toEqual(["restore-database-open"]);
    await stop(child);
    expect(count()).toBe(ROWS);
  });

  test("that a process left in the middle of its work is saved with all that it had committed", async () => {
    plant(mode);
    await backup(world.session());
    const child = await opener(`database.exec("INSERT INTO notes VALUES ('committed')")`);
    await stop(child);
    const result = await restore(world.session(), { confirmed: true });
    expect(codes(result)).toEqual([]);
    expect(count()).toBe(ROWS);
    expect(readdirSync(world.workspace)).toEqual(["notes.db"]);
    const elsewhere = join(world.root, "elsewhere");
    await restore(world.session(), { version: String(result.safetyVersion!.seq), to: elsewhere });
    expect(count(join(elsewhere, "notes.db"))).toBe(ROWS + 1);
  });
});

test("a log that was left without its database does not undo what is restored", async () => {
  plant("wal");
  await backup(world.session());
  const child = await opener(`database.exec("DELETE FROM notes")`);
  const log = readFileSync(`${path()}-wal`);
  await stop(child);
  for (const name of readdirSync(world.workspace)) rmSync(join(world.workspace, name));
  writeFileSync(`${path()}-wal`, log);
  const result = await restore(world.session(), { confirmed: true });
  expect(codes(result)).toEqual([]);
  expect(count()).toBe(ROWS);
  const aside = readdirSync(world.workspace).filter((name) =>
    name.startsWith(".session-sync-aside-"),
  );
  expect(aside).toHaveLength(1);
  expect(readFileSync(join(world.workspace, aside[0]!))).toEqual(log);
});

test("what is written into the log after the safety version is not lost", async () => {
  plant("wal");
  world.write("a.md", "one");
  await backup(world.session());
  add("later");
  world.write("a.md", "two");
  const session = world.session();
  let written = false;
  const progress = ({ step }: { step: string }): void => {
    if (step !== "download" || written) return;
    written = true;
    // As a crashed process leaves it: committed, in the log, and nobody has it open.
    const [copy, log] = [`${path()}.copy`, `${path()}.copy-wal`];
    copyFileSync(path(), copy);
    const database = new DatabaseSync(copy);
    database.exec("PRAGMA wal_autocheckpoint=0; INSERT INTO notes VALUES ('much later')");
    writeFileSync(`${path()}-wal`, readFileSync(log));
    database.close();
    rmSync(copy);
  };
  const context = { ...session.context, monitor: { ...session.context.monitor, progress } };
  const result = await restore({ ...session, context }, { confirmed: true });
  expect(written).toBe(true);
  expect(codes(result)).toEqual(["restore-changed"]);
  expect(count()).toBe(ROWS + 2);
});

test("what the log of a small database holds is in the workspace or in a version, never in neither", async () => {
  withDatabase((database) => {
    database.exec("PRAGMA journal_mode=wal; CREATE TABLE notes (text)");
  });
  await backup(world.session());
  await stop(await opener(`database.exec("INSERT INTO notes VALUES ('committed')")`));
  const result = await restore(world.session(), { confirmed: true });
  const safety = join(world.root, "safety");
  await restore(world.session(), { version: String(result.safetyVersion!.seq), to: safety });
  expect([count(), count(join(safety, "notes.db"))]).toContain(1);
});
