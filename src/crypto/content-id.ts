/**
 * Names of chunks (docs/format.md §3): HMAC of kind, length and SHA-256. The key makes the name say
 * nothing about the bytes; the hash inside is reused, so that data is hashed once and the key
 * touches 41 bytes.
 */
import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { u64 } from "../base/bytes.ts";
import { chunkIdOf, type ChunkId } from "../base/ids.ts";
import type { PackKind } from "../base/pack-table.ts";
import { sha256 } from "../base/sha256.ts";
import { hmac } from "./derive.ts";
import type { RepositoryKey } from "./keys.ts";

export class ContentIds {
  readonly #key: KeyObject;

  constructor(key: RepositoryKey) {
    this.#key = key.purpose("content-id");
  }

  chunkId(kind: PackKind, plaintext: Uint8Array): ChunkId {
    return this.chunkIdOfHash(kind, plaintext.length, sha256(plaintext));
  }

  /** For bytes whose SHA-256 is known already. */
  chunkIdOfHash(kind: PackKind, length: number, sha: Uint8Array): ChunkId {
    assert(sha.length === 32, "a SHA-256 is 32 bytes");
    return chunkIdOf(hmac(this.#key, Buffer.from([kind]), u64(length), sha));
  }
}
