/** The decision at a proposed place, one rule at a time. What it all comes to is chunk-length.test. */
import { describe, expect, test } from "vitest";
import type { CutPrf } from "../../src/base/cut-rule.ts";
import { contentCutLength } from "../../src/chunking/content-cut.ts";
import { cutFor, type ContentCut } from "../../src/chunking/rules.ts";
import { randomBinary, tailedLines } from "../../bench/corpora.ts";
import { SIZES } from "./cutting.ts";

const { min, average, max } = SIZES.text;
const text = contentCut("text");
const NEVER = 0xffff_ffff;
const ALWAYS = 0;

/** The place a decision is about: a view of `bytes` ends there. */
const placeOf = (before: Uint8Array, bytes: Buffer): number =>
  before.byteOffset + before.length - bytes.byteOffset;

function hitsOf(bytes: Buffer): number[] {
  const hits: number[] = [];
  contentCutLength({ ...text, averageBytes: 2 ** 40 }, bytes, (before) => {
    hits.push(placeOf(before, bytes));
    return NEVER;
  });
  return hits;
}

function contentCut(rule: "text" | "other"): ContentCut {
  const cut = cutFor(rule, 0);
  if (cut.kind === "content") return cut;
  throw new Error(`${rule} is not cut by content`);
}

describe("a keyed function that always answers the same", () => {
  const bytes = randomBinary("constant answers", max);
  const hits = hitsOf(bytes);

  test("0: the first hit cuts", () => {
    expect(contentCutLength(text, bytes, () => ALWAYS)).toBe(hits[0]);
  });

  test("0xffffffff: only a hit that is a whole average from the one before", () => {
    const gap = average - min;
    const previous = [min, ...hits];
    const expected = hits.find((hit, i) => hit - previous[i]! >= gap) ?? max;
    expect(contentCutLength(text, bytes, () => NEVER)).toBe(expected);
  });

  test("0xffffffff: with a hit on every line, the maximum", () => {
    expect(contentCutLength(text, tailedLines("never", max + 80), () => NEVER)).toBe(max);
  });
});

describe("the bound", () => {
  const bytes = randomBinary("exact", max);
  const [first, second] = hitsOf(bytes);
  // u * (average - min) < d * 2^32, where average - min is 2^15.
  const bound = (distance: number): number => distance * 2 ** 17;

  const answering =
    (at: number, u: number): CutPrf =>
    (before) =>
      placeOf(before, bytes) === at ? u : NEVER;

  test("is exact: equal does not cut, one less does", () => {
    expect(contentCutLength(text, bytes, answering(first!, bound(first! - min)))).not.toBe(first);
    expect(contentCutLength(text, bytes, answering(first!, bound(first! - min) - 1))).toBe(first);
  });

  test("counts from the hit before, though it was not cut", () => {
    const distance = second! - first!;
    expect(contentCutLength(text, bytes, answering(second!, bound(distance)))).not.toBe(second);
    expect(contentCutLength(text, bytes, answering(second!, bound(distance) - 1))).toBe(second);
  });

  test("is exact at the largest numbers of every rule", () => {
    for (const { averageBytes, minBytes, maxBytes } of [text, contentCut("other")]) {
      const [share, distance] = [averageBytes - minBytes, maxBytes - minBytes];
      expect(BigInt(NEVER * share)).toBe(BigInt(NEVER) * BigInt(share));
      expect(BigInt(distance * 2 ** 32)).toBe(BigInt(distance) << 32n);
    }
  });
});

describe("a hit right at the minimum", () => {
  const bytes = randomBinary("at the minimum", 4 * max);
  const [, second, third] = hitsOf(bytes);
  const shifted = bytes.subarray(second! - min);

  test("is asked about and never cut, its distance being 0", () => {
    expect(hitsOf(shifted)[0]).toBe(min);
    expect(contentCutLength(text, shifted, () => ALWAYS)).toBe(third! - second! + min);
  });

  test("is the last place before which the content does not matter for the filter", () => {
    const other = Buffer.from(shifted);
    randomBinary("something else", min - 32).copy(other);
    expect(hitsOf(other)).toEqual(hitsOf(shifted));
    other[min - 1]! ^= 1;
    expect(hitsOf(other)).not.toContain(min);
  });
});

test("hits as close as they come, two bytes apart, are all asked about", () => {
  const hits = hitsOf(Buffer.alloc(min + 100, "%1")); // one of 13 pairs that the filter hits on
  expect(hits.length).toBeGreaterThanOrEqual(49);
  expect(new Set(hits.map((hit, i) => hit - (hits[i - 1] ?? hit - 2)))).toEqual(new Set([2]));
});

test("the decision sees the 1,024 bytes before the place and nothing else", () => {
  const bytes = randomBinary("what it sees", max);
  contentCutLength(text, bytes, (before) => {
    expect(before.length).toBe(1024);
    expect(placeOf(before, bytes)).toBeGreaterThanOrEqual(min);
    return NEVER;
  });
});

test("no run of one byte, as in a sparse file, proposes a place at every byte", () => {
  for (let byte = 0; byte < 256; byte++) expect(hitsOf(Buffer.alloc(min + 100, byte))).toEqual([]);
});
