/**
 * The one question that cutting answers: how long is the chunk that begins here? It is asked again
 * at its end, so a reader can hold one window of a file at a time, and begin anew at any known cut.
 *
 * Invariant: 1 <= length <= maxChunkBytes, so that cutting goes forward and a chunk fits a frame.
 */
import assert from "node:assert/strict";
import type { CutPrf, CutRule } from "../base/cut-rule.ts";
import { contentCutLength } from "./content-cut.ts";
import { cutFor } from "./rules.ts";

/**
 * `bytes` begin where the chunk begins, and hold at least `maxChunkBytes` or all that is left of
 * the file; what lies beyond does not matter. Never asked at the end: an empty file has no chunk.
 */
export function chunkLength(
  rule: CutRule,
  bytes: Uint8Array,
  fileSize: number,
  prf: CutPrf,
): number {
  assert(bytes.length > 0, "no chunk begins at the end of a file");
  const cut = cutFor(rule, fileSize);
  if (cut.kind === "pages") return Math.min(cut.pageBytes, bytes.length);
  return contentCutLength(cut, bytes, prf);
}

export function maxChunkBytes(rule: CutRule, fileSize: number): number {
  const cut = cutFor(rule, fileSize);
  return cut.kind === "pages" ? cut.pageBytes : cut.maxBytes;
}
