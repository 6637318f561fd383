/**
 * The power fails at every call that changes the disk, and at every call of the store, before or
 * after it took effect. What was not synced is lost in every way that filesystems lose it. Then:
 * everything that was there is still there and whole, and the next run completes.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import type { Store } from "../../src/store/store.ts";
import { POWER_CUT_MODES, PowerCutDisk, survives } from "../files/power-cut-disk.ts";
import { CrashingStore } from "../store/crashing.ts";
import { allVersions, newestContents, workspaceContents } from "../operations/contents.ts";
import { World } from "../operations/world.ts";

const SCENARIOS = ["the first backup", "a later backup"] as const;
type Scenario = (typeof SCENARIOS)[number];

/** A world just before the run that will be interrupted. */
async function prepare(scenario: Scenario, world: World): Promise<void> {
  for (let n = 0; n < 3; n++) world.write(`memory/${String(n)}.md`, `note ${String(n)}`);
  if (scenario === "the first backup") return;
  await backup(world.session());
  world.write("memory/1.md", "changed");
  world.write("memory/new.md", "new ".repeat(30_000));
}

async function assertNothingLost(world: World, before: number, point: string): Promise<void> {
  const versions = await allVersions(world.session()).catch(noRepositoryYet);
  expect(versions.length, point).toBeGreaterThanOrEqual(before);
  for (const contents of versions) expect(Object.keys(contents).length, point).toBeGreaterThan(2);
}

async function assertNextRunCompletes(world: World, point: string): Promise<void> {
  await backup(world.session());
  const { findings } = await check(world.session(), { readDataPercent: 100 });
  expect(findings, point).toEqual([]);
  const held = await newestContents(world.session());
  expect(held, point).toEqual(workspaceContents(world.workspace));
}

function noRepositoryYet(error: unknown): [] {
  const codes = ["no-repository", "folder-missing"];
  if (error instanceof Error && "code" in error && codes.includes(String(error.code))) return [];
  throw error;
}

/** Cuts at 0, 1, 2 … until a run survives; the number of points tried. */
async function cutEverywhere(
  scenario: Scenario,
  attempt: (world: World, failAt: number) => Promise<{ survived: boolean; store: Store }>,
): Promise<number> {
  for (let failAt = 0; ; failAt++) {
    const world = new World();
    try {
      await prepare(scenario, world);
      const { survived } = await attempt(world, failAt);
      const point = `${scenario}, cut at call ${String(failAt)}`;
      await assertNothingLost(world, scenario === "the first backup" ? 0 : 1, point);
      if (survived) return failAt;
      await assertNextRunCompletes(world, point);
    } finally {
      world.remove();
    }
  }
}

describe.each(SCENARIOS)("%s", (scenario) => {
  test.each(POWER_CUT_MODES)(
    "survives a power cut at every call of the state's disk, what was not synced being %s",
    async (mode) => {
      const points = await cutEverywhere(scenario, async (world, failAt) => {
        const disk = new PowerCutDisk({ failAt, mode });
        world.disk = disk;
        const survived = await survives(() => backup(world.session()));
        disk.restorePower();
        return { survived, store: world.store };
      });
      expect(points).toBeGreaterThan(10);
    },
  );

  test.each(["before", "after"] as const)(
    "survives a power cut %s every call of the store took effect",
    async (when) => {
      const points = await cutEverywhere(scenario, async (world, failAt) => {
        const store = new CrashingStore(world.store, { failAt, when });
        const survived = await survives(() => backup(world.session(store)));
        return { survived, store };
      });
      expect(points).toBeGreaterThan(5);
    },
  );
});
