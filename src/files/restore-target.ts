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
import { makeFolderDurably } from "../base/durable-folder.ts";
import { InputError } from "../base/errors.ts";
import { comparePaths, parseRelPath, pathBytes, shown, type RelPath } from "../base/paths.ts";
import { isOpenSomewhere } from "./database-use.ts";
import { foldingOf, type Fold } from "./name-folding.ts";
import { isDatabase } from "./sqlite-header.ts";
import { endUse } from "./stale-logs.ts";
import { isStill, parentsOf, standingAt, type Standing } from "./standing.ts";
import { writeVerified, type Attributes, type NewFile } from "./verified-write.ts";

export type { Attributes, NewFile } from "./verified-write.ts";

/** "changed": somebody touched what stood there, or a folder on the way. Nothing was done then. */
export type Outcome = "done" | "changed" | "in-use";

export class RestoreTarget {
  readonly root: string;
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #entered = new Set<string>();
  /** Folders in which a name came or went since they were synced. "" is the root. */
  readonly #unsynced = new Set<string>();

  constructor(disk: Disk, root: string, random: Random) {
    this.#disk = disk;
    this.root = root;
    this.#random = random;
  }

  /** The root itself may be reached through a link: a person named it. */
  get exists(): boolean {
    if (this.#disk.stat(this.root) === undefined) return false;
    if (this.#disk.stat(`${this.root}/.`)?.kind === "folder") return true;
    throw new InputError("restore-root-no-folder", { to: shown(this.root) });
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
    return foldingOf(this.#disk, this.root, `${this.#temporary()}-\u00e9${PART}`);
  }

  /** A database that a program of ours has open; `place` and `remove` look closer. */
  isInUse(path: RelPath, before: Standing): boolean {
    if (before.kind !== "file" || !isDatabase(this.fullPath(path))) return false;
    return isOpenSomewhere(before.stat);
  }

  makeFolder(path: RelPath, before: Standing): Outcome {
    if (!this.#enterParent(path) || !isStill(before, this.look(path))) return "changed";
    this.#disk.makeFolder(this.fullPath(path), PRIVATE_FOLDER);
    this.#unsynced.add(parentOf(path));
    return "done";
  }

  async placeFile(path: RelPath, file: NewFile, before: Standing): Promise<Outcome> {
    if (!this.#enterParent(path)) return "changed";
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
    if (!this.#enterParent(path) || this.look(source).kind !== "file") return "changed";
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
    if (!this.#enterParent(path)) return "changed";
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
    this.#unsynced.add(parentOf(path));
    return "done";
  }

  /** Mode and time of a file or folder, where they differ. */
  setAttributes(path: RelPath, { mode, mtimeNs }: Attributes): Outcome {
    const now = this.look(path);
    if (now.kind !== "file" && now.kind !== "folder") return "changed";
    const full = this.fullPath(path);
    if (now.stat.mode !== mode) this.#disk.setMode(full, mode);
    if (!isSameTime(now.stat.mtimeNs, mtimeNs)) this.#disk.setTime(full, mtimeNs);
    return "done";
  }

  /** Every name that came or went is durable. */
  sync(): void {
    for (const folder of [...this.#unsynced].sort(comparePaths).reverse()) {
      if (this.#folderStands(folder)) this.#disk.syncFolder(this.#folderPath(folder));
    }
    this.#unsynced.clear();
  }

  /** Makes what is missing of the folders above; false: one of them is no folder. */
  #enterParent(path: RelPath): boolean {
    const parents = [...parentsOf(parseRelPath(path))];
    this.#enter("");
    for (const folder of parents) {
      const standing = this.look(folder);
      if (standing.kind !== "folder" && standing.kind !== "absent") return false;
      if (standing.kind === "absent") {
        this.#disk.makeFolder(this.fullPath(folder), PRIVATE_FOLDER);
        this.#unsynced.add(parentOf(folder));
      }
    }
    this.#enter(parentOf(path));
    return true;
  }

  /** The first time: removes what a crash left of files that were being written. */
  #enter(folder: string): void {
    if (this.#entered.has(folder)) return;
    this.#entered.add(folder);
    if (folder === "" && !this.exists) makeFolderDurably(this.#disk, this.root);
    const path = this.#folderPath(folder);
    for (const name of this.#disk.list(path)) {
      const kind = isLeftover(name) ? this.#disk.stat(`${path}/${name}`)?.kind : undefined;
      if (kind === "file" || kind === "symlink") this.#disk.remove(`${path}/${name}`);
    }
  }

  /** The last look, and the name. */
  #place(part: string, path: RelPath, before: Standing): Outcome {
    if (!isStill(before, this.look(path))) return "changed";
    if (this.#concernsDatabase(part, path, before)) {
      const outcome = this.#endUse(path, before);
      if (outcome !== "done") return outcome;
    }
    this.#disk.rename(part, this.fullPath(path));
    this.#unsynced.add(parentOf(path));
    return "done";
  }

  #concernsDatabase(part: string, path: RelPath, before: Standing): boolean {
    if (before.kind === "file" && isDatabase(this.fullPath(path))) return true;
    return this.#disk.stat(part)?.kind === "file" && isDatabase(part);
  }

  #endUse(path: RelPath, before: Standing): Outcome {
    const aside = (name: string): string => `${OURS}aside-${toHex(this.#random(4))}-${name}`;
    const isFree = endUse(this.#disk, this.fullPath(path), { before, aside });
    return isFree ? "done" : "in-use";
  }

  #folderStands(folder: string): boolean {
    return folder === "" || this.look(parseRelPath(folder)).kind === "folder";
  }

  #folderPath(folder: string): string {
    return folder === "" ? this.root : this.fullPath(parseRelPath(folder));
  }

  #part(path: RelPath): string {
    return `${this.#folderPath(parentOf(path))}/${this.#temporary()}${PART}`;
  }

  #temporary(): string {
    return OURS + toHex(this.#random(8));
  }
}

const OURS = ".session-sync-";
const PART = ".part";
const PRIVATE_FOLDER = 0o700;

const isLeftover = (name: string): boolean =>
  /^\.session-sync-[0-9a-f]{16}(?:-\u00e9)?\.part$/.test(name.normalize("NFC"));

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** node sets times through a double, which around now is up to 120 ns off. */
export function isSameTime(left: bigint, right: bigint): boolean {
  const apart = left - right;
  return apart < 1000n && apart > -1000n;
}
