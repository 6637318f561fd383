import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Disk } from "../../src/base/disk.ts";
import { BusyError } from "../../src/base/errors.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import {
  acquireRunLock,
  type IsAlive,
  type RunHolder,
  type RunLock,
} from "../../src/state/single-run-lock.ts";
import { temporaryFolders } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();
const HOUR = 3600 * 1000;

const holder = (pid: number, more: Partial<RunHolder> = {}): RunHolder => ({
  pid,
  host: "ada-laptop",
  what: "now",
  startedAtMs: Date.UTC(2026, 3, 1, 16, 30),
  processStart: `boot-${String(pid)}`,
  ...more,
});

const everybody: IsAlive = () => true;
const nobody: IsAlive = () => false;

function tryAcquire(
  folder: string,
  who: RunHolder,
  isAlive: IsAlive = everybody,
  disk: Disk = realDisk,
): RunLock | BusyError {
  try {
    return acquireRunLock(disk, folder, who, isAlive);
  } catch (error) {
    if (error instanceof BusyError) return error;
    throw error;
  }
}

/** As a run leaves it that ends without a release. */
function leaveLock(folder: string, dead: RunHolder): void {
  const elsewhere = temporaryFolder();
  tryAcquire(elsewhere, dead);
  for (const name of readdirSync(elsewhere)) renameSync(join(elsewhere, name), join(folder, name));
}

const isHeld = (outcome: RunLock | BusyError): outcome is RunLock => "release" in outcome;

test("a second run is told who is at it, since when, and what it does", () => {
  const folder = join(temporaryFolder(), "lock");
  acquireRunLock(realDisk, folder, holder(1, { what: "restore" }), everybody);
  const second = tryAcquire(folder, holder(2));
  expect(second).toMatchObject({ code: "run-busy" });
  expect((second as BusyError).message).toBe(
    "`restore` has been running since 2026-04-01T16:30:00.000Z (process 1 on ada-laptop)",
  );
});

test("what is released can be taken, and a run that was refused leaves nothing behind", () => {
  const folder = join(temporaryFolder(), "lock");
  const first = acquireRunLock(realDisk, folder, holder(1), everybody);
  expect(isHeld(tryAcquire(folder, holder(2)))).toBe(false);
  first.release();
  first.release();
  expect(readdirSync(folder)).toEqual([]);
  expect(isHeld(tryAcquire(folder, holder(2)))).toBe(true);
});

test("two runs of one process exclude each other, even in one instant", () => {
  const folder = join(temporaryFolder(), "lock");
  const first = acquireRunLock(realDisk, folder, holder(1), everybody);
  expect(isHeld(tryAcquire(folder, holder(1)))).toBe(false);
  expect(isHeld(tryAcquire(folder, holder(1, { startedAtMs: HOUR })))).toBe(false);
  first.release();
  expect(isHeld(tryAcquire(folder, holder(1)))).toBe(true);
});

