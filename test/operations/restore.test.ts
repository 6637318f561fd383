import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { Repository } from "../../src/repository/repository.ts";
import { planRestore, restore } from "../../src/operations/restore.ts";
import type { Session } from "../../src/operations/session.ts";
import { undo } from "../../src/operations/undo.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { manyBytes } from "../store/fixtures.ts";
import { contentsOf, roundTimes, treeOf } from "./trees.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  world.remove();
});

const at = (path: string): string => join(world.workspace, path);
const elsewhere = (): string => join(world.root, "elsewhere");
const codes = (result: { readonly findings: readonly { readonly code: string }[] }): string[] =>
  result.findings.map(({ code }) => code);

/** As on another machine: no state, and nothing in the workspace. */
function newMachine(): void {
  world.stateFolder = join(world.root, "other-state");
  rmSync(world.workspace, { recursive: true });
}

/** A session in which something happens once, after the first step was taken. */
function whileDownloading(work: () => void): Session {
  const session = world.session();
  const { monitor } = session.context;
  let isOver = false;
  const progress = ({ step }: { readonly step: string }): void => {
    if (step !== "download" || isOver) return;
    isOver = true;
    work();
  };
  return { ...session, context: { ...session.context, monitor: { ...monitor, progress } } };
}

function plantEveryKind(): void {
  world.write("MEMORY.md", "# Memory\n");
  world.write("memory/2026-04-01.md", "frost\n");
  world.write("memory/empty.md", "");
  world.write("large.bin", manyBytes(3_000_000));
  world.write("log.jsonl", '{"line":1}\n'.repeat(40_000));
  world.write(Buffer.from("odd \u00fe name").toString("utf8"), "thorn");
  writeFileSync(
    Buffer.concat([Buffer.from(`${world.workspace}/`), Buffer.from([0x66, 0xff])]),
    "odd",
  );
  mkdirSync(at("empty-folder"));
  world.write("holes.img", "start");
  truncateSync(at("holes.img"), 1_000_000);
  linkSync(at("MEMORY.md"), at("memory/same.md"));
  symlinkSync("memory/2026-04-01.md", at("newest"));
  symlinkSync("/nowhere/at all", at("dangling"));
  world.write("secret/key", "k");
  chmodSync(at("secret/key"), 0o400);
  chmodSync(at("secret"), 0o500);
  world.write("run.sh", "#!/bin/sh\n");
  chmodSync(at("run.sh"), 0o755);
  utimesSync(at("run.sh"), 1_000_000_000.123, 1_000_000_000.123);
  utimesSync(at("MEMORY.md"), -86_400.5, -86_400.5);
  lutimesSync(at("newest"), 1_100_000_000, 1_100_000_000);
  utimesSync(at("empty-folder"), 1_200_000_000, 1_200_000_000);
  utimesSync(at("memory"), 1_300_000_000, 1_300_000_000);
  roundTimes(world.workspace);
}

