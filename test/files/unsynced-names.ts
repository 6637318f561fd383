/**
 * Names that a power cut would lose: each change in a folder, with the way back, until that folder
 * is synced.
 *
 * A rename is one change, as on every filesystem with a journal: it holds once the folder it leads
 * to is synced. Modes and times hold with the folder that has the name.
 */
import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { DiskPath } from "../../src/base/disk.ts";
import { textOfBytes } from "../../src/base/paths.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { nodePath, unlessAbsent } from "../../src/files/refusals.ts";

interface Change {
  /** Syncing any of these makes it hold: the folder that has the name, as a rule. */
  readonly folders: readonly (string | undefined)[];
  readonly undo: () => void;
  /** Where something waits that undoing would bring back. */
  readonly grave: string | undefined;
}

export class UnsyncedNames {
  #changes: Change[] = [];

  /** `path` has just come to be. */
  added(path: DiskPath): void {
    const identity = identityOf(path);
    this.#note(path, () => {
      if (identityOf(path) === identity) rmSync(nodePath(path), { recursive: true });
    });
  }

  removeFile(path: DiskPath): void {
    const grave = bury(path);
    const undo = (): void => {
      exhume(grave, path);
    };
    this.#note(path, undo, grave);
  }

  removeFolder(path: DiskPath): void {
    const mode = realDisk.stat(path)?.mode ?? 0o700;
    realDisk.remove(path);
    this.#note(path, () => {
      if (identityOf(path) === undefined && hasFolder(path)) mkdirSync(nodePath(path), { mode });
    });
  }

  /** `to` may be there, but then it is something else than `from`. */
  rename(from: DiskPath, to: DiskPath): void {
    const identity = identityOf(from);
    const grave = identityOf(to) === undefined ? undefined : bury(to);
    renameSync(nodePath(from), nodePath(to));
    const undo = (): void => {
      if (identityOf(to) === identity && hasFolder(from)) renameSync(nodePath(to), nodePath(from));
      if (grave !== undefined) exhume(grave, to);
    };
    this.#note(to, undo, grave);
  }

  /** Mode and time of `path` are about to change. */
  changing(path: DiskPath): void {
    const identity = identityOf(path);
    const before = realDisk.stat(path);
    if (before === undefined) return;
    const undo = (): void => {
      if (identityOf(path) !== identity) return;
      realDisk.setMode(path, before.mode);
      realDisk.setTime(path, before.mtimeNs);
    };
    const folders = [identityOf(parentOf(path), statSync), identity];
    this.#changes.push({ folders, undo, grave: undefined });
  }

  /** `folder` has been synced. */
  settle(folder: DiskPath): void {
    const synced = identityOf(folder, statSync);
    const [settled, open] = partition(this.#changes, ({ folders }) => folders.includes(synced));
    this.#changes = open;
    for (const { grave } of settled) emptyGrave(grave);
  }

  /** Everything not synced goes back, the last change first. */
  undo(): void {
    for (const { undo, grave } of this.#changes.splice(0).reverse()) {
      undo();
      emptyGrave(grave);
    }
  }

  /** Everything is as good as synced. */
  keep(): void {
    for (const { grave } of this.#changes.splice(0)) emptyGrave(grave);
  }

  #note(path: DiskPath, undo: () => void, grave?: string): void {
    this.#changes.push({ folders: [identityOf(parentOf(path), statSync)], undo, grave });
  }
}

/** What is removed waits here, outside of every folder that a test looks at. */
let graveyard: string | undefined;
let graves = 0;
afterAll(() => {
  if (graveyard !== undefined) rmSync(graveyard, { recursive: true });
});

function bury(path: DiskPath): string {
  graveyard ??= mkdtempSync(join(tmpdir(), "power-cut-"));
  const grave = join(graveyard, String(graves++));
  renameSync(nodePath(path), grave);
  return grave;
}

function exhume(grave: string, path: DiskPath): void {
  if (identityOf(path) === undefined && hasFolder(path)) renameSync(grave, nodePath(path));
}

function emptyGrave(grave: string | undefined): void {
  if (grave !== undefined) rmSync(grave, { recursive: true, force: true });
}

/** The same for all names of one file; undefined when nothing is there. */
export function identityOf(path: DiskPath, stat: typeof lstatSync = lstatSync): string | undefined {
  const found = unlessAbsent(() => stat(nodePath(path), { bigint: true }));
  return found && [found.dev, found.ino].join(":");
}

const hasFolder = (path: DiskPath): boolean => realDisk.stat(parentOf(path))?.kind === "folder";

export const parentOf = (path: DiskPath): string =>
  dirname(typeof path === "string" ? path : textOfBytes(path));

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
