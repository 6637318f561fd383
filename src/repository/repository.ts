/**
 * An open repository: its key, its verified logs, and, when asked for, its index and a reader.
 * Opening one that this machine remembers costs no request.
 */
import { IntegrityError, InputError, type EngineError } from "../base/errors.ts";
import type { SlotSecret } from "../crypto/key-slot.ts";
import type { RepositoryId } from "../base/ids.ts";
import {
  makeRepositoryFile,
  parseRepositoryFile,
  verifyRepositoryFile,
} from "../crypto/repository-file.ts";
import { recogniseSlot } from "../crypto/key-slot.ts";
import { formatName, LOG_PREFIX, slotName } from "../format/names.ts";
import { ObjectCache } from "../state/object-cache.ts";
import { Witness } from "../state/witness.ts";
import type { ChunkIndex } from "./chunk-index.ts";
import type { Context } from "./context.ts";
import { loadIndex } from "./index-files.ts";
import { keysOf, type Keys } from "./keys.ts";
import type { LogBook } from "./log-book.ts";
import { loadBook, saveBook } from "./log-cache.ts";
import { syncLogs } from "./log-sync.ts";
import { Reader } from "./reader.ts";
import { loadRemembered, saveRemembered, type Remembered } from "./remembered.ts";
import { forgetSlotNote } from "./create.ts";
import { idOfSlots, unlock } from "./unlock.ts";

/**
 * A reader may run beside a writer, so only whoever holds the run lock, a "writer", moves what this
 * machine remembers; a witness must never be set back by a reader with an older view.
 */
export type Mode = "reader" | "writer";

/** Asked once the repository's id is known: a keychain files secrets under it. */
export type SecretFor = (repository: RepositoryId) => Promise<SlotSecret>;

export class Repository {
  readonly context: Context;
  readonly keys: Keys;
  readonly remembered: Remembered;
  readonly book: LogBook;
  readonly witness: Witness;
  readonly #mode: Mode;
  #index: Promise<ChunkIndex> | undefined;

  private constructor(context: Context, mode: Mode, keys: Keys, remembered: Remembered) {
    this.context = context;
    this.#mode = mode;
    this.keys = keys;
    this.remembered = remembered;
    this.book = loadBook(context, keys);
    this.witness = Witness.load(context.disk, context.state.witness, remembered.repository);
  }

  static async open(context: Context, secretFor: SecretFor, mode: Mode): Promise<Repository> {
    if (mode === "writer") context.state.ensure();
    const known = loadRemembered(context);
    const stored = known?.format ?? (await readFormat(context));
    const repository = stored ? parseRepositoryFile(stored).repository : await idOfSlots(context);
    const unlocked = await unlock(context, await secretFor(repository), known);
    if (stored) verifyRepositoryFile(unlocked.key, stored);
    const format = stored ?? makeRepositoryFile(unlocked.key);
    const place = context.store.place;
    const remembered: Remembered = {
      repository,
      format: Buffer.from(format),
      slotName: unlocked.slotName,
      slot: unlocked.slot,
      place,
      createdHere: known?.createdHere ?? false,
    };
    const opened = new Repository(context, mode, keysOf(unlocked.key), remembered);
    const isNew = known?.slotName !== unlocked.slotName || known.place !== place;
    if (isNew) await opened.#storedFormat();
    if (isNew && mode === "writer") {
      saveRemembered(context, remembered);
      forgetSlotNote(context);
    }
    return opened;
  }

  /** Reads what is new in the logs. What is wrong with them is returned; the rest is in the book. */
  async sync(options: { audit: boolean } = { audit: false }): Promise<EngineError[]> {
    const { context, keys, book, witness } = this;
    const known = entryCount(book);
    const findings = await syncLogs({ context, keys, book, witness, ...options });
    // With findings nothing is remembered: what is missing or does not link is asked for again.
    if (this.#mode === "reader" || findings.length > 0) return findings;
    if (entryCount(book) > known) saveBook(context, keys, book);
    this.#advanceWitness();
    return findings;
  }

  async index(): Promise<ChunkIndex> {
    this.#index ??= this.#loadIndex();
    return this.#index;
  }

  async reader(): Promise<Reader> {
    return new Reader(this.context, this.keys, await this.index());
  }

  /**
   * Before anything is written: the store still holds this repository and no other. What is public
   * and was lost, `format` or the slot in use, is put back from this machine's copy.
   */
  async putBackWhatIsLost(): Promise<void> {
    if ((await this.#storedFormat()) === undefined) await this.#restoreFormat();
    await this.#restoreSlot();
  }

  async #storedFormat(): Promise<Uint8Array | undefined> {
    const { store, signal } = this.context;
    const stored = await store.get(formatName, FORMAT_RANGE, { signal });
    if (stored === undefined || Buffer.from(stored).equals(this.remembered.format)) return stored;
    throw new IntegrityError("repository-differs", { place: store.place });
  }

  /** Not one that was removed on purpose: its secret may be in the wrong hands. */
  async #restoreSlot(): Promise<void> {
    const { store, signal } = this.context;
    const { slotName: slot, slot: bytes } = this.remembered;
    const removed = this.book.records("slot-removed").some(({ body }) => body.slot === slot);
    if (removed || (await store.size(slotName(slot), { signal })) !== undefined) return;
    await store.put(slotName(slot), recogniseSlot(bytes), { signal });
  }

  async #loadIndex(): Promise<ChunkIndex> {
    const { context, keys, book } = this;
    const cache = new ObjectCache(context.disk, context.state.objects);
    const index = await loadIndex({ context, keys, cache, keeps: this.#mode === "writer" });
    for (const pack of book.condemnedPacks()) index.condemn(pack);
    return index;
  }

  /** Nothing at all in the store is another matter than one lost object. */
  async #restoreFormat(): Promise<void> {
    const { store, signal } = this.context;
    const logs = await Array.fromAsync(store.listFolders({ prefix: LOG_PREFIX, signal }));
    if (logs.length === 0) throw new InputError("repository-gone", { place: store.place });
    await store.put(formatName, makeRepositoryFile(this.keys.key), { signal });
  }

  #advanceWitness(): void {
    const { book, witness, context } = this;
    let moved = false;
    for (const device of book.devices) {
      const newest = book.newest(device);
      if (newest === undefined || newest.sha === witness.newest(device)?.sha) continue;
      const { name, sha, entry } = newest;
      witness.advance(device, { name, sha, seq: entry.seq });
      moved = true;
    }
    if (moved) witness.save(context.disk, context.state.witness);
  }
}

/** As much of `format` as it may have; whoever replaced it by something huge gains nothing. */
const FORMAT_RANGE = { offset: 0, length: 16 * 1024 };

async function readFormat({ store, signal }: Context): Promise<Uint8Array | undefined> {
  return store.get(formatName, FORMAT_RANGE, { signal });
}

const entryCount = (book: LogBook): number =>
  book.devices.reduce((count, device) => count + book.allOf(device).length, 0);
