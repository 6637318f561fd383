/**
 * The real disk, in front of which the power fails at the n-th call that changes something. Nothing
 * is really flushed; instead it is known what was not synced, and that is lost when the power comes
 * back, in the way that the mode says.
 *
 * Give each test a folder of its own. A folder is not renamed while names in it wait for a sync, nor
 * over another folder.
 */
import type { Disk, DiskFile, DiskPath, DiskStat } from "../../src/base/disk.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { UnsyncedContent, type ContentLoss, type Watched } from "./unsynced-content.ts";
import { identityOf, parentOf, UnsyncedNames } from "./unsynced-names.ts";

export class PowerCut extends Error {
  override readonly name = "PowerCut";
}

/**
 * What becomes of what was not synced.
 *  - lost: content is cut back to what was synced, and no change of a folder that was not synced
 *    after it has happened.
 *  - names kept: every name is as it was last, but the content is cut back: the classic empty file
 *    after a rename.
 *  - zeroed: the same, with zeros in place of the content.
 *  - torn: the same, with the first half of what was not synced.
 *  - kept: nothing is lost but the rest of the work.
 */
export type PowerCutMode = "lost" | "names kept" | "zeroed" | "torn" | "kept";
export const POWER_CUT_MODES: readonly PowerCutMode[] = [
  "lost",
  "names kept",
  "zeroed",
  "torn",
  "kept",
];

const CONTENT_LOSS: Readonly<Record<PowerCutMode, ContentLoss>> = {
  lost: "gone",
  "names kept": "gone",
  zeroed: "zeroed",
  torn: "half",
  kept: "kept",
};

export interface PowerCutOptions {
  /** The changing call at which the power fails, before it took effect; counted from 0. */
  readonly failAt?: number;
  readonly mode?: PowerCutMode;
}

/** false when the power failed; any other failure is thrown. */
export async function survives(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isPowerCut(error)) return false;
    throw error;
  }
}

export class PowerCutDisk implements Disk {
  /** How many calls that change something have arrived. */
  calls = 0;
  /** Whether the power has failed. */
  isDown = false;
  readonly #names = new UnsyncedNames();
  readonly #content = new UnsyncedContent();
  readonly #mode: PowerCutMode;
  #failAt: number;

  constructor({ failAt = Infinity, mode = "lost" }: PowerCutOptions = {}) {
    this.#failAt = failAt;
    this.#mode = mode;
  }

  /** The power goes, if it has not yet; what was not synced is lost; from now on all calls work. */
  restorePower(): void {
    this.#content.lose(CONTENT_LOSS[this.#mode]);
    if (this.#mode === "lost") this.#names.undo();
    else this.#names.keep();
    this.#failAt = Infinity;
    this.isDown = false;
  }

  read(path: DiskPath): Buffer | undefined {
    this.#look();
    return realDisk.read(path);
  }

  readRange(path: DiskPath, offset: number, length: number): Buffer | undefined {
    this.#look();
    return realDisk.readRange(path, offset, length);
  }

  stat(path: DiskPath): DiskStat | undefined {
    this.#look();
    return realDisk.stat(path);
  }

  readLink(path: DiskPath): Buffer | undefined {
    this.#look();
    return realDisk.readLink(path);
  }

  list(path: DiskPath): string[] {
    this.#look();
    return realDisk.list(path);
  }

  create(path: DiskPath, mode: number): DiskFile {
    this.#change();
    const file = realDisk.create(path, mode);
    this.#names.added(path);
    return this.#watched(file, this.#content.opened(path));
  }

  append(path: DiskPath, mode: number): DiskFile {
    this.#change();
    const isNew = realDisk.stat(path) === undefined;
    const file = realDisk.append(path, mode);
    if (isNew) this.#names.added(path);
    return this.#watched(file, this.#content.opened(path));
  }

  makeFolder(path: DiskPath, mode: number): void {
    this.#change();
    const missing = missingFolders(path);
    realDisk.makeFolder(path, mode);
    for (const folder of missing) this.#names.added(folder);
  }

  makeLink(target: Buffer, path: DiskPath): void {
    this.#change();
    realDisk.makeLink(target, path);
    this.#names.added(path);
  }

  link(from: DiskPath, to: DiskPath): boolean {
    this.#change();
    const done = realDisk.link(from, to);
    if (done) this.#names.added(to);
    return done;
  }

  rename(from: DiskPath, to: DiskPath): void {
    this.#change();
    // What the system refuses, or takes for nothing to do, it shall say itself.
    if (isPlainRename(from, to)) this.#names.rename(from, to);
    else realDisk.rename(from, to);
  }

  remove(path: DiskPath): void {
    this.#change();
    const kind = realDisk.stat(path)?.kind;
    if (kind === "folder") this.#names.removeFolder(path);
    else if (kind !== undefined) this.#names.removeFile(path);
  }

  setMode(path: DiskPath, mode: number): void {
    this.#change();
    this.#names.changing(path);
    realDisk.setMode(path, mode);
  }

  setTime(path: DiskPath, mtimeNs: bigint): void {
    this.#change();
    this.#names.changing(path);
    realDisk.setTime(path, mtimeNs);
  }

  syncFolder(path: DiskPath): void {
    this.#change();
    // Refuses where the real one would; flushes nothing.
    if (realDisk.stat(path)?.kind !== "folder") realDisk.syncFolder(path);
    this.#names.settle(path);
  }

  #watched(file: DiskFile, watched: Watched): DiskFile {
    return {
      write: (bytes) => {
        this.#change();
        file.write(bytes);
      },
      skip: (count) => {
        this.#change();
        file.skip(count);
      },
      sync: () => {
        this.#change();
        this.#content.synced(watched);
      },
      close: () => {
        file.close();
        if (!this.isDown) this.#content.closed(watched);
      },
    };
  }

  #look(): void {
    if (this.isDown) throw new PowerCut("the power is off");
  }

  #change(): void {
    this.#look();
    if (this.calls++ < this.#failAt) return;
    this.isDown = true;
    throw new PowerCut(`the power failed at call ${String(this.#failAt)}`);
  }
}

/** A power cut may come back as the cause of another error, or as one of several. */
function isPowerCut(error: unknown): boolean {
  if (error instanceof PowerCut) return true;
  if (error instanceof AggregateError && error.errors.some(isPowerCut)) return true;
  if (error instanceof SuppressedError && isPowerCut(error.suppressed)) return true;
  if (error instanceof SuppressedError && isPowerCut(error.error)) return true;
  return error instanceof Error && isPowerCut(error.cause);
}

/** Outermost first. */
function missingFolders(path: DiskPath): DiskPath[] {
  if (realDisk.stat(path) !== undefined) return [];
  return [...missingFolders(parentOf(path)), path];
}

function isPlainRename(from: DiskPath, to: DiskPath): boolean {
  const [moved, replaced] = [realDisk.stat(from), realDisk.stat(to)];
  if (moved === undefined || identityOf(from) === identityOf(to)) return false;
  return replaced === undefined || (moved.kind !== "folder" && replaced.kind !== "folder");
}
