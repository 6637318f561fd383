/**
 * The reading side of sealed files (docs/format.md §3): header and tail first, then the table of
 * contents, then the frames that are wanted.
 *
 * Invariant: nothing is returned before its tag is verified and its numbers add up.
 * Invariant I5 on the way back: a file made for another kind, place or repository does not open.
 */
import { toBase64 } from "../base/bytes.ts";
import type { PackId } from "../base/ids.ts";
import type { FrameRow, PackKind, PackTable } from "../base/pack-table.ts";
import { sameBytes } from "./derive.ts";
import { FileKeys, type FileKey } from "./file-key.ts";
import { decodeFrame } from "./frame-codec.ts";
import { gcmOpen, TAG_BYTES } from "./gcm.ts";
import type { RepositoryKey } from "./keys.ts";
import {
  END_MAGIC,
  HEADER_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_PACK_BYTES,
  MIN_FILE_BYTES,
  parseHeader,
  TAIL_BYTES,
  tampered,
  type DocumentKind,
  type FileKind,
  type Header,
} from "./layout.ts";
import {
  isSoundFrame,
  parseToc,
  parseTocPlace,
  type Toc,
  type TocPlace,
} from "./table-of-contents.ts";

/** A pack that is somewhere else. */
export interface RemotePack {
  readonly id: PackId;
  readonly size: number;
  /** Exactly `length` bytes. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

export class Opener {
  readonly #keys: FileKeys;

  constructor(key: RepositoryKey) {
    this.#keys = new FileKeys(key);
  }

  /** `object`: its name, for errors. The pad is outside the seal: callers compare the whole's hash. */
  openDocument(kind: DocumentKind, sealedFile: Uint8Array, object: string): Buffer {
    const { file, toc } = openWhole(this.#keys, kind, sealedFile, object);
    const rawBytes = toc.frames.reduce((sum, frame) => sum + frame.rawLength, 0);
    if (rawBytes > MAX_DOCUMENT_BYTES) throw tampered(object);
    const raws = toc.frames.map((row, index) => {
      const ciphertext = sealedFile.subarray(row.offset, row.offset + row.length);
      return openRaw(file, { row, index }, ciphertext, object);
    });
    return Buffer.concat(raws);
  }

  /** Three ranged reads, of which two at once. */
  async openTable(kind: PackKind, pack: RemotePack, object: string): Promise<PackTable> {
    const { id, size } = pack;
    if (size < MIN_FILE_BYTES || size > MAX_PACK_BYTES) throw tampered(object);
    const [header, tail] = await Promise.all([
      pack.read(0, HEADER_BYTES),
      pack.read(size - TAIL_BYTES, TAIL_BYTES),
    ]);
    const file = this.#fileKey(kind, parseHeader(header, kind, object), object);
    const place = openTail(file, tail, size, object);
    const ciphertext = await pack.read(place.tocOffset, place.tocLength);
    const toc = openToc(file, place, ciphertext, object);
    const [salt, commit] = [toBase64(file.salt), toBase64(file.commitment)];
    return { id, kind, size, salt, commit, frames: toc.frames, chunks: toc.chunks };
  }

  /** One frame's plaintext. `table` may come from an index: its numbers are checked here again. */
  openFrame(
    table: Pick<PackTable, "kind" | "salt" | "commit" | "frames">,
    frame: number,
    ciphertext: Uint8Array,
    object: string,
  ): Buffer {
    const row = table.frames[frame];
    if (row === undefined || !isSoundFrame(row)) throw tampered(object);
    const header = {
      salt: Buffer.from(table.salt, "base64"),
      commitment: Buffer.from(table.commit, "base64"),
    };
    const file = this.#fileKey(table.kind, header, object);
    return openRaw(file, { row, index: frame }, ciphertext, object);
  }

  #fileKey(kind: FileKind, header: Header, object: string): FileKey {
    return committedKey(this.#keys, kind, header, object);
  }
}

/** A file that is here as a whole: the key that fits it, and its table. */
export function openWhole(
  keys: FileKeys,
  kind: FileKind,
  bytes: Uint8Array,
  object: string,
): { file: FileKey; toc: Toc } {
  if (bytes.length < MIN_FILE_BYTES) throw tampered(object);
  const header = parseHeader(bytes.subarray(0, HEADER_BYTES), kind, object);
  const file = committedKey(keys, kind, header, object);
  const place = openTail(file, bytes.subarray(-TAIL_BYTES), bytes.length, object);
  const ciphertext = bytes.subarray(place.tocOffset, place.tocOffset + place.tocLength);
  return { file, toc: openToc(file, place, ciphertext, object) };
}

/** A frame as it is stored, still compressed. */
export function openStored(
  file: FileKey,
  frame: { readonly row: FrameRow; readonly index: number },
  ciphertext: Uint8Array,
  object: string,
): Buffer {
  const { row, index } = frame;
  if (ciphertext.length !== row.length) throw tampered(object);
  return gcmOpen(file.frame(index, row), ciphertext) ?? refuse(object);
}

function openRaw(...[file, frame, ciphertext, object]: Parameters<typeof openStored>): Buffer {
  const stored = openStored(file, frame, ciphertext, object);
  const { codec, rawLength } = frame.row;
  return decodeFrame({ codec, stored }, rawLength) ?? refuse(object);
}

function committedKey(keys: FileKeys, kind: FileKind, header: Header, object: string): FileKey {
  const file = keys.of(kind, header.salt);
  if (!sameBytes(file.commitment, header.commitment)) throw tampered(object);
  return file;
}

function openTail(file: FileKey, tail: Uint8Array, size: number, object: string): TocPlace {
  const magicAt = TAIL_BYTES - END_MAGIC.length;
  if (tail.length !== TAIL_BYTES) throw tampered(object);
  if (Buffer.compare(tail.subarray(magicAt), END_MAGIC) !== 0) throw tampered(object);
  const plaintext = gcmOpen(file.trailer(), tail.subarray(0, magicAt)) ?? refuse(object);
  return parseTocPlace(plaintext, file.kind, size) ?? refuse(object);
}

function openToc(file: FileKey, place: TocPlace, ciphertext: Uint8Array, object: string): Toc {
  if (ciphertext.length !== place.tocLength || place.tocLength < TAG_BYTES) throw tampered(object);
  const plaintext = gcmOpen(file.toc(place.frames), ciphertext) ?? refuse(object);
  return parseToc(plaintext, place) ?? refuse(object);
}

function refuse(object: string): never {
  throw tampered(object);
}
