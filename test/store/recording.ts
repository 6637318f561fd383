/** Costs are behaviour: what was asked of a store, request by request, and the bytes that travelled. */
import type { Sealed, Spooled } from "../../src/base/bytes.ts";
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
} from "../../src/store/store.ts";

export type Verb = "put" | "get" | "size" | "list" | "delete";

export interface StoreRequest {
  readonly verb: Verb;
  /** For a list its prefix. */
  readonly name: string;
}

/** A LIST answers with this many names at most; the next ones are another request. */
const NAMES_A_LIST = 1000;

export class RecordingStore implements Store {
  /** In order. */
  requests: StoreRequest[] = [];
  bytesUp = 0;
  bytesDown = 0;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get place(): string {
    return this.#store.place;
  }

  count(verb: Verb, prefix = ""): number {
    return this.names(verb, prefix).length;
  }

  names(verb: Verb, prefix = ""): string[] {
    return this.requests
      .filter((request) => request.verb === verb && request.name.startsWith(prefix))
      .map(({ name }) => name);
  }

  /** From here on. */
  reset(): void {
    this.requests = [];
    this.bytesUp = 0;
    this.bytesDown = 0;
  }

  async prepare(options?: CallOptions): Promise<void> {
    return this.#store.prepare(options);
  }

  async put(name: ObjectName, body: Sealed | Spooled, options?: PutOptions): Promise<PutOutcome> {
    this.#note("put", name);
    const outcome = await this.#store.put(name, body, options);
    this.bytesUp += body instanceof Uint8Array ? body.length : body.size;
    return outcome;
  }

  async get(
    name: ObjectName,
    range?: ByteRange,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined> {
    this.#note("get", name);
    const bytes = await this.#store.get(name, range, options);
    this.bytesDown += bytes?.length ?? 0;
    return bytes;
  }

  async size(name: ObjectName, options?: CallOptions): Promise<number | undefined> {
    this.#note("size", name);
    return this.#store.size(name, options);
  }

  async *list(options: ListOptions): AsyncGenerator<Listed> {
    yield* this.#paged(this.#store.list(options), options.prefix);
  }

  async *listFolders(options: ListFoldersOptions): AsyncGenerator<string> {
    yield* this.#paged(this.#store.listFolders(options), options.prefix);
  }

  async delete(name: ObjectName, options?: CallOptions): Promise<void> {
    this.#note("delete", name);
    await this.#store.delete(name, options);
  }

  async now(options?: CallOptions): Promise<number> {
    return this.#store.now(options);
  }

  async *#paged<Item>(items: AsyncIterable<Item>, prefix: string): AsyncGenerator<Item> {
    this.#note("list", prefix);
    let seen = 0;
    for await (const item of items) {
      if (seen > 0 && seen % NAMES_A_LIST === 0) this.#note("list", prefix);
      seen++;
      yield item;
    }
  }

  #note(verb: Verb, name: string): void {
    this.requests.push({ verb, name });
  }
}
