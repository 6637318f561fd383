/**
 * The plain outside of a sealed file (docs/format.md §3): what stands where, and how much of it
 * there may be. Every limit is checked before anything of that size is allocated, on both sides.
 *
 *     "SSC1" | ver | kind | mode | salt[32] | commit[32]      71 bytes
 *     frames, toc, pad
 *     trailer (28 bytes) | "SSCE"                             32 bytes
 */
import { IntegrityError } from "../base/errors.ts";
import { TAG_BYTES } from "./gcm.ts";

/** 1 data pack, 2 tree pack, 3 index, 4 manifest, 5 record, 6 claim. */
export const FILE_KINDS = [1, 2, 3, 4, 5, 6] as const;
export type FileKind = (typeof FILE_KINDS)[number];
export type DocumentKind = 3 | 4 | 5 | 6;

export const FORMAT_VERSION = 1;
export const MAGIC: Uint8Array = Buffer.from("SSC1");
export const END_MAGIC: Uint8Array = Buffer.from("SSCE");
export const HEADER_BYTES = 71;
export const TAIL_BYTES = 12 + TAG_BYTES + END_MAGIC.length;
const SALT_AT = 7;
const COMMIT_AT = 39;

/** A header, an empty table of contents, a tail. */
export const MIN_FILE_BYTES = HEADER_BYTES + TAG_BYTES + TAIL_BYTES;
export const MAX_PACK_BYTES = 64 * 2 ** 20;
export const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;
export const MAX_FRAME_RAW_BYTES = 8 * 2 ** 20;
export const MAX_FRAMES = 65_535;
export const MAX_CHUNKS = 1_000_000;

export interface Header {
  readonly salt: Buffer;
  readonly commitment: Buffer;
}

export function encodeHeader(kind: FileKind, header: Header): Buffer {
  const fixed = Buffer.from([FORMAT_VERSION, kind, 0]);
  return Buffer.concat([MAGIC, fixed, header.salt, header.commitment]);
}

/** What is not known is refused by name; a known file of another kind has been moved here. */
export function parseHeader(bytes: Uint8Array, expected: FileKind, object: string): Header {
  const [version = 0, kind = 0, mode = 0] = bytes.subarray(MAGIC.length, SALT_AT);
  if (bytes.length !== HEADER_BYTES) throw tampered(object);
  if (Buffer.compare(bytes.subarray(0, MAGIC.length), MAGIC) !== 0) throw tampered(object);
  if (version !== FORMAT_VERSION) throw tooNew(object, `format version ${version}`);
  if (!FILE_KINDS.some((known) => known === kind)) throw tooNew(object, `kind ${kind}`);
  if (mode !== 0) throw tooNew(object, `mode ${mode}`);
  if (kind !== expected) throw tampered(object);
  return {
    salt: Buffer.from(bytes.subarray(SALT_AT, COMMIT_AT)),
    commitment: Buffer.from(bytes.subarray(COMMIT_AT)),
  };
}

/** One error for every way a forgery can fail. */
export function tampered(object: string, cause?: unknown): IntegrityError {
  return new IntegrityError("object-tampered", { object }, cause);
}

export function tooNew(object: string, what: string): IntegrityError {
  return new IntegrityError("format-too-new", { object, what });
}
