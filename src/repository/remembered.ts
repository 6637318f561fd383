/**
 * What this machine remembers of its repository: enough to open it without a request, to notice
 * when the store shows another one, and to put back a lost `format`.
 */
import { toBase64 } from "../base/bytes.ts";
import { decodeJson, encodeJson } from "../base/canonical-json.ts";
import { parseRepositoryId, type RepositoryId } from "../base/ids.ts";
import { EngineError } from "../base/errors.ts";
import { Fields } from "../format/shape.ts";
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

const WHAT = "repository.json";

export function loadRemembered({ disk, state }: Context): Remembered | undefined {
  const bytes = disk.read(state.repositoryFile);
  if (bytes === undefined) return undefined;
  try {
    return decode(new Fields(decodeJson(bytes, WHAT), WHAT));
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

function decode(fields: Fields): Remembered {
  return {
    repository: parseRepositoryId(fields.text("repository")),
    format: Buffer.from(fields.text("format"), "base64"),
    slotName: fields.text("slotName"),
    slot: Buffer.from(fields.text("slot"), "base64"),
    place: fields.text("place"),
    createdHere: fields.truth("createdHere"),
  };
}
