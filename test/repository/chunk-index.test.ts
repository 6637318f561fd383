import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { chunkIdOf, parsePackId, type ChunkId } from "../../src/base/ids.ts";
import type { PackTable } from "../../src/base/pack-table.ts";
import { ChunkIndex } from "../../src/repository/chunk-index.ts";

const newId = (): ChunkId => chunkIdOf(randomBytes(32));

function packOf(ids: readonly ChunkId[]): PackTable {
  return {
    id: parsePackId(randomBytes(32).toString("base64")),
    kind: 1,
    size: 4096,
    salt: "",
    commit: "",
    frames: [{ codec: 0, offset: 71, length: 10 * ids.length + 16, rawLength: 10 * ids.length }],
    chunks: ids.map((id, at) => ({ id, frame: 0, start: 10 * at, length: 10 })),
  };
}

test("every chunk is found where its pack has it, among many", () => {
  const index = new ChunkIndex();
  const packs = Array.from({ length: 50 }, () => packOf(Array.from({ length: 200 }, newId)));
  for (const pack of packs) index.addPack(pack);
  for (const { id, chunks } of packs) {
    for (const row of chunks) {
      const place = index.usable(row.id);
      expect([place?.pack.id, place?.start, place?.length]).toEqual([id, row.start, 10]);
    }
  }
  expect(index.chunkCount).toBe(10_000);
  expect(index.has(newId())).toBe(false);
});

test("a pack that is added twice counts once", () => {
  const index = new ChunkIndex();
  const id = newId();
  const pack = packOf([id]);
  index.addPack(pack);
  index.addPack(pack);
  expect([...index.copies(id)]).toHaveLength(1);
});

test("a chunk is unknown when its only copy is condemned, and known again through another", () => {
  const index = new ChunkIndex();
  const id = newId();
  const first = packOf([id]);
  index.addPack(first);
  index.condemn(first.id);
  expect(index.has(id)).toBe(false);
  expect([...index.copies(id)]).toHaveLength(1);
  const second = packOf([id]);
  index.addPack(second);
  expect(index.usable(id)?.pack.id).toBe(second.id);
});

test("a million chunks take at most 100 bytes each", () => {
  const before = process.memoryUsage();
  const index = new ChunkIndex();
  const ids = Buffer.alloc(32 * 1000);
  for (let pack = 0; pack < 1000; pack++) {
    for (let at = 0; at < 1000; at++)
      ids.writeUInt32BE(Math.imul(pack * 1000 + at + 1, 2654435761) >>> 0, at * 32);
    for (let at = 0; at < 1000; at++) ids.writeUInt32BE(pack * 1000 + at, at * 32 + 4);
    index.addPack(
      packOf(
        Array.from({ length: 1000 }, (_, at) => chunkIdOf(ids.subarray(at * 32, at * 32 + 32))),
      ),
    );
  }
  expect(index.chunkCount).toBe(1_000_000);
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(100 * 1_000_000);
});
