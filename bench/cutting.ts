/**
 * How fast files are cut, beside SHA-256 over the same bytes: `npx node bench/cutting.ts [MiB]`.
 *
 * Every chunk is hashed anyway, so the hash is the yardstick that holds on any machine: cutting
 * should reach TARGET of its speed. Rounds are interleaved, so that a busy moment hits both alike,
 * and medians are compared. The keyed decision is the real one: AES-256 of one block of SHA-256.
 *
 * The last row is the hardest case and not expected to reach it: the key is asked on every line.
 */
import { hash } from "node:crypto";
import type { CutPrf, CutRule } from "../src/base/cut-rule.ts";
import { parseRepositoryId } from "../src/base/ids.ts";
import { makeCutPrf } from "../src/crypto/cut-prf.ts";
import { RepositoryKey } from "../src/crypto/keys.ts";
import { chunkLength, maxChunkBytes } from "../src/chunking/chunk-length.ts";
import {
  lines80,
  randomBinary,
  repeatedTemplates,
  tailedLines,
  transcripts,
  type Corpus,
} from "./corpora.ts";

const TARGET = 0.3;
const ROUNDS = 9;
const MIB = 1024 * 1024;
const size = Number(process.argv[2] ?? 64) * MIB;

const cases: { readonly name: string; readonly corpus: Corpus; readonly rule: CutRule }[] = [
  { name: "80-byte lines", corpus: lines80, rule: "text" },
  { name: "transcripts", corpus: transcripts, rule: "text" },
  { name: "repeated templates", corpus: repeatedTemplates, rule: "text" },
  { name: "random binary", corpus: randomBinary, rule: "other" },
  { name: "random, cut as text", corpus: randomBinary, rule: "text" },
  { name: "80-byte lines, a hit on each", corpus: tailedLines, rule: "text" },
];

console.log(`${String(size / MIB)} MiB each, ${String(ROUNDS)} rounds, Node ${process.version}`);
console.table(Object.fromEntries(cases.map((each) => [each.name, measure(each)])));

function measure({ corpus, rule }: (typeof cases)[number]): Record<string, number | string> {
  const bytes = corpus("cutting", size);
  const hashing: number[] = [];
  const cutting: number[] = [];
  let chunks = cut(rule, bytes);
  for (let round = 0; round < ROUNDS; round++) {
    hashing.push(timed(() => hash("sha256", bytes)));
    cutting.push(timed(() => (chunks = cut(rule, bytes))));
  }
  const ratio = median(hashing) / median(cutting);
  return {
    rule,
    "average KiB": Math.round(size / chunks / 1024),
    "SHA-256 MB/s": megabytesPerSecond(median(hashing)),
    "cutting MB/s": megabytesPerSecond(median(cutting)),
    ratio: ratio.toFixed(2),
    [`ratio >= ${String(TARGET)}`]: ratio >= TARGET ? "yes" : "NO",
  };
}

/** The number of chunks. */
function cut(rule: CutRule, bytes: Buffer): number {
  const prf = makePrf();
  const window = maxChunkBytes(rule, bytes.length);
  let chunks = 0;
  for (let at = 0; at < bytes.length; chunks++)
    at += chunkLength(rule, bytes.subarray(at, at + window), bytes.length, prf);
  return chunks;
}

function makePrf(): CutPrf {
  const repository = parseRepositoryId(Buffer.alloc(16, 7).toString("base64"));
  return makeCutPrf(RepositoryKey.fromBytes(Buffer.alloc(32, 7), repository));
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function megabytesPerSecond(milliseconds: number): number {
  return Math.round(size / 1e3 / milliseconds);
}
