/** What the tests of cutting share: a real keyed decision, and cutting a whole file. */
import { createCipheriv, hash } from "node:crypto";
import type { CutPrf, CutRule } from "../../src/base/cut-rule.ts";
import { sha256 } from "../../src/base/sha256.ts";
import { chunkLength } from "../../src/chunking/chunk-length.ts";

export const SIZES = {
  text: { min: 32 * 1024, average: 64 * 1024, max: 256 * 1024 },
  other: { min: 512 * 1024, average: 1024 * 1024, max: 4 * 1024 * 1024 },
} as const;

/** As docs/format.md §4 says it; written anew, so that src/crypto is not its own witness. */
export function cutPrf(cutKey: Uint8Array): CutPrf {
  const cipher = createCipheriv("aes-256-ecb", cutKey, null).setAutoPadding(false);
  return (before) =>
    cipher.update(hash("sha256", before, "buffer").subarray(0, 16)).readUInt32BE(0);
}

export const prfOf = (name: string): CutPrf => cutPrf(sha256(Buffer.from(name)));

/** The chunks, in order. */
export function cutAll(rule: CutRule, bytes: Buffer, prf: CutPrf): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0)
    chunks.push(nextChunk(rule, bytes.subarray(at), bytes.length, prf));
  return chunks;
}

export const lengthsOf = (chunks: readonly Buffer[]): number[] => chunks.map((c) => c.length);

/** How many of `after` no chunk of `before` can stand for: what would be uploaded. */
export function countNew(before: readonly Buffer[], after: readonly Buffer[]): number {
  const known = new Set(before.map(hashOf));
  return after.filter((chunk) => !known.has(hashOf(chunk))).length;
}

function nextChunk(rule: CutRule, rest: Buffer, fileSize: number, prf: CutPrf): Buffer {
  const length = chunkLength(rule, rest, fileSize, prf);
  if (length < 1 || length > rest.length) throw new RangeError(`a chunk of ${length} bytes`);
  return rest.subarray(0, length);
}

const hashOf = (chunk: Buffer): string => hash("sha256", chunk);
