/** The bucket is in somebody else's hands, or two machines share one identity. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { restore } from "../../src/operations/restore.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { Repository } from "../../src/repository/repository.ts";
import { openForWriting, type Writing } from "../../src/repository/writing.ts";
import { HostileStore } from "../store/hostile.ts";
import { allVersions, newestContents, workspaceContents } from "./contents.ts";
import { World } from "./world.ts";

let store: HostileStore;
let world: World;
beforeEach(async () => {
  store = new HostileStore();
  world = new World({ store });
  world.write("MEMORY.md", "the first state");
  await backup(world.session());
});
afterEach(() => {
  world.remove();
});

const onAnotherMachine = (): void => {
  world.stateFolder = join(world.root, "another machine");
};

async function write(): Promise<Writing> {
  const session = world.session();
  return openForWriting(await Repository.open(session.context, session.secretFor, "writer"));
}

test("a bucket that was turned back to an older state is refused, and nothing is written to it", async () => {
  const before = store.snapshot();
  world.write("MEMORY.md", "the second state");
  await backup(world.session());
  store.putBack(before);
  world.write("MEMORY.md", "the third state");
  await expect(backup(world.session())).rejects.toMatchObject({ code: "rollback-suspected" });
  expect(store.names()).toEqual([...before.keys()].sort());
});

test("a device's whole log that disappears is a rollback too", async () => {
  for (const name of store.names("log/")) store.drop(name);
  await expect(backup(world.session())).rejects.toMatchObject({ code: "rollback-suspected" });
});

test("an entry of another repository, or under another name, is not believed", async () => {
  const [register, version] = store.names("log/");
  const forged = version!.replace("000000000002", "000000000003");
  store.alter(forged, () => store.bytes(version!));
  const { findings } = await listVersions(world.session());
  expect(findings.map(({ code }) => code)).toEqual(["entry-forged"]);
  store.drop(forged);
  store.alter(version!.replace(/-v$/, "-r"), () => store.bytes(register!));
  expect((await listVersions(world.session())).findings.length).toBe(1);
});

test("what one device has seen of another must be there", async () => {
  onAnotherMachine();
  world.write("MEMORY.md", "from the second machine");
  await backup(world.session());
  const second = store.names("log/").filter((name) => name.endsWith("-v"));
  world.stateFolder = join(world.root, "state");
  world.write("MEMORY.md", "from the first machine");
  await backup(world.session());
  expect(second).toHaveLength(2);
  // A third machine knows nothing itself, but the first one has signed what it saw.
  const [, secondDevice] = [...new Set(store.names("log/").map((name) => name.slice(4, 20)))];
  world.stateFolder = join(world.root, "third machine");
  expect((await listVersions(world.session())).findings).toEqual([]);
  const firstLogs = store.names("log/").map((name) => name.slice(4, 20));
  const victim =
    firstLogs.find((device) => store.names(`log/${device}`).length === 2) ?? secondDevice;
  for (const name of store.names(`log/${String(victim)}/`)) store.drop(name);
  const { findings } = await listVersions(world.session());
  expect(findings.map(({ code }) => code)).toEqual(["rollback-suspected"]);
});

test("a cloned machine takes an identity of its own, and no version of either is lost", async () => {
  cpSync(join(world.root, "state"), join(world.root, "clone"), { recursive: true });
  world.write("MEMORY.md", "written by the original");
  await backup(world.session());
  world.stateFolder = join(world.root, "clone");
  world.write("MEMORY.md", "written by the clone");
  await backup(world.session());
  expect(world.warnings.map(({ code }) => code)).toEqual(["device-cloned"]);
  const states = (await allVersions(world.session())).map((contents) => contents["MEMORY.md"]);
  expect(states.sort()).toEqual([
    "the first state",
    "written by the clone",
    "written by the original",
  ]);
});

test("chunks whose only pack was condemned are uploaded again", async () => {
  const packs = await condemnEverything();
  world.write("new.md", "new");
  await backup(world.session());
  for (const pack of packs) store.drop(pack);
  expect(await newestContents(world.session())).toEqual(workspaceContents(world.workspace));
});

test("a pack that is condemned while a backup runs is noticed before the version is signed", async () => {
  world.write("new.md", "new");
  const put = store.put.bind(store);
  let condemned: string[] = [];
  store.put = async (name, body) => {
    const outcome = await put(name, body);
    if (name.startsWith("index/") && condemned.length === 0) {
      condemned = ["being condemned"];
      condemned = await condemnEverything();
    }
    return outcome;
  };
  await backup(world.session());
  expect(condemned.length).toBeGreaterThan(2);
  for (const pack of condemned) store.drop(pack);
  expect(await newestContents(world.session())).toEqual(workspaceContents(world.workspace));
});

/** Another device marks every pack there is; their names. */
async function condemnEverything(): Promise<string[]> {
  const own = world.stateFolder;
  world.stateFolder = join(world.root, "pruner");
  const { log, repository } = await write();
  const packs = [...(await repository.index()).packs].map(({ id }) => id);
  await log.appendRecord({ type: "mark", packs });
  world.stateFolder = own;
  return store.names("packs/");
}

test("an old version that was taken out of the middle of a log is noticed within a day", async () => {
  for (const state of ["second", "third"]) {
    world.write("MEMORY.md", `the ${state} state`);
    await backup(world.session());
  }
  store.drop(store.names("log/")[2]!);
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
  world.clock.advance(24 * 3_600_000);
  await expect(backup(world.session())).rejects.toMatchObject({ code: "rollback-suspected" });
});

test("a restore from a bucket that was turned back says so, not just that a chunk is missing", async () => {
  const before = store.snapshot();
  world.write("MEMORY.md", "the second state");
  await backup(world.session());
  store.putBack(before);
  const to = join(world.root, "restored");
  await expect(restore(world.session(), { to })).rejects.toMatchObject({
    code: "rollback-suspected",
  });
  const first = await restore(world.session(), { to, version: "2" });
  expect(first).toMatchObject({ applied: true, verified: 1 });
  expect(first.findings.map(({ code }) => code)).toEqual(["rollback-suspected"]);
});
