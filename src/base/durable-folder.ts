import { dirname } from "node:path";
import type { Disk } from "./disk.ts";

/**
 * A folder whose name survives a power cut, its missing parents too. What was there before is left
 * as it is: its name is the business of whoever made it.
 */
export function makeFolderDurably(disk: Disk, path: string, mode = 0o700): void {
  if (disk.stat(path) !== undefined) return;
  const parent = dirname(path);
  makeFolderDurably(disk, parent, mode);
  disk.makeFolder(path, mode);
  disk.syncFolder(parent);
}
