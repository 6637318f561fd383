/**
 * A JSON document of the state directory, sealed, because it names files of the workspace and
 * because a copied home folder should say nothing of them.
 *
 * These documents only save work: one that is damaged, or was sealed for another repository or
 * another purpose, is as good as absent.
 */
import { decodeJson, encodeJson, type Json } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import { IntegrityError } from "../base/errors.ts";
import { writeStateFile } from "./state-file.ts";

/** Seals for this machine alone; src/crypto has it. The name is bound: no document opens as another. */
export interface LocalSealer {
  seal(name: string, bytes: Uint8Array): Uint8Array;
  /** undefined: not ours, or damaged. */
  open(name: string, bytes: Uint8Array): Uint8Array | undefined;
}

export function saveDocument(
  disk: Disk,
  path: string,
  name: string,
  json: Json,
  seal: LocalSealer,
): void {
  writeStateFile(disk, path, seal.seal(name, encodeJson(json)));
}

export function loadDocument(
  disk: Disk,
  path: string,
  name: string,
  seal: LocalSealer,
): Json | undefined {
  const file = disk.read(path);
  const bytes = file && seal.open(name, file);
  return bytes && unlessMalformed(() => decodeJson(bytes, name));
}

/** For a document that opened and yet is not what this release writes. */
export function unlessMalformed<Result>(decode: () => Result): Result | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}
