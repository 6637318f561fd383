/**
 * A key slot as it is stored: public JSON (docs/format.md §2), checked field by field before any of
 * it costs memory or time.
 */
import { encodeJson, type Json, type JsonObject } from "../base/canonical-json.ts";
import { IntegrityError } from "../base/errors.ts";
import { parseRepositoryId, type RepositoryId } from "../base/ids.ts";
import { TAG_BYTES } from "./gcm.ts";
import { REPOSITORY_KEY_BYTES } from "./keys.ts";
import { tooNew } from "./layout.ts";
import { base64Bytes, isJsonObject, parsePublicJson, without } from "./public-json.ts";
import { SALT_BYTES } from "./salt-source.ts";

export type Kdf = "raw" | "argon2id";

/** m in KiB. */
export interface Argon {
  readonly m: number;
  readonly p: number;
  readonly t: number;
}

export interface Slot {
  readonly kdf: Kdf;
  /** When, as its maker's clock had it. */
  readonly created: string;
  /** Exactly when kdf is argon2id. */
  readonly argon: Argon | undefined;
  readonly commitment: Buffer;
  readonly repository: RepositoryId;
  readonly salt: Buffer;
  readonly wrapped: Buffer;
  /** The slot's JSON without `wrapped`: also fields we do not know are bound. */
  readonly aad: Buffer;
}

const BOUNDS = { m: [19_456, 1_048_576], p: [1, 16], t: [1, 32] } as const;
const SLOT_VERSION = 1;

export function areWithinBounds(argon: Argon): boolean {
  return (["m", "p", "t"] as const).every((name) => {
    const [least, most] = BOUNDS[name];
    return Number.isInteger(argon[name]) && argon[name] >= least && argon[name] <= most;
  });
}

export function parseSlot(bytes: Uint8Array): Slot {
  const json = parseJson(bytes);
  const { kdf, version, created } = json;
  if (typeof version === "number" && version > SLOT_VERSION)
    throw tooNew("a key slot", `version ${version}`);
  if (version !== SLOT_VERSION || typeof created !== "string") throw damaged();
  if (kdf !== "raw" && kdf !== "argon2id") throw damaged();
  return {
    kdf,
    created,
    argon: parseArgon(kdf, json["argon"]),
    commitment: field(json, "commitment", 32),
    repository: parseRepository(json["repository"]),
    salt: field(json, "salt", SALT_BYTES),
    wrapped: field(json, "wrapped", REPOSITORY_KEY_BYTES + TAG_BYTES),
    aad: encodeJson(without(json, "wrapped")),
  };
}

function parseJson(bytes: Uint8Array): JsonObject {
  try {
    return parsePublicJson(bytes, "a key slot");
  } catch (cause) {
    throw damaged(cause);
  }
}

function parseArgon(kdf: Kdf, json: Json | undefined): Argon | undefined {
  if (kdf === "raw" && json === undefined) return undefined;
  if (kdf !== "argon2id" || !isJsonObject(json)) throw damaged();
  const { m, p, t } = json;
  if (typeof m !== "number" || typeof p !== "number" || typeof t !== "number") throw damaged();
  if (!areWithinBounds({ m, p, t })) throw damaged();
  return { m, p, t };
}

function field(json: JsonObject, name: string, size: number): Buffer {
  const bytes = base64Bytes(json[name], size);
  if (bytes === undefined) throw damaged();
  return bytes;
}

function parseRepository(text: unknown): RepositoryId {
  try {
    return parseRepositoryId(text);
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): IntegrityError {
  return new IntegrityError("slot-damaged", {}, cause);
}
