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
  if ("stat" in before && "stat" in now) {
    if (before.kind === "folder" || before.kind !== now.kind) return before.kind === now.kind;
    return signature(before) === signature(now);
  }
  return before.kind === now.kind;
}

/**
 * A file's other names change its ctime when they come and go, and we replace them ourselves; so of
 * a file with several names the other marks have to do.
 */
function signature(standing: Standing & { readonly stat: DiskStat }): string {
  const { size, mtimeNs, ctimeNs, inode, device, links } = standing.stat;
  const sides = standing.kind === "file" ? standing.sides : "";
  return [size, mtimeNs, links > 1 ? "" : ctimeNs, inode, device, sides].join(":");
}

/** A database can change without any change to its main file. */
function sidesOf(disk: Disk, full: string): string {
  const sides = ["-wal", "-journal"].map((suffix) => {
    const stat = disk.stat(full + suffix);
    return stat === undefined ? "" : [stat.size, stat.mtimeNs, stat.ctimeNs, stat.inode].join("/");
  });
  return sides.join(" ");
}
