/**
 * Finding the way in a repository's folder that somebody else may have laid out.
 *
 * Invariant: no link inside the folder is ever followed, neither as an object nor on the way to one;
 * what is neither a plain file nor a plain folder is reported, not passed over, because a pack that
 * quietly is not there would look like a loss. (The folder itself may be reached through a link:
 * that is its owner's choice.) Names that no object can have, such as `.DS_Store`, `lost+found` and
 * our own temporary files, are not part of the repository.
 */
import type { Disk, DiskStat } from "../base/disk.ts";
import { IntegrityError, StoreError } from "../base/errors.ts";
import { isNamePart } from "./object-name.ts";

export interface Child {
  /** From the root on. */
  readonly name: string;
  readonly size: number;
  readonly kind: "file" | "folder";
}

export class FolderTree {
  readonly #disk: Disk;
  readonly #root: string;
  /** Folders whose own names are durable as far as the root. */
  readonly #anchored = new Set<string>([""]);

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
  }

  path(name: string): string {
    return name === "" ? this.#root : `${this.#root}/${name}`;
  }

  /** An unmounted disk must not look like an empty repository. */
  assertThere(): void {
    const kind = this.#disk.stat(this.#root)?.kind;
    if (kind === "folder" || kind === "symlink") return;
    throw new StoreError(false, "folder-missing", { folder: this.#root });
  }

  /** Bytes of the plain file under this name; undefined when absent. */
  size(name: string): number | undefined {
    if (!this.#holds(parentOf(name))) return undefined;
    return this.#plain(name, ["file"])?.size;
  }

  /** What lies directly in a folder, in the order in which the objects' whole names sort. */
  children(folder: string, wanted: (name: string) => boolean): Child[] {
    if (!this.#holds(folder)) return [];
    return this.#disk
      .list(this.path(folder))
      .filter(isNamePart)
      .map((part) => (folder === "" ? part : `${folder}/${part}`))
      .filter(wanted)
      .flatMap((name) => this.#plain(name, ["file", "folder"]) ?? [])
      .sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
  }

  /** Makes the folders on the way to an object, and their names durable. */
  anchor(folder: string): void {
    if (this.#anchored.has(folder)) return;
    const parent = parentOf(folder);
    this.anchor(parent);
    if (this.#plain(folder, ["folder"]) === undefined) {
      this.#disk.makeFolder(this.path(folder), 0o700);
    }
    // Also where it existed: whoever made it may have died before this line.
    this.#disk.syncFolder(this.path(parent));
    this.#anchored.add(folder);
  }

  #holds(folder: string): boolean {
    if (folder !== "") return this.#holds(parentOf(folder)) && this.#isFolder(folder);
    this.assertThere();
    return true;
  }

  #isFolder(name: string): boolean {
    return this.#plain(name, ["folder"]) !== undefined;
  }

  /** undefined when absent. */
  #plain(name: string, expected: readonly DiskStat["kind"][]): Child | undefined {
    const stat = this.#disk.stat(this.path(name));
    if (stat === undefined) return undefined;
    const { kind, size } = stat;
    if (expected.includes(kind) && (kind === "file" || kind === "folder"))
      return { name, size, kind };
    const found = kind === "other" ? "device or pipe" : kind;
    throw new IntegrityError("object-not-plain", { object: name, folder: this.#root, found });
  }
}

export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

/** `a-b` comes before `a/b`, as in a listing of whole names. */
const sortKey = ({ name, kind }: Child): string => (kind === "folder" ? `${name}/` : name);
