/**
 * A finished file under a new name, or nothing.
 *
 * Invariant I1: the name is given by a hard link to synced bytes, which fails where it is taken; so
 * nothing under a final name is ever replaced or half written.
 */
import type { Sealed, Spooled } from "../base/bytes.ts";
import type { Disk } from "../base/disk.ts";
import { bodyPieces } from "./body.ts";
import { stopIfAborted } from "./interruption.ts";

export interface NewFile {
  readonly path: string;
  /** In the same folder, and always the same for one `path`. */
  readonly temporary: string;
  readonly body: Sealed | Spooled;
  readonly signal: AbortSignal | undefined;
}

/** "contended": another machine took the temporary name while we wrote to it. */
export function writeExclusively(disk: Disk, file: NewFile): "stored" | "taken" | "contended" {
  disk.remove(file.temporary);
  try {
    if (!writeTemporary(disk, file)) return "contended";
  } catch (error) {
    disk.remove(file.temporary);
    throw error;
  }
  return giveName(disk, file) ? "stored" : "taken";
}

/** false: what lies under the temporary name in the end is not what we wrote. */
function writeTemporary(disk: Disk, { temporary, body, signal }: NewFile): boolean {
  const file = disk.create(temporary, 0o600);
  try {
    const ours = disk.stat(temporary)?.inode;
    for (const piece of bodyPieces(body)) {
      stopIfAborted(signal);
      file.write(piece);
    }
    file.sync();
    // Asked while the file is open: some network filesystems keep its number only so long.
    return disk.stat(temporary)?.inode === ours;
  } finally {
    file.close();
  }
}

function giveName(disk: Disk, { temporary, path }: NewFile): boolean {
  try {
    return disk.link(temporary, path);
  } catch (error) {
    if (!saysNoLinks(error)) throw error;
    // Without hard links, two machines that put one name in the same instant are not told apart.
    if (disk.stat(path) !== undefined) return false;
    disk.rename(temporary, path);
    return true;
  }
}

/** What filesystems without hard links answer: FAT, some network and phone filesystems. */
const NO_LINKS = new Set([
  "EPERM",
  "EACCES",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
  "EINVAL",
]);

/** The system's own code stands in the error or in what caused it. */
function saysNoLinks(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string" && NO_LINKS.has(each.code)) return true;
  }
  return false;
}
