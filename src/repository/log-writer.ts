/**
 * Appends to this device's own log. Name and bytes are journaled before the first put, and the same
 * bytes are put again after a crash, so a number never has two contents (docs/design.md, crash table).
 *
 * Invariant I2: callers append only after everything the entry names is durable.
 * Invariant I8: `append` resolves after the store has acknowledged the entry.
 */
import { IntegrityError } from "../base/errors.ts";
import type { DeviceId, EntrySha } from "../base/ids.ts";
import { recogniseEntry } from "../crypto/spooled.ts";
import type { Sealed } from "../base/bytes.ts";
import type { DeviceKey } from "../crypto/signature.ts";
import type { Sealer } from "../crypto/sealer.ts";
import {
  encodeLogEntry,
  type EntryHead,
  type LogEntry,
  type LogRecord,
  type Manifest,
  type RecordBody,
} from "../format/log-entry.ts";
import { entryName, parseEntryName, type EntryName } from "../format/names.ts";
import type { ObjectName } from "../store/store.ts";
import type { Outbox, PreparedEntry } from "../state/outbox.ts";
import { saveBook } from "./log-cache.ts";
import { entrySha, openEntry } from "./log-chain.ts";
import type { KnownEntry, KnownVersion } from "./log-book.ts";
import type { Repository } from "./repository.ts";

/** How long the check before an entry holds (docs/design.md, the writer's check). */
export const CHECK_HOLDS_MS = 60 * 60 * 1000;

/** What the writer of a version decides; the head is the log's business. */
export type ManifestBody = Omit<Manifest, keyof EntryHead | "kind">;

export class LogWriter {
  readonly #repository: Repository;
  readonly #device: DeviceKey;
  readonly #sealer: Sealer;
  readonly #outbox: Outbox;

  constructor(
    repository: Repository,
    parts: { device: DeviceKey; sealer: Sealer; outbox: Outbox },
  ) {
    this.#repository = repository;
    this.#device = parts.device;
    this.#sealer = parts.sealer;
    this.#outbox = parts.outbox;
  }

  get device(): DeviceId {
    return this.#device.device;
  }

  async appendVersion(body: ManifestBody): Promise<KnownVersion> {
    return this.#append({ ...(await this.#head()), kind: "version", ...body });
  }

  async appendRecord(body: RecordBody): Promise<KnownEntry<LogRecord>> {
    return this.#append({ ...(await this.#head()), kind: "record", body });
  }

  /** An entry that was prepared before a crash: the same bytes again, then it is known. */
  async resume(): Promise<void> {
    const pending = this.#outbox.pendingEntry();
    if (pending === undefined) return;
    const at = parseEntryName(pending.name);
    // Of an identity that this machine no longer has: its numbers are not ours to use or give up.
    if (at?.device !== this.device) this.#outbox.entryCommitted();
    else if (this.#repository.book.at(at)?.sha === pending.sha) this.#outbox.entryCommitted();
    else await this.#putAgain(at, pending);
  }

  async #putAgain(at: EntryName, pending: PreparedEntry): Promise<void> {
    const object = this.#recognised(pending);
    if (object === undefined) {
      this.#outbox.skipEntry();
      return;
    }
    const { keys, book } = this.#repository;
    const publicKey = book.publicKey(at.device);
    const check = { opener: keys.opener, repository: keys.key.repository, publicKey };
    const known = await openEntry(at, object, check);
    if (this.#isStale(known)) this.#outbox.skipEntry();
    else await this.#commit(object, known);
  }

  /** A version whose check is that old may rely on packs that were collected since. */
  #isStale({ entry }: KnownEntry): boolean {
    const ageMs = this.#repository.context.clock.now() - Date.parse(entry.localDate);
    return entry.kind === "version" && Math.abs(ageMs) > CHECK_HOLDS_MS;
  }

  /** undefined: this machine's disk has damaged it; the number is then given up. */
  #recognised({ bytes, sha }: PreparedEntry): Sealed | undefined {
    try {
      return recogniseEntry(bytes, sha);
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      this.#repository.context.monitor.warn(error);
      return undefined;
    }
  }

  async #head(): Promise<EntryHead> {
    const { book, context } = this.#repository;
    const newest = book.newest(this.device);
    const serverMs = await context.store.now({ signal: context.signal });
    const previousMs = newest ? Date.parse(newest.entry.serverDate) : 0;
    const skipped = newest === undefined ? [] : this.#outbox.skipped;
    return {
      device: this.device,
      localDate: new Date(context.clock.now()).toISOString(),
      prev: newest?.sha ?? null,
      seen: book.seenBy(this.device),
      seq: nextNumber(newest?.entry.seq ?? 0, skipped),
      // Dates never run backwards within a chain, whatever the clocks say.
      serverDate: new Date(Math.max(serverMs, previousMs)).toISOString(),
      skipped,
    };
  }

  async #append<Entry extends LogEntry>(entry: Entry): Promise<KnownEntry<Entry>> {
    const kind = entry.kind === "version" ? "v" : "r";
    const name = entryName({ ...entry, kind });
    const sealedFile = this.#sealer.sealDocument(kind === "v" ? 4 : 5, encodeLogEntry(entry));
    const { repository } = this.#repository.keys.key;
    const object = this.#device.signEntry(repository, name, sealedFile);
    const known: KnownEntry<Entry> = { name, sha: entrySha(object), entry };
    this.#outbox.prepareEntry({ name, sha: known.sha, bytes: object, seq: entry.seq });
    await this.#commit(object, known);
    return known;
  }

  async #commit(object: Sealed, known: KnownEntry): Promise<void> {
    const { context, keys, book, witness } = this.#repository;
    const { store, signal } = context;
    const outcome = await store.put(known.name, object, { signal });
    if (outcome === "exists") await this.#assertSame(known.name, known.sha);
    if (book.at(known.entry) === undefined) book.add(known);
    witness.advance(this.device, { name: known.name, sha: known.sha, seq: known.entry.seq });
    witness.save(context.disk, context.state.witness);
    saveBook(context, keys, book);
    this.#outbox.entryCommitted();
  }

  /** Another content under our number: this machine was cloned, and the twin was first. */
  async #assertSame(name: ObjectName, sha: EntrySha): Promise<void> {
    const { store, signal } = this.#repository.context;
    const stored = await store.get(name, undefined, { signal });
    if (stored && entrySha(stored) === sha) return;
    throw new IntegrityError("log-forked", {
      device: this.device,
      seq: parseEntryName(name)?.seq ?? 0,
    });
  }
}

/** A number that was given up is never used again, for whatever was put under it may still arrive. */
function nextNumber(newest: number, skipped: readonly number[]): number {
  return Math.max(newest, ...skipped) + 1;
}
