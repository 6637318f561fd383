import { expect, test } from "vitest";
import { MAX_JSON_TOKENS } from "../../src/base/canonical-json.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import { parseChunkId, parsePackId } from "../../src/base/ids.ts";
import type { ChunkRow, PackTable } from "../../src/base/pack-table.ts";
import { decodeIndexFile, encodeIndexFile, MAX_INDEX_ROWS } from "../../src/format/index-file.ts";
import { canonical, id } from "./cases/case.ts";
import { indexFiles } from "./cases/index-files.ts";

const row: ChunkRow = { id: parseChunkId(id("chunk")), frame: 0, start: 0, length: 1 };

const packOf = (rows: number): PackTable => ({
  id: parsePackId(id("pack")),
  kind: 1,
  size: 50_000_000,
  salt: id("salt"),
  commit: id("commit"),
  frames: [{ codec: 0, offset: 71, length: 116, rawLength: 100 }],
  chunks: Array.from({ length: rows }, () => row),
});

test("200,000 rows are an index, whatever packs they stand in", () => {
  const packs = [packOf(MAX_INDEX_ROWS / 2), packOf(MAX_INDEX_ROWS / 2)];
  const bytes = encodeIndexFile({ packs, supersedes: [] });
  expect(decodeIndexFile(bytes, "index").packs[1]?.chunks).toHaveLength(MAX_INDEX_ROWS / 2);
});

test("one row more is refused before any row is looked at, and never written", () => {
  const chunks = Array.from({ length: MAX_INDEX_ROWS }, () => 0);
  const bytes = Buffer.from(canonical({ packs: [{ chunks }, { chunks: [0] }], supersedes: [] }));
  expect(() => decodeIndexFile(bytes, "index")).toThrow(/too many rows/);
  const packs = [packOf(MAX_INDEX_ROWS), packOf(1)];
  expect(() => encodeIndexFile({ packs, supersedes: [] })).toThrow();
});

test("a document of nothing but small values is refused before it fills the memory", () => {
  const bytes = Buffer.from(`{"packs":[${"{},".repeat(MAX_JSON_TOKENS / 2)}{}],"supersedes":[]}`);
  expect(() => decodeIndexFile(bytes, "index")).toThrow(IntegrityError);
});

test("frames are found by their place, so a row never leads into another pack's frame", () => {
  const own = packOf(1);
  const foreign = { ...own, chunks: [{ ...row, frame: 1 }] };
  const bytes = encodeIndexFile({ packs: [own, foreign], supersedes: [] });
  expect(() => decodeIndexFile(bytes, "index")).toThrow(/outside its frame/);
});

test("a merge keeps what it does not understand of an index and its packs", () => {
  const [known] = indexFiles.valid.filter(({ name }) => name.includes("not known"));
  const file = decodeIndexFile(Buffer.from(known!.text), "index");
  expect([file.other, file.packs[0]?.other]).toEqual([{ later: [] }, { later: 1 }]);
});
