/**
 * Names of things. Distinct types, made only by the parsers below, so that a pack can never be
 * looked up as a chunk. Inside the program, as in every JSON of docs/format.md, a 32-byte id is
 * standard base64 with padding; hexadecimal appears only in object names (src/format/names.ts).
 */
import { toBase64 } from "./bytes.ts";
import { IntegrityError } from "./errors.ts";

type Id<Kind extends string> = string & { readonly kind: Kind };

/** HMAC of one chunk's kind, length and hash. */
export type ChunkId = Id<"chunk">;
/** SHA-256 of a pack's bytes. */
export type PackId = Id<"pack">;
/** SHA-256 of an index file's bytes. */
export type IndexId = Id<"index">;
/** SHA-256 of a log entry's object, its signature included. */
export type EntrySha = Id<"entry">;
/** SHA-256 of a whole file of the workspace. */
export type ContentSha = Id<"content">;
/** 16 random bytes, base64: drawn once by `init`. */
export type RepositoryId = Id<"repository">;
/** First 16 hexadecimal digits of SHA-256(the device's public key). */
export type DeviceId = Id<"device">;
/** A name relative to the repository's prefix, `/` between its parts, as in docs/format.md §1. */
export type ObjectName = Id<"object">;

export const parseChunkId = (text: unknown): ChunkId => parseBase64(text, 32) as ChunkId;
export const parsePackId = (text: unknown): PackId => parseBase64(text, 32) as PackId;
export const parseIndexId = (text: unknown): IndexId => parseBase64(text, 32) as IndexId;
export const parseEntrySha = (text: unknown): EntrySha => parseBase64(text, 32) as EntrySha;
export const parseContentSha = (text: unknown): ContentSha => parseBase64(text, 32) as ContentSha;
export const parseRepositoryId = (text: unknown): RepositoryId =>
  parseBase64(text, 16) as RepositoryId;

export function parseDeviceId(text: unknown): DeviceId {
  if (typeof text === "string" && /^[0-9a-f]{16}$/.test(text)) return text as DeviceId;
  throw malformed(text);
}

/** For ids that we have just computed ourselves. */
export const chunkIdOf = (bytes: Uint8Array): ChunkId => parseChunkId(toBase64(bytes));
export const idBytes = (id: Id<string>): Buffer => Buffer.from(id, "base64");

/** A version as people name it: `<device>-<seq>`. */
export interface VersionId {
  readonly device: DeviceId;
  readonly seq: number;
}

export const versionName = (id: VersionId): string => `${id.device}-${String(id.seq)}`;

/** Every id that enters from outside passes here: canonical base64 of exactly `size` bytes. */
function parseBase64(text: unknown, size: number): string {
  if (typeof text !== "string" || text.length !== Math.ceil(size / 3) * 4) throw malformed(text);
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== size || bytes.toString("base64") !== text) throw malformed(text);
  return text;
}

function malformed(text: unknown): IntegrityError {
  return new IntegrityError("id-malformed", { id: shortened(text) });
}

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : typeof value;
  return JSON.stringify(text.slice(0, 80));
}
