/** What the bucket lost and the workspace still has is uploaded again. */
import { linkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawSecret } from "../../src/crypto/key-slot.ts";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { initialise } from "../../src/operations/init.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { HostileStore } from "../store/hostile.ts";
import { RecordingStore } from "../store/recording.ts";
import { newestContents, workspaceContents } from "./contents.ts";
import { World } from "./world.ts";

const DAY_MS = 24 * 3_600_000;

let store: HostileStore;
let world: World;
beforeEach(async () => {
  store = new HostileStore();
  world = new World({ store });
  for (let n = 0; n < 30; n++) world.write(`memory/${String(n)}.md`, `note ${String(n)}`);
  await backup(world.session());
});
afterEach(() => {
  world.remove();
});

async function assertHealed(): Promise<void> {
  expect((await check(world.session(), { readDataPercent: 100 })).findings).toEqual([]);
  expect(await newestContents(world.session())).toEqual(workspaceContents(world.workspace));
}

test("packs that a check found missing are uploaded again by the next backup", async () => {
  for (const pack of store.names("packs/")) store.drop(pack);
  expect((await check(world.session())).findings.length).toBeGreaterThan(0);
  expect(await backup(world.session())).toMatchObject({ unchanged: false });
  await assertHealed();
});

test("a pack whose content a check found damaged is uploaded again", async () => {
  for (const pack of store.names("packs/")) store.flip(pack, 200);
  expect((await check(world.session(), { readDataPercent: 100 })).findings).toHaveLength(2);
  await backup(world.session());
  expect(await newestContents(world.session())).toEqual(workspaceContents(world.workspace));
});

test("a loss that nobody checked for is noticed by the first backup of the next day", async () => {
  for (const pack of store.names("packs/")) store.drop(pack);
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
  world.clock.advance(DAY_MS);
  expect(await backup(world.session())).toMatchObject({ unchanged: false });
  await assertHealed();
});

test("what was lost stays lost: it is told once, and content that returns goes up again", async () => {
  rmSync(join(world.workspace, "memory/7.md"));
  await backup(world.session());
  for (const pack of store.names("packs/")) store.drop(pack);
  world.clock.advance(DAY_MS);
  expect(await backup(world.session())).toMatchObject({ unchanged: false });
  world.clock.advance(DAY_MS);
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
  world.write("memory/7.md", "note 7");
  await backup(world.session());
  expect(await newestContents(world.session())).toEqual(workspaceContents(world.workspace));
});

test("the daily look costs one LIST of packs and one of indexes, and is not repeated", async () => {
  world.clock.advance(DAY_MS - 1000);
  const recording = new RecordingStore(store);
  await backup(world.session(recording));
  expect(recording.count("list")).toBe(2);
  world.clock.advance(1000);
  recording.reset();
  await backup(world.session(recording));
  expect([recording.count("list", "packs/"), recording.count("list", "index/")]).toEqual([1, 1]);
  recording.reset();
  await backup(world.session(recording));
  expect(recording.count("list")).toBe(2);
});

test("a machine whose last file list is lost backs up all the same, and says so", async () => {
  for (const pack of store.names("packs/")) store.drop(pack);
  rmSync(join(world.stateFolder), { recursive: true });
  const session = { ...world.session(), makeKey: undefined };
  await backup(session);
  await assertHealed();
});

test("a log entry that was withheld once is asked for again", async () => {
  world.write("memory/1.md", "second");
  await backup(world.session());
  world.write("memory/1.md", "third");
  await backup(world.session());
  const second = store.names("log/")[2]!;
  const bytes = store.bytes(second);
  world.stateFolder += "-2";
  store.drop(second);
  const session = (): ReturnType<World["session"]> => ({ ...world.session(), makeKey: undefined });
  await expect(backup(session())).rejects.toMatchObject({ code: "log-broken" });
  await expect(backup(session())).rejects.toMatchObject({ code: "log-broken" });
  store.alter(second, () => bytes);
  await backup(session());
  expect((await listVersions(world.session())).versions).toHaveLength(4);
});

test("where format is lost, a new machine still reads, and its first backup puts it back", async () => {
  store.drop("format");
  world.stateFolder += "-2";
  expect(await newestContents(world.session())).toEqual(workspaceContents(world.workspace));
  await backup(world.session());
  expect(store.names("keys/")).toHaveLength(1);
  await assertHealed();
});

test("where format is lost, no init makes a second repository over the first", async () => {
  store.drop("format");
  world.stateFolder += "-2";
  const slots = store.names("keys/");
  const other = { secret: rawSecret(Buffer.alloc(32, 3).toString("base64")) };
  await expect(initialise(world.session(), other)).rejects.toMatchObject({ code: "key-wrong" });
  expect(store.names("keys/")).toEqual(slots);
  const own = { secret: rawSecret(world.secret) };
  expect(await initialise(world.session(), own)).toMatchObject({ created: false });
});

test("of two names of one file, the second keeps the content when the first vanishes", async () => {
  world.write("a.md", "content");
  linkSync(join(world.workspace, "a.md"), join(world.workspace, "b.md"));
  const session = world.session();
  const removing = {
    ...session.context.monitor,
    progress: () => {
      rmSync(join(world.workspace, "a.md"), { force: true });
    },
  };
  world.write("A first.md", "is read before a.md, and reading it removes a.md");
  await backup({ ...session, context: { ...session.context, monitor: removing } });
  expect(await newestContents(world.session())).toMatchObject({ "b.md": "content" });
});

test("a workspace that is reached through a link, or whose name is odd, is backed up", async () => {
  symlinkSync(world.workspace, join(world.root, "link"));
  const session = { ...world.session(), workspace: join(world.root, "link") };
  expect(await backup(session)).toMatchObject({ files: { total: 30 } });
});
