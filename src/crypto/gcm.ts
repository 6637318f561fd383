/**
 * AES-256-GCM, the one cipher of docs/format.md: what comes out is ciphertext ‖ tag.
 *
 * Invariant: `gcmOpen` returns bytes only after their tag has been verified.
 * Invariant: a nonce is chosen by a structure (a frame's number, zero under a key that serves once),
 * never by a caller of src/crypto; no function outside this folder takes one.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

export const TAG_BYTES = 16;
export const NONCE_BYTES = 12;

const ALGORITHM = "aes-256-gcm";
const OPTIONS = { authTagLength: TAG_BYTES };

/** What a ciphertext is bound to: it opens with exactly these and nothing else. */
export interface Binding {
  readonly key: KeyObject;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

/** For keys that encrypt one message in their life. */
export const ZERO_NONCE: Uint8Array = Buffer.alloc(NONCE_BYTES);

export function gcmSeal({ key, nonce, aad }: Binding, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** undefined: damaged, forged, or bound to something else. Which of them, nobody can tell. */
export function gcmOpen({ key, nonce, aad }: Binding, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS)
    .setAAD(aad)
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}