describe("into a place where nothing is", () => {
  test.each(["memory", "folder"])(
    "from a store in a %s every kind of entry comes back, byte for byte, with mode and time",
    async (kind) => {
      if (kind === "folder") {
        world.store = new FolderStore(realDisk, join(world.root, "bucket"), world.clock);
        await world.store.prepare();
      }
      plantEveryKind();
      await backup(world.session());
      const before = treeOf(world.workspace);
      newMachine();
      const result = await restore(world.session(), {});
      expect(treeOf(world.workspace)).toEqual(before);
      expect(result).toMatchObject({
        applied: true,
        to: world.workspace,
        findings: [],
        safetyVersion: undefined,
        files: { created: 13, changed: 0, kept: 0, removed: 0 },
        verified: 11,
      });
    },
  );

  test("holes come back as holes", async () => {
    world.write("holes.img", "start");
    truncateSync(at("holes.img"), 4_000_000);
    await backup(world.session());
    await restore(world.session(), { to: elsewhere() });
    expect(statSync(join(elsewhere(), "holes.img")).blocks * 512).toBeLessThan(200_000);
  });

  test("an older version is named by its number and by its time", async () => {
    world.write("a.md", "one");
    const { version } = await backup(world.session());
    world.clock.advance(3_600_000);
    world.write("a.md", "two, longer");
    await backup(world.session());
    await restore(world.session(), { version: String(version.seq), to: join(world.root, "x") });
    await restore(world.session(), { version: "30m ago", to: join(world.root, "y") });
    expect(contentsOf(join(world.root, "x"))).toEqual({ "a.md": "one" });
    expect(contentsOf(join(world.root, "y"))).toEqual({ "a.md": "one" });
  });

  test("a pattern brings back what matches and the folders above it, and nothing else", async () => {
    world.write("memory/deep/a.md", "a");
    world.write("memory/deep/b.txt", "b");
    world.write("c.md", "c");
    chmodSync(at("memory/deep"), 0o750);
    await backup(world.session());
    await restore(world.session(), { to: elsewhere(), paths: ["memory/**/*.md"] });
    expect(contentsOf(elsewhere())).toEqual({ "memory/deep/a.md": "a" });
    expect(statSync(join(elsewhere(), "memory/deep")).mode & 0o777).toBe(0o750);
  });

  test("a pattern that matches nothing is refused", async () => {
    world.write("a.md", "a");
    await backup(world.session());
    await expect(
      restore(world.session(), { to: elsewhere(), paths: ["x*"] }),
    ).rejects.toMatchObject({
      code: "restore-nothing-asked",
    });
  });

  test("a hard link whose target is not asked for is a file of its own", async () => {
    world.write("a.md", "both");
    linkSync(at("a.md"), at("b.md"));
    await backup(world.session());
    await restore(world.session(), { to: elsewhere(), paths: ["b.md"] });
    expect(contentsOf(elsewhere())).toEqual({ "b.md": "both" });
    const again = await restore(world.session(), { to: elsewhere(), paths: ["b.md"] });
    expect(again).toMatchObject({ applied: true, files: { created: 0, kept: 1 } });
  });

  test("a plan touches nothing, not even on a new machine", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    newMachine();
    const plan = await planRestore(world.session(), {});
    expect(plan).toMatchObject({
      applied: false,
      needsYes: false,
      files: { created: 1 },
      bytes: 3,
    });
    expect(plan.steps).toEqual([{ action: "create", kind: "file", path: "a.md" }]);
    expect(JSON.parse(JSON.stringify(plan))).toHaveProperty("steps");
    expect(() => lstatSync(world.workspace)).toThrow("ENOENT");
  });
});

