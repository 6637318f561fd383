/** A bucket in the hands of somebody who can read, drop, alter and put back whatever they like. */
import type { Sealed, Spooled } from "../../src/base/bytes.ts";
import type { ObjectName } from "../../src/base/ids.ts";
import { bodyPieces } from "../../src/store/body.ts";
import type {
  ByteRange,
  Listed,
  ListFoldersOptions,
  ListOptions,
  PutOutcome,
  Store,
} from "../../src/store/store.ts";

export class HostileStore implements Store {
  readonly place = "a hostile bucket";
  #objects = new Map<string, Buffer>();

  names(prefix = ""): string[] {
    return [...this.#objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  bytes(name: string): Buffer {
    return this.#objects.get(name) ?? Buffer.alloc(0);
  }

  drop(name: string): void {
    this.#objects.delete(name);
  }

  alter(name: string, change: (bytes: Buffer) => Uint8Array): void {
    this.#objects.set(name, Buffer.from(change(this.bytes(name))));
  }

  flip(name: string, at: number): void {
    this.alter(name, (bytes) => {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      return flipped;
    });
  }

  /** The whole bucket as it is, to be put back later. */
  snapshot(): Map<string, Buffer> {
    return new Map(this.#objects);
  }

  putBack(snapshot: ReadonlyMap<string, Buffer>): void {
    this.#objects = new Map(snapshot);
  }

  async prepare(): Promise<void> {
    // A bucket is there, or it is not.
  }

  async put(name: ObjectName, body: Sealed | Spooled): Promise<PutOutcome> {
    if (this.#objects.has(name)) return "exists";
    this.#objects.set(name, Buffer.concat([...bodyPieces(body)]));
    return "stored";
  }

  async get(name: ObjectName, range?: ByteRange): Promise<Uint8Array | undefined> {
    const bytes = this.#objects.get(name);
    if (range === undefined) return bytes;
    return bytes?.subarray(range.offset, range.offset + range.length);
  }

  async size(name: ObjectName): Promise<number | undefined> {
    return this.#objects.get(name)?.length;
  }

  async *list({ prefix, startAfter = "" }: ListOptions): AsyncIterable<Listed> {
    for (const name of this.names(prefix)) {
      if (name <= startAfter) continue;
      yield { name: name as ObjectName, size: this.bytes(name).length };
    }
  }

  async *listFolders({ prefix }: ListFoldersOptions): AsyncIterable<string> {
    const below = this.names(prefix).map((name) => name.slice(prefix.length));
    const folders = below.filter((rest) => rest.includes("/")).map((rest) => rest.split("/")[0]);
    for (const folder of new Set(folders)) if (folder !== undefined) yield folder;
  }

  async delete(name: ObjectName): Promise<void> {
    this.#objects.delete(name);
  }

  async now(): Promise<number> {
    return Date.now();
  }
}
