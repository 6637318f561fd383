import type { Attributes } from "../../files/restore-target.ts";
import type { Entry } from "../../format/entry.ts";

/** A version that was made where files have no modes gives nothing away to other users. */
const DEFAULT_FILE_MODE = 0o600;
const DEFAULT_FOLDER_MODE = 0o700;

export function attributesOf({ kind, mode, mtime }: Entry): Attributes {
  const byDefault = kind === "dir" ? DEFAULT_FOLDER_MODE : DEFAULT_FILE_MODE;
  return { mode: mode ?? byDefault, mtimeNs: BigInt(mtime) };
}
