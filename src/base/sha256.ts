/** SHA-256, the one hash of the format. Ciphers and keys stay in src/crypto; a plain hash is no secret. */
import { createHash, hash, type Hash } from "node:crypto";

export function sha256(bytes: Uint8Array): Buffer {
  return hash("sha256", bytes, "buffer");
}

/** For content that arrives piece by piece. */
export class Sha256 {
  readonly #hash: Hash = createHash("sha256");

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  digest(): Buffer {
    return this.#hash.digest();
  }
}
