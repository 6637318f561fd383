/**
 * The folders of a restore's target: entered without following a link, made where they are missing,
 * rid of what a crash left in them, and durable at the end.
 */
import type { Disk } from "../base/disk.ts";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { InputError } from "../base/errors.ts";
import { comparePaths, parseRelPath, shown, type RelPath } from "../base/paths.ts";
import { parentsOf, standingAt } from "./standing.ts";

export const OUR_PREFIX = ".session-sync-";
export const PART_SUFFIX = ".part";
const PRIVATE_FOLDER = 0o700;

export class TargetFolders {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #entered = new Set<string>();
  /** Those in which a name came or went since they were synced. "" is the root. */
  readonly #unsynced = new Set<string>();

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
  }

  /** The root itself may be reached through a link: a person named it. */
  get rootExists(): boolean {
    if (this.#disk.stat(this.#root) === undefined) return false;
    if (this.#disk.stat(`${this.#root}/.`)?.kind === "folder") return true;
    throw new InputError("restore-root-no-folder", { to: shown(this.#root) });
  }

  /** "" is the root. */
  pathOf(folder: string): string {
    return folder === "" ? this.#root : `${this.#root}/${parseRelPath(folder)}`;
  }

  make(folder: RelPath): void {
    this.#disk.makeFolder(this.pathOf(folder), PRIVATE_FOLDER);
    this.noteChange(folder);
  }

  /** The name came, went, or means something else now. */
  noteChange(path: RelPath): void {
    this.#unsynced.add(parentOf(path));
  }

  /** Makes what is missing of the folders above; false: one of them is no folder. */
  enterParent(path: RelPath): boolean {
    const parents = [...parentsOf(parseRelPath(path))];
    this.#enter("");
    for (const folder of parents) {
      const { kind } = standingAt(this.#disk, this.#root, folder);
      if (kind !== "folder" && kind !== "absent") return false;
      if (kind === "absent") this.make(folder);
    }
    this.#enter(parentOf(path));
    return true;
  }

  /** Every name that came or went is durable. */
  sync(): void {
    for (const folder of [...this.#unsynced].sort(comparePaths).reverse()) {
      if (this.#stands(folder)) this.#disk.syncFolder(this.pathOf(folder));
    }
    this.#unsynced.clear();
  }

  /** The first time: removes what a crash left of files that were being written. */
  #enter(folder: string): void {
    if (this.#entered.has(folder)) return;
    if (folder === "" && !this.rootExists) makeFolderDurably(this.#disk, this.#root);
    const path = this.pathOf(folder);
    for (const name of this.#disk.list(path)) {
      const kind = isLeftover(name) ? this.#disk.stat(`${path}/${name}`)?.kind : undefined;
      if (kind === "file" || kind === "symlink") this.#disk.remove(`${path}/${name}`);
    }
    this.#entered.add(folder);
  }

  #stands(folder: string): boolean {
    if (folder === "") return true;
    return standingAt(this.#disk, this.#root, parseRelPath(folder)).kind === "folder";
  }
}

/** "" for a name at the top. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const isLeftover = (name: string): boolean =>
  /^\.session-sync-[0-9a-f]{16}(?:-\u00e9)?\.part$/.test(name.normalize("NFC"));
