/** Reads one pack whole and verifies everything in it: name, table, every frame, every chunk's id. */
import { IntegrityError } from "../base/errors.ts";
import { toBase64 } from "../base/bytes.ts";
import type { PackId } from "../base/ids.ts";
import { sha256 } from "../base/sha256.ts";
import type { PackTable } from "../base/pack-table.ts";
import { packName } from "../format/names.ts";
import type { Keys } from "../repository/keys.ts";
import { tableOfPack } from "../repository/pack-tables.ts";
import type { Store } from "../store/store.ts";

/** Bytes read. Throws IntegrityError. */
export async function auditPack(
  { store, keys, signal }: { store: Store; keys: Keys; signal?: AbortSignal | undefined },
  id: PackId,
): Promise<number> {
  const object = packName(id);
  const bytes = await store.get(object, undefined, { signal });
  if (bytes === undefined) throw new IntegrityError("object-missing", { object });
  if (toBase64(sha256(bytes)) !== id) throw new IntegrityError("object-tampered", { object });
  const read = (offset: number, length: number): Uint8Array =>
    bytes.subarray(offset, offset + length);
  auditChunks(keys, await tableOfPack(keys, { id, size: bytes.length, read }), bytes);
  return bytes.length;
}

function auditChunks({ opener, contentIds }: Keys, table: PackTable, bytes: Uint8Array): void {
  const object = packName(table.id);
  for (const [number, { offset, length }] of table.frames.entries()) {
    const sealed = bytes.subarray(offset, offset + length);
    const frame = opener.openFrame(table, number, sealed, object);
    for (const row of table.chunks.filter((chunk) => chunk.frame === number)) {
      const chunk = frame.subarray(row.start, row.start + row.length);
      if (contentIds.chunkId(table.kind, chunk) === row.id) continue;
      throw new IntegrityError("object-tampered", { object });
    }
  }
}
