/**
 * Where named, immutable objects live. Everything durable of a repository goes through these calls.
 *
 * Contract, checked for every implementation by test/store/contract.ts:
 *  - `put` is all or nothing: a name is either absent or maps to the whole body.
 *  - once `put` resolves, the object is durable (Invariant I8), and `get`, `size` and `list` see it.
 *  - `put` of a name that exists changes nothing and says "exists" where the store can tell;
 *    callers never rely on it, because names are content hashes or journaled (Invariant I1).
 *    An object of another size under the name is "object-differs".
 *  - `get` beyond the end gives what there is; an absent name reads as undefined.
 *  - `list` yields names in the order of their bytes.
 *  - `delete` of an absent name succeeds.
 *  - bytes that come in or go out are copies: who changes them later changes nothing here.
 *  - an aborted signal rejects with InterruptedError and leaves nothing half done under a name.
 *  - a name that `parseObjectName` would refuse is refused by every verb.
 */
import type { Sealed, Spooled } from "../base/bytes.ts";
import type { ObjectName } from "../base/ids.ts";

/** A name relative to the repository's prefix, `/` between its parts, as in docs/format.md §1. */
export type { ObjectName };

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface Listed {
  readonly name: ObjectName;
  readonly size: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface PutOptions extends CallOptions {
  /** Bytes that the store has acknowledged so far; the last call before `put` resolves says all. */
  readonly onProgress?: (acknowledgedBytes: number) => void;
}

export interface ListFoldersOptions extends CallOptions {
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}

export interface ListOptions extends CallOptions {
  /** Any start of a name; it need not end at a `/`. */
  readonly prefix: string;
  /** Only names after this one; it need not be a name itself. */
  readonly startAfter?: string;
}

export type PutOutcome = "stored" | "exists";

export interface Store {
  /** For people: where this is, without any secret. */
  readonly place: string;
  /**
   * For `init` alone: makes the place where that is ours to make, a folder; a bucket is its owner's.
   * At any other time a place that is not there is a loss, or a disk that is not mounted.
   */
  prepare(options?: CallOptions): Promise<void>;
  put(name: ObjectName, body: Sealed | Spooled, options?: PutOptions): Promise<PutOutcome>;
  /** Callers treat the bytes as untrusted until opened. */
  get(name: ObjectName, range?: ByteRange, options?: CallOptions): Promise<Uint8Array | undefined>;
  /** undefined when absent. */
  size(name: ObjectName, options?: CallOptions): Promise<number | undefined>;
  list(options: ListOptions): AsyncIterable<Listed>;
  /** Folders directly below `prefix` that hold an object, in order, without prefix and slash. */
  listFolders(options: ListFoldersOptions): AsyncIterable<string>;
  delete(name: ObjectName, options?: CallOptions): Promise<void>;
  /** The store's own time, ms since 1970: what its last answer said, or a request if there was none. */
  now(options?: CallOptions): Promise<number>;
}
