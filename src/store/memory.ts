/** A store that forgets: the twin in memory of every other one, for tests and for looking at. */
import assert from "node:assert/strict";
import type { Sealed, Spooled } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import { IntegrityError } from "../base/errors.ts";
import { bodyPieces, bodySize } from "./body.ts";
import { stopIfAborted } from "./interruption.ts";
import { parseObjectName } from "./object-name.ts";
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

export class MemoryStore implements Store {
  readonly place = "memory";
  /** Open to tests, which damage what lies here. */
  readonly objects = new Map<ObjectName, Uint8Array>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async prepare({ signal }: CallOptions = {}): Promise<void> {
    stopIfAborted(signal);
  }

  async put(
    name: ObjectName,
    body: Sealed | Spooled,
    { signal, onProgress }: PutOptions = {},
  ): Promise<PutOutcome> {
    parseObjectName(name);
    stopIfAborted(signal);
    const size = bodySize(body);
    const found = this.objects.get(name)?.length;
    if (found === undefined) this.objects.set(name, collect(body, signal));
    else if (found !== size) {
      throw new IntegrityError("object-differs", { object: name, found, expected: size });
    }
    onProgress?.(size);
    return found === undefined ? "stored" : "exists";
  }

  async get(
    name: ObjectName,
    range?: ByteRange,
    { signal }: CallOptions = {},
  ): Promise<Uint8Array | undefined> {
    stopIfAborted(signal);
    const bytes = this.objects.get(parseObjectName(name));
    if (range === undefined) return bytes?.slice();
    assert(range.offset >= 0 && range.length >= 0);
    return bytes?.slice(range.offset, range.offset + range.length);
  }

  async size(name: ObjectName, { signal }: CallOptions = {}): Promise<number | undefined> {
    stopIfAborted(signal);
    return this.objects.get(parseObjectName(name))?.length;
  }

  async *list({ prefix, startAfter = "", signal }: ListOptions): AsyncGenerator<Listed> {
    for (const name of [...this.objects.keys()].sort()) {
      stopIfAborted(signal);
      const size = this.objects.get(name)?.length;
      if (size === undefined || !name.startsWith(prefix) || name <= startAfter) continue;
      yield { name, size };
    }
    stopIfAborted(signal);
  }

  async *listFolders({ prefix, signal }: ListFoldersOptions): AsyncGenerator<string> {
    assert(prefix === "" || prefix.endsWith("/"));
    let last: string | undefined;
    for await (const { name } of this.list({ prefix, signal })) {
      const [folder, below] = name.slice(prefix.length).split("/", 2);
      if (below !== undefined && folder !== undefined && folder !== last) yield (last = folder);
    }
  }

  async delete(name: ObjectName, { signal }: CallOptions = {}): Promise<void> {
    stopIfAborted(signal);
    this.objects.delete(parseObjectName(name));
  }

  async now({ signal }: CallOptions = {}): Promise<number> {
    stopIfAborted(signal);
    return this.#clock.now();
  }
}

function collect(body: Sealed | Spooled, signal: AbortSignal | undefined): Uint8Array {
  // Not a Buffer: slice of a Buffer would share its memory with the caller.
  const bytes = new Uint8Array(bodySize(body));
  let filled = 0;
  for (const piece of bodyPieces(body)) {
    stopIfAborted(signal);
    bytes.set(piece, filled);
    filled += piece.length;
  }
  assert.equal(filled, bytes.length, "a body is as long as it says");
  return bytes;
}
