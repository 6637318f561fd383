/** What stands at a path beneath a root, seen without following any link, and whether it still does. */
import type { Disk, DiskStat } from "../base/disk.ts";
import type { RelPath } from "../base/paths.ts";

export type Standing =
  | { readonly kind: "absent" }
  /** A parent is there and is no folder. */
  | { readonly kind: "blocked"; readonly by: RelPath; readonly as: "file" | "symlink" | "other" }
  | { readonly kind: "file"; readonly stat: DiskStat; readonly sides: string }
  | { readonly kind: "folder" | "symlink" | "other"; readonly stat: DiskStat };

export const ABSENT: Standing = { kind: "absent" };

/** What SQLite puts beside a database; `-shm` is only an index of `-wal`. */
export const SIDE_FILES = ["-wal", "-journal", "-shm"] as const;

export function standingAt(disk: Disk, root: string, path: RelPath): Standing {
  for (const parent of parentsOf(path)) {
    const stat = disk.stat(`${root}/${parent}`);
    if (stat === undefined) return ABSENT;
    if (stat.kind !== "folder") return { kind: "blocked", by: parent, as: stat.kind };
  }
  const full = `${root}/${path}`;
  const stat = disk.stat(full);
  if (stat === undefined) return ABSENT;
  if (stat.kind !== "file") return { kind: stat.kind, stat };
  return { kind: "file", stat, sides: sidesOf(disk, full) };
}

/** Outermost first; none for a name at the top. */
export function* parentsOf(path: string): Generator<RelPath> {
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    yield path.slice(0, at) as RelPath;
  }
}

/** Nobody has touched it in between, as far as the filesystem can tell. */
export function isStill(before: Standing, now: Standing): boolean {
  if (before.kind !== now.kind) return false;
  if (!("stat" in before && "stat" in now) || before.kind === "folder") return true;
  // Names of a file that come and go change its ctime, and we replace some of them ourselves.
  const hasSeveralNames = before.stat.links > 1 || now.stat.links > 1;
  if (!hasSeveralNames && before.stat.ctimeNs !== now.stat.ctimeNs) return false;
  return marks(before) === marks(now);
}

function marks(standing: Standing & { readonly stat: DiskStat }): string {
  const { size, mtimeNs, inode, device } = standing.stat;
  const sides = standing.kind === "file" ? standing.sides : "";
  return [size, mtimeNs, inode, device, sides].join(":");
}

/**
 * A database can change without any change to its main file. Not by their ctime: where root runs,
 * SQLite sets the owner of these files anew whenever it opens them, be it only to read.
 */
function sidesOf(disk: Disk, full: string): string {
  const sides = ["-wal", "-journal"].map((suffix) => {
    const stat = disk.stat(full + suffix);
    return stat === undefined ? "" : [stat.size, stat.mtimeNs, stat.inode].join("/");
  });
  return sides.join(" ");
}
