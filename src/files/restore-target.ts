/**
 * The folder that a version is restored into.
 *
 * Invariant I6: everything is written beneath the root. Every parent is looked at without following
 * a link right before each step, and a path with a link on its way is left alone. What stands under
 * a name is replaced or removed only while it is still what the caller saw there.
 * Invariant I8: a file gets its final name only after the size and the SHA-256 of what was written
 * agree with what was asked for. Until then it lies beside it, under a name that is never backed up.
 *
 * (node has no `openat`, so a program of this user that swaps a folder for a link between our look
 * and our step could lead us astray. It could do by itself whatever that would get it.)
 */
import assert from "node:assert/strict";
import { toHex } from "../base/bytes.ts";
import type { Random } from "../base/clock.ts";
import type { Disk } from "../base/disk.ts";
import { parseRelPath, pathBytes, shown, type RelPath } from "../base/paths.ts";
import { isOpenSomewhere } from "./database-use.ts";
import { foldingOf, type Fold } from "./name-folding.ts";
import { isDatabase } from "./sqlite-header.ts";
import { endUse } from "./stale-logs.ts";
import { isStill, standingAt, type Standing } from "./standing.ts";
import { OUR_PREFIX, parentOf, PART_SUFFIX, TargetFolders } from "./target-folders.ts";
import { writeVerified, type Attributes, type NewFile } from "./verified-write.ts";

export type { Attributes, NewFile } from "./verified-write.ts";

/** "changed": somebody touched what stood there, or a folder on the way. Nothing was done then. */
export type Outcome = "done" | "changed" | "in-use";

export class RestoreTarget {
  readonly root: string;
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #folders: TargetFolders;

  constructor(disk: Disk, root: string, random: Random) {
    this.#disk = disk;
    this.root = root;
    this.#random = random;
    this.#folders = new TargetFolders(disk, root);
  }

  get exists(): boolean {
    return this.#folders.rootExists;
  }

  look(path: RelPath): Standing {
    return standingAt(this.#disk, this.root, parseRelPath(path));
  }

  fullPath(path: RelPath): string {
    return `${this.root}/${parseRelPath(path)}`;
  }

  /** Names in a folder that `look` has called one. */
  list(folder: RelPath): string[] {
    return this.#disk.list(this.fullPath(folder));
  }

  linkText(path: RelPath): Buffer | undefined {
    return this.#disk.readLink(this.fullPath(path));
  }

  /** The root exists. */
  folding(): Fold {
    return foldingOf(this.#disk, this.root, `${this.#temporary()}-\u00e9${PART_SUFFIX}`);
  }

  /** A database that a program of ours has open; `place` and `remove` look closer. */
  isInUse(path: RelPath, before: Standing): boolean {
    if (before.kind !== "file" || !isDatabase(this.fullPath(path))) return false;
    return isOpenSomewhere(before.stat);
  }

  makeFolder(path: RelPath, before: Standing): Outcome {
    if (!this.#folders.enterParent(path) || !isStill(before, this.look(path))) return "changed";
    this.#folders.make(path);
    return "done";
  }

  async placeFile(path: RelPath, file: NewFile, before: Standing): Promise<Outcome> {
    if (!this.#folders.enterParent(path)) return "changed";
    const part = this.#part(path);
    try {
      await writeVerified(this.#disk, part, file, shown(path));
      return this.#place(part, path, before);
    } finally {
      this.#disk.remove(part);
    }
  }

  /** A second name of a file that stands at `source`. */
  placeHardLink(path: RelPath, source: RelPath, before: Standing): Outcome {
    if (!this.#folders.enterParent(path) || this.look(source).kind !== "file") return "changed";
    const part = this.#part(path);
    try {
      const linked = this.#disk.link(this.fullPath(source), part);
      assert(linked, "the name is random");
      return this.#place(part, path, before);
    } finally {
      // Also what is left when both names were one file already, where a rename does nothing.
      this.#disk.remove(part);
    }
  }

  placeSymlink(
    path: RelPath,
    link: { readonly target: string; readonly mtimeNs: bigint },
    before: Standing,
  ): Outcome {
    if (!this.#folders.enterParent(path)) return "changed";
    const part = this.#part(path);
    try {
      this.#disk.makeLink(pathBytes(link.target), part);
      this.#disk.setTime(part, link.mtimeNs);
      return this.#place(part, path, before);
    } finally {
      this.#disk.remove(part);
    }
  }

  /** A file, a link, or an empty folder. */
  remove(path: RelPath, before: Standing): Outcome {
    if (!isStill(before, this.look(path))) return "changed";
    const full = this.fullPath(path);
    if (before.kind === "folder" && this.list(path).length > 0) return "changed";
    if (before.kind === "file" && isDatabase(full)) {
      const outcome = this.#endUse(path, before);
      if (outcome !== "done") return outcome;
    }
    this.#disk.remove(full);
    this.#folders.noteChange(path);
    return "done";
  }

  /** Mode and time of a file or folder, where they differ. Without `before`: whatever stands there. */
  setAttributes(path: RelPath, { mode, mtimeNs }: Attributes, before?: Standing): Outcome {
    const now = this.look(path);
    if (now.kind !== "file" && now.kind !== "folder") return "changed";
    if (before && !isStill(before, now)) return "changed";
    const full = this.fullPath(path);
    if (now.stat.mode !== mode) this.#disk.setMode(full, mode);
    if (!isSameTime(now.stat.mtimeNs, mtimeNs)) this.#disk.setTime(full, mtimeNs);
    return "done";
  }

  /** Every name that came or went is durable. */
  sync(): void {
    this.#folders.sync();
  }

  /** The last look, and the name. */
  #place(part: string, path: RelPath, before: Standing): Outcome {
    if (!isStill(before, this.look(path))) return "changed";
    if (this.#concernsDatabase(part, path, before)) {
      const outcome = this.#endUse(path, before);
      if (outcome !== "done") return outcome;
    }
    this.#disk.rename(part, this.fullPath(path));
    this.#folders.noteChange(path);
    return "done";
  }

  #concernsDatabase(part: string, path: RelPath, before: Standing): boolean {
    if (before.kind === "file" && isDatabase(this.fullPath(path))) return true;
    return this.#disk.stat(part)?.kind === "file" && isDatabase(part);
  }

  #endUse(path: RelPath, before: Standing): Outcome {
    const aside = (name: string): string => `${OUR_PREFIX}aside-${toHex(this.#random(4))}-${name}`;
    const isFree = endUse(this.#disk, this.fullPath(path), { before, aside });
    return isFree ? "done" : "in-use";
  }

  #part(path: RelPath): string {
    return `${this.#folders.pathOf(parentOf(path))}/${this.#temporary()}${PART_SUFFIX}`;
  }

  #temporary(): string {
    return OUR_PREFIX + toHex(this.#random(8));
  }
}

/** node sets times through a double, which around now is up to 120 ns off. */
export function isSameTime(left: bigint, right: bigint): boolean {
  const apart = left - right;
  return apart < 1000n && apart > -1000n;
}
