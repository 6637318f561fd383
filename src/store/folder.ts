/**
 * A repository in a plain folder: a second disk, a mounted share, a folder that something else syncs.
 *
 * Names of objects are paths below the folder. A crash leaves at most one `.tmp-` file for an object,
 * which no listing shows and which the object's next put removes.
 */
import assert from "node:assert/strict";
import type { Sealed, Spooled } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import type { Disk } from "../base/disk.ts";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { IntegrityError, StoreError } from "../base/errors.ts";
import { bodySize } from "./body.ts";
import { foldersBelow, objectsBelow } from "./folder-listing.ts";
import { FolderTree, parentOf } from "./folder-tree.ts";
import { writeExclusively, type NewFile } from "./folder-write.ts";
import { stopIfAborted } from "./interruption.ts";
import { isObjectName, parseObjectName } from "./object-name.ts";
import type {
  ByteRange,
  CallOptions,
  Listed,
  ListFoldersOptions,
  ListOptions,
  ObjectName,
  PutOptions,
  PutOutcome,
  Store,
} from "./store.ts";

export class FolderStore implements Store {
  readonly place: string;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #tree: FolderTree;

  constructor(disk: Disk, folder: string, clock: Clock) {
    this.place = folder;
    this.#disk = disk;
    this.#clock = clock;
    this.#tree = new FolderTree(disk, folder);
  }

  async prepare({ signal }: CallOptions = {}): Promise<void> {
    stopIfAborted(signal);
    makeFolderDurably(this.#disk, this.place);
  }

  async put(
    name: ObjectName,
    body: Sealed | Spooled,
    { signal, onProgress }: PutOptions = {},
  ): Promise<PutOutcome> {
    parseObjectName(name);
    stopIfAborted(signal);
    const { path, temporary } = this.#pathsOf(name);
    const outcome = this.#put(name, { path, temporary, body, signal });
    onProgress?.(bodySize(body));
    return outcome;
  }

  async get(
    name: ObjectName,
    range?: ByteRange,
    { signal }: CallOptions = {},
  ): Promise<Uint8Array | undefined> {
    parseObjectName(name);
    stopIfAborted(signal);
    if (this.#tree.size(name) === undefined) return undefined;
    if (range === undefined) return this.#disk.read(this.#tree.path(name));
    assert(range.offset >= 0 && range.length >= 0);
    return this.#disk.readRange(this.#tree.path(name), range.offset, range.length);
  }

  async size(name: ObjectName, { signal }: CallOptions = {}): Promise<number | undefined> {
    parseObjectName(name);
    stopIfAborted(signal);
    return this.#tree.size(name);
  }

  async *list({ prefix, startAfter = "", signal }: ListOptions): AsyncGenerator<Listed> {
    yield* each(objectsBelow(this.#tree, "", { prefix, startAfter }), signal);
  }

  async *listFolders({ prefix, signal }: ListFoldersOptions): AsyncGenerator<string> {
    assert(prefix === "" || prefix.endsWith("/"));
    const folder = prefix.slice(0, -1);
    const named = folder === "" || isObjectName(folder);
    yield* each(named ? foldersBelow(this.#tree, folder) : [], signal);
  }

  async delete(name: ObjectName, { signal }: CallOptions = {}): Promise<void> {
    parseObjectName(name);
    stopIfAborted(signal);
    const { path, folder } = this.#pathsOf(name);
    if (this.#tree.size(name) === undefined) return;
    this.#disk.remove(path);
    this.#disk.syncFolder(folder);
  }

  async now({ signal }: CallOptions = {}): Promise<number> {
    stopIfAborted(signal);
    return this.#clock.now();
  }

  #put(name: ObjectName, file: NewFile): PutOutcome {
    this.#tree.assertThere();
    this.#tree.anchor(parentOf(name));
    const outcome = this.#isThere(name, file) ? "taken" : writeExclusively(this.#disk, file);
    if (outcome === "contended" || (outcome === "taken" && !this.#isThere(name, file))) {
      throw new StoreError(true, "folder-contended", { object: name, folder: this.place });
    }
    // Also for an object that was there: a crash may have come between its link and these lines.
    this.#disk.remove(file.temporary);
    this.#disk.syncFolder(this.#pathsOf(name).folder);
    return outcome === "stored" ? "stored" : "exists";
  }

  #isThere(name: ObjectName, { body }: NewFile): boolean {
    const found = this.#tree.size(name);
    const expected = bodySize(body);
    if (found === undefined || found === expected) return found === expected;
    throw new IntegrityError("object-differs", { object: name, found, expected });
  }

  #pathsOf(name: ObjectName): { path: string; folder: string; temporary: string } {
    const folder = this.#tree.path(parentOf(name));
    const path = this.#tree.path(name);
    return { path, folder, temporary: `${folder}/.tmp-${path.slice(folder.length + 1)}` };
  }
}

async function* each<Item>(
  items: Iterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  stopIfAborted(signal);
  for (const item of items) {
    yield item;
    stopIfAborted(signal);
  }
}
