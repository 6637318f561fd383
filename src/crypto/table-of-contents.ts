/**
 * A sealed file's own table (docs/format.md §3): rows of 13 bytes for frames, then rows of 44 for
 * chunks. Parsing refuses whatever does not add up, although only a holder of the key can write one:
 * a later reader allocates and slices by these numbers.
 */
import { u32 } from "../base/bytes.ts";
import { chunkIdOf, idBytes } from "../base/ids.ts";
import type { ChunkRow, FrameRow } from "../base/pack-table.ts";
import { TAG_BYTES } from "./gcm.ts";
import {
  HEADER_BYTES,
  MAX_CHUNKS,
  MAX_FRAME_RAW_BYTES,
  MAX_FRAMES,
  TAIL_BYTES,
  type FileKind,
} from "./layout.ts";

export const FRAME_ROW_BYTES = 13;
export const CHUNK_ROW_BYTES = 44;

export interface Toc {
  readonly frames: readonly FrameRow[];
  readonly chunks: readonly ChunkRow[];
}

/** What the trailer says. `tocLength` counts the tag. */
export interface TocPlace {
  readonly tocOffset: number;
  readonly tocLength: number;
  readonly frames: number;
}

export function encodeToc({ frames, chunks }: Toc): Buffer {
  const bytes = Buffer.alloc(frames.length * FRAME_ROW_BYTES + chunks.length * CHUNK_ROW_BYTES);
  let at = 0;
  for (const frame of frames) {
    at = bytes.writeUInt8(frame.codec, at);
    for (const value of [frame.rawLength, frame.offset, frame.length])
      at = bytes.writeUInt32BE(value, at);
  }
  for (const chunk of chunks) {
    at += idBytes(chunk.id).copy(bytes, at);
    for (const value of [chunk.frame, chunk.start, chunk.length])
      at = bytes.writeUInt32BE(value, at);
  }
  return bytes;
}

export function encodeTocPlace(place: TocPlace): Buffer {
  return Buffer.concat([u32(place.tocOffset), u32(place.tocLength), u32(place.frames)]);
}

/** undefined when the place is not inside the file, or the counts are over the limits. */
export function parseTocPlace(bytes: Buffer, kind: FileKind, size: number): TocPlace | undefined {
  const place = {
    tocOffset: bytes.readUInt32BE(0),
    tocLength: bytes.readUInt32BE(4),
    frames: bytes.readUInt32BE(8),
  };
  const chunks = chunkCount(place);
  const fits =
    place.frames <= MAX_FRAMES &&
    Number.isInteger(chunks) &&
    chunks >= 0 &&
    chunks <= (kind <= 2 ? MAX_CHUNKS : 0) &&
    place.tocOffset >= HEADER_BYTES &&
    place.tocOffset + place.tocLength <= size - TAIL_BYTES;
  return fits ? place : undefined;
}

/** `bytes` have the length that `place` says. undefined when a row does not add up. */
export function parseToc(bytes: Buffer, place: TocPlace): Toc | undefined {
  const frames = Array.from({ length: place.frames }, (_, i) =>
    readFrameRow(bytes, i * FRAME_ROW_BYTES),
  );
  if (!areContiguous(frames, place.tocOffset)) return undefined;
  const chunksAt = place.frames * FRAME_ROW_BYTES;
  const chunks = Array.from({ length: chunkCount(place) }, (_, i) =>
    readChunkRow(bytes, chunksAt + i * CHUNK_ROW_BYTES),
  );
  if (!chunks.every((chunk) => liesInside(chunk, frames[chunk.frame]))) return undefined;
  return { frames, chunks };
}

/** Whatever table a row comes from: this file's own, or an index. */
export function isSoundFrame(row: FrameRow): boolean {
  const storedLength = row.length - TAG_BYTES;
  if (!(row.rawLength >= 1 && row.rawLength <= MAX_FRAME_RAW_BYTES && storedLength >= 1))
    return false;
  return row.codec === 0 ? storedLength === row.rawLength : storedLength <= MAX_FRAME_RAW_BYTES;
}

function chunkCount(place: TocPlace): number {
  return (place.tocLength - TAG_BYTES - place.frames * FRAME_ROW_BYTES) / CHUNK_ROW_BYTES;
}

/** undefined: a codec that does not exist. */
function readFrameRow(bytes: Buffer, at: number): FrameRow | undefined {
  const codec = bytes.readUInt8(at);
  if (codec !== 0 && codec !== 1) return undefined;
  return {
    codec,
    rawLength: bytes.readUInt32BE(at + 1),
    offset: bytes.readUInt32BE(at + 5),
    length: bytes.readUInt32BE(at + 9),
  };
}

function readChunkRow(bytes: Buffer, at: number): ChunkRow {
  return {
    id: chunkIdOf(bytes.subarray(at, at + 32)),
    frame: bytes.readUInt32BE(at + 32),
    start: bytes.readUInt32BE(at + 36),
    length: bytes.readUInt32BE(at + 40),
  };
}

/** From the header to the table of contents, without a gap. */
function areContiguous(
  frames: readonly (FrameRow | undefined)[],
  tocOffset: number,
): frames is readonly FrameRow[] {
  let end = HEADER_BYTES;
  for (const frame of frames) {
    if (frame?.offset !== end || !isSoundFrame(frame)) return false;
    end += frame.length;
  }
  return end === tocOffset;
}

function liesInside(chunk: ChunkRow, frame: FrameRow | undefined): boolean {
  return frame !== undefined && chunk.length >= 1 && chunk.start + chunk.length <= frame.rawLength;
}
