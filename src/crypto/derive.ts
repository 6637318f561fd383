/** Keys from keys: HKDF-SHA256 and HMAC-SHA256, with raw bytes wiped as soon as they are used. */
import {
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from "node:crypto";

/** `keyBytes` become a key and are filled with zeros: they are the caller's last copy. */
export function keyOf(keyBytes: Uint8Array): KeyObject {
  const key = createSecretKey(keyBytes);
  keyBytes.fill(0);
  return key;
}

/** 32 bytes of HKDF-SHA256, as a key. */
export function deriveKey(from: KeyObject, salt: Uint8Array, info: Uint8Array): KeyObject {
  return keyOf(Buffer.from(hkdfSync("sha256", from, salt, info, 32)));
}

/**
 * 64 bytes of HKDF-SHA256: a key and its public commitment. AES-GCM alone lets one ciphertext open
 * under two keys; comparing the commitment first leaves exactly one.
 */
export function deriveCommitted(
  from: KeyObject,
  salt: Uint8Array,
  info: Uint8Array,
): { key: KeyObject; commitment: Buffer } {
  const bytes = Buffer.from(hkdfSync("sha256", from, salt, info, 64));
  const commitment = Buffer.from(bytes.subarray(32));
  return { key: keyOf(bytes.subarray(0, 32)), commitment };
}

export function hmac(key: KeyObject, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** In constant time for equal lengths. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