describe("over files that are there", () => {
  test("what would change or go is planned, and without a yes nothing is touched", async () => {
    world.write("a.md", "one");
    world.write("gone.md", "gone");
    await backup(world.session());
    world.write("a.md", "two");
    rmSync(at("gone.md"));
    world.write("new.md", "new");
    const before = treeOf(world.workspace);
    const plan = await restore(world.session(), { remove: true });
    expect(plan).toMatchObject({
      applied: false,
      needsYes: true,
      files: { created: 1, changed: 1, kept: 0, removed: 1 },
    });
    expect(treeOf(world.workspace)).toEqual(before);
    expect((await listVersions(world.session())).versions).toHaveLength(1);
  });

  test("with a yes the present state is a version before anything changes", async () => {
    world.write("a.md", "one");
    const { version } = await backup(world.session());
    world.write("a.md", "two");
    world.write("new.md", "new");
    const result = await restore(world.session(), { confirmed: true });
    expect(result).toMatchObject({ applied: true, version, files: { changed: 1 }, findings: [] });
    expect(contentsOf(world.workspace)).toEqual({ "a.md": "one", "new.md": "new" });
    const safety = result.safetyVersion!;
    await restore(world.session(), { version: String(safety.seq), to: elsewhere() });
    expect(contentsOf(elsewhere())).toEqual({ "a.md": "two", "new.md": "new" });
    const { versions } = await listVersions(world.session());
    expect(versions.map(({ purpose }) => purpose)).toEqual(["safety", "backup"]);
  });

  test("the same restore again changes nothing", async () => {
    plantEveryKind();
    await backup(world.session());
    const before = treeOf(world.workspace);
    const result = await restore(world.session(), { remove: true });
    expect(result).toMatchObject({ applied: true, findings: [] });
    expect(result.files).toEqual({ created: 0, changed: 0, kept: 13, removed: 0 });
    expect(treeOf(world.workspace)).toEqual(before);
  });

  test("content of the same size and time is told apart", async () => {
    world.write("a.md", "one");
    utimesSync(at("a.md"), 1_000_000_000, 1_000_000_000);
    await backup(world.session());
    world.write("a.md", "two");
    utimesSync(at("a.md"), 1_000_000_000, 1_000_000_000);
    expect(await planRestore(world.session(), {})).toMatchObject({
      files: { changed: 1, kept: 0 },
    });
  });

  test("the same content with another mode or time is a change: planned, saved, and undone", async () => {
    world.write("a.md", "one");
    world.write("folder/b.md", "two");
    chmodSync(at("a.md"), 0o640);
    chmodSync(at("folder"), 0o755);
    roundTimes(world.workspace);
    await backup(world.session());
    const saved = treeOf(world.workspace);
    chmodSync(at("a.md"), 0o600);
    utimesSync(at("folder/b.md"), 5, 5);
    chmodSync(at("folder"), 0o700);
    const before = treeOf(world.workspace);
    const plan = await restore(world.session(), {});
    expect(plan).toMatchObject({ applied: false, needsYes: true, files: { changed: 2, kept: 0 } });
    expect(plan).toMatchObject({
      steps: [
        { action: "replace", kind: "file", path: "a.md", attributesOnly: true },
        { action: "replace", kind: "dir", path: "folder", attributesOnly: true },
        { action: "replace", kind: "file", path: "folder/b.md", attributesOnly: true },
      ],
    });
    expect(treeOf(world.workspace)).toEqual(before);
    const done = await restore(world.session(), { confirmed: true });
    expect(done).toMatchObject({ applied: true, findings: [], bytes: 0, files: { changed: 2 } });
    expect(done.safetyVersion).toBeDefined();
    expect(treeOf(world.workspace)).toEqual(saved);
    expect(codes(await undo(world.session()))).toEqual([]);
    expect(treeOf(world.workspace)).toEqual(before);
  });

  test("a mode that was changed after it was saved is left alone and told", async () => {
    world.write("a.md", "one");
    world.write("b.md", "one");
    await backup(world.session());
    chmodSync(at("a.md"), 0o600);
    chmodSync(at("b.md"), 0o600);
    const result = await restore(
      whileDownloading(() => {
        chmodSync(at("b.md"), 0o400);
      }),
      { confirmed: true },
    );
    expect(codes(result)).toEqual(["restore-changed"]);
    expect(statSync(at("b.md")).mode & 0o777).toBe(0o400);
  });

  test("the time of a folder alone asks for no yes, and is set", async () => {
    world.write("folder/a.md", "one");
    world.write("folder/b.md", "two");
    roundTimes(world.workspace);
    await backup(world.session());
    const before = treeOf(world.workspace);
    rmSync(at("folder/b.md"));
    expect(await restore(world.session(), {})).toMatchObject({
      applied: true,
      files: { created: 1, changed: 0, kept: 1 },
    });
    expect(treeOf(world.workspace)).toEqual(before);
  });

  test("an excluded file is neither removed nor overwritten", async () => {
    world.write("a.md", "one");
    world.write("cache/x", "old");
    await backup(world.session());
    world.settings = { exclude: ["cache/"] };
    world.write("cache/x", "the only copy");
    world.write("cache/y", "never saved");
    world.write("b.md", "two");
    const result = await restore(world.session(), { remove: true, confirmed: true });
    expect(contentsOf(world.workspace)).toEqual({
      "a.md": "one",
      "cache/x": "the only copy",
      "cache/y": "never saved",
    });
    expect(codes(result)).toEqual(["restore-not-saved"]);
  });

  test("a folder goes with what is in it, and stays while anything excluded is in it", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    world.settings = { exclude: ["*.tmp"] };
    world.write("goes/deep/b.md", "b");
    world.write("stays/c.md", "c");
    world.write("stays/d.tmp", "d");
    const result = await restore(world.session(), { remove: true, confirmed: true });
    expect(codes(result)).toEqual([]);
    expect(contentsOf(world.workspace)).toEqual({ "a.md": "one", "stays/d.tmp": "d" });
    expect(Object.keys(treeOf(world.workspace))).toEqual(["a.md", "stays", "stays/d.tmp"]);
  });

  test("a folder where the version has a file is left alone unless it may go", async () => {
    world.write("a", "file");
    await backup(world.session());
    rmSync(at("a"));
    world.write("a/inside.md", "inside");
    const first = await restore(world.session(), { confirmed: true });
    expect(codes(first)).toEqual(["restore-folder-there"]);
    expect(contentsOf(world.workspace)).toEqual({ "a/inside.md": "inside" });
    const second = await restore(world.session(), { confirmed: true, remove: true });
    expect(codes(second)).toEqual([]);
    expect(contentsOf(world.workspace)).toEqual({ a: "file" });
  });

  test("a file where the version has a folder is left alone unless it may go", async () => {
    world.write("a/inside.md", "inside");
    await backup(world.session());
    rmSync(at("a"), { recursive: true });
    world.write("a", "file");
    const first = await restore(world.session(), { confirmed: true });
    expect(codes(first)).toEqual(["restore-no-folder", "restore-parent-no-folder"]);
    const second = await restore(world.session(), { confirmed: true, remove: true });
    expect(codes(second)).toEqual([]);
    expect(contentsOf(world.workspace)).toEqual({ "a/inside.md": "inside" });
  });

  test("a link in place of a file is replaced, and what it points to is not touched", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    rmSync(at("a.md"));
    writeFileSync(join(world.root, "outside"), "outside");
    symlinkSync(join(world.root, "outside"), at("a.md"));
    await restore(world.session(), { confirmed: true });
    expect(contentsOf(world.workspace)).toEqual({ "a.md": "one" });
    expect(readFileSync(join(world.root, "outside"), "utf8")).toBe("outside");
  });

  test("a second name of a file outside is cut loose before mode and content are set", async () => {
    world.write("a.md", "one");
    chmodSync(at("a.md"), 0o600);
    await backup(world.session());
    const outside = join(world.root, "outside");
    writeFileSync(outside, "one");
    chmodSync(outside, 0o644);
    rmSync(at("a.md"));
    linkSync(outside, at("a.md"));
    await restore(world.session(), { confirmed: true });
    expect(statSync(outside).mode & 0o777).toBe(0o644);
    expect(statSync(at("a.md")).mode & 0o777).toBe(0o600);
  });

  test("without a safety version nothing is changed", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    world.write("a.md", "two");
    const session = world.session();
    const put = async (): Promise<never> => Promise.reject(new Error("the store takes nothing"));
    const { store } = session.context;
    const refusing = Object.create(store, { put: { value: put } }) as typeof store;
    await expect(restore(world.session(refusing), { confirmed: true })).rejects.toThrow(
      "takes nothing",
    );
    expect(contentsOf(world.workspace)).toEqual({ "a.md": "two" });
  });

  test("a file that changes after it was saved is left alone and told", async () => {
    world.write("a.md", "one");
    world.write("b.md", "one");
    await backup(world.session());
    world.write("a.md", "two");
    world.write("b.md", "two");
    const result = await restore(
      whileDownloading(() => {
        world.write("b.md", "written by somebody just now");
      }),
      { confirmed: true },
    );
    expect(codes(result)).toEqual(["restore-changed"]);
    expect(contentsOf(world.workspace)).toEqual({
      "a.md": "one",
      "b.md": "written by somebody just now",
    });
  });

  test("one restore or backup runs at a time", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    const [one, other] = await Promise.allSettled([
      restore(
        { ...world.session(), context: { ...world.session().context, pid: process.pid } },
        {},
      ),
      restore(
        { ...world.session(), context: { ...world.session().context, pid: process.ppid } },
        {},
      ),
    ]);
    const refused = [one, other].filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject([{ reason: { code: "run-busy" } }]);
  });
});

