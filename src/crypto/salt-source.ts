/**
 * Where salts come from. Only src/crypto imports this file: an architecture test says so.
 *
 * Invariant: a key encrypts one thing, because its salt never comes twice. A salt mixes fresh random
 * bytes with who seals, when, and the hash of what is sealed, so even a cloned machine whose
 * generator repeats itself reuses a key only for the very same bytes.
 *
 * `random` is protected, which makes the class nominal: no object literal passes for it, and a test
 * that needs fixed salts must extend it by name.
 */
import { randomBytes } from "node:crypto";
import { lp } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import { sha256 } from "../base/sha256.ts";

/** Who seals, handed over once, at construction. */
export interface SealerIdentity {
  readonly device: string;
  readonly pid: number;
  readonly clock: Clock;
}

export const SALT_BYTES = 32;

export class SaltSource {
  readonly #identity: SealerIdentity | undefined;

  /** Without an identity, a salt stands on its random bytes and on what is sealed. */
  constructor(identity?: SealerIdentity) {
    this.#identity = identity;
  }

  /** `contents`: a hash of everything that the key of this salt will encrypt. */
  saltFor(contents: Uint8Array): Buffer {
    const random = this.random(SALT_BYTES);
    return sha256(Buffer.concat([random, ...this.#who(), contents]));
  }

  padding(count: number): Buffer {
    return this.random(count);
  }

  protected random(count: number): Buffer {
    return randomBytes(count);
  }

  #who(): Buffer[] {
    if (this.#identity === undefined) return [];
    const { device, clock, pid } = this.#identity;
    return [lp(device), lp(String(clock.now())), lp(String(pid))];
  }
}
