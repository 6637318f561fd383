import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Disk } from "../../src/base/disk.ts";
import { DiskError } from "../../src/base/errors.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { isAlive, startOfProcess } from "../../src/state/live-process.ts";

const own = process.pid;

/** As on a system that tells nothing, or not to us. */
const silent: Disk = { ...realDisk, read: () => undefined };
const secretive: Disk = {
  ...realDisk,
  read: (path) => {
    throw new DiskError("disk-denied", { path: String(path), reason: "EPERM" });
  },
};

function proc(stat: string): Disk {
  return {
    ...realDisk,
    read: (path) => Buffer.from(String(path).includes("boot") ? "b00t" : stat),
  };
}

test("this process is alive, also when its start is not known", () => {
  expect(isAlive(realDisk, own, startOfProcess(realDisk, own))).toBe(true);
  expect(isAlive(realDisk, own, "")).toBe(true);
  expect(isAlive(silent, own, "b00t-1")).toBe(true);
  expect(isAlive(secretive, own, "b00t-1")).toBe(true);
});

test("a process that has ended is not alive", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  expect(isAlive(realDisk, pid, "")).toBe(false);
});

test("a number that is in use again does not stand for the process that had it", () => {
  const stat = proc(`${String(own)} (a) b (c) S ${"1 ".repeat(18)}4711 2 3`);
  expect(startOfProcess(stat, own)).toBe("b00t-4711");
  expect(isAlive(stat, own, "b00t-4711")).toBe(true);
  expect(isAlive(stat, own, "b00t-4712")).toBe(false);
});

test("where the system tells, a start is a boot and a count of ticks", () => {
  const expected = existsSync("/proc/self/stat") ? /^[0-9a-f]{8}-[1-9]\d*$/ : /^$/;
  expect(startOfProcess(realDisk, own)).toMatch(expected);
});
