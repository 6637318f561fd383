/**
 * From new chunks to durable packs. A chunk that the repository has, or that already waits in this
 * run, is not sealed again. A full pack is spooled on this machine before anything is sent, so an
 * upload that a crash interrupts goes on with the same bytes.
 *
 * Invariant I2: packs are durable in the store before an index names them (`finish`).
 */
import { toBase64 } from "../base/bytes.ts";
import { parseIndexId, type ChunkId, type IndexId, type PackId } from "../base/ids.ts";
import type { PackKind, PackTable } from "../base/pack-table.ts";
import { sha256 } from "../base/sha256.ts";
import type { PackBuilder, Sealer } from "../crypto/sealer.ts";
import type { FileEntry } from "../format/entry.ts";
import { encodeIndexFile, MAX_INDEX_ROWS } from "../format/index-file.ts";
import { indexName } from "../format/names.ts";
import type { Outbox } from "../state/outbox.ts";
import type { ChunkIndex } from "./chunk-index.ts";
import type { Context } from "./context.ts";
import type { Keys } from "./keys.ts";
import { writeIds } from "./id-lists.ts";
import { uploadWaiting } from "./uploads.ts";

/** A pack is closed when its sealed bytes reach this; the format allows 64 MiB. */
const PACK_TARGET_BYTES = 16 * 1024 * 1024;
/** Tiny chunks: their rows, not their bytes, make a pack's table and its index large. */
const PACK_TARGET_CHUNKS = 50_000;

export interface WriterParts {
  readonly context: Context;
  readonly keys: Keys;
  readonly sealer: Sealer;
  readonly outbox: Outbox;
  readonly index: ChunkIndex;
}

export interface WriterSettings {
  readonly compressionLevel: number;
  readonly padFloorBytes: number;
}

export interface Written {
  readonly packs: readonly PackTable[];
  readonly indexes: readonly IndexId[];
}

export class Writer {
  /** Raw bytes of chunks that the repository did not have; of all, and of files' content alone. */
  newBytes = 0;
  newFileBytes = 0;
  readonly #parts: WriterParts;
  readonly #settings: WriterSettings;
  readonly #builders = new Map<PackKind, PackBuilder>();
  /** Chunks in packs that are still open; closed packs are in the index. */
  readonly #open = new Map<PackKind, Set<ChunkId>>();
  readonly #reliedOn = new Set<PackId>();
  /** Packs of this run, and of an earlier one that a crash ended, that no durable index names yet. */
  readonly #unindexed: PackTable[] = [];

  constructor(parts: WriterParts, settings: WriterSettings) {
    this.#parts = parts;
    this.#settings = settings;
    for (const { table } of parts.outbox.pendingPacks()) this.#notice(table);
  }

  /** Packs that the version being written needs to stay; the check before the entry looks at them. */
  get reliedOn(): ReadonlySet<PackId> {
    return this.#reliedOn;
  }

  /** Whether a chunk is there already; if so, this version relies on it. */
  relyOn(id: ChunkId): boolean {
    for (const open of this.#open.values()) if (open.has(id)) return true;
    const place = this.#parts.index.usable(id);
    if (place !== undefined) this.#reliedOn.add(place.pack.id);
    return place !== undefined;
  }

  /**
   * The entry of a file that is not read again, if all its chunks are there; its lists of ids are
   * made anew where the repository lost them. undefined: the file has to be read.
   */
  relyOnFile(entry: FileEntry, ids: readonly ChunkId[]): FileEntry | undefined {
    if (!ids.every((id) => this.relyOn(id))) return undefined;
    if ("chunks" in entry.content) return entry;
    const { treeCut } = this.#parts.keys;
    return { ...entry, content: writeIds(ids, treeCut, (list) => this.add(2, list)) };
  }

  add(kind: PackKind, plaintext: Uint8Array): ChunkId {
    const id = this.#parts.keys.contentIds.chunkId(kind, plaintext);
    if (!this.relyOn(id)) this.#addNew(kind, id, plaintext);
    return id;
  }

  /** Sends the packs that are full. Call it between files: `add` itself only spools. */
  async flush(): Promise<void> {
    await uploadWaiting(this.#parts.context, this.#parts.outbox);
  }

  /** Everything durable: all packs, then the index files that name them. */
  async finish(): Promise<Written> {
    for (const kind of [1, 2] as const) this.#close(kind);
    await this.flush();
    const packs = this.#parts.outbox.pendingPacks().map(({ table }) => table);
    return { packs, indexes: await this.#writeIndexes() };
  }

  #addNew(kind: PackKind, id: ChunkId, plaintext: Uint8Array): void {
    this.newBytes += plaintext.length;
    if (kind === 1) this.newFileBytes += plaintext.length;
    const builder = this.#builder(kind);
    builder.add(id, plaintext);
    this.#openIds(kind).add(id);
    const isFull = builder.sealedBytes >= PACK_TARGET_BYTES || builder.chunks >= PACK_TARGET_CHUNKS;
    if (isFull) this.#close(kind);
  }

  #builder(kind: PackKind): PackBuilder {
    const builder = this.#builders.get(kind) ?? this.#parts.sealer.startPack(kind, this.#settings);
    this.#builders.set(kind, builder);
    return builder;
  }

  #openIds(kind: PackKind): Set<ChunkId> {
    const ids = this.#open.get(kind) ?? new Set();
    this.#open.set(kind, ids);
    return ids;
  }

  #close(kind: PackKind): void {
    const builder = this.#builders.get(kind);
    if (builder === undefined) return;
    const { sealed, table } = builder.finish();
    this.#parts.outbox.spoolPack(sealed, table);
    this.#notice(table);
    this.#reliedOn.add(table.id);
    this.#builders.delete(kind);
    this.#open.delete(kind);
  }

  #notice(table: PackTable): void {
    if (!this.#parts.index.hasPack(table.id)) this.#unindexed.push(table);
    this.#parts.index.addPack(table);
  }

  async #writeIndexes(): Promise<IndexId[]> {
    const { context, sealer } = this.#parts;
    const ids: IndexId[] = [];
    for (const group of groupByRows(this.#unindexed.splice(0))) {
      const sealed = sealer.sealDocument(3, encodeIndexFile({ packs: group, supersedes: [] }));
      const id = parseIndexId(toBase64(sha256(sealed)));
      await context.store.put(indexName(id), sealed, { signal: context.signal });
      ids.push(id);
    }
    return ids;
  }
}

function groupByRows(packs: readonly PackTable[]): PackTable[][] {
  const groups: PackTable[][] = [];
  let rows = Infinity;
  for (const pack of packs) {
    rows += pack.chunks.length;
    if (rows > MAX_INDEX_ROWS) {
      groups.push([]);
      rows = pack.chunks.length;
    }
    groups.at(-1)?.push(pack);
  }
  return groups;
}
