/**
 * From a chunk's id to its bytes: place, ranged read, frame, chunk, and its id computed anew.
 *
 * Invariant I8: what `chunk` returns has been verified against the id that a signed entry led to.
 * A copy that fails is not the end: other copies are tried, then the packs' own tables of contents,
 * because index files are a convenience and may be lost, stale or wrong.
 */
import { IntegrityError } from "../base/errors.ts";
import type { ChunkId } from "../base/ids.ts";
import { toHex } from "../base/bytes.ts";
import { idBytes } from "../base/ids.ts";
import type { PackKind, PackTable } from "../base/pack-table.ts";
import { packName } from "../format/names.ts";
import type { ChunkIndex, ChunkPlace } from "./chunk-index.ts";
import type { Context } from "./context.ts";
import { FrameCache } from "./frame-cache.ts";
import { packTables } from "./pack-tables.ts";
import type { Keys } from "./keys.ts";

const CACHED_FRAME_BYTES = 64 * 1024 * 1024;

export class Reader {
  readonly #context: Context;
  readonly #keys: Keys;
  readonly #index: ChunkIndex;
  readonly #frames = new FrameCache(CACHED_FRAME_BYTES);
  #tablesRead = false;

  constructor(context: Context, keys: Keys, index: ChunkIndex) {
    this.#context = context;
    this.#keys = keys;
    this.#index = index;
  }

  async chunk(kind: PackKind, id: ChunkId): Promise<Buffer> {
    const bytes = (await this.#fromIndex(kind, id)) ?? (await this.#fromPackTables(kind, id));
    if (bytes !== undefined) return bytes;
    throw new IntegrityError("chunk-missing", { chunk: toHex(idBytes(id)).slice(0, 12) });
  }

  /** Fills what the index files leave out. Once is enough. */
  async readPackTables(): Promise<void> {
    if (this.#tablesRead) return;
    this.#tablesRead = true;
    for await (const table of packTables(this.#context, this.#keys)) this.#index.addPack(table);
  }

  async *chunks(kind: PackKind, ids: Iterable<ChunkId>): AsyncGenerator<Buffer> {
    for (const id of ids) yield await this.chunk(kind, id);
  }

  async #fromIndex(kind: PackKind, id: ChunkId): Promise<Buffer | undefined> {
    let damage: IntegrityError | undefined;
    for (const place of [...this.#index.copies(id)]) {
      try {
        return await this.#verified(kind, id, place);
      } catch (error) {
        if (!(error instanceof IntegrityError)) throw error;
        damage ??= error;
      }
    }
    if (damage !== undefined && this.#tablesRead) throw damage;
    return undefined;
  }

  async #fromPackTables(kind: PackKind, id: ChunkId): Promise<Buffer | undefined> {
    if (this.#tablesRead) return undefined;
    await this.readPackTables();
    return this.#fromIndex(kind, id);
  }

  async #verified(kind: PackKind, id: ChunkId, place: ChunkPlace): Promise<Buffer> {
    const frame = await this.#frame(place.pack, place.frame);
    const bytes = frame.subarray(place.start, place.start + place.length);
    if (this.#keys.contentIds.chunkId(kind, bytes) === id) return bytes;
    throw new IntegrityError("object-tampered", { object: packName(place.pack.id) });
  }

  async #frame(pack: PackTable, number: number): Promise<Buffer> {
    const key = `${pack.id}/${String(number)}`;
    const cached = this.#frames.get(key);
    if (cached) return cached;
    const frame = await this.#fetchFrame(pack, number);
    this.#frames.set(key, frame);
    return frame;
  }

  async #fetchFrame(pack: PackTable, number: number): Promise<Buffer> {
    const object = packName(pack.id);
    const row = pack.frames[number];
    if (row === undefined) throw new IntegrityError("object-tampered", { object });
    const { store, signal } = this.#context;
    const range = { offset: row.offset, length: row.length };
    const sealed = await store.get(object, range, { signal });
    if (sealed === undefined) throw new IntegrityError("object-missing", { object });
    return this.#keys.opener.openFrame(pack, number, sealed, object);
  }
}
