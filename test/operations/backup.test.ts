import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { RecordingStore } from "../store/recording.ts";
import { newestContents } from "./contents.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  world.remove();
});

test("the first backup makes a version that says what it holds", async () => {
  world.write("MEMORY.md", "# Memory\n");
  world.write("memory/2026-04-01.md", "frost\n");
  const result = await backup(world.session());
  expect(result).toMatchObject({ unchanged: false, files: { total: 2, added: 2 } });
  const { versions, findings } = await listVersions(world.session());
  expect(findings).toEqual([]);
  expect(versions).toMatchObject([{ files: 2, bytes: 15, purpose: "backup" }]);
});

test("a second backup of a changed workspace keeps the first version as it was", async () => {
  world.write("a.md", "one");
  const first = await backup(world.session());
  world.write("a.md", "two");
  world.write("b.md", "three");
  const second = await backup(world.session());
  expect(second).toMatchObject({ files: { total: 2, added: 1, changed: 1, removed: 0 } });
  expect(second.version.seq).toBe(first.version.seq + 1);
  const { versions } = await listVersions(world.session());
  expect(versions.map(({ files }) => files)).toEqual([2, 1]);
});

test("a folder whose own time alone changed makes no version", async () => {
  world.write("memory/a.md", "one");
  await backup(world.session());
  utimesSync(join(world.workspace, "memory"), 1, 1);
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
});

test("a device that finds nothing new for a day says that it is alive, once", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  world.clock.advance(25 * 3_600_000);
  const store = new RecordingStore(world.store);
  expect(await backup(world.session(store))).toMatchObject({ unchanged: true });
  expect(store.count("put", "log/")).toBe(1);
  store.reset();
  await backup(world.session(store));
  expect(store.count("put")).toBe(0);
});

test("an empty workspace is a version too", async () => {
  expect(await backup(world.session())).toMatchObject({ files: { total: 0 }, unchanged: false });
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
});

test("a lost state directory costs reading, never a second copy of what is stored", async () => {
  world.write("a.md", "x".repeat(100_000));
  await backup(world.session());
  world.stateFolder = join(world.root, "another machine");
  const store = new RecordingStore(world.store);
  const session = { ...world.session(store), makeKey: undefined };
  expect(await backup(session)).toMatchObject({ unchanged: false, bytes: { new: 0 } });
  expect(store.count("put", "packs/")).toBe(0);
});

test("the wrong key opens nothing and writes nothing", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  world.secret = Buffer.alloc(32, 8).toString("base64");
  const store = new RecordingStore(world.store);
  await expect(backup(world.session(store))).rejects.toMatchObject({ code: "key-wrong" });
  expect(store.count("put")).toBe(0);
});

test("a place where a repository was is never quietly taken for a new one", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  const empty = world.session(new MemoryStore(world.clock));
  await expect(backup(empty)).rejects.toMatchObject({ name: "IntegrityError" });
});

test("a small database keeps what was committed and still lies in its -wal", async () => {
  const path = join(world.workspace, "small.sqlite");
  const live = new DatabaseSync(path);
  live.exec("PRAGMA journal_mode=WAL; CREATE TABLE notes (text); PRAGMA wal_checkpoint(TRUNCATE)");
  await backup(world.session());
  live.exec("INSERT INTO notes VALUES ('in the log')");
  expect(await backup(world.session())).toMatchObject({ files: { changed: 1 } });
  const held = await newestContents(world.session());
  live.close();
  const copy = join(world.root, "copy.sqlite");
  writeFileSync(copy, held!["small.sqlite"]!, "latin1");
  const restored = new DatabaseSync(copy);
  expect(restored.prepare("SELECT text FROM notes").all()).toMatchObject([{ text: "in the log" }]);
  restored.close();
});

test("a live database that nobody writes to is not read again", async () => {
  const live = new DatabaseSync(join(world.workspace, "live.sqlite"));
  live.exec("PRAGMA journal_mode=WAL; CREATE TABLE notes (text); INSERT INTO notes VALUES ('a')");
  await backup(world.session());
  const store = new RecordingStore(world.store);
  expect(await backup(world.session(store))).toMatchObject({ unchanged: true });
  expect(store.count("get")).toBe(0);
  live.close();
});

test("a first backup that takes hours saves checkpoints, and ends with a whole version", async () => {
  for (let n = 0; n < 5; n++) world.write(`memory/${String(n)}.md`, `note ${String(n)}`);
  const session = world.session();
  const monitor = {
    ...session.context.monitor,
    progress: () => {
      world.clock.advance(40 * 60_000);
    },
  };
  const slow = { ...session, context: { ...session.context, monitor } };
  expect(await backup(slow)).toMatchObject({ files: { total: 5 } });
  const { versions } = await listVersions(world.session());
  const [newest, ...earlier] = versions;
  expect(newest).toMatchObject({ purpose: "backup", files: 5 });
  expect(earlier.length).toBeGreaterThan(1);
  for (const { purpose, files } of earlier) {
    expect(purpose).toBe("checkpoint");
    expect(files).toBeGreaterThan(0);
  }
  expect((await check(world.session())).findings).toEqual([]);
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
});
