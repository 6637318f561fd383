import { LOG_PREFIX, PACKS_PREFIX } from "../format/names.ts";
import type { Context } from "./context.ts";

/**
 * Whether somebody's data lies in a place, with `format` or without it: that one object may be lost
 * or withheld, and a second repository over the first would cost the first its key.
 */
export async function holdsVersions({ store, signal }: Context): Promise<boolean> {
  for (const prefix of [LOG_PREFIX, PACKS_PREFIX]) {
    const folders = await Array.fromAsync(store.listFolders({ prefix, signal }));
    if (folders.length > 0) return true;
  }
  return false;
}
