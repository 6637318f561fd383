/**
 * A store in front of which the power fails at the n-th call, before that call took effect or after
 * (the acknowledgement is then what got lost). Every later call fails until the power is back.
 */
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
import { PowerCut } from "../files/power-cut-disk.ts";

export interface Crash {
  /** Counted from 0, over all verbs. */
  readonly failAt: number;
  readonly when: "before" | "after";
}

export class CrashingStore implements Store {
  /** How many calls arrived. */
  calls = 0;
  readonly #store: Store;
  #crash: Crash | undefined;

  constructor(store: Store, crash: Crash) {
    this.#store = store;
    this.#crash = crash;
  }

  /** Whether the power has failed. */
  get isDown(): boolean {
    return this.#crash !== undefined && this.calls > this.#crash.failAt;
  }

  get place(): string {
    return this.#store.place;
  }

  /** From now on every call succeeds. */
  restorePower(): void {
    this.#crash = undefined;
  }

  async prepare(options?: CallOptions): Promise<void> {
    return this.#call(() => this.#store.prepare(options));
  }

  async put(name: ObjectName, body: Sealed | Spooled, options?: PutOptions): Promise<PutOutcome> {
    return this.#call(() => this.#store.put(name, body, options));
  }

  async get(
    name: ObjectName,
    range?: ByteRange,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined> {
    return this.#call(() => this.#store.get(name, range, options));
  }

  async size(name: ObjectName, options?: CallOptions): Promise<number | undefined> {
    return this.#call(() => this.#store.size(name, options));
  }

  async *list(options: ListOptions): AsyncGenerator<Listed> {
    yield* await this.#call(() => Array.fromAsync(this.#store.list(options)));
  }

  async *listFolders(options: ListFoldersOptions): AsyncGenerator<string> {
    yield* await this.#call(() => Array.fromAsync(this.#store.listFolders(options)));
  }

  async delete(name: ObjectName, options?: CallOptions): Promise<void> {
    return this.#call(() => this.#store.delete(name, options));
  }

  async now(options?: CallOptions): Promise<number> {
    return this.#call(() => this.#store.now(options));
  }

  async #call<Result>(work: () => Promise<Result>): Promise<Result> {
    const number = this.calls++;
    const crash = this.#crash;
    if (crash === undefined || number < crash.failAt) return work();
    if (number === crash.failAt && crash.when === "after") await work();
    throw new PowerCut(`at call ${String(crash.failAt)}`);
  }
}