describe("into another place that is not empty", () => {
  test("nothing is overwritten there, and nothing is touched", async () => {
    world.write("a.md", "one");
    world.write("b.md", "two");
    await backup(world.session());
    mkdirSync(elsewhere());
    writeFileSync(join(elsewhere(), "b.md"), "not ours");
    const asked = { to: elsewhere(), confirmed: true, remove: true };
    await expect(restore(world.session(), asked)).rejects.toMatchObject({
      code: "restore-target-occupied",
    });
    expect(contentsOf(elsewhere())).toEqual({ "b.md": "not ours" });
  });

  test("nothing is removed there", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    mkdirSync(elsewhere());
    writeFileSync(join(elsewhere(), "z.md"), "not ours");
    await expect(
      restore(world.session(), { to: elsewhere(), confirmed: true, remove: true }),
    ).rejects.toMatchObject({ code: "restore-target-occupied" });
    await restore(world.session(), { to: elsewhere() });
    expect(contentsOf(elsewhere())).toEqual({ "a.md": "one", "z.md": "not ours" });
  });

  test("what is there already, the same, is kept, so the same command goes on", async () => {
    world.write("a.md", "one");
    world.write("b.md", "two");
    await backup(world.session());
    mkdirSync(elsewhere());
    writeFileSync(join(elsewhere(), "a.md"), "one");
    const result = await restore(world.session(), { to: elsewhere() });
    expect(result).toMatchObject({ applied: true, files: { created: 1, kept: 1 } });
  });

  test("modes and times of what is there already stay, whatever else comes", async () => {
    world.write("folder/a.md", "one");
    world.write("folder/b.md", "two");
    linkSync(at("folder/a.md"), at("folder/c.md"));
    chmodSync(at("folder"), 0o755);
    await backup(world.session());
    await restore(world.session(), { to: elsewhere() });
    chmodSync(join(elsewhere(), "folder/a.md"), 0o600);
    utimesSync(join(elsewhere(), "folder/a.md"), 5, 5);
    chmodSync(join(elsewhere(), "folder"), 0o700);
    utimesSync(join(elsewhere(), "folder"), 6, 6);
    const before = treeOf(elsewhere());
    const again = await restore(world.session(), { to: elsewhere() });
    expect(again).toMatchObject({ applied: true, files: { created: 0, changed: 0, kept: 3 } });
    expect(treeOf(elsewhere())).toEqual(before);
    rmSync(join(elsewhere(), "folder/b.md"));
    await restore(world.session(), { to: elsewhere() });
    expect(statSync(join(elsewhere(), "folder")).mode & 0o777).toBe(0o700);
  });

  test("a file is no place to restore into", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    writeFileSync(elsewhere(), "a file");
    await expect(restore(world.session(), { to: elsewhere() })).rejects.toMatchObject({
      code: "restore-root-no-folder",
    });
  });
});

