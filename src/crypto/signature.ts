/**
 * Devices sign their log entries: Ed25519, by libsodium (docs/format.md §6).
 *
 *     object = sealed file ‖ signature[64] over lp("session-sync/1 log")‖repository‖lp(name)‖SHA-256(sealed file)
 *
 * Invariant: the signature binds an entry to its repository and its name, so that the bucket cannot
 * serve one entry as another. libsodium is loaded by the first who needs it; it costs 28 ms.
 */
import assert from "node:assert/strict";
import { createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import type sodiumModule from "libsodium-wrappers";
import { lp, toBase64, toHex, type Sealed } from "../base/bytes.ts";
import { IntegrityError } from "../base/errors.ts";
import { idBytes, parseDeviceId, type DeviceId, type RepositoryId } from "../base/ids.ts";
import { sha256 } from "../base/sha256.ts";
import { MIN_FILE_BYTES } from "./layout.ts";
import { base64Bytes } from "./public-json.ts";

type Sodium = typeof sodiumModule;

const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export class DeviceKey {
  readonly device: DeviceId;
  /** base64 */
  readonly publicKey: string;
  readonly #seed: KeyObject;
  readonly #sodium: Sodium;

  private constructor(sodium: Sodium, seed: Uint8Array) {
    const pair = sodium.crypto_sign_seed_keypair(seed);
    sodium.memzero(pair.privateKey);
    this.publicKey = toBase64(pair.publicKey);
    this.device = deviceOfPublicKey(this.publicKey);
    this.#seed = createSecretKey(seed);
    this.#sodium = sodium;
  }

  static async generate(): Promise<DeviceKey> {
    const seed = randomBytes(SEED_BYTES);
    try {
      return await DeviceKey.fromSeed(seed);
    } finally {
      seed.fill(0);
    }
  }

  /** The seed stays the caller's, to wipe. */
  static async fromSeed(seed: Uint8Array): Promise<DeviceKey> {
    assert(seed.length === SEED_BYTES, "a device's seed is 32 bytes");
    return new DeviceKey(await loadSodium(), seed);
  }

  /** For the sealed local state, and nowhere else. A copy: the caller wipes it. */
  seed(): Uint8Array {
    return this.#seed.export();
  }

  /** Verifies its own signature before it returns it. `name` is relative to the prefix. */
  signEntry(repository: RepositoryId, name: string, sealedFile: Sealed): Sealed {
    const message = messageOf(repository, name, sealedFile);
    const signature = this.#sign(message);
    const publicKey = Buffer.from(this.publicKey, "base64");
    if (!this.#sodium.crypto_sign_verify_detached(signature, message, publicKey))
      throw new IntegrityError("seal-unsound", { object: name });
    return Buffer.concat([sealedFile, signature]) as Uint8Array as Sealed;
  }

  #sign(message: Uint8Array): Uint8Array {
    const seed = this.#seed.export();
    const { privateKey } = this.#sodium.crypto_sign_seed_keypair(seed);
    try {
      return this.#sodium.crypto_sign_detached(message, privateKey);
    } finally {
      seed.fill(0);
      this.#sodium.memzero(privateKey);
    }
  }
}

export function deviceOfPublicKey(publicKey: string): DeviceId {
  const bytes = base64Bytes(publicKey, PUBLIC_KEY_BYTES);
  if (bytes === undefined) throw new IntegrityError("public-key-malformed", {});
  return parseDeviceId(toHex(sha256(bytes)).slice(0, 16));
}

export function splitEntry(
  object: Uint8Array,
  name: string,
): { sealedFile: Uint8Array; signature: Uint8Array } {
  if (object.length < MIN_FILE_BYTES + SIGNATURE_BYTES) throw forged(name);
  const sealedFile = object.subarray(0, -SIGNATURE_BYTES);
  return { sealedFile, signature: object.subarray(-SIGNATURE_BYTES) };
}

/** The sealed file inside, once it is known that the device put it under this very name. */
export async function verifyEntry(
  object: Uint8Array,
  at: { repository: RepositoryId; name: string; publicKey: string },
): Promise<Uint8Array> {
  const { sealedFile, signature } = splitEntry(object, at.name);
  const publicKey = base64Bytes(at.publicKey, PUBLIC_KEY_BYTES);
  const message = messageOf(at.repository, at.name, sealedFile);
  const sodium = await loadSodium();
  if (publicKey === undefined) throw forged(at.name);
  if (!sodium.crypto_sign_verify_detached(signature, message, publicKey)) throw forged(at.name);
  return sealedFile;
}

function messageOf(repository: RepositoryId, name: string, sealedFile: Uint8Array): Buffer {
  const where = [lp("session-sync/1 log"), idBytes(repository), lp(name)];
  return Buffer.concat([...where, sha256(sealedFile)]);
}

async function loadSodium(): Promise<Sodium> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  return sodium;
}

function forged(name: string): IntegrityError {
  return new IntegrityError("entry-forged", { name });
}
