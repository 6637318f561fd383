/** Randomness for those who may not draw it themselves: surfaces pass this in as `Random`. */
import { randomBytes } from "node:crypto";

export function randomBytesOf(count: number): Uint8Array {
  return randomBytes(count);
}
