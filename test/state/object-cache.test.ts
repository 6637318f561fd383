import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { ObjectCache } from "../../src/state/object-cache.ts";
import { fillingDisk, temporaryFolders } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();
const bytes = Buffer.from("as it came from the store");

test("an object comes back as it was put, until it is removed", () => {
  const cache = new ObjectCache(realDisk, join(temporaryFolder(), "objects"));
  expect(cache.get("index/ab")).toBeUndefined();
  cache.put("index/ab", bytes);
  expect(cache.get("index/ab")).toEqual(bytes);
  cache.put("index/ab", Buffer.alloc(0));
  expect(cache.get("index/ab")).toEqual(Buffer.alloc(0));
  cache.remove("index/ab");
  cache.remove("index/ab");
  expect(cache.get("index/ab")).toBeUndefined();
});

test("names are kept as they are", () => {
  const cache = new ObjectCache(realDisk, temporaryFolder());
  for (const name of ["log/a/2", "index/ab", "log/a-/1"]) cache.put(name, bytes);
  expect(cache.names()).toEqual(["index/ab", "log/a-/1", "log/a/2"]);
});

test("only the owner may look", () => {
  const folder = join(temporaryFolder(), "objects");
  new ObjectCache(realDisk, folder).put("index/ab", bytes);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, readdirSync(folder)[0]!)).mode & 0o777).toBe(0o600);
});

test("a file that a power cut left torn reads as absent", () => {
  const folder = temporaryFolder();
  const cache = new ObjectCache(realDisk, folder);
  cache.put("index/ab", bytes);
  const file = join(folder, readdirSync(folder)[0]!);
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length));
    expect(cache.get("index/ab"), `${String(length)} bytes`).toBeUndefined();
  }
  writeFileSync(file, Buffer.alloc(whole.length));
  expect(cache.get("index/ab")).toBeUndefined();
});

test("a put that fails keeps what was there, and shows nothing new", () => {
  const { disk, fillAfter } = fillingDisk(/objects/);
  const cache = new ObjectCache(disk, join(temporaryFolder(), "objects"));
  cache.put("index/ab", bytes);
  fillAfter(5);
  expect(() => {
    cache.put("index/cd", bytes);
  }).toThrow("the disk is full");
  expect(cache.names()).toEqual(["index/ab"]);
  expect(cache.get("index/ab")).toEqual(bytes);
});
