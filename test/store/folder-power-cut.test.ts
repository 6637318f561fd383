import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Disk } from "../../src/base/disk.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { POWER_CUT_MODES, PowerCutDisk, survives } from "../files/power-cut-disk.ts";
import { fixedClock, named, namesOf, sealedBytes, textOf } from "./fixtures.ts";

/** The second one makes a folder beside one that is there; the third puts into a folder that is. */
const NAMES = ["packs/ab/abc", "packs/cd/cde", "packs/cd/cdf", "format"];
const contentOf = (name: string): string => `what ${name} holds`.repeat(50);

async function putAll(disk: Disk, folder: string, acknowledged: string[]): Promise<void> {
  const store = new FolderStore(disk, folder, fixedClock);
  for (const name of NAMES) {
    await store.put(named(name), sealedBytes(contentOf(name)));
    acknowledged.push(name);
  }
}

function temporaryFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes(".tmp-"),
  );
}

/** The same disk, but every call passes `before` first. */
function guarded(disk: Disk, before: (call: string) => void): Disk {
  return new Proxy(disk, {
    get: (target, call) => {
      const method: unknown = Reflect.get(target, call, target);
      if (typeof method !== "function") return method;
      return (...args: unknown[]): unknown => {
        before(String(call));
        return Reflect.apply(method, target, args);
      };
    },
  });
}

const withLinks = (disk: Disk): Disk => disk;

const withoutLinks = (disk: Disk): Disk =>
  guarded(disk, (call) => {
    if (call !== "link") return;
    throw Object.assign(new Error("no hard links here"), { code: "EOPNOTSUPP" });
  });

/** The process dies at the n-th call; the machine, and what is in its memory, lives on. */
function killedAt(count: number, disk: Disk): Disk {
  let calls = 0;
  return guarded(disk, () => {
    if (calls++ >= count) throw new Error("killed");
  });
}

describe.each([
  ["with hard links", withLinks],
  ["without hard links", withoutLinks],
])("on a filesystem %s", (_, on) => {
  test.each(POWER_CUT_MODES)(
    "a power cut at any call leaves every acknowledged object whole, and no other but whole ones (%s)",
    async (mode) => {
      for (let failAt = 0; ; failAt++) {
        const folder = mkdtempSync(join(tmpdir(), "folder-store-"));
        const disk = new PowerCutDisk({ failAt, mode });
        const acknowledged: string[] = [];
        const finished = await survives(() => putAll(on(disk), folder, acknowledged));
        disk.restorePower();

        const store = new FolderStore(disk, folder, fixedClock);
        const there = await namesOf(store);
        const about = `after ${String(failAt)} calls`;
        expect(there, about).toEqual(expect.arrayContaining(acknowledged));
        for (const name of there) expect(await textOf(store, name), about).toBe(contentOf(name));
        expect(temporaryFilesIn(folder).length, about).toBeLessThanOrEqual(1);

        await putAll(on(disk), folder, []);
        expect(await namesOf(store), about).toEqual(NAMES.toSorted());
        expect(temporaryFilesIn(folder), about).toEqual([]);
        rmSync(folder, { recursive: true });
        if (finished) return;
      }
    },
  );

  test("what a killed process left unsynced is durable once the next one acknowledged it", async () => {
    for (let count = 0; ; count++) {
      const folder = mkdtempSync(join(tmpdir(), "folder-store-"));
      const disk = new PowerCutDisk({ mode: "lost" });
      const done: string[] = [];
      const killed = putAll(on(killedAt(count, disk)), folder, done);
      await killed.catch((error: unknown) => {
        expect(error).toMatchObject({ message: "killed" });
      });

      await putAll(on(disk), folder, []);
      disk.restorePower();
      const store = new FolderStore(disk, folder, fixedClock);
      expect(await namesOf(store), `killed at call ${String(count)}`).toEqual(NAMES.toSorted());
      for (const name of NAMES) expect(await textOf(store, name)).toBe(contentOf(name));
      rmSync(folder, { recursive: true });
      if (done.length === NAMES.length) return;
    }
  });
});
