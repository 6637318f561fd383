/**
 * Seals the documents of the state directory: file names are content there too (invariant I5).
 *
 *     salt[32] ‖ AES-256-GCM(K, nonce 0, aad)       K = HKDF-SHA256(local-state key, salt, lp("local")‖repository)
 *                                                   aad = lp("local")‖lp(name)
 *
 * Invariant: every salt, and so every key, seals one document once.
 */
import { createHash, type KeyObject } from "node:crypto";
import { lp } from "../base/bytes.ts";
import { idBytes } from "../base/ids.ts";
import { deriveKey } from "./derive.ts";
import { gcmOpen, gcmSeal, ZERO_NONCE, type Binding } from "./gcm.ts";
import type { RepositoryKey } from "./keys.ts";
import { SALT_BYTES, SaltSource } from "./salt-source.ts";

export class LocalSeal {
  readonly #key: KeyObject;
  readonly #info: Buffer;
  readonly #salts: SaltSource;

  constructor(key: RepositoryKey, salts = new SaltSource()) {
    this.#key = key.purpose("local-state");
    this.#info = Buffer.concat([lp("local"), idBytes(key.repository)]);
    this.#salts = salts;
  }

  seal(name: string, plaintext: Uint8Array): Uint8Array {
    const contents = createHash("sha256").update(lp(name)).update(plaintext).digest();
    const salt = this.#salts.saltFor(contents);
    return Buffer.concat([salt, gcmSeal(this.#binding(name, salt), plaintext)]);
  }

  /** undefined: damaged, or sealed under another name or by another repository's key. */
  open(name: string, bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length < SALT_BYTES) return undefined;
    return gcmOpen(this.#binding(name, bytes.subarray(0, SALT_BYTES)), bytes.subarray(SALT_BYTES));
  }

  #binding(name: string, salt: Uint8Array): Binding {
    const key = deriveKey(this.#key, salt, this.#info);
    return { key, nonce: ZERO_NONCE, aad: Buffer.concat([lp("local"), lp(name)]) };
  }
}
