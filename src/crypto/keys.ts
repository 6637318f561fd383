/**
 * The repository key RK and the purpose keys derived from it (docs/format.md §2).
 *
 * Invariant: RK leaves this object only wrapped under another key. Nothing that prints an object
 * (inspect, JSON, String) can show it: the bytes live in KeyObjects behind private fields.
 * Invariant: each use has a purpose key of its own; RK itself encrypts nothing.
 */
import assert from "node:assert/strict";
import { randomBytes, type KeyObject } from "node:crypto";
import { lp, toBase64, u64 } from "../base/bytes.ts";
import {
  idBytes,
  parseRepositoryId,
  type DeviceId,
  type EntrySha,
  type RepositoryId,
} from "../base/ids.ts";
import { groupedBase32 } from "./base32.ts";
import { deriveKey, hmac, keyOf } from "./derive.ts";
import { gcmSeal, ZERO_NONCE } from "./gcm.ts";

export const PURPOSES = [
  "content-id",
  "cut",
  "tree-cut",
  "file-data",
  "file-meta",
  "format-mac",
  "local-state",
  "anchor",
  "ride",
] as const;
export type Purpose = (typeof PURPOSES)[number];

export const REPOSITORY_KEY_BYTES = 32;

/** 80 bits: short enough to read aloud, too long to find a second one for. */
const SPOKEN_BYTES = 10;

export class RepositoryKey {
  readonly repository: RepositoryId;
  readonly #master: KeyObject;
  readonly #purposes = new Map<Purpose, KeyObject>();

  private constructor(master: KeyObject, repository: RepositoryId) {
    this.#master = master;
    this.repository = repository;
  }

  static generate(repository: RepositoryId): RepositoryKey {
    return RepositoryKey.fromBytes(randomBytes(REPOSITORY_KEY_BYTES), repository);
  }

  /** Fills `bytes` with zeros: the key object is the only copy from here on. */
  static fromBytes(bytes: Uint8Array, repository: RepositoryId): RepositoryKey {
    assert(bytes.length === REPOSITORY_KEY_BYTES, "a repository key is 32 bytes");
    return new RepositoryKey(keyOf(bytes), repository);
  }

  purpose(name: Purpose): KeyObject {
    const known = this.#purposes.get(name);
    if (known !== undefined) return known;
    const info = Buffer.concat([lp("session-sync/1"), lp(name)]);
    const key = deriveKey(this.#master, idBytes(this.repository), info);
    this.#purposes.set(name, key);
    return key;
  }

  /** What a person compares to know that this is the repository they mean. */
  fingerprint(): string {
    const mac = hmac(this.#master, Buffer.from("session-sync/1 fingerprint"));
    return groupedBase32(mac.subarray(0, SPOKEN_BYTES));
  }

  /** What a person writes down to recognise a version on a machine that has no memory of it. */
  anchor(version: { device: DeviceId; seq: number; sha: EntrySha }): string {
    const parts = [lp(version.device), u64(version.seq), idBytes(version.sha)];
    return groupedBase32(hmac(this.purpose("anchor"), ...parts).subarray(0, SPOKEN_BYTES));
  }

  /** RK under `kek`, a key that wraps nothing else: a slot's. */
  wrap(kek: KeyObject, aad: Uint8Array): Buffer {
    const bytes = this.#master.export();
    try {
      return gcmSeal({ key: kek, nonce: ZERO_NONCE, aad }, bytes);
    } finally {
      bytes.fill(0);
    }
  }
}

export function newRepositoryId(): RepositoryId {
  return parseRepositoryId(toBase64(randomBytes(16)));
}
