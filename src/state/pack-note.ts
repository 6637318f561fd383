/** A pack's table of contents as the outbox's journal keeps it: rows as plain lists, to stay short. */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import { IntegrityError } from "../base/errors.ts";
import { parseChunkId, parsePackId } from "../base/ids.ts";
import type { ChunkRow, FrameRow, PackKind, PackTable } from "../base/pack-table.ts";
import { asCount, asList, Fields } from "./fields.ts";

const WHAT = "the outbox's note of a pack";

export function encodePackNote(table: PackTable): JsonObject {
  return {
    id: table.id,
    kind: table.kind,
    size: table.size,
    salt: table.salt,
    commit: table.commit,
    frames: table.frames.map((row) => [row.codec, row.offset, row.length, row.rawLength]),
    chunks: table.chunks.map((row) => [row.id, row.frame, row.start, row.length]),
  };
}

export function decodePackNote(fields: Fields): PackTable {
  return {
    id: parsePackId(fields.text("id")),
    kind: asOneOf<PackKind>([1, 2], fields.count("kind")),
    size: fields.count("size"),
    salt: fields.text("salt"),
    commit: fields.text("commit"),
    frames: fields.list("frames").map(decodeFrame),
    chunks: fields.list("chunks").map(decodeChunk),
  };
}

function decodeFrame(row: Json): FrameRow {
  const [codec, offset, length, rawLength] = asList(row, WHAT).map((field) => asCount(field, WHAT));
  return {
    codec: asOneOf<FrameRow["codec"]>([0, 1], codec),
    offset: asCount(offset, WHAT),
    length: asCount(length, WHAT),
    rawLength: asCount(rawLength, WHAT),
  };
}

function decodeChunk(row: Json): ChunkRow {
  const [id, frame, start, length] = asList(row, WHAT);
  return {
    id: parseChunkId(id),
    frame: asCount(frame, WHAT),
    start: asCount(start, WHAT),
    length: asCount(length, WHAT),
  };
}

function asOneOf<Value extends number>(values: readonly Value[], found: number | undefined): Value {
  const value = values.find((each) => each === found);
  if (value === undefined) throw new IntegrityError("json-malformed", { what: WHAT });
  return value;
}
