/**
 * The filter that proposes places to cut (docs/format.md §4): a gear hash, in 32 bits, of the 32
 * bytes before a place; a hit is a hash whose top `filterBits` bits are 0.
 *
 * It has no key, so there is none to recover from chunk sizes: the secrets of keyed rolling hashes
 * have been (eprint 2025/532, 2025/558). What keeps the sizes unpredictable is the keyed decision
 * in content-cut.ts.
 */
import { sha256 } from "../base/sha256.ts";

/** After 32 shifts by one bit a byte has left the hash. */
const WINDOW_BYTES = 32;

/** Signed, because the arithmetic of `nextHit` is; the bits are those of the format. */
export const GEAR = makeGear();

/**
 * The first place from `from` on where the filter hits, or `end`. A place is the position after the
 * window's last byte; needs WINDOW_BYTES <= from <= end <= bytes.length.
 *
 * It may start anywhere, because the hash forgets: 31 bytes of run-up are little beside the 4,096
 * or more that lie between two hits on average, and they leave this loop nothing to do but hash. One
 * byte a step runs at nearly the speed of SHA-256 (bench/cutting.ts); two a step ran slower.
 */
export function nextHit(bytes: Uint8Array, from: number, end: number, filterBits: number): number {
  const gear = GEAR; // read through the module at every byte, it would halve the speed
  const topBits = -1 << (32 - filterBits);
  let hash = 0;
  let at = from - WINDOW_BYTES;
  // Both defaults are for the type checker: `at` is within the bytes, and a byte within the table.
  for (; at < from - 1; at++) hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
  for (; at < end; at++) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((hash & topBits) === 0) return at + 1;
  }
  return end;
}

function makeGear(): Int32Array {
  const prefix = Buffer.from("session-sync gear");
  return Int32Array.from({ length: 256 }, (_, byte) =>
    sha256(Buffer.concat([prefix, Buffer.of(byte)])).readInt32BE(0),
  );
}
