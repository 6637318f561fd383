/**
 * Where sealed packs, and the one log entry that is about to be put, wait until the store has them.
 *
 * Invariants:
 *  - a pack that the journal calls ready, and an entry that it calls prepared, are whole on this disk
 *    before the line is written; so after a crash the same bytes go out, never a second encryption;
 *  - a number of the log is never used for other bytes: a prepared entry is put as it is, or its
 *    number is given up and stands in `skipped` until an entry that lists it is committed;
 *  - nothing is forgotten before `settle`: until then the tables of uploaded packs are known here,
 *    so that their chunks are not uploaded twice (Invariant I2: no index may name them yet).
 * The bytes are not believed for lying here: src/crypto verifies them when they are taken out.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { toHex, type Sealed } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import { writeDurably, type Disk } from "../base/disk.ts";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { IntegrityError } from "../base/errors.ts";
import { idBytes, type EntrySha, type PackId } from "../base/ids.ts";
import type { PackTable } from "../base/pack-table.ts";
import { Journal } from "./journal.ts";
import {
  outboxCodec,
  Waiting,
  type NotedEntry,
  type OutboxRecord,
  type PendingPack,
} from "./outbox-records.ts";

export type { PendingPack } from "./outbox-records.ts";

export interface PreparedEntry {
  readonly name: string;
  readonly sha: EntrySha;
  readonly seq: number;
  /** As they lie here: not yet verified. */
  readonly bytes: Uint8Array;
}

export interface PackBody {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

export class Outbox {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #journal: Journal<OutboxRecord>;
  readonly #waiting = new Waiting();
  readonly #findings: IntegrityError[] = [];

  private constructor(disk: Disk, folder: string, clock: Clock) {
    this.#disk = disk;
    this.#folder = folder;
    this.#clock = clock;
    makeFolderDurably(disk, folder);
    this.#journal = Journal.open(disk, join(folder, "journal"), outboxCodec);
  }

