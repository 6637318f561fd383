/**
 * Cuts by content (docs/format.md §4): an unkeyed filter proposes places, a keyed function decides.
 *
 * Invariant: where a chunk is cut depends on the key and on the bytes of that chunk alone. The
 * filter looks 32 bytes back and the decision 1,024, and no cut comes before `minBytes`, which is
 * more. So the same content is cut alike wherever a chunk begins at it, and after a change the cuts
 * soon fall where they fell before.
 *
 * Invariant I5 (sizes are content too): who sees the sizes learns of each proposed place at most
 * whether a pseudorandom function of content they do not know fell below a bound.
 */
import type { CutPrf } from "../base/cut-rule.ts";
import { nextHit } from "./gear-filter.ts";
import type { ContentCut } from "./rules.ts";

/**
 * How much of the content the decision sees. Much more than the filter does, because transcripts
 * repeat: with 64 bytes, lines that end alike would be decided alike, all or none of them.
 */
const DECISION_BYTES = 1024;

/** The length of the chunk at the start of `bytes`, which hold `maxBytes` or all that is left. */
export function contentCutLength(cut: ContentCut, bytes: Uint8Array, prf: CutPrf): number {
  const limit = Math.min(cut.maxBytes, bytes.length);
  if (limit <= cut.minBytes) return limit;
  let previous = cut.minBytes;
  for (let hit = nextHit(bytes, previous, limit, cut.filterBits); hit < limit;) {
    const u = prf(bytes.subarray(hit - DECISION_BYTES, hit));
    if (isCut(cut, u, hit - previous)) return hit;
    previous = hit;
    hit = nextHit(bytes, hit + 1, limit, cut.filterBits);
  }
  return limit;
}

/**
 * True for a share distance / (average - min) of all `u`: every byte carries the same chance of a
 * cut, so the average holds however dense the hits are. Only where they are rarer than one in
 * average - min bytes, as in a few templates filled in again and again, do chunks grow longer.
 *
 * Exact in doubles. Left: u < 2^32 and average - min <= 2^19, an integer below 2^51. Right: the
 * distance is an integer below 2^22, and times a power of two it keeps its 22 significant bits.
 */
function isCut(cut: ContentCut, u: number, distance: number): boolean {
  return u * (cut.averageBytes - cut.minBytes) < distance * 2 ** 32;
}
