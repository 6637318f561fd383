/** An index file: the tables of some packs, gathered (docs/format.md §7). A convenience, never the proof. */
import { decodeJson, encodeJson, type Json, type JsonObject } from "../base/canonical-json.ts";
import { parseChunkId, parseIndexId, parsePackId, type IndexId } from "../base/ids.ts";
import type { ChunkRow, FrameRow, PackTable } from "../base/pack-table.ts";
import { asInteger, asList, asObject, asText, malformed, unknownMembers } from "./shape.ts";

export interface IndexFile {
  readonly packs: readonly PackTable[];
  /** Index files whose rows this one holds. */
  readonly supersedes: readonly IndexId[];
  readonly other?: JsonObject;
}

export const MAX_INDEX_ROWS = 200_000;
const MAX_FRAMES = 65_535;
const MAX_FRAME_BYTES = 8 * 1024 * 1024;
const MAX_PACK_BYTES = 72 * 1024 * 1024;
const FIRST_FRAME_OFFSET = 71;

export function encodeIndexFile({ packs, supersedes, other }: IndexFile): Buffer {
  return encodeJson({ ...other, packs: packs.map(encodeTable), supersedes });
}

export function decodeIndexFile(bytes: Uint8Array, what: string): IndexFile {
  const object = asObject(decodeJson(bytes, what), what);
  const packs = asList(object["packs"], what).map((pack) => decodeTable(pack, what));
  const rows = packs.reduce((total, { chunks }) => total + chunks.length, 0);
  // One pack may hold more than the limit; such a pack has an index of its own.
  if (rows > MAX_INDEX_ROWS && packs.length > 1) throw malformed(what, "too many rows");
  const supersedes = asList(object["supersedes"], what).map(parseIndexId);
  return { packs, supersedes, ...unknownMembers(object, MEMBERS) };
}

const MEMBERS = new Set(["packs", "supersedes"]);

export function encodeTable({ id, ...table }: PackTable): JsonObject {
  const { kind, size, salt, commit } = table;
  const frames = table.frames.map(({ codec, length, offset, rawLength }) => {
    return { codec, length, offset, rawLength };
  });
  const chunks = table.chunks.map((row) => {
    return { frame: row.frame, id: row.id, length: row.length, start: row.start };
  });
  return { chunks, commit, frames, kind, salt, sha256: id, size };
}

export function decodeTable(json: Json, what: string): PackTable {
  const object = asObject(json, what);
  const kind = asInteger(object["kind"], what, { least: 1, most: 2 });
  const frames = decodeFrames(object["frames"], what);
  return {
    id: parsePackId(object["sha256"]),
    kind: kind === 1 ? 1 : 2,
    size: asInteger(object["size"], what, { most: MAX_PACK_BYTES }),
    salt: parsePackId(asText(object["salt"], what)),
    commit: parsePackId(asText(object["commit"], what)),
    frames,
    chunks: asList(object["chunks"], what, 1_000_000).map((row) => decodeChunk(row, frames, what)),
  };
}

function decodeFrames(json: Json | undefined, what: string): FrameRow[] {
  let offset = FIRST_FRAME_OFFSET;
  return asList(json, what, MAX_FRAMES).map((row) => {
    const object = asObject(row, what);
    const codec = asInteger(object["codec"], what, { most: 1 });
    const length = asInteger(object["length"], what, { least: 16, most: 2 * MAX_FRAME_BYTES });
    const rawLength = asInteger(object["rawLength"], what, { most: MAX_FRAME_BYTES });
    if (object["offset"] !== offset) throw malformed(what, "frames do not follow each other");
    const frame: FrameRow = { codec: codec === 1 ? 1 : 0, length, offset, rawLength };
    offset += length;
    return frame;
  });
}

function decodeChunk(json: Json, frames: readonly FrameRow[], what: string): ChunkRow {
  const object = asObject(json, what);
  const frame = asInteger(object["frame"], what);
  const start = asInteger(object["start"], what);
  const length = asInteger(object["length"], what);
  if (start + length > (frames[frame]?.rawLength ?? -1)) {
    throw malformed(what, "a chunk outside its frame");
  }
  return { frame, id: parseChunkId(object["id"]), length, start };
}
