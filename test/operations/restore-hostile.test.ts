/** Versions, and places to restore into, that would lead a careless restore astray. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Disk, DiskPath } from "../../src/base/disk.ts";
import { parseContentSha } from "../../src/base/ids.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { backup } from "../../src/operations/backup.ts";
import { planRestore, restore } from "../../src/operations/restore.ts";
import { file, folder, forgeVersion, hardlink, link } from "./forged.ts";
import { contentsOf } from "./trees.ts";
import { World } from "./world.ts";

let world: World;
let outside: string;
beforeEach(() => {
  world = new World();
  outside = join(world.root, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "kept"), "kept");
});
afterEach(() => {
  expect(contentsOf(outside)).toEqual({ kept: "kept" });
  world.remove();
});

const to = (): string => join(world.root, "to");
const codes = (result: { readonly findings: readonly { readonly code: string }[] }): string[] =>
  result.findings.map(({ code }) => code);

test("a file below a link of the same version is not written through it", async () => {
  await forgeVersion(world.session(), (add) => [
    [link("a", outside), file("a/kept", "evil", add), file("b", "good", add)],
  ]);
  const result = await restore(world.session(), { to: to() });
  expect(codes(result)).toEqual(["restore-tree-unsound"]);
  expect(contentsOf(to())).toEqual({ a: outside, b: "good" });
  const again = await restore(world.session(), { to: to() });
  expect(codes(again)).toEqual(["restore-tree-unsound"]);
});

test("a file below a file of the same version is refused, and the others come", async () => {
  await forgeVersion(world.session(), (add) => [[file("a", "x", add), file("a/b", "y", add)]]);
  expect(codes(await restore(world.session(), { to: to() }))).toEqual(["restore-tree-unsound"]);
  expect(contentsOf(to())).toEqual({ a: "x" });
});

test.each(["../outside/kept", "/etc/kept", "a/../../outside/kept", "a//b", ".", "a\0b"])(
  "a version that names the path %j is refused as a whole",
  async (path) => {
    await forgeVersion(world.session(), (add) => [[file(path, "evil", add)]]);
    await expect(restore(world.session(), { to: to() })).rejects.toMatchObject({
      code: "path-refused",
    });
  },
);

test("a path that stands twice in a version is refused", async () => {
  await forgeVersion(world.session(), (add) => [
    [file("a", "1", add), file("c", "1", add)],
    [file("b", "2", add), file("c", "2", add)],
  ]);
  await expect(restore(world.session(), { to: to() })).rejects.toMatchObject({
    code: "tree-disordered",
  });
});

test("a hard link to a link, or to nothing, is refused, and the others come", async () => {
  await forgeVersion(world.session(), (add) => [
    [
      link("a", join(outside, "kept")),
      file("b", "good", add),
      hardlink("c", "a"),
      hardlink("d", "absent"),
      hardlink("e", "b"),
    ],
  ]);
  const result = await restore(world.session(), { to: to() });
  expect(codes(result)).toEqual(["restore-tree-unsound", "restore-tree-unsound"]);
  expect(contentsOf(to())).toEqual({ a: join(outside, "kept"), b: "good", e: "good" });
});

test("content that is not what the entry says never gets its name", async () => {
  await forgeVersion(world.session(), (add) => [
    [
      { ...file("a", "evil", add), sha256: parseContentSha(Buffer.alloc(32).toString("base64")) },
      { ...file("b", "short", add), size: 6 },
      file("c", "good", add),
    ],
  ]);
  const result = await restore(world.session(), { to: to() });
  expect(codes(result)).toEqual(["restore-damaged", "restore-damaged"]);
  expect(readdirSync(to())).toEqual(["c"]);
});

test("a workspace whose folder is a link to elsewhere keeps it, and nothing is written there", async () => {
  world.write("memory/kept", "mine");
  world.write("MEMORY.md", "one");
  await backup(world.session());
  rmSync(join(world.workspace, "memory"), { recursive: true });
  symlinkSync(outside, join(world.workspace, "memory"));
  rmSync(join(world.workspace, "MEMORY.md"));
  const result = await restore(world.session(), { confirmed: true });
  expect(codes(result)).toEqual(["restore-no-folder", "restore-parent-no-folder"]);
  expect(contentsOf(world.workspace)).toEqual({ memory: outside, "MEMORY.md": "one" });
});

test("with --delete the link itself goes, and what it points to stays", async () => {
  world.write("memory/kept", "mine");
  await backup(world.session());
  rmSync(join(world.workspace, "memory"), { recursive: true });
  symlinkSync(outside, join(world.workspace, "memory"));
  const result = await restore(world.session(), { confirmed: true, remove: true });
  expect(codes(result)).toEqual([]);
  expect(contentsOf(world.workspace)).toEqual({ "memory/kept": "mine" });
});

test("a folder that becomes a link while the restore runs is not followed", async () => {
  world.write("a.md", "one");
  world.write("memory/kept", "mine");
  await backup(world.session());
  mkdirSync(join(to(), "memory"), { recursive: true });
  const session = world.session();
  const swap = ({ step }: { step: string }): void => {
    if (step !== "download") return;
    rmSync(join(to(), "memory"), { recursive: true });
    symlinkSync(outside, join(to(), "memory"));
  };
  const context = { ...session.context, monitor: { ...session.context.monitor, progress: swap } };
  const result = await restore({ ...session, context }, { to: to() });
  expect(codes(result)).toContain("restore-changed");
  expect(contentsOf(to())).toEqual({ "a.md": "one", memory: outside });
});

test("a workspace that is itself reached through a link is one like any other", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  mkdirSync(to());
  symlinkSync(to(), join(world.root, "alias"));
  await restore(world.session(), { to: join(world.root, "alias") });
  expect(contentsOf(to())).toEqual({ "a.md": "one" });
});

test("where names are told apart, twins by case and by Unicode form both come", async () => {
  await forgeVersion(world.session(), (add) => [
    [
      file("A.md", "1", add),
      file("a.md", "2", add),
      file("e\u0301", "3", add),
      file("\u00e9", "4", add),
    ],
  ]);
  mkdirSync(to());
  expect(codes(await restore(world.session(), { to: to() }))).toEqual([]);
  expect(Object.values(contentsOf(to())).sort()).toEqual(["1", "2", "3", "4"]);
});

test.each(["before the first restore", "when the folder is not there yet"])(
  "where names fold, the second of two twins is left out: %s",
  async (when) => {
    await forgeVersion(world.session(), (add) => [
      [
        file("A.md", "1", add),
        folder("Dir"),
        file("Dir/x", "3", add),
        file("a.md", "2", add),
        folder("dir"),
        file("dir/y", "4", add),
        file("e\u0301", "5", add),
        file("\u00e9", "6", add),
      ],
    ]);
    if (when === "before the first restore") mkdirSync(to());
    world.disk = foldingDisk(to());
    const result = await restore(world.session(), { to: to() });
    const twins = codes(result).filter((code) => code === "restore-name-twin");
    expect(twins.length).toBeGreaterThanOrEqual(3);
    const contents = Object.values(contentsOf(to()));
    expect(contents).toEqual(expect.arrayContaining(["1", "3", "5"]));
    expect(contents).not.toContain("2");
    expect(contents).not.toContain("6");
    expect(readdirSync(to()).filter((name) => name.startsWith("."))).toEqual([]);
  },
);

test("a plan says which twins will be left out", async () => {
  await forgeVersion(world.session(), (add) => [[file("A.md", "1", add), file("a.md", "2", add)]]);
  mkdirSync(to());
  world.disk = foldingDisk(to());
  const { steps } = await planRestore(world.session(), { to: to() });
  expect(steps).toEqual([
    { action: "create", kind: "file", path: "A.md" },
    { action: "conflict", kind: "file", path: "a.md", problem: "restore-name-twin" },
  ]);
});

test.each(["the workspace", "another place"])(
  "names that are never backed up are not restored into %s, and the others come",
  async (place) => {
    world.write("mine.md", "mine");
    await backup(world.session());
    await forgeVersion(world.session(), (add) => [
      [
        folder(".git"),
        folder(".git/hooks"),
        file(".git/hooks/post-checkout", "evil", add),
        file(".session-sync-aside-x", "evil", add),
        folder("deep"),
        folder("deep/.git"),
        file("deep/.git/config", "evil", add),
        link("deep/sync-log.2.jsonl", outside),
        file("good.md", "good", add),
        file("session-sync-config.json", "{}", add),
        file("sync-dashboard.html", "evil", add),
        hardlink("sync-log.jsonl", "good.md"),
      ],
    ]);
    const root = place === "the workspace" ? world.workspace : to();
    const result = await restore(world.session(), place === "the workspace" ? {} : { to: root });
    expect(codes(result)).toEqual(Array<string>(10).fill("restore-name-kept-out"));
    const { "mine.md": mine, ...restored } = contentsOf(root);
    expect(restored).toEqual({ "good.md": "good" });
    expect(mine).toBe(place === "the workspace" ? "mine" : undefined);
    expect(readdirSync(join(root, "deep"))).toEqual([]);
  },
);

test("where names fold, .GIT is .git; where they do not, it is a folder like any other", async () => {
  await forgeVersion(world.session(), (add) => [
    [folder(".GIT"), file(".GIT/config", "evil", add), file("good.md", "good", add)],
  ]);
  mkdirSync(join(world.root, "exact"));
  const exact = await restore(world.session(), { to: join(world.root, "exact") });
  expect(codes(exact)).toEqual([]);
  mkdirSync(to());
  world.disk = foldingDisk(to());
  const folding = await restore(world.session(), { to: to() });
  expect(codes(folding)).toEqual(["restore-name-kept-out", "restore-name-kept-out"]);
  expect(contentsOf(to())).toEqual({ "good.md": "good" });
});

test("a log is not put beside a database that would take it in", async () => {
  const database = `SQLite format 3\0${"x".repeat(4080)}`;
  world.write("mine.db", database);
  await forgeVersion(world.session(), (add) => [
    [
      file("mine.db-wal", "evil", add),
      file("notes.txt", "text", add),
      file("notes.txt-wal", "no database", add),
      file("theirs.db", database, add),
      file("theirs.db-journal", "evil", add),
    ],
  ]);
  const result = await restore(world.session(), {});
  expect(codes(result)).toEqual(["restore-name-kept-out", "restore-name-kept-out"]);
  expect(readdirSync(world.workspace)).toEqual([
    "mine.db",
    "notes.txt",
    "notes.txt-wal",
    "theirs.db",
  ]);
});

test.each(["9".repeat(30), `-${"9".repeat(30)}`])(
  "a time that no system counts to, %s, hinders neither its file nor the others",
  async (mtime) => {
    await forgeVersion(world.session(), (add) => [
      [{ ...file("a", "1", add), mtime }, file("b", "2", add), { ...folder("c"), mtime }],
    ]);
    expect(codes(await restore(world.session(), { to: to() }))).toEqual([]);
    expect(contentsOf(to())).toEqual({ a: "1", b: "2" });
  },
);

test("a name that this disk does not take is told, and the others come", async () => {
  const long = "n".repeat(300);
  await forgeVersion(world.session(), (add) => [
    [file("a", "1", add), folder(long), file(`${long}/inside`, "2", add), file("z", "3", add)],
  ]);
  for (const paths of [[], ["inside", "a", "z"]]) {
    const result = await restore(world.session(), { to: to(), paths });
    expect(codes(result)).toEqual(["restore-refused", "restore-refused"]);
    expect(contentsOf(to())).toEqual({ a: "1", z: "3" });
  }
});

/** Below `root`, one name is another one in lower case and composed form; parents included. */
function foldingDisk(root: string): Disk {
  const fold = (path: DiskPath): DiskPath => {
    if (typeof path !== "string" || !path.startsWith(`${root}/`)) return path;
    return path
      .slice(root.length + 1)
      .split("/")
      .reduce((folder, name) => join(folder, standing(folder, name)), root);
  };
  const same = (name: string): string => name.normalize("NFC").toLowerCase();
  const standing = (parent: string, name: string): string =>
    realDisk.list(parent).find((other) => same(other) === same(name)) ?? name;
  return {
    ...realDisk,
    read: (path) => realDisk.read(fold(path)),
    stat: (path) => realDisk.stat(fold(path)),
    list: (path) => realDisk.list(fold(path)),
    create: (path, mode) => realDisk.create(fold(path), mode),
    makeFolder: (path, mode) => {
      realDisk.makeFolder(fold(path), mode);
    },
    link: (from, to) => realDisk.link(fold(from), fold(to)),
    rename: (from, to) => {
      realDisk.rename(fold(from), fold(to));
    },
    remove: (path) => {
      realDisk.remove(fold(path));
    },
    setMode: (path, mode) => {
      realDisk.setMode(fold(path), mode);
    },
    setTime: (path, time) => {
      realDisk.setTime(fold(path), time);
    },
    syncFolder: (path) => {
      realDisk.syncFolder(fold(path));
    },
  };
}
