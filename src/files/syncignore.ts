/** The text of a `.syncignore`. */
import { DiskError } from "../base/errors.ts";
import { diskPath, textOfBytes } from "../base/paths.ts";
import { readSteadily } from "./steady-read.ts";

export const SYNCIGNORE = ".syncignore";
const MAX_BYTES = 1024 * 1024;

/** One that cannot be read leaves nothing out: better too much in a backup than too little. */
export function readSyncignore(path: string): string | DiskError {
  try {
    const read = readSteadily(diskPath(path), (reader) => reader.read(0, MAX_BYTES));
    return read ? textOfBytes(read.value) : "";
  } catch (error) {
    if (error instanceof DiskError) return error;
    throw error;
  }
}
