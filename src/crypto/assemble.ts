/**
 * Puts a sealed file together (docs/format.md §3).
 *
 * Invariant: one file, one key. The salt is drawn here, over everything the key will encrypt, and
 * nobody can hand in a salt or a nonce, nor open a finished file to add to it.
 * Invariant I5: the bytes leave only after they have been decrypted and compared.
 */
import assert from "node:assert/strict";
import type { Sealed } from "../base/bytes.ts";
import { IntegrityError } from "../base/errors.ts";
import type { ChunkRow, FrameRow } from "../base/pack-table.ts";
import { Sha256 } from "../base/sha256.ts";
import { deriveFileKey, FileKeys, type FileKey } from "./file-key.ts";
import { encodeFrame } from "./frame-codec.ts";
import { gcmSeal, TAG_BYTES } from "./gcm.ts";
import type { RepositoryKey } from "./keys.ts";
import {
  encodeHeader,
  END_MAGIC,
  HEADER_BYTES,
  MAX_FRAME_RAW_BYTES,
  MAX_FRAMES,
  TAIL_BYTES,
  type FileKind,
} from "./layout.ts";
import { openStored, openWhole } from "./opener.ts";
import { padmeSize } from "./padding.ts";
import type { SaltSource } from "./salt-source.ts";
import { encodeToc, encodeTocPlace } from "./table-of-contents.ts";

const OBJECT = "a sealed file";

/** The frames of a file to be, compressed and waiting for its key. */
export class FrameList {
  readonly frames: { readonly row: FrameRow; readonly stored: Uint8Array }[] = [];
  /** Where the next frame begins, or the table of contents. */
  end = HEADER_BYTES;
  readonly #contents = new Sha256();

  /** `raw` belongs to this list from now on. */
  append(raw: Buffer, compressionLevel: number): void {
    assert(raw.length >= 1 && raw.length <= MAX_FRAME_RAW_BYTES, "a frame holds 1 byte to 8 MiB");
    assert(this.frames.length < MAX_FRAMES, "no more frames fit a sealed file");
    const { codec, stored } = encodeFrame(raw, compressionLevel);
    const length = stored.length + TAG_BYTES;
    const row = { codec, offset: this.end, length, rawLength: raw.length };
    this.frames.push({ row, stored });
    this.#contents.update(stored);
    this.end += length;
  }

  get rows(): FrameRow[] {
    return this.frames.map(({ row }) => row);
  }

  /** SHA-256(compressed frames ‖ toc plaintext), once, at the end. */
  contentsWith(toc: Buffer): Buffer {
    return this.#contents.update(toc).digest();
  }
}

export interface FileParts {
  readonly key: RepositoryKey;
  readonly salts: SaltSource;
  readonly kind: FileKind;
  readonly padFloorBytes: number;
  readonly frames: FrameList;
  readonly chunks: readonly ChunkRow[];
}

export function assembleFile(parts: FileParts): { sealed: Sealed; file: FileKey } {
  const toc = encodeToc({ frames: parts.frames.rows, chunks: parts.chunks });
  const contents = parts.frames.contentsWith(toc);
  const file = deriveFileKey(parts.key, parts.kind, parts.salts.saltFor(contents));
  const bytes = layOut(file, toc, parts);
  verify(bytes, contents, parts);
  return { sealed: bytes as Uint8Array as Sealed, file };
}

/** Sizes are all known before the first byte is encrypted. */
function layOut(file: FileKey, toc: Buffer, parts: FileParts): Buffer {
  const { end: tocOffset, frames } = parts.frames;
  const place = { tocOffset, tocLength: toc.length + TAG_BYTES, frames: frames.length };
  const padAt = place.tocOffset + place.tocLength;
  const bytes = Buffer.alloc(padmeSize(Math.max(padAt + TAIL_BYTES, parts.padFloorBytes)));
  const tailAt = bytes.length - TAIL_BYTES;
  bytes.set(encodeHeader(file.kind, file));
  for (const [index, { row, stored }] of frames.entries())
    bytes.set(gcmSeal(file.frame(index, row), stored), row.offset);
  bytes.set(gcmSeal(file.toc(frames.length), toc), tocOffset);
  bytes.set(parts.salts.padding(tailAt - padAt), padAt);
  bytes.set(gcmSeal(file.trailer(), encodeTocPlace(place)), tailAt);
  bytes.set(END_MAGIC, bytes.length - END_MAGIC.length);
  return bytes;
}

/**
 * Opens it as a reader would, with a key derived anew, and compares all that is inside by the very
 * hash that went into the salt. That each frame decompresses was seen when it was compressed.
 */
function verify(bytes: Buffer, contents: Buffer, { key, kind }: FileParts): void {
  try {
    const { file, toc } = openWhole(new FileKeys(key), kind, bytes, OBJECT);
    const hash = new Sha256();
    for (const [index, row] of toc.frames.entries()) {
      const ciphertext = bytes.subarray(row.offset, row.offset + row.length);
      hash.update(openStored(file, { row, index }, ciphertext, OBJECT));
    }
    assert(hash.update(encodeToc(toc)).digest().equals(contents), "it opens as something else");
  } catch (cause) {
    throw new IntegrityError("seal-unsound", { object: OBJECT }, cause);
  }
}
