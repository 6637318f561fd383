/**
 * Sealed bytes that come back from this machine's own outbox, perhaps after a power cut or on a bad
 * disk. Their hash was noted when they were sealed; whatever differs is not `Sealed` any more.
 *
 * Invariant I5: bytes that do not look like a sealed file are never called one, whatever their hash.
 */
import type { Sealed, Spooled } from "../base/bytes.ts";
import { toBase64 } from "../base/bytes.ts";
import { IntegrityError } from "../base/errors.ts";
import type { EntrySha, IndexId, PackId } from "../base/ids.ts";
import { sha256, Sha256 } from "../base/sha256.ts";
import { END_MAGIC, MAGIC, MIN_FILE_BYTES } from "./layout.ts";
import { SIGNATURE_BYTES } from "./signature.ts";

type SealedSha = PackId | IndexId | EntrySha;

/** Where bytes wait: a file of the outbox. */
export interface SpoolSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

const PIECE_BYTES = 2 ** 20;

export function recogniseSealed(bytes: Uint8Array, sha: PackId | IndexId): Sealed {
  return recognise(bytes, sha, 0);
}

export function recogniseEntry(bytes: Uint8Array, sha: EntrySha): Sealed {
  return recognise(bytes, sha, SIGNATURE_BYTES);
}

/** Reads it through once, in pieces. */
export function spooledFrom(source: SpoolSource, sha: PackId): Spooled {
  const { size } = source;
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = source.read(offset, length);
    if (bytes.length !== length) throw damaged(sha);
    return bytes;
  };
  const hash = new Sha256();
  for (let at = 0; at < size; at += PIECE_BYTES)
    hash.update(read(at, Math.min(PIECE_BYTES, size - at)));
  if (toBase64(hash.digest()) !== sha) throw damaged(sha);
  requireOutline({ size, read }, sha, 0);
  return { size, read } as Spooled;
}

function recognise(bytes: Uint8Array, sha: SealedSha, signatureBytes: number): Sealed {
  if (toBase64(sha256(bytes)) !== sha) throw damaged(sha);
  const read = (offset: number, length: number): Uint8Array =>
    bytes.subarray(offset, offset + length);
  requireOutline({ size: bytes.length, read }, sha, signatureBytes);
  return bytes as Sealed;
}

function requireOutline(source: SpoolSource, sha: SealedSha, signatureBytes: number): void {
  const end = source.size - signatureBytes;
  if (end < MIN_FILE_BYTES) throw damaged(sha);
  const head = source.read(0, MAGIC.length);
  const tail = source.read(end - END_MAGIC.length, END_MAGIC.length);
  if (Buffer.compare(head, MAGIC) !== 0 || Buffer.compare(tail, END_MAGIC) !== 0)
    throw damaged(sha);
}

function damaged(id: string): IntegrityError {
  return new IntegrityError("spool-damaged", { id });
}
