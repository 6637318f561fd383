/** RFC 4648 base32 in groups of four, for what people read aloud and compare: "ABCD-EFGH-…". */
import assert from "node:assert/strict";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** `bytes` in whole groups of five, so that there is never any padding. */
export function groupedBase32(bytes: Uint8Array): string {
  assert(bytes.length % 5 === 0, "base32 without padding needs a multiple of five bytes");
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const text = bits.replace(/.{5}/g, (five) => ALPHABET.charAt(parseInt(five, 2)));
  return text.replace(/.{4}(?=.)/g, "$&-");
}
