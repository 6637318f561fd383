/**
 * Index files (docs/format.md §7): the tables of many packs in one place, so that any frame is one
 * ranged read away. Not signed: a row is a hint until the chunk it leads to has the id it says, but
 * readers allocate and slice by these numbers, so whatever does not add up is refused.
 *
 * Up to 200,000 rows pass through here in one go: rows are read without a `Fields` each, and hold
 * their four numbers and nothing else, as in a pack's own table.
 */
import assert from "node:assert/strict";
import {
  decodeCanonicalJson,
  encodeJson,
  type Json,
  type JsonObject,
} from "../base/canonical-json.ts";
import { parseChunkId, parseIndexId, parsePackId, type IndexId } from "../base/ids.ts";
import type { ChunkRow, FrameRow, PackKind, PackTable } from "../base/pack-table.ts";
import { MAX_FRAME_RAW_BYTES, MAX_FRAMES, MAX_INDEX_ROWS, MAX_PACK_BYTES } from "./limits.ts";
import {
  base64Bytes,
  Fields,
  isCount,
  isList,
  isObject,
  malformed,
  type Extensible,
} from "./shape.ts";

export { MAX_INDEX_ROWS } from "./limits.ts";

export interface IndexFile extends Extensible {
  readonly packs: readonly IndexedPack[];
  /** Index files that this one replaces. */
  readonly supersedes: readonly IndexId[];
}

export interface IndexedPack extends PackTable, Extensible {}

export function encodeIndexFile({ packs, supersedes, other }: IndexFile): Buffer {
  const rows = packs.reduce((total, { chunks }) => total + chunks.length, 0);
  assert(rows <= MAX_INDEX_ROWS, "an index file holds at most 200,000 rows");
  return encodeJson({ ...other, packs: packs.map(encodePack), supersedes });
}

export function decodeIndexFile(bytes: Uint8Array, what: string): IndexFile {
  const fields = new Fields(decodeCanonicalJson(bytes, what), what);
  const packs = fields.list("packs");
  if (countRows(packs) > MAX_INDEX_ROWS) throw fields.refusal("it has too many rows");
  return {
    packs: packs.map((json) => decodePack(new Fields(json, what), what)),
    supersedes: fields.listOf("supersedes", parseIndexId),
    ...fields.rest(),
  };
}

/** Before any of them is looked at. */
function countRows(packs: readonly Json[]): number {
  let rows = 0;
  for (const pack of packs) {
    const chunks = isObject(pack) ? pack["chunks"] : undefined;
    rows += isList(chunks) ? chunks.length : 0;
  }
  return rows;
}

/** Members in their canonical order, here and in rows, which `encodeJson` then need not sort. */
function encodePack(pack: IndexedPack): JsonObject {
  const { chunks, commit, frames, id, kind, other, salt, size } = pack;
  return {
    ...other,
    chunks: chunks.map(encodeChunk),
    commit,
    frames: frames.map(encodeFrame),
    kind,
    salt,
    sha256: id,
    size,
  };
}

const encodeChunk = ({ frame, id, length, start }: ChunkRow): JsonObject => ({
  frame,
  id,
  length,
  start,
});

const encodeFrame = ({ codec, length, offset, rawLength }: FrameRow): JsonObject => ({
  codec,
  length,
  offset,
  rawLength,
});

function decodePack(fields: Fields, what: string): IndexedPack {
  const size = fields.count("size", MAX_PACK_BYTES);
  const frames = fields.listOf("frames", (row) => decodeFrame(row, what), MAX_FRAMES);
  const chunks = fields.listOf("chunks", (row) => decodeChunk(row, frames, what));
  assertContiguous(frames, size - tableBytes(frames, chunks), what);
  return {
    id: parsePackId(fields.take("sha256")),
    kind: decodeKind(fields),
    size,
    salt: decodeBytes32(fields, "salt"),
    commit: decodeBytes32(fields, "commit"),
    frames,
    chunks,
    ...fields.rest(),
  };
}

function decodeKind(fields: Fields): PackKind {
  const kind = fields.count("kind");
  if (kind === 1 || kind === 2) return kind;
  throw fields.refusal(`there is no pack of kind ${kind}`);
}

function decodeBytes32(fields: Fields, name: string): string {
  const text = fields.text(name);
  if (base64Bytes(text)?.length === 32) return text;
  throw fields.refusal(`"${name}" is not the base64 of 32 bytes`);
}

function decodeFrame(json: Json, what: string): FrameRow {
  const { codec, length, offset, rawLength } = rowOf(json, what);
  const storedLength = isCount(length) ? length - TAG_BYTES : 0;
  const sound =
    isCount(length) &&
    isCount(offset) &&
    isCount(rawLength) &&
    Math.min(rawLength, storedLength) >= 1 &&
    Math.max(rawLength, storedLength) <= MAX_FRAME_RAW_BYTES;
  if (sound && codec === 1) return { codec, offset, length, rawLength };
  if (sound && codec === 0 && storedLength === rawLength)
    return { codec, offset, length, rawLength };
  throw malformed(what, "a frame's row does not add up");
}

function decodeChunk(json: Json, frames: readonly FrameRow[], what: string): ChunkRow {
  const { frame, id, length, start } = rowOf(json, what);
  const rawLength = isCount(frame) ? (frames[frame]?.rawLength ?? 0) : 0;
  if (isCount(frame) && isCount(length) && isCount(start)) {
    if (length >= 1 && start + length <= rawLength) {
      return { id: parseChunkId(id), frame, start, length };
    }
  }
  throw malformed(what, "a chunk's row lies outside its frame");
}

function rowOf(json: Json, what: string): JsonObject {
  if (isObject(json) && Object.keys(json).length === ROW_FIELDS) return json;
  throw malformed(what, "a row does not have its four fields");
}

const ROW_FIELDS = 4;
const TAG_BYTES = 16;
const HEADER_BYTES = 71;
const TAIL_BYTES = 32;

/** What stands behind the frames, padding aside: the pack's own table and its tail. */
function tableBytes(frames: readonly FrameRow[], chunks: readonly ChunkRow[]): number {
  return 13 * frames.length + 44 * chunks.length + TAG_BYTES + TAIL_BYTES;
}

/** From the header to the table of contents, without a gap. */
function assertContiguous(frames: readonly FrameRow[], most: number, what: string): void {
  let end = HEADER_BYTES;
  for (const { offset, length } of frames) {
    if (offset !== end) throw malformed(what, "the frames of a pack do not follow each other");
    end += length;
  }
  if (end > most) throw malformed(what, "the frames of a pack do not fit into it");
}
