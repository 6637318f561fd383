/** Counts what a run asks of its store: requests by verb and the bytes that travelled. */
import type { Sealed, Spooled } from "../base/bytes.ts";
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

export interface Meter {
  readonly requests: { put: number; get: number; list: number; delete: number; head: number };
  uploadedBytes: number;
  downloadedBytes: number;
}

export const newMeter = (): Meter => ({
  requests: { put: 0, get: 0, list: 0, delete: 0, head: 0 },
  uploadedBytes: 0,
  downloadedBytes: 0,
});

/** What one LIST request answers at most, on every provider. */
const NAMES_A_LIST = 1000;

export class MeteredStore implements Store {
  readonly #store: Store;
  readonly #meter: Meter;

  constructor(store: Store, meter: Meter) {
    this.#store = store;
    this.#meter = meter;
  }

  get place(): string {
    return this.#store.place;
  }

  async prepare(options?: CallOptions): Promise<void> {
    return this.#store.prepare(options);
  }

  async put(name: ObjectName, body: Sealed | Spooled, options?: PutOptions): Promise<PutOutcome> {
    this.#meter.requests.put++;
    const outcome = await this.#store.put(name, body, options);
    this.#meter.uploadedBytes += "size" in body ? body.size : body.length;
    return outcome;
  }

  async get(
    name: ObjectName,
    range?: ByteRange,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined> {
    this.#meter.requests.get++;
    const bytes = await this.#store.get(name, range, options);
    this.#meter.downloadedBytes += bytes?.length ?? 0;
    return bytes;
  }

  async size(name: ObjectName, options?: CallOptions): Promise<number | undefined> {
    this.#meter.requests.head++;
    return this.#store.size(name, options);
  }

  async *list(options: ListOptions): AsyncIterable<Listed> {
    yield* this.#pages(this.#store.list(options));
  }

  async *listFolders(options: ListFoldersOptions): AsyncIterable<string> {
    yield* this.#pages(this.#store.listFolders(options));
  }

  async delete(name: ObjectName, options?: CallOptions): Promise<void> {
    this.#meter.requests.delete++;
    return this.#store.delete(name, options);
  }

  async now(options?: CallOptions): Promise<number> {
    return this.#store.now(options);
  }

  async *#pages<Item>(items: AsyncIterable<Item>): AsyncIterable<Item> {
    let seen = 0;
    this.#meter.requests.list++;
    for await (const item of items) {
      if (seen > 0 && seen % NAMES_A_LIST === 0) this.#meter.requests.list++;
      seen++;
      yield item;
    }
  }
}
