/**
 * Where every known chunk lies: the content of all index files, in about 60 bytes a chunk, so that
 * a million chunks fit into a small machine. A chunk may lie in several packs; each copy is a row.
 *
 * Invariant: a chunk whose every copy is condemned is unknown to `has`, so that a writer uploads it
 * again (docs/design.md, the writer's check), but still found by `copies`, so that a reader may try.
 */
import { idBytes, type ChunkId, type PackId } from "../base/ids.ts";
import type { PackTable } from "../base/pack-table.ts";

export interface ChunkPlace {
  readonly pack: PackTable;
  readonly frame: number;
  readonly start: number;
  readonly length: number;
}

const ID_BYTES = 32;
const FIELDS = 4;

export class ChunkIndex {
  readonly #packs = new Map<PackId, PackTable>();
  readonly #condemned = new Set<PackId>();
  readonly #order: PackTable[] = [];
  #rows = 0;
  #ids = Buffer.alloc(1024 * ID_BYTES);
  /** pack number, frame, start, length of each row. */
  #fields = new Uint32Array(1024 * FIELDS);
  /** Open addressing: row + 1, or 0 where free. Always at most half full. */
  #slots = new Uint32Array(2048);

  get packs(): Iterable<PackTable> {
    return this.#order;
  }

  get chunkCount(): number {
    return this.#rows;
  }

  addPack(table: PackTable): void {
    if (this.#packs.has(table.id)) return;
    // The rows live in the columns below; keeping the objects too would triple the memory.
    const slim: PackTable = { ...table, chunks: [] };
    const number = this.#order.push(slim) - 1;
    this.#packs.set(table.id, slim);
    for (const row of table.chunks) {
      this.#insert(idBytes(row.id), [number, row.frame, row.start, row.length]);
    }
  }

  hasPack(id: PackId): boolean {
    return this.#packs.has(id);
  }

  /** Condemned for ever: named in any mark or sweep, or found absent. */
  condemn(id: PackId): void {
    this.#condemned.add(id);
  }

  isCondemned(id: PackId): boolean {
    return this.#condemned.has(id);
  }

  /** Whether a writer may rely on this chunk being there. */
  has(id: ChunkId): boolean {
    return this.usable(id) !== undefined;
  }

  /** The copy that a writer relies on. */
  usable(id: ChunkId): ChunkPlace | undefined {
    for (const place of this.copies(id)) if (!this.#condemned.has(place.pack.id)) return place;
    return undefined;
  }

  *copies(id: ChunkId): Generator<ChunkPlace> {
    const wanted = idBytes(id);
    for (let slot = this.#home(wanted); ; slot = (slot + 1) % this.#slots.length) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0) return;
      if (this.#idAt(row).equals(wanted)) yield this.#place(row);
    }
  }

  #place(row: number): ChunkPlace {
    const [number = 0, frame = 0, start = 0, length = 0] = this.#fields.subarray(
      row * FIELDS,
      row * FIELDS + FIELDS,
    );
    const pack = this.#order[number];
    if (pack === undefined) throw new RangeError("a row names a pack that the index does not hold");
    return { pack, frame, start, length };
  }

  #insert(id: Buffer, fields: readonly number[]): void {
    if (this.#rows * FIELDS === this.#fields.length) this.#grow();
    id.copy(this.#ids, this.#rows * ID_BYTES);
    this.#fields.set(fields, this.#rows * FIELDS);
    this.#occupy(this.#rows++);
  }

  #grow(): void {
    const rows = this.#rows * 2;
    this.#ids = Buffer.concat([this.#ids], rows * ID_BYTES);
    const fields = new Uint32Array(rows * FIELDS);
    fields.set(this.#fields);
    this.#fields = fields;
    this.#slots = new Uint32Array(rows * 2);
    for (let row = 0; row < this.#rows; row++) this.#occupy(row);
  }

  #occupy(row: number): void {
    let slot = this.#home(this.#idAt(row));
    while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
    this.#slots[slot] = row + 1;
  }

  #idAt(row: number): Buffer {
    return this.#ids.subarray(row * ID_BYTES, row * ID_BYTES + ID_BYTES);
  }

  /** Ids are keyed hashes, so their first bytes are already spread evenly. */
  #home(id: Buffer): number {
    return id.readUInt32BE(0) % this.#slots.length;
  }
}