  static open(disk: Disk, folder: string, clock: Clock): Outbox {
    const outbox = new Outbox(disk, folder, clock);
    for (const record of outbox.#journal.records) outbox.#waiting.apply(record);
    outbox.#giveUpWhatIsGone();
    outbox.#removeOrphans();
    return outbox;
  }

  /** For the monitor: what an earlier run noted here and this one cannot read. */
  get findings(): readonly IntegrityError[] {
    return this.#findings;
  }

  /** Numbers given up since the last committed entry: the next entry lists them. */
  get skipped(): readonly number[] {
    return [...this.#waiting.skipped];
  }

  /** Of packs that the store does not have yet. */
  get bytesWaiting(): number {
    return this.#readyTables().reduce((sum, { size }) => sum + size, 0);
  }

  pendingPacks(): PendingPack[] {
    return [...this.#waiting.packs.values()];
  }

  spoolPack(sealed: Sealed, table: PackTable): void {
    assert.equal(sealed.length, table.size, "the table is of these bytes");
    this.#writeBody(packFile(table.id), sealed);
    this.#record({ type: "ready", table, atMs: this.#clock.now() });
  }

  packBody(id: PackId): PackBody {
    const pack = this.#waiting.packs.get(id);
    assert(pack?.state === "ready", "only a pack that is ready has a body here");
    const path = join(this.#folder, packFile(id));
    const read = (offset: number, length: number): Uint8Array => {
      const bytes = this.#disk.readRange(path, offset, length);
      if (bytes?.length === length) return bytes;
      throw this.#lost(id);
    };
    return { size: pack.table.size, read };
  }

  /** The store has acknowledged it (Invariant I8). */
  uploaded(id: PackId): void {
    assert(this.#waiting.packs.has(id), "only a pack that waits can be uploaded");
    this.#record({ type: "uploaded", pack: id });
    this.#removeBody(packFile(id));
  }

  /** To be called before the entry's first put. */
  prepareEntry(entry: Omit<PreparedEntry, "bytes"> & { readonly bytes: Sealed }): void {
    assert(this.#waiting.entry === undefined, "one entry at a time");
    const { name, sha, seq, bytes } = entry;
    this.#writeBody(entryFile(sha), bytes);
    this.#record({ type: "prepared", entry: { name, sha, seq, size: bytes.length } });
  }

  pendingEntry(): PreparedEntry | undefined {
    const entry = this.#waiting.entry;
    if (entry === undefined) return undefined;
    const bytes = this.#disk.read(join(this.#folder, entryFile(entry.sha)));
    if (bytes?.length !== entry.size) throw this.#damaged();
    return { name: entry.name, sha: entry.sha, seq: entry.seq, bytes };
  }

  entryCommitted(): void {
    this.#endEntry(() => ({ type: "committed" }));
    if (this.#waiting.packs.size === 0) this.#journal.replace([]);
  }

  /** The prepared bytes will not be put any more; should they have arrived, they are ignored. */
  skipEntry(): void {
    this.#endEntry(({ seq }) => ({ type: "skipped", seq }));
  }

  /** Forgets packs: a durable index and a committed entry name them, or they are to be sealed anew. */
  settle(packs: readonly PackId[]): void {
    this.#journal.replace(this.#waiting.recordsWithout(new Set(packs)));
    for (const id of packs) {
      this.#waiting.packs.delete(id);
      this.#removeBody(packFile(id));
    }
  }

  #endEntry(recordOf: (entry: NotedEntry) => OutboxRecord): void {
    const entry = this.#waiting.entry;
    assert(entry, "an entry was prepared");
    this.#record(recordOf(entry));
    this.#removeBody(entryFile(entry.sha));
  }

  #giveUpWhatIsGone(): void {
    if (this.#journal.damaged) this.#findings.push(this.#damaged());
    const lost = this.#readyTables().filter(({ id, size }) => !this.#has(packFile(id), size));
    this.#findings.push(...lost.map(({ id }) => this.#lost(id)));
    if (lost.length > 0) this.settle(lost.map(({ id }) => id));
    const { entry } = this.#waiting;
    if (entry && !this.#has(entryFile(entry.sha), entry.size)) this.skipEntry();
  }

  /** Bodies whose line was never written, or that a crash kept from being removed. */
  #removeOrphans(): void {
    const kept = new Set(this.#readyTables().map(({ id }) => packFile(id)));
    if (this.#waiting.entry) kept.add(entryFile(this.#waiting.entry.sha));
    for (const file of this.#disk.list(this.#folder)) {
      if (BODY.test(file) && !kept.has(file)) this.#removeBody(file);
    }
  }

  #readyTables(): PackTable[] {
    return this.pendingPacks().flatMap(({ state, table }) => (state === "ready" ? [table] : []));
  }

  #record(record: OutboxRecord): void {
    this.#journal.append(record);
    this.#waiting.apply(record);
  }

  #lost(pack: PackId): IntegrityError {
    return new IntegrityError("outbox-pack-lost", { pack, folder: this.#folder });
  }

  #damaged(): IntegrityError {
    return new IntegrityError("outbox-damaged", { folder: this.#folder });
  }

  #has(file: string, size: number): boolean {
    const stat = this.#disk.stat(join(this.#folder, file));
    return stat?.kind === "file" && stat.size === size;
  }

  #writeBody(file: string, bytes: Uint8Array): void {
    const path = join(this.#folder, file);
    writeDurably(this.#disk, { path, temporary: `${path}.tmp`, folder: this.#folder }, bytes);
  }

  #removeBody(file: string): void {
    this.#disk.remove(join(this.#folder, file));
  }
}

/** Bytes of packs that wait in an outbox, for who only looks: the folder is not touched. */
export function outboxBytes(disk: Disk, folder: string): number {
  const packs = disk.list(folder).filter((file) => file.endsWith(".pack"));
  return packs.reduce((sum, file) => sum + (disk.stat(join(folder, file))?.size ?? 0), 0);
}

const BODY = /\.(pack|entry|tmp)$/;
const packFile = (id: PackId): string => `${toHex(idBytes(id))}.pack`;
const entryFile = (sha: EntrySha): string => `${toHex(idBytes(sha))}.entry`;
