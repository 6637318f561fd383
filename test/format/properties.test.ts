import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCanonicalJson, encodeJson, type Json } from "../../src/base/canonical-json.ts";
import { decodeEntry, encodeEntry } from "../../src/format/entry.ts";
import { decodeIndexFile, encodeIndexFile } from "../../src/format/index-file.ts";
import { decodeLogEntry, encodeLogEntry } from "../../src/format/log-entry.ts";
import { cutGroups } from "../../src/format/tree-shape.ts";
import { decodeIdList, decodePage, encodeIdList, encodePage } from "../../src/format/tree.ts";
import { entry, idList, indexFile, manifest, page, record } from "./arbitraries.ts";

const RUNS = { seed: 20260401, numRuns: 300 };

describe("what was encoded is what is decoded", () => {
  test("an entry", () => {
    holds(entry, (each) => {
      const bytes = encodeJson(encodeEntry(each));
      expect(decodeEntry(decodeCanonicalJson(bytes, "entry"), "entry")).toEqual(each);
    });
  });

  test("a page of the file list", () => {
    holds(page, (each) => {
      expect(decodePage(encodePage(each), "page")).toEqual(each);
    });
  });

  test("a list of ids", () => {
    holds(idList, (each) => {
      expect(decodeIdList(encodeIdList(each), "ids")).toEqual(each);
    });
  });

  test("a manifest", () => {
    holds(manifest, (each) => {
      expect(decodeLogEntry("v", encodeLogEntry(each), "manifest")).toEqual(each);
    });
  });

  test("a record of any type", () => {
    holds(record, (each) => {
      expect(decodeLogEntry("r", encodeLogEntry(each), "record")).toEqual(each);
    });
  });

  test("an index file", () => {
    holds(indexFile, (each) => {
      expect(decodeIndexFile(encodeIndexFile(each), "index")).toEqual(each);
    });
  });
});

test("the order in which members were set never matters", () => {
  holds(manifest, (each) => {
    const bytes = encodeLogEntry(each);
    const json = decodeCanonicalJson(bytes, "manifest");
    expect(encodeJson(backwards(json))).toEqual(bytes);
    expect(encodeLogEntry(backwards(each as unknown as Json) as unknown as typeof each)).toEqual(
      bytes,
    );
  });
});

test("two entries that differ never have the same bytes", () => {
  holds(fc.tuple(entry, entry), ([left, right]) => {
    const same = encodeJson(encodeEntry(left)).equals(encodeJson(encodeEntry(right)));
    if (same) expect(left).toEqual(right);
  });
});

describe("groups of the tree", () => {
  const items = fc.array(fc.nat(63), { maxLength: 2000 });
  const ends = (item: number): boolean => item === 0;

  test("hold every item once and in order, 16 to 256 of them but for the last group", () => {
    holds(items, (each) => {
      const groups = cutGroups(each, ends);
      expect(groups.flat()).toEqual(each);
      expect(groups.every(({ length }) => length >= 1 && length <= 256)).toBe(true);
      expect(groups.slice(0, -1).every(({ length }) => length >= 16)).toBe(true);
    });
  });

  test("do not depend on what comes later", () => {
    holds(fc.tuple(items, items), ([before, after]) => {
      const whole = cutGroups([...before, ...after], ends);
      const alone = cutGroups(before, ends).slice(0, -1);
      expect(whole.slice(0, alone.length)).toEqual(alone);
    });
  });
});

function holds<Value>(values: fc.Arbitrary<Value>, property: (value: Value) => void): void {
  fc.assert(fc.property(values, property), RUNS);
}

/** The same value, its members set in the opposite order. */
function backwards(value: Json): Json {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, each]) => [name, backwards(each)] as const);
  return Object.fromEntries(members.reverse());
}
