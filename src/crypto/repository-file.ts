/**
 * The object `format`, which makes a prefix a repository (docs/format.md §2):
 * `{mac, magic, minReader, repository, version}`.
 *
 * It is read before the key is known, and verified as soon as it is: until then it is a claim.
 */
import type { Sealed } from "../base/bytes.ts";
import { toBase64 } from "../base/bytes.ts";
import { encodeJson, type JsonObject } from "../base/canonical-json.ts";
import { IntegrityError } from "../base/errors.ts";
import { parseRepositoryId, type RepositoryId } from "../base/ids.ts";
import { hmac, sameBytes } from "./derive.ts";
import type { RepositoryKey } from "./keys.ts";
import { FORMAT_VERSION, tooNew } from "./layout.ts";
import { base64Bytes, parsePublicJson, without } from "./public-json.ts";

const MAGIC = "SSC1";
const NAME = "format";

export interface RepositoryFile {
  readonly repository: RepositoryId;
  readonly version: number;
  readonly minReader: number;
}

export function makeRepositoryFile(key: RepositoryKey): Sealed {
  const { repository } = key;
  const claims = { magic: MAGIC, minReader: FORMAT_VERSION, repository, version: FORMAT_VERSION };
  const bytes = encodeJson({ ...claims, mac: toBase64(macOf(key, claims)) });
  verifyRepositoryFile(key, bytes);
  return bytes as Uint8Array as Sealed;
}

/** A version that is not ours is refused even where `minReader` would let us read: we would write. */
export function parseRepositoryFile(bytes: Uint8Array): RepositoryFile {
  const { magic, minReader, repository, version } = parse(bytes);
  if (magic !== MAGIC || typeof version !== "number" || typeof minReader !== "number")
    throw damaged();
  if (version !== FORMAT_VERSION) throw tooNew("this repository", `format version ${version}`);
  if (minReader !== FORMAT_VERSION) throw damaged();
  return { repository: repositoryOf(repository), version, minReader };
}

/** Every field counts, also one that a later version added. */
export function verifyRepositoryFile(key: RepositoryKey, bytes: Uint8Array): void {
  const { repository } = parseRepositoryFile(bytes);
  const json = parse(bytes);
  const mac = base64Bytes(json["mac"], 32);
  if (mac === undefined || repository !== key.repository) throw damaged();
  if (!sameBytes(mac, macOf(key, without(json, "mac")))) throw damaged();
}

function macOf(key: RepositoryKey, claims: JsonObject): Buffer {
  return hmac(key.purpose("format-mac"), encodeJson(claims));
}

function parse(bytes: Uint8Array): JsonObject {
  try {
    return parsePublicJson(bytes, NAME);
  } catch (cause) {
    throw damaged(cause);
  }
}

function repositoryOf(text: unknown): RepositoryId {
  try {
    return parseRepositoryId(text);
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): IntegrityError {
  return new IntegrityError("repository-file-damaged", {}, cause);
}
