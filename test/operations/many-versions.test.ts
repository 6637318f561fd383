/** Forty versions of a workspace that changes at random: each comes back as it was. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { restore } from "../../src/operations/restore.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { allVersions, workspaceContents, type Contents } from "./contents.ts";
import { World } from "./world.ts";

const SEED = 20260401;

let world: World;
beforeEach(() => {
  world = new World();
  world.store = new FolderStore(realDisk, join(world.root, "repository"), world.clock);
});
afterEach(() => {
  world.remove();
});

test(`every version of a long history restores exactly (seed ${String(SEED)})`, async () => {
  const below = numbers(SEED);
  const states: Contents[] = [];
  for (let version = 0; version < 40; version++) {
    for (let edit = 0; edit <= below(4); edit++) editAtRandom(below, `${version}-${edit}`);
    world.clock.advance(below(10) === 0 ? 86_400_000 : 60_000);
    const { unchanged } = await backup(world.session());
    if (!unchanged) states.push(workspaceContents(world.workspace));
  }
  expect(states.length).toBeGreaterThan(30);
  expect(await allVersions(world.session())).toEqual(states);
  expect((await check(world.session(), { readDataPercent: 100 })).findings).toEqual([]);
  const to = join(world.root, "restored");
  await restore(world.session(), { to });
  expect(workspaceContents(to)).toEqual(workspaceContents(world.workspace));
});

function editAtRandom(below: (limit: number) => number, what: string): void {
  const path = `folder ${String(below(5))}/file ${String(below(12))}`;
  const full = join(world.workspace, path);
  const kind = below(5);
  if (kind < 3)
    world.write(path, Buffer.alloc(below(3) === 0 ? below(400_000) : below(3000), what));
  else if (kind === 3) rmSync(full, { force: true });
  else moveTo(full, join(world.workspace, `folder ${String(below(5))}`), below(12));
}

function moveTo(from: string, folder: string, name: number): void {
  mkdirSync(folder, { recursive: true });
  if (realDisk.stat(from) !== undefined) renameSync(from, join(folder, `file ${String(name)}`));
}

/** A linear congruential generator: numbers below a limit. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
}
