/** Disks that refuse something in the middle of a restore: one name, or everything. */
import { chmodSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Disk, DiskFile } from "../../src/base/disk.ts";
import { DiskError } from "../../src/base/errors.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { backup } from "../../src/operations/backup.ts";
import { restore } from "../../src/operations/restore.ts";
import { undo } from "../../src/operations/undo.ts";
import { file, folder, forgeVersion } from "./forged.ts";
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
const codes = (result: { readonly findings: readonly { readonly code: string }[] }): string[] =>
  result.findings.map(({ code }) => code);

type Refusal = "disk-denied" | "disk-failed" | "disk-full" | "disk-read-only";
const refusal = (code: Refusal, path: string): DiskError =>
  new DiskError(code, { path, reason: "as the test wants it" });

/** Takes the beginning of a file's content and no more, wherever `isHit` says. */
function refusingContent(code: Refusal, isHit: (path: string) => boolean): Disk {
  return {
    ...realDisk,
    create: (path, mode) => {
      const file = realDisk.create(path, mode);
      return isHit(String(path)) ? refusingFile(file, refusal(code, String(path))) : file;
    },
  };
}

function refusingFile(file: DiskFile, error: DiskError): DiskFile {
  return {
    write: (bytes) => {
      file.write(bytes.subarray(0, 1));
      throw error;
    },
    skip: (count) => {
      file.skip(count);
    },
    sync: () => {
      file.sync();
    },
    close: () => {
      file.close();
    },
  };
}

test.each(["disk-denied", "disk-failed", "disk-read-only"] as const)(
  "where one folder takes nothing (%s), the others come back and the result says what is missing",
  async (code) => {
    world.write("a.md", "one");
    world.write("folder/b.md", "two");
    world.write("z.md", "three");
    await backup(world.session());
    const to = join(world.root, "to");
    world.disk = refusingContent(code, (path) => path.startsWith(join(to, "folder")));
    const result = await restore(world.session(), { to });
    expect(result).toMatchObject({ applied: true, files: { created: 2 }, verified: 2 });
    expect(result.findings).toMatchObject([
      { code: "restore-refused", facts: { path: "folder/b.md" }, cause: { code } },
    ]);
    expect(contentsOf(to)).toEqual({ "a.md": "one", "z.md": "three" });
    world.disk = realDisk;
    expect(codes(await restore(world.session(), { to }))).toEqual([]);
    expect(contentsOf(to)).toEqual(contentsOf(world.workspace));
  },
);

test("a full disk ends the run with whole files only, and the same command goes on, up to the undo", async () => {
  for (const path of ["a.md", "b.md", "c.md"]) world.write(path, `${path} as it was saved`);
  await backup(world.session());
  rmSync(at("a.md"));
  world.write("b.md", "mine");
  const before = contentsOf(world.workspace);
  world.clock.advance(600_000);
  const asked = { version: "5m ago", confirmed: true };
  let files = 0;
  world.disk = refusingContent("disk-full", (path) => path.startsWith(at("")) && ++files > 1);
  await expect(restore(world.session(), asked)).rejects.toMatchObject({ code: "disk-full" });
  expect(readdirSync(world.workspace)).toEqual(["a.md", "b.md", "c.md"]);
  expect(contentsOf(world.workspace)).toEqual({ ...before, "a.md": "a.md as it was saved" });
  world.disk = realDisk;
  expect(codes(await restore(world.session(), asked))).toEqual([]);
  expect(contentsOf(world.workspace)["b.md"]).toBe("b.md as it was saved");
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(contentsOf(world.workspace)).toEqual(before);
});

test("a folder whose mode keeps even its owner out is synced before it gets that mode", async () => {
  await forgeVersion(world.session(), (add) => [
    [
      { ...folder("folder"), mode: 0o300 },
      { ...folder("folder/deep"), mode: 0o000 },
      file("folder/deep/a.md", "one", add),
    ],
  ]);
  // Root may open such a folder, and others may not.
  const syncFolder: Disk["syncFolder"] = (path) => {
    if ((statSync(path).mode & 0o400) === 0) throw refusal("disk-denied", String(path));
    realDisk.syncFolder(path);
  };
  world.disk = { ...realDisk, syncFolder };
  const to = join(world.root, "to");
  const result = await restore(world.session(), { to });
  expect(result).toMatchObject({ applied: true, findings: [] });
  expect(statSync(join(to, "folder")).mode & 0o777).toBe(0o300);
  expect(statSync(join(to, "folder/deep")).mode & 0o777).toBe(0o000);
  chmodSync(join(to, "folder/deep"), 0o700);
  chmodSync(join(to, "folder"), 0o700);
  expect(contentsOf(to)).toEqual({ "folder/deep/a.md": "one" });
});

test("an attempt that ended between a mode and its time is gone on with, and undone to before it", async () => {
  world.write("a.md", "one");
  world.write("b.md", "same");
  chmodSync(at("b.md"), 0o640);
  roundTimes(world.workspace);
  await backup(world.session());
  world.write("a.md", "two");
  chmodSync(at("b.md"), 0o600);
  utimesSync(at("b.md"), 5, 5);
  roundTimes(world.workspace);
  const before = treeOf(world.workspace);
  world.clock.advance(600_000);
  const asked = { version: "5m ago", confirmed: true };
  const setTime: Disk["setTime"] = (path, time) => {
    if (path === at("b.md")) throw refusal("disk-full", path);
    realDisk.setTime(path, time);
  };
  world.disk = { ...realDisk, setTime };
  await expect(restore(world.session(), asked)).rejects.toMatchObject({ code: "disk-full" });
  expect(statSync(at("b.md")).mode & 0o777).toBe(0o640);
  world.disk = realDisk;
  expect(codes(await restore(world.session(), asked))).toEqual([]);
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(treeOf(world.workspace)).toEqual(before);
});
