/**
 * What this machine remembers of its repository: enough to open it without a request, to notice
 * when the store shows another one, and to put back a lost `format`.
 */
import { toBase64 } from "../base/bytes.ts";
import { decodeJson, encodeJson, type JsonObject } from "../base/canonical-json.ts";
import { parseRepositoryId, type RepositoryId } from "../base/ids.ts";
import { EngineError } from "../base/errors.ts";
import { writeStateFile } from "../state/state-file.ts";
import type { Context } from "./context.ts";

export interface Remembered {
  readonly repository: RepositoryId;
  /** The object `format` as it was when it was verified. */
  readonly format: Buffer;
  readonly slotName: string;
  readonly slot: Buffer;
  /** Where the store was, for people. */
  readonly place: string;
  /** Whether this device made the repository: it prunes by default. */
  readonly createdHere: boolean;
}

export function loadRemembered({ disk, state }: Context): Remembered | undefined {
  const bytes = disk.read(state.repositoryFile);
  if (bytes === undefined) return undefined;
  try {
    return decode(decodeJson(bytes, "repository.json") as JsonObject);
  } catch (error) {
    // Our own file, written durably: damage here only costs a few requests.
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

export function saveRemembered({ disk, state }: Context, remembered: Remembered): void {
  const { format, slot, ...rest } = remembered;
  const document = { ...rest, format: toBase64(format), slot: toBase64(slot) };
  writeStateFile(disk, state.repositoryFile, encodeJson(document));
}

function decode(document: JsonObject): Remembered {
  return {
    repository: parseRepositoryId(document["repository"]),
    format: Buffer.from(String(document["format"]), "base64"),
    slotName: String(document["slotName"]),
    slot: Buffer.from(String(document["slot"]), "base64"),
    place: String(document["place"]),
    createdHere: document["createdHere"] === true,
  };
}
