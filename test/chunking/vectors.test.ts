/**
 * The vectors of docs/format.md §4. They were made by a program in another language, from the text
 * alone; when one fails, it is the code that is wrong.
 */
import { describe, expect, test } from "vitest";
import { toHex } from "../../src/base/bytes.ts";
import { CUT_RULES, type CutRule } from "../../src/base/cut-rule.ts";
import { sha256 } from "../../src/base/sha256.ts";
import { chooseRule, HEAD_BYTES } from "../../src/chunking/choose.ts";
import { chunkLength, maxChunkBytes } from "../../src/chunking/chunk-length.ts";
import { GEAR } from "../../src/chunking/gear-filter.ts";
import { lines80, randomBinary, tailedLines, type Corpus } from "../../bench/corpora.ts";
import choose from "../vectors/chunking/choose.json" with { type: "json" };
import cuts from "../vectors/chunking/cuts.json" with { type: "json" };
import { cutPrf } from "./cutting.ts";

type CutCase = (typeof cuts.cases)[number];

const generators: Record<string, Corpus> = {
  random: randomBinary,
  lines: lines80,
  tailed: tailedLines,
  zeros: (_seed, size) => Buffer.alloc(size),
};

test("the gear table is that of the format", () => {
  const bytes = Buffer.alloc(1024);
  GEAR.forEach((value, byte) => bytes.writeInt32BE(value, byte * 4));
  expect(toHex(sha256(bytes))).toBe(cuts.gear.sha256);
});

describe("cut vectors", () => {
  test.each(cuts.cases)("$name", (example) => {
    const corpus = generators[example.generator]!(example.seed, example.size);
    expect(toHex(sha256(corpus)), "the corpus itself").toBe(example.sha256);
    expect(cutInWindows(example, corpus)).toEqual(example.lengths);
  });

  test.each(cuts.cases.filter((example) => example.firstChunk))(
    "every decision on the way: $name",
    (example) => {
      const corpus = generators[example.generator]!(example.seed, example.size);
      const asked: { at: number; u: number }[] = [];
      chunkLength(ruleOf(example), corpus, example.fileSize, (before) => {
        const u = cutPrf(Buffer.from(example.cutKey, "hex"))(before);
        asked.push({ at: before.byteOffset - corpus.byteOffset + before.length, u });
        return u;
      });
      expect(asked).toEqual(example.firstChunk?.map(({ at, u }) => ({ at, u })));
    },
  );
});

describe("rule vectors", () => {
  test.each(choose.cases)("$name", (example) => {
    const file = Buffer.alloc(example.size, example.filler);
    file.write(example.begins, 0, "hex");
    if (example.at) file.write(example.at.byte, example.at.offset, "hex");
    expect(chooseRule(file.subarray(0, HEAD_BYTES), file.length)).toBe(example.rule);
    expect(chooseRule(file, file.length), "given more than the head").toBe(example.rule);
  });
});

/** As a reader of files does: never more than one chunk's worth of bytes at hand. */
function cutInWindows(example: CutCase, corpus: Buffer): number[] {
  const [rule, prf] = [ruleOf(example), cutPrf(Buffer.from(example.cutKey, "hex"))];
  const window = maxChunkBytes(rule, example.fileSize);
  const lengths: number[] = [];
  for (let at = 0; at < corpus.length; at += lengths.at(-1)!) {
    const bytes = corpus.subarray(at, at + window);
    lengths.push(chunkLength(rule, bytes, example.fileSize, prf));
  }
  return lengths;
}

function ruleOf(example: CutCase): CutRule {
  return CUT_RULES.find((rule) => rule === example.rule)!;
}