describe("a store that shows old versions", () => {
  /** What a person would have written down. */
  async function anchorOf(seq: number): Promise<string> {
    const session = world.session();
    const repository = await Repository.open(session.context, session.secretFor, "reader");
    await repository.sync();
    const [device] = repository.book.devices;
    const known = repository.book.at({ device: device!, seq })!;
    return repository.keys.key.anchor({ device: device!, seq, sha: known.sha });
  }

  test("an anchor accepts its version and what follows on it, and nothing older", async () => {
    world.write("a.md", "one");
    const first = await backup(world.session());
    world.write("a.md", "two");
    const second = await backup(world.session());
    const [older, newer] = [await anchorOf(first.version.seq), await anchorOf(second.version.seq)];
    await restore(world.session(), { anchor: older, to: join(world.root, "1") });
    const typed = newer.toLowerCase().replaceAll("-", " ");
    await restore(world.session(), { anchor: typed, to: join(world.root, "2") });
    const old = { version: String(first.version.seq), anchor: newer, to: join(world.root, "3") };
    await expect(restore(world.session(), old)).rejects.toMatchObject({ code: "anchor-unmet" });
    await expect(
      restore(world.session(), { anchor: "AAAA-AAAA-AAAA-AAAA", to: elsewhere() }),
    ).rejects.toMatchObject({ code: "anchor-unmet" });
    expect(() => lstatSync(elsewhere())).toThrow("ENOENT");
  });

  test("an empty anchor is not met", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    await expect(restore(world.session(), { anchor: "", to: elsewhere() })).rejects.toMatchObject({
      code: "anchor-unmet",
    });
  });

  test("a version older than was asked for is refused", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    world.clock.advance(3 * 3_600_000);
    const asked = { newerThanMs: 2 * 3_600_000, to: elsewhere() };
    await expect(restore(world.session(), asked)).rejects.toMatchObject({
      code: "version-too-old",
    });
    await restore(world.session(), { newerThanMs: 4 * 3_600_000, to: elsewhere() });
  });
});

