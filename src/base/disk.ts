/**
 * The one door for writes that must survive a power cut: state, outbox, folder store, restore.
 *
 * A write is durable only after `sync` of the file, and its name only after `syncFolder` of the
 * folder. A test stands in for this interface and drops whatever was not synced.
 * Synchronous on purpose: one thread does the work, and asynchronous file calls cost 3-8 times more.
 */

/** A Buffer where the name is not UTF-8. */
export type DiskPath = string | Buffer;

export interface DiskFile {
  write(bytes: Uint8Array): void;
  /** Moves the end forward without writing: a hole, where the filesystem has them. */
  skip(count: number): void;
  /** fdatasync. */
  sync(): void;
  close(): void;
}

export interface DiskStat {
  readonly kind: "file" | "folder" | "symlink" | "other";
  readonly size: number;
  readonly mode: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
  readonly links: number;
}

export interface Disk {
  /** undefined when absent, here and below. */
  read(path: DiskPath): Buffer | undefined;
  readRange(path: DiskPath, offset: number, length: number): Buffer | undefined;
  /** Never follows a link. */
  stat(path: DiskPath): DiskStat | undefined;
  readLink(path: DiskPath): Buffer | undefined;
  /** Names in a folder, sorted; empty when absent. */
  list(path: DiskPath): string[];
  /** Refuses an existing name. */
  create(path: DiskPath, mode: number): DiskFile;
  append(path: DiskPath, mode: number): DiskFile;
  /** Creates missing parents too. */
  makeFolder(path: DiskPath, mode: number): void;
  makeLink(target: Buffer, path: DiskPath): void;
  /** Gives an existing file a second name; false when that name is taken. */
  link(from: DiskPath, to: DiskPath): boolean;
  /** Replaces what stands at `to`. */
  rename(from: DiskPath, to: DiskPath): void;
  /** A file, a link, or an empty folder; absent is fine. */
  remove(path: DiskPath): void;
  setMode(path: DiskPath, mode: number): void;
  /** Of the link itself where it is one. */
  setTime(path: DiskPath, mtimeNs: bigint): void;
  syncFolder(path: DiskPath): void;
}

/**
 * All or nothing: after it returns, `path` holds `bytes` whatever happens to the power; before, it
 * holds what it held. `temporary` is a name in the same folder that nobody else uses.
 */
export function writeDurably(
  disk: Disk,
  names: { readonly path: string; readonly temporary: string; readonly folder: string },
  bytes: Uint8Array,
  mode = 0o600,
): void {
  disk.remove(names.temporary);
  const file = disk.create(names.temporary, mode);
  try {
    file.write(bytes);
    file.sync();
  } finally {
    file.close();
  }
  disk.rename(names.temporary, names.path);
  disk.syncFolder(names.folder);
}
