import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AssertionError } from "node:assert";
import { expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { Witness, type Seen } from "../../src/state/witness.ts";
import {
  device,
  entrySha,
  otherDevice,
  otherRepository,
  repository,
  temporaryFolders,
} from "./fixtures.ts";

const temporaryFolder = temporaryFolders();

const seen = (seq: number, content = "entry"): Seen => ({
  seq,
  sha: entrySha(`${content} ${String(seq)}`),
  name: `log/${device}/${String(seq)}`,
});

const newPath = (): string => join(temporaryFolder(), "witness.json");
const load = (path: string): Witness => Witness.load(realDisk, path, repository);

test("a new machine remembers nothing", () => {
  const witness = load(newPath());
  expect(witness.devices).toEqual([]);
  expect(witness.newest(device)).toBeUndefined();
});

test("what it saw is remembered after a save, and not without one", () => {
  const path = newPath();
  const witness = load(path);
  expect(witness.advance(device, seen(1))).toBe(true);
  expect(witness.advance(otherDevice, seen(7))).toBe(true);
  witness.save(realDisk, path);
  witness.advance(device, seen(2));
  expect(load(path).devices).toEqual([device, otherDevice]);
  expect(load(path).newest(device)).toEqual(seen(1));
});

test("the same entry again is no news", () => {
  const witness = load(newPath());
  witness.advance(device, seen(3));
  expect(witness.advance(device, seen(3))).toBe(false);
});

test("it never moves backwards, and never takes another entry under a number it knows", () => {
  const witness = load(newPath());
  witness.advance(device, seen(3));
  expect(() => witness.advance(device, seen(2))).toThrow(AssertionError);
  expect(() => witness.advance(device, seen(3, "forked"))).toThrow(AssertionError);
  expect(witness.newest(device)).toEqual(seen(3));
});

test("what a person accepted may be older, or gone", () => {
  const witness = load(newPath());
  witness.advance(device, seen(3));
  witness.accept(device, seen(2, "forked"));
  expect(witness.newest(device)).toEqual(seen(2, "forked"));
  witness.accept(device, undefined);
  expect(witness.devices).toEqual([]);
});

test("one of another repository is refused", () => {
  const path = newPath();
  Witness.load(realDisk, path, otherRepository).save(realDisk, path);
  expect(() => load(path)).toThrow(expect.objectContaining({ code: "witness-foreign" }));
});

test("one that cannot be read is refused: without it, a rollback would pass", () => {
  const path = newPath();
  const witness = load(path);
  witness.advance(device, seen(3));
  witness.save(realDisk, path);
  const text = readFileSync(path, "utf8");
  const damaged = [
    "",
    text.slice(0, -1),
    text.replace('"seq":3', '"seq":-3'),
    text.replace('"seq":3', '"seq":"3"'),
    text.replace('"sha":"', '"sha":"!'),
    text.replace(device, "nobody"),
    text.replace('"logs"', '"log"'),
    "[]",
  ];
  for (const each of damaged) {
    writeFileSync(path, each);
    expect(() => load(path), each).toThrow(expect.objectContaining({ code: "witness-damaged" }));
  }
});
