import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical-json.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { FileCache, type CachedFile, type FileSignature } from "../../src/state/file-cache.ts";
import { device, temporaryFolders, testSeal } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();
const version = { root: "root id", device, seq: 12 };
const SECOND = 1_000_000_000n;
const MS = 1_000_000n;

/** Changed at 1,000.5 s, read a minute later. */
const signature: FileSignature = {
  size: 1234,
  mtimeNs: 1000n * SECOND + 500_000_001n,
  ctimeNs: 1000n * SECOND + 500_000_002n,
  inode: 18_446_744_073_709_551_615n,
};
const entry: Json = { kind: "file", path: "memory/today.md", size: 1234 };
const file: CachedFile = {
  path: "memory/today.md",
  signature,
  sideFiles: "",
  readAtMs: 1_060_000,
  entry,
};

function saved(...files: CachedFile[]): string {
  const path = join(temporaryFolder(), "file-cache");
  FileCache.save(realDisk, path, testSeal(), { version, files });
  return path;
}

const load = (path: string): FileCache => FileCache.load(realDisk, path, testSeal());
const looksAt = (given: Partial<CachedFile>, now: Partial<FileSignature> = {}): Json | undefined =>
  load(saved({ ...file, ...given })).lookup(file.path, { ...signature, ...now }, file.sideFiles);

test("an unchanged file gives its entry, and the cache says which version that was", () => {
  const cache = load(saved(file));
  expect(cache.lookup(file.path, signature, "")).toEqual(entry);
  expect(cache.version).toEqual(version);
});

test("a file that looks different in any respect is not a hit", () => {
  expect(looksAt({}, { size: 1235 })).toBeUndefined();
  expect(looksAt({}, { mtimeNs: signature.mtimeNs + 1n })).toBeUndefined();
  expect(looksAt({}, { mtimeNs: signature.mtimeNs - 1n })).toBeUndefined();
  expect(looksAt({}, { ctimeNs: signature.ctimeNs + 1n })).toBeUndefined();
  expect(looksAt({}, { inode: signature.inode - 1n })).toBeUndefined();
  expect(looksAt({ sideFiles: "wal 4096" })).toBeUndefined();
});

test("an unknown path is not a hit, whatever it is called", () => {
  const cache = load(saved(file));
  for (const path of ["", "memory", "memory/today.md2", "__proto__", "constructor"]) {
    expect(cache.lookup(path, signature, "")).toBeUndefined();
  }
});

describe("a file that may have changed right after it was read is not a hit", () => {
  const readAtMs = 5_000_000;
  const readAtNs = BigInt(readAtMs) * MS;
  const at = (mtimeNs: bigint, ctimeNs = mtimeNs): boolean => {
    const times = { ...signature, mtimeNs, ctimeNs };
    const path = saved({ ...file, signature: times, readAtMs });
    return load(path).lookup(file.path, times, "") !== undefined;
  };

  test("within 50 ms where times are fine", () => {
    expect(at(readAtNs - 51n * MS + 1n)).toBe(true);
    expect(at(readAtNs - 50n * MS + 1n)).toBe(false);
    expect(at(readAtNs + 1n)).toBe(false);
  });

  test("within 2 s where they are whole seconds", () => {
    expect(at(readAtNs - 3n * SECOND)).toBe(true);
    expect(at(readAtNs - 2n * SECOND)).toBe(false);
    expect(at(readAtNs)).toBe(false);
  });

  test("one fine time is enough to trust the finer margin", () => {
    expect(at(readAtNs - 2n * SECOND, readAtNs - SECOND + 1n)).toBe(true);
  });

  test("either of the two times counts, also one from the future", () => {
    expect(at(readAtNs - 60n * SECOND + 1n, readAtNs + 1n)).toBe(false);
    expect(at(readAtNs + 3600n * SECOND + 1n, readAtNs - 60n * SECOND + 1n)).toBe(false);
  });

  test("times before 1970 are old", () => {
    expect(at(-5n * SECOND + 7n)).toBe(true);
  });
});

test("any file comes back as it was: odd names, far times, large inodes", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const ns = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const anyFile = fc.record({
    path: fc.oneof(text, fc.constantFrom('a"b', "a\\", "\n", "\udc80", "]", '","', "\u2028")),
    signature: fc.record({
      size: fc.maxSafeNat(),
      mtimeNs: ns,
      ctimeNs: ns,
      inode: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
    sideFiles: text,
    readAtMs: fc.constant(Number.MAX_SAFE_INTEGER),
    entry: fc.dictionary(text, fc.oneof(text, fc.maxSafeNat(), fc.constant(null))),
  });
  fc.assert(
    fc.property(fc.uniqueArray(anyFile, { selector: ({ path }) => path }), (files) => {
      const cache = load(saved(...files));
      for (const each of files) {
        const found = cache.lookup(each.path, each.signature, each.sideFiles);
        expect(found).toEqual(JSON.parse(JSON.stringify(each.entry)));
      }
    }),
    { numRuns: 100, seed: 20260401 },
  );
});

test("the file says nothing about the workspace", () => {
  const path = saved(file);
  expect(readFileSync(path, "latin1")).not.toContain("today.md");
});

test("a cache that is absent, foreign or damaged is empty", () => {
  const path = saved(file);
  const foreign = FileCache.load(realDisk, path, testSeal("theirs"));
  writeFileSync(`${path}-damaged`, readFileSync(path).subarray(0, -1));
  for (const cache of [foreign, load(`${path}-absent`), load(`${path}-damaged`)]) {
    expect(cache.version).toBeUndefined();
    expect(cache.lookup(file.path, signature, "")).toBeUndefined();
  }
});

test("a cache in another release's layout is empty", () => {
  const path = saved(file);
  const bytes = testSeal().open("file-cache/1", readFileSync(path));
  writeFileSync(path, testSeal().seal("file-cache/2", bytes!));
  expect(load(path).version).toBeUndefined();
  expect(load(path).lookup(file.path, signature, "")).toBeUndefined();
});

test("a cache without files is not the same as none", () => {
  expect(load(saved()).version).toEqual(version);
});