describe("a lock left behind", () => {
  test("by a process that is gone is taken over", () => {
    const folder = join(temporaryFolder(), "lock");
    acquireRunLock(realDisk, folder, holder(1), everybody);
    expect(isHeld(tryAcquire(folder, holder(2), nobody))).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("by a process whose number is in use again is taken over", () => {
    const folder = join(temporaryFolder(), "lock");
    acquireRunLock(realDisk, folder, holder(1, { processStart: "boot-77" }), everybody);
    const asked: unknown[] = [];
    const isAlive: IsAlive = (pid, processStart) => {
      asked.push([pid, processStart]);
      return processStart === "boot-99";
    };
    expect(isHeld(tryAcquire(folder, holder(2), isAlive))).toBe(true);
    expect(asked).toEqual([[1, "boot-77"]]);
  });

  test("by another machine counts for a day, whatever process numbers say here", () => {
    const folder = join(temporaryFolder(), "lock");
    const there = holder(1, { host: "ada-desktop" });
    acquireRunLock(realDisk, folder, there, everybody);
    const after = (ms: number): RunHolder => holder(2, { startedAtMs: there.startedAtMs + ms });
    expect(isHeld(tryAcquire(folder, after(24 * HOUR), nobody))).toBe(false);
    expect(isHeld(tryAcquire(folder, after(-HOUR), nobody))).toBe(false);
    expect(isHeld(tryAcquire(folder, after(24 * HOUR + 1), everybody))).toBe(true);
  });

  test("is never removed by its late owner's release from under the next run", () => {
    const folder = join(temporaryFolder(), "lock");
    const late = acquireRunLock(realDisk, folder, holder(1), everybody);
    acquireRunLock(realDisk, folder, holder(2), nobody);
    late.release();
    expect(isHeld(tryAcquire(folder, holder(3)))).toBe(false);
  });
});

test("names that nobody of us gave are left alone", () => {
  const folder = join(temporaryFolder(), "lock");
  mkdirSync(folder);
  const strange = [".nfs01", "1,2,3,4,5", "000000000000001,0,a,b,c", "000000000000001,1,a,b,c,d"];
  for (const name of strange) writeFileSync(join(folder, name), "");
  expect(isHeld(tryAcquire(folder, holder(1), nobody))).toBe(true);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(strange));
});

test("odd names of machines and verbs do not get in the way", () => {
  const folder = join(temporaryFolder(), "lock");
  const odd = holder(1, { host: "../ünï,code/".repeat(40), what: "restore --to /x" });
  acquireRunLock(realDisk, folder, odd, everybody);
  expect(isHeld(tryAcquire(folder, { ...odd, pid: 2 }, nobody))).toBe(true);
});

test("the folder is for its owner alone", () => {
  const folder = join(temporaryFolder(), "lock");
  acquireRunLock(realDisk, folder, holder(1), everybody);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("a look around that fails gives the lock back", () => {
  const folder = join(temporaryFolder(), "lock");
  const disk: Disk = {
    ...realDisk,
    list: () => {
      throw new Error("the disk is gone");
    },
  };
  expect(() => tryAcquire(folder, holder(1), everybody, disk)).toThrow("the disk is gone");
  expect(readdirSync(folder)).toEqual([]);
});

describe("however the steps of two runs interleave", () => {
  /** Runs `work` right before the n-th call that looks at or changes the lock's folder. */
  function interrupted(at: number, work: () => void): Disk {
    let calls = 0;
    const step = <Result>(call: () => Result): Result => {
      if (calls++ === at) work();
      return call();
    };
    return {
      ...realDisk,
      stat: (path) => step(() => realDisk.stat(path)),
      create: (path, mode) => step(() => realDisk.create(path, mode)),
      list: (path) => step(() => realDisk.list(path)),
      remove: (path) => {
        step(() => {
          realDisk.remove(path);
        });
      },
    };
  }

  const beginnings: [what: string, left: readonly RunHolder[]][] = [
    ["nothing is there", []],
    ["a dead run left its lock", [holder(7)]],
    ["two dead runs left theirs", [holder(7), holder(8)]],
  ];
  const alive: IsAlive = (pid) => pid < 7;

  test.each(beginnings)("they never both hold the lock when %s", (_, left) => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      for (let at = 0; at < 12; at++) {
        const folder = join(temporaryFolder(), "lock");
        mkdirSync(folder);
        for (const dead of left) leaveLock(folder, dead);
        let inner: RunLock | BusyError | undefined;
        const disk = interrupted(at, () => {
          inner = tryAcquire(folder, holder(second, { startedAtMs: second }), alive);
        });
        const outer = tryAcquire(folder, holder(first, { startedAtMs: first }), alive, disk);
        inner ??= tryAcquire(folder, holder(second, { startedAtMs: second }), alive);
        const held = [outer, inner].filter(isHeld);
        expect(held.length, `interrupted before step ${String(at)}`).toBeLessThanOrEqual(1);
        for (const lock of held) lock.release();
        expect(isHeld(tryAcquire(folder, holder(3), alive))).toBe(true);
      }
    }
  });
});
