/** What `put` is given: bytes in memory, or bytes that wait on this machine's disk. */
import type { Sealed, Spooled } from "../base/bytes.ts";

const PIECE_BYTES = 8 * 1024 * 1024;

export function bodySize(body: Sealed | Spooled): number {
  return body instanceof Uint8Array ? body.length : body.size;
}

/** The body in order; bytes that are in memory anyway come as one piece. */
export function* bodyPieces(body: Sealed | Spooled): Generator<Uint8Array> {
  if (body instanceof Uint8Array) {
    yield body;
    return;
  }
  for (let offset = 0; offset < body.size; offset += PIECE_BYTES) {
    yield body.read(offset, Math.min(PIECE_BYTES, body.size - offset));
  }
}
