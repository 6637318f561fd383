/**
 * Key slots: RK wrapped under a key that the user's secret derives (docs/format.md §2).
 *
 * Invariant: a slot's salt is fresh and a slot is never rewritten, so its key wraps RK once.
 * Invariant: bounds on what a slot asks of this machine are checked before anything is allocated;
 * a slot comes from a stranger.
 * The commitment is compared, in constant time, before anything is decrypted: a secret of another
 * slot is told apart from a slot that is damaged.
 */
import assert from "node:assert/strict";
import { argon2, createSecretKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Sealed } from "../base/bytes.ts";
import { lp, toBase64 } from "../base/bytes.ts";
import { encodeJson, type JsonObject } from "../base/canonical-json.ts";
import { IntegrityError } from "../base/errors.ts";
import { sha256 } from "../base/sha256.ts";
import { deriveCommitted, keyOf, sameBytes } from "./derive.ts";
import { gcmOpen, ZERO_NONCE } from "./gcm.ts";
import { RepositoryKey } from "./keys.ts";
import { SaltSource } from "./salt-source.ts";
import { areWithinBounds, parseSlot, type Argon, type Kdf, type Slot } from "./slot-json.ts";
import { passphraseBytes, type SlotSecret } from "./slot-secret.ts";

export type { Argon } from "./slot-json.ts";
export { parseRawKey, passphraseSecret, rawSecret, type SlotSecret } from "./slot-secret.ts";

/** About half a second and 256 MiB: what one guess costs. */
const DEFAULT_ARGON: Argon = { m: 262_144, p: 4, t: 3 };

/** Opens the slot with the same secret before it returns it: a slot that never opens is a lost key. */
export async function makeSlot(
  key: RepositoryKey,
  secret: SlotSecret,
  created: string,
  argon = DEFAULT_ARGON,
  salts = new SaltSource(),
): Promise<Sealed> {
  assert(areWithinBounds(argon), "argon2id outside the bounds of the format");
  const salt = salts.saltFor(sha256(Buffer.concat([lp(key.fingerprint()), lp(created)])));
  const kdf = kdfOf(secret);
  const cost = kdf === "argon2id" ? { argon: { ...argon } } : {};
  const { key: kek, commitment } = await deriveKek(secret, salt, argon);
  const head: JsonObject = {
    ...cost,
    commitment: toBase64(commitment),
    created,
    kdf,
    repository: key.repository,
    salt: toBase64(salt),
    version: 1,
  };
  const bytes = encodeJson({ ...head, wrapped: toBase64(key.wrap(kek, encodeJson(head))) });
  await verifySlot(bytes, secret, key);
  return bytes as Uint8Array as Sealed;
}

export async function openSlot(
  slotBytes: Uint8Array,
  secret: SlotSecret,
): Promise<RepositoryKey | "other-secret"> {
  const slot = parseSlot(slotBytes);
  if (slot.kdf !== kdfOf(secret)) return "other-secret";
  const { key: kek, commitment } = await deriveKek(secret, slot.salt, slot.argon ?? DEFAULT_ARGON);
  if (!sameBytes(commitment, slot.commitment)) return "other-secret";
  return unwrap(slot, kek);
}

async function verifySlot(bytes: Buffer, secret: SlotSecret, key: RepositoryKey): Promise<void> {
  try {
    const opened = await openSlot(bytes, secret);
    assert(opened !== "other-secret" && opened.fingerprint() === key.fingerprint(), "another key");
  } catch (cause) {
    throw new IntegrityError("seal-unsound", { object: "a key slot" }, cause);
  }
}

function unwrap(slot: Slot, kek: KeyObject): RepositoryKey {
  const rk = gcmOpen({ key: kek, nonce: ZERO_NONCE, aad: slot.aad }, slot.wrapped);
  if (rk === undefined) throw new IntegrityError("slot-damaged", {});
  return RepositoryKey.fromBytes(rk, slot.repository);
}

function kdfOf(secret: SlotSecret): Kdf {
  return secret.kind === "raw" ? "raw" : "argon2id";
}

async function deriveKek(
  secret: SlotSecret,
  salt: Buffer,
  argon: Argon,
): Promise<{ key: KeyObject; commitment: Buffer }> {
  const ikm = secret.kind === "raw" ? rawIkm(secret.key) : await stretch(secret.text, salt, argon);
  return deriveCommitted(ikm, salt, Buffer.concat([lp("session-sync/1 slot"), lp(kdfOf(secret))]));
}

/** The bytes stay the caller's. */
function rawIkm(key: Uint8Array): KeyObject {
  assert(key.length === 32, "a raw key is 32 bytes");
  return createSecretKey(key);
}

async function stretch(text: string, salt: Buffer, { m, p, t }: Argon): Promise<KeyObject> {
  const message = passphraseBytes(text);
  try {
    const cost = { memory: m, parallelism: p, passes: t, tagLength: 32 };
    return keyOf(await promisify(argon2)("argon2id", { message, nonce: salt, ...cost }));
  } finally {
    message.fill(0);
  }
}

/** What anyone may know of a slot. */
export function describeSlot(slotBytes: Uint8Array): Pick<Slot, "kdf" | "created" | "repository"> {
  const { kdf, created, repository } = parseSlot(slotBytes);
  return { kdf, created, repository };
}

/** A slot that this machine, or a recovery kit, kept: it was sealed when it was made. */
export function recogniseSlot(slotBytes: Uint8Array): Sealed {
  parseSlot(slotBytes);
  return slotBytes as Sealed;
}