describe("damage in the store", () => {
  test("one damaged file is named, and everything else is restored", async () => {
    world.write("a.md", "one");
    await backup(world.session());
    world.write("b.md", "two");
    const { version } = await backup(world.session());
    world.write("c.md", "three");
    await backup(world.session());
    const packs = await newPacksOf(version.seq);
    for (const name of packs) damage(name);
    const result = await restore(world.session(), { to: elsewhere() });
    expect(codes(result)).toEqual(["restore-damaged"]);
    expect(result.findings[0]).toMatchObject({ facts: { path: "b.md" } });
    expect(contentsOf(elsewhere())).toEqual({ "a.md": "one", "c.md": "three" });
    expect(result).toMatchObject({ verified: 2, files: { created: 2 } });
  });

  /** Names of the data packs that a version added. */
  async function newPacksOf(seq: number): Promise<string[]> {
    const session = world.session();
    const repository = await Repository.open(session.context, session.secretFor, "reader");
    await repository.sync();
    const entry = repository.book.versions().find((known) => known.entry.seq === seq)!.entry;
    const index = await repository.index();
    const ids = new Set(entry.packsNew.map(({ sha256 }) => sha256));
    return [...index.packs]
      .filter(({ id, kind }) => kind === 1 && ids.has(id))
      .map(({ id }) => Buffer.from(id, "base64").toString("hex"))
      .map((hex) => `packs/${hex.slice(0, 2)}/${hex}`);
  }

  function damage(name: string): void {
    if (!(world.store instanceof MemoryStore)) throw new Error("damage needs a store in memory");
    const { objects } = world.store;
    const bytes = objects.get(name as Parameters<typeof objects.get>[0])!;
    bytes[80] = bytes[80]! ^ 1;
  }
});

test("an interrupted restore stops between two files", async () => {
  world.write("a.md", "one");
  world.write("b.md", "two");
  await backup(world.session());
  await expect(restore(stopping(), { to: elsewhere() })).rejects.toMatchObject({
    code: "interrupted",
  });
  expect(Object.keys(treeOf(elsewhere()))).not.toContain("b.md");
  const result = await restore(world.session(), { to: elsewhere() });
  expect(contentsOf(elsewhere())).toEqual({ "a.md": "one", "b.md": "two" });
  expect(result).toMatchObject({ applied: true, findings: [] });
});

test("an interrupted restore goes on without a yes, and gives the folders that it made their modes", async () => {
  world.write("folder/a.md", "one");
  world.write("folder/b.md", "two");
  chmodSync(at("folder"), 0o755);
  roundTimes(world.workspace);
  await backup(world.session());
  const before = treeOf(world.workspace);
  newMachine();
  await expect(restore(stopping(), {})).rejects.toMatchObject({ code: "interrupted" });
  expect(statSync(at("folder")).mode & 0o777).toBe(0o700);
  expect(await restore(world.session(), {})).toMatchObject({ applied: true, findings: [] });
  expect(treeOf(world.workspace)).toEqual(before);
});

/** A session that is stopped after the first step was taken. */
function stopping(): Session {
  const stop = new AbortController();
  const session = whileDownloading(() => {
    stop.abort();
  });
  return { ...session, context: { ...session.context, signal: stop.signal } };
}

test.runIf(process.getuid?.() === 0)(
  "files that root restores do not act for root, and folders keep all of their mode",
  async () => {
    world.write("folder/run", "#!/bin/sh");
    chmodSync(at("folder/run"), 0o6755);
    chmodSync(at("folder"), 0o3770);
    await backup(world.session());
    await restore(world.session(), { to: elsewhere() });
    expect(statSync(join(elsewhere(), "folder/run")).mode & 0o7777).toBe(0o755);
    expect(statSync(join(elsewhere(), "folder")).mode & 0o7777).toBe(0o3770);
  },
);
