/** The power fails at every call of a restore that changes the disk, and comes back. */
import { linkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { restore } from "../../src/operations/restore.ts";
import { undo } from "../../src/operations/undo.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { PowerCutDisk, survives, type PowerCutMode } from "../files/power-cut-disk.ts";
import { contentsOf } from "./trees.ts";
import { World } from "./world.ts";

const MODES: readonly PowerCutMode[] = ["lost", "zeroed", "kept"];

test.each(MODES)(
  "a power cut while restoring elsewhere leaves whole files only, and the same command ends it (%s)",
  async (mode) => {
    await atEveryCall(mode, async (world, disk) => {
      plant(world);
      await backup(world.session());
      const wanted = contentsOf(world.workspace);
      const to = join(world.root, "deep/elsewhere");
      world.disk = disk;
      const finished = await survives(() => restore(world.session(), { to }));
      disk.restorePower();
      for (const [name, content] of Object.entries(contentsIn(to))) {
        if (!/\.session-sync-[0-9a-f]{16}\.part$/.test(name)) expect(content).toBe(wanted[name]);
      }
      const result = await restore(world.session(), { to });
      expect(result).toMatchObject({ applied: true, findings: [] });
      expect(contentsIn(to)).toEqual(wanted);
      return finished;
    });
  },
);

test.each(["lost", "kept"] as const)(
  "a power cut while restoring over the workspace loses nothing, and an undo still leads back (%s)",
  async (mode) => {
    await atEveryCall(mode, async (world, disk) => {
      plant(world);
      await backup(world.session());
      const wanted = contentsOf(world.workspace);
      change(world);
      const before = contentsOf(world.workspace);
      world.clock.advance(10 * 60_000);
      const asked = { version: "5m ago", confirmed: true, remove: true };
      world.disk = disk;
      const finished = await survives(() => restore(world.session(), asked));
      disk.restorePower();
      await expectNothingLost(world, before);
      const result = await restore(world.session(), asked);
      expect(result).toMatchObject({ applied: true, findings: [] });
      expect(contentsOf(world.workspace)).toEqual(wanted);
      await undo(world.session());
      expect(contentsOf(world.workspace)).toEqual(before);
      return finished;
    });
  },
);

test.each(["lost"] as const)(
  "a power cut during an undo is mended by another undo (%s)",
  async (mode) => {
    await atEveryCall(mode, async (world, disk) => {
      plant(world);
      await backup(world.session());
      change(world);
      const before = contentsOf(world.workspace);
      await restore(world.session(), { confirmed: true, remove: true });
      const after = contentsOf(world.workspace);
      world.disk = disk;
      const finished = await survives(() => undo(world.session()));
      disk.restorePower();
      await expectNothingLost(world, after);
      const hadEnded = JSON.stringify(contentsOf(world.workspace)) === JSON.stringify(before);
      await undo(world.session());
      const now = contentsOf(world.workspace);
      // One that had ended may be undone itself: all that was cut off then is saying so.
      expect([before, ...(hadEnded ? [after] : [])]).toContainEqual(now);
      return finished;
    });
  },
);

function plant(world: World): void {
  world.write("a.md", "one");
  world.write("folder/b.md", "two");
  world.write("folder/large.bin", Buffer.alloc(100_000, "not all alike "));
  symlinkSync("a.md", join(world.workspace, "link"));
  linkSync(join(world.workspace, "a.md"), join(world.workspace, "same.md"));
}

function change(world: World): void {
  rmSync(join(world.workspace, "same.md"));
  rmSync(join(world.workspace, "link"));
  world.write("a.md", "changed");
  world.write("folder/large.bin", "small now");
  rmSync(join(world.workspace, "folder/b.md"));
  world.write("new/c.md", "three");
  world.write("same.md", "no longer");
}

/** Whatever the workspace held is still there, or in a version that can be restored. */
async function expectNothingLost(world: World, before: Record<string, string>): Promise<void> {
  const now = contentsOf(world.workspace);
  const missing = Object.entries(before).filter(([name, content]) => now[name] !== content);
  if (missing.length === 0) return;
  const { versions } = await listVersions(world.session());
  const kept: Record<string, string>[] = [];
  for (const { version } of versions) {
    const to = join(world.root, `version-${version}`);
    await restore(world.session(), { version, to });
    kept.push(contentsIn(to));
  }
  for (const [name, content] of missing) {
    expect(
      kept.some((contents) => contents[name] === content),
      name,
    ).toBe(true);
  }
}

const contentsIn = (folder: string): Record<string, string> => {
  try {
    return contentsOf(folder);
  } catch (error) {
    if (error instanceof Error && error.message.includes("ENOENT")) return {};
    throw error;
  }
};

async function atEveryCall(
  mode: PowerCutMode,
  work: (world: World, disk: PowerCutDisk) => Promise<boolean>,
): Promise<void> {
  for (let failAt = 0; ; failAt++) {
    const world = new World();
    try {
      if (await work(world, new PowerCutDisk({ failAt, mode }))) return;
    } catch (error) {
      throw new Error(`with the power cut at call ${String(failAt)}`, { cause: error });
    } finally {
      world.remove();
    }
  }
}
