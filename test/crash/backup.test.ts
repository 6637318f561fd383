/**
 * The power fails at every call that changes the disk, and at every call of the store, before or
 * after it took effect. What was not synced is lost in every way that filesystems lose it. Then:
 * everything that was there is still there and whole, and the next run completes.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { FolderStore } from "../../src/store/folder.ts";
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

interface Attempt {
  /** Where the repository is, in a world that nothing has happened in yet. */
  readonly store?: (world: World) => Store;
  /** The run; resolves to whether it came to its end. The power is back when it returns. */
  readonly run: (world: World, failAt: number) => Promise<boolean>;
}

/** Cuts at 0, 1, 2 … until a run comes to its end; the number of points tried. */
async function cutEverywhere(scenario: Scenario, { store, run }: Attempt): Promise<number> {
  for (let failAt = 0; ; failAt++) {
    const world = new World();
    try {
      if (store) world.store = store(world);
      await prepare(scenario, world);
      const survived = await run(world, failAt);
      const point = `${scenario}, cut at call ${String(failAt)}`;
      await assertNothingLost(world, scenario === "the first backup" ? 0 : 1, point);
      if (survived) return failAt;
      await assertNextRunCompletes(world, point);
    } finally {
      world.remove();
    }
  }
}

async function backUpWithDisk(world: World, disk: PowerCutDisk): Promise<boolean> {
  world.disk = disk;
  const survived = await survives(() => backup(world.session()));
  disk.restorePower();
  return survived;
}

describe.each(SCENARIOS)("%s", (scenario) => {
  test.each(POWER_CUT_MODES)(
    "survives a power cut at every call of the state's disk, what was not synced being %s",
    async (mode) => {
      const points = await cutEverywhere(scenario, {
        run: async (world, failAt) => backUpWithDisk(world, new PowerCutDisk({ failAt, mode })),
      });
      expect(points).toBeGreaterThan(10);
    },
  );

  test.each(["lost", "torn"] as const)(
    "survives a power cut at every call of a disk that holds state and repository, %s",
    async (mode) => {
      const points = await cutEverywhere(scenario, {
        store: (world) => new FolderStore(realDisk, join(world.root, "repository"), world.clock),
        run: async (world, failAt) => {
          const disk = new PowerCutDisk({ failAt, mode });
          const calm = world.store;
          world.store = new FolderStore(disk, join(world.root, "repository"), world.clock);
          const survived = await backUpWithDisk(world, disk);
          world.store = calm;
          return survived;
        },
      });
      expect(points).toBeGreaterThan(30);
    },
  );

  test.each(["before", "after"] as const)(
    "survives a power cut %s every call of the store took effect",
    async (when) => {
      const points = await cutEverywhere(scenario, {
        run: async (world, failAt) => {
          const store = new CrashingStore(world.store, { failAt, when });
          return survives(() => backup(world.session(store)));
        },
      });
      expect(points).toBeGreaterThan(5);
    },
  );
});
