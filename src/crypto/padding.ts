/**
 * PADMÉ: sizes rounded up so that a size tells only O(log log size) bits, for at most 12 % more
 * bytes (Nikitin et al., PETS 2019). What remains of a size is its leading few binary digits.
 */
import assert from "node:assert/strict";

/** Exact below 2^32, which is more than any sealed file. */
export function padmeSize(size: number): number {
  assert(Number.isInteger(size) && size >= 0 && size < 2 ** 32, "a size below 2^32");
  if (size < 2) return size;
  const exponent = bitLength(size) - 1;
  const unit = 2 ** (exponent - bitLength(exponent));
  return Math.ceil(size / unit) * unit;
}

const bitLength = (value: number): number => 32 - Math.clz32(value);
