import { describe, expect, test } from "vitest";
import type { CutRule } from "../../src/base/cut-rule.ts";
import { chunkLength, maxChunkBytes } from "../../src/chunking/chunk-length.ts";
import {
  lines80,
  randomBinary,
  repeatedTemplates,
  tailedLines,
  transcripts,
} from "../../bench/corpora.ts";
import { countNew, cutAll, lengthsOf, prfOf, SIZES } from "./cutting.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const prf = prfOf("a cut key");

const corpora = Object.entries({
  lines80,
  tailedLines,
  transcripts,
  repeatedTemplates,
  randomBinary,
}).map(([name, corpus]) => ({ name, bytes: corpus("chunk-length", 6 * MIB) }));

describe("whatever the content", () => {
  const rules = ["text", "other", "sqlite"] as const;
  const cases = corpora.flatMap((corpus) => rules.map((rule) => ({ ...corpus, rule })));

  test.each(cases)("the chunks of $name as $rule are the file again", ({ bytes, rule }) => {
    const file = bytes.subarray(0, 2 * MIB + 12_345);
    expect(Buffer.concat(cutAll(rule, file, prf)).equals(file)).toBe(true);
  });

  test.each(cases)("no chunk of $name as $rule is out of bounds", ({ bytes, rule }) => {
    const file = bytes.subarray(0, 3 * MIB + 1);
    const max = maxChunkBytes(rule, file.length);
    const min = rule === "sqlite" ? max : SIZES[rule].min;
    const lengths = lengthsOf(cutAll(rule, file, prf));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(max);
    expect(Math.min(...lengths.slice(0, -1), Infinity)).toBeGreaterThanOrEqual(min);
  });

  test.each(cases)("bytes beyond the maximum do not change $name as $rule", ({ bytes, rule }) => {
    const window = bytes.subarray(0, maxChunkBytes(rule, bytes.length));
    const plain = new Uint8Array(window); // neither a Buffer nor at the same offset
    const length = chunkLength(rule, bytes, bytes.length, prf);
    expect(chunkLength(rule, window, bytes.length, prf)).toBe(length);
    expect(chunkLength(rule, plain, bytes.length, prf)).toBe(length);
  });
});

describe("averages", () => {
  const keys = ["first key", "second key"];
  const texts = corpora.flatMap((corpus) => keys.map((key) => ({ ...corpus, key })));

  test.each(texts)("$name under the $key: 48 to 80 KiB, at neither bound", ({ bytes, key }) => {
    const lengths = lengthsOf(cutAll("text", bytes, prfOf(key)));
    const average = bytes.length / lengths.length / 1024;
    expect(average).toBeGreaterThan(48);
    expect(average).toBeLessThan(80);
    const { min, max } = SIZES.text;
    const atBounds = lengths.filter((length) => length <= min + 80 || length === max);
    expect(atBounds.length).toBeLessThan(lengths.length / 20);
  });

  test("templates on which the filter hardly hits: longer chunks, but not the longest", () => {
    const bytes = repeatedTemplates("b", 6 * MIB); // one hit in 39,662 bytes instead of 4,096
    const lengths = lengthsOf(cutAll("text", bytes, prf));
    expect(bytes.length / lengths.length / 1024).toBeLessThan(100);
    const atMax = lengths.filter((length) => length === SIZES.text.max);
    expect(atMax.length).toBeLessThan(lengths.length / 20);
  });

  test("other content has chunks of about 1 MiB", () => {
    const lengths = lengthsOf(cutAll("other", randomBinary("averages", 24 * MIB), prf));
    expect(lengths.length).toBeGreaterThan(18);
    expect(lengths.length).toBeLessThan(32);
  });
});

describe("after a change most chunks are known already", () => {
  const before = transcripts("changes", 8 * MIB);
  const chunks = cutAll("text", before, prf);
  const inserted = randomBinary("inserted", 5000);

  test.each([0, 1, 4 * MIB, 4 * MIB + 33_333, 8 * MIB - 10])("5 KB inserted at %i", (at) => {
    const after = Buffer.concat([before.subarray(0, at), inserted, before.subarray(at)]);
    expect(countNew(chunks, cutAll("text", after, prf))).toBeLessThanOrEqual(4);
  });

  test.each([0, 4 * MIB])("5 KB removed at %i", (at) => {
    const after = Buffer.concat([before.subarray(0, at), before.subarray(at + 5000)]);
    expect(countNew(chunks, cutAll("text", after, prf))).toBeLessThanOrEqual(4);
  });

  test("one byte changed", () => {
    const after = Buffer.from(before);
    after[5 * MIB] = 0;
    expect(countNew(chunks, cutAll("text", after, prf))).toBeLessThanOrEqual(3);
  });

  test("appended: every chunk but the last stays, and cutting may begin anew at any cut", () => {
    const after = cutAll("text", Buffer.concat([before, inserted]), prf);
    expect(lengthsOf(after).slice(0, chunks.length - 1)).toEqual(lengthsOf(chunks).slice(0, -1));
  });

  test("the same content twice in one file is found again", () => {
    const twice = Buffer.concat([
      before.subarray(0, 2 * MIB),
      inserted,
      before.subarray(0, 2 * MIB),
    ]);
    const first = cutAll("text", before.subarray(0, 2 * MIB), prf);
    expect(countNew(first, cutAll("text", twice, prf))).toBeLessThanOrEqual(5);
  });
});

test("another key cuts elsewhere, so that sizes do not give a known file away", () => {
  const bytes = lines80("keys", 4 * MIB);
  const one = cutAll("text", bytes, prfOf("one"));
  const other = cutAll("text", bytes, prfOf("other"));
  expect(countNew(one, other)).toBeGreaterThan(other.length * 0.7);
});

describe("the ends of a file", () => {
  const unasked = (): number => {
    throw new Error("nothing is to be decided here");
  };

  test.each<[CutRule, number]>([
    ["small", 1],
    ["small", 64 * 1024],
    ["sqlite", 1],
    ["sqlite", 16 * 1024],
    ["text", 1],
    ["text", 1023],
    ["text", SIZES.text.min],
    ["other", 1],
    ["other", SIZES.other.min],
  ])("%s: what is left is one chunk of %i bytes, and no key is asked", (rule, size) => {
    expect(chunkLength(rule, randomBinary("left", size), size, unasked)).toBe(size);
  });

  test.each<[CutRule, number]>([
    ["text", SIZES.text.max],
    ["other", SIZES.other.max],
  ])("%s: content without a hit is cut at the maximum, and not before", (rule, max) => {
    const still = Buffer.alloc(max + 1);
    expect(lengthsOf(cutAll(rule, still.subarray(0, max - 1), unasked))).toEqual([max - 1]);
    expect(lengthsOf(cutAll(rule, still.subarray(0, max), unasked))).toEqual([max]);
    expect(lengthsOf(cutAll(rule, still, unasked))).toEqual([max, 1]);
  });

  test("a database has small pages up to 1 GiB and larger ones beyond", () => {
    const bytes = randomBinary("database", 100_000);
    expect(chunkLength("sqlite", bytes, GIB, unasked)).toBe(16 * 1024);
    expect(chunkLength("sqlite", bytes, GIB + 1, unasked)).toBe(64 * 1024);
  });

  test("asking for a chunk after the last byte is a mistake, not an endless loop", () => {
    for (const rule of ["small", "sqlite", "text", "other"] as const)
      expect(() => chunkLength(rule, Buffer.alloc(0), 0, unasked)).toThrow("no chunk begins");
  });
});
