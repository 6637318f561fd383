/**
 * Content that a power cut would lose. Files are only written at their end, so the first part of
 * each is synced and the rest is not. A descriptor of our own finds the file again under any name.
 */
import { chmodSync, closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { DiskPath } from "../../src/base/disk.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { nodePath } from "../../src/files/refusals.ts";
import { identityOf } from "./unsynced-names.ts";

/** What becomes of bytes that were not synced. */
export type ContentLoss = "gone" | "zeroed" | "half" | "kept";

export interface Watched {
  readonly fd: number;
  syncedBytes: number;
  /** How often it is open for writing. */
  writers: number;
}

export class UnsyncedContent {
  readonly #files = new Map<string, Watched>();

  /** Just opened for writing. What it holds counts as synced unless we know better. */
  opened(path: DiskPath): Watched {
    const identity = identityOf(path) ?? "";
    const file = this.#files.get(identity) ?? watch(path);
    this.#files.set(identity, file);
    file.writers++;
    return file;
  }

  synced(file: Watched): void {
    file.syncedBytes = fstatSync(file.fd).size;
  }

  closed(file: Watched): void {
    file.writers--;
    this.#forgetSettled();
  }

  lose(loss: ContentLoss): void {
    for (const file of this.#files.values()) {
      loseRest(file, loss);
      file.syncedBytes = fstatSync(file.fd).size;
      file.writers = 0;
    }
    this.#forgetSettled();
  }

  #forgetSettled(): void {
    for (const [identity, { fd, syncedBytes, writers }] of this.#files) {
      if (writers > 0 || fstatSync(fd).size !== syncedBytes) continue;
      closeSync(fd);
      this.#files.delete(identity);
    }
  }
}

function watch(path: DiskPath): Watched {
  const fd = openWritable(path);
  return { fd, syncedBytes: fstatSync(fd).size, writers: 0 };
}

/** Also where the file has just been created for reading only. */
function openWritable(path: DiskPath): number {
  const mode = realDisk.stat(path)?.mode ?? 0;
  if ((mode & 0o200) !== 0) return openSync(nodePath(path), "r+");
  chmodSync(nodePath(path), mode | 0o600);
  const fd = openSync(nodePath(path), "r+");
  chmodSync(nodePath(path), mode);
  return fd;
}

function loseRest({ fd, syncedBytes }: Watched, loss: ContentLoss): void {
  const unsynced = fstatSync(fd).size - syncedBytes;
  if (loss === "gone") ftruncateSync(fd, syncedBytes);
  if (loss === "half") ftruncateSync(fd, syncedBytes + Math.floor(unsynced / 2));
  if (loss === "zeroed") writeSync(fd, Buffer.alloc(unsynced), 0, unsynced, syncedBytes);
}
