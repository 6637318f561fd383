import { expect, test } from "vitest";
import {
  BusyError,
  DiskError,
  InputError,
  IntegrityError,
  InterruptedError,
  KeyError,
  StoreError,
} from "../../src/base/errors.ts";
import { EXIT, exitOf, exitOfWarning, worstExit, type Exit } from "../../src/base/exit-codes.ts";

test("a family's errors end with its code, and what callers must tell apart with its own", () => {
  const errors = [
    new InputError("no-versions", {}),
    new StoreError(true, "folder-contended", { object: "o", folder: "f" }),
    new StoreError(false, "folder-missing", { folder: "f" }),
    new IntegrityError("object-missing", { object: "o" }),
    new IntegrityError("rollback-suspected", { device: "d", seq: 1, witness: "this machine" }),
    new KeyError("key-malformed", {}),
    new KeyError("key-wrong", { place: "p" }),
    new InputError("no-repository", { place: "p" }),
    new BusyError("packs-condemned", { attempts: 5 }),
    new DiskError("disk-full", { path: "p", reason: "ENOSPC" }),
    new InterruptedError("interrupted", {}),
  ];
  expect(errors.map(exitOf)).toEqual([2, 1, 10, 6, 20, 4, 12, 10, 11, 1, 130]);
});

test("a file that could not be read fails a backup when it is the end of it, and not beside it", () => {
  const error = new DiskError("file-unreadable", { path: "a", reason: "EACCES" });
  expect([exitOf(error), exitOfWarning(error)]).toEqual([EXIT.failed, EXIT.unsteady]);
});

test("of several codes the one that must be heard first is it", () => {
  const order: readonly Exit[] = [130, 2, 20, 12, 10, 11, 6, 4, 1, 7, 5, 3, 0];
  expect([...order].sort()).toEqual(Object.values(EXIT).sort());
  for (const [at, exit] of order.entries()) {
    expect(worstExit([...order.slice(at)].reverse())).toBe(exit);
  }
  expect(worstExit([])).toBe(0);
});
