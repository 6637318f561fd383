/**
 * Reading a file that may change while it is read.
 *
 * What is read through twice the same signature is one state of the file; a file that will not hold
 * still is read three times and then taken as it came, and said so.
 */
import assert from "node:assert/strict";
import { closeSync, constants, fstatSync, lstatSync, openSync } from "node:fs";
import type { DiskPath } from "../base/disk.ts";
import { DiskError } from "../base/errors.ts";
import { readFully } from "./open-file.ts";
import { isAbsence, nodePath, shownPath, systemCode, unlessAbsent } from "./refusals.ts";
import { PERMISSIONS, sameSignature, signatureOf, type FileSignature } from "./signature.ts";

export interface ContentReader {
  /** At opening; what a growing file has beyond is left for the next backup. */
  readonly size: number;
  /** Exactly this range; short only at the end. */
  read(offset: number, length: number): Buffer;
}

export interface SteadyRead<T> {
  readonly value: T;
  readonly steady: boolean;
  /** At opening, before the first byte was read. */
  readonly signature: FileSignature;
  readonly mode: number;
}

const MAX_TRIES = 3;

/**
 * `consume` starts from nothing at each try; the value of the last one counts. undefined: it
 * vanished or is no regular file any more. A file that vanished only after it was read is kept,
 * unsteady: a program that replaces a file by removing it first must not lose it from a version.
 */
export function readSteadily<T>(
  path: DiskPath,
  consume: (reader: ContentReader) => T,
): SteadyRead<T> | undefined {
  let last: SteadyRead<T> | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const read = readOnce(path, consume);
    if (read === undefined) return last;
    if (read.steady) return read;
    last = read;
  }
  return last;
}

function readOnce<T>(
  path: DiskPath,
  consume: (reader: ContentReader) => T,
): SteadyRead<T> | undefined {
  const fd = orUnreadable(path, () => openPlainly(path));
  if (fd === undefined) return undefined;
  try {
    const stat = orUnreadable(path, () => fstatSync(fd, { bigint: true }));
    if (!stat.isFile()) return undefined;
    const signature = signatureOf(stat);
    const reader = new OpenReader(path, fd, signature.size);
    const value = consume(reader);
    reader.end();
    const steady = orUnreadable(path, () => isStill(signature, { fd, path }));
    return { value, steady, signature, mode: Number(stat.mode) & PERMISSIONS };
  } finally {
    closeSync(fd);
  }
}

/** Never through a link (ELOOP), never waiting for the other end of a FIFO; ENXIO is a socket. */
function openPlainly(path: DiskPath): number | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  try {
    return openSync(nodePath(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isAbsence(error) || ["ELOOP", "ENXIO"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** The open file is as it was, and still what the path names. */
function isStill(signature: FileSignature, { fd, path }: { fd: number; path: DiskPath }): boolean {
  const now = fstatSync(fd, { bigint: true });
  const named = unlessAbsent(() => lstatSync(nodePath(path), { bigint: true }));
  return named?.ino === now.ino && sameSignature(signature, signatureOf(now));
}

class OpenReader implements ContentReader {
  readonly size: number;
  readonly #path: DiskPath;
  #fd: number | undefined;

  constructor(path: DiskPath, fd: number, size: number) {
    this.#path = path;
    this.#fd = fd;
    this.size = size;
  }

  read(offset: number, length: number): Buffer {
    const fd = this.#fd;
    assert(fd !== undefined, "the file is closed: a reader lives as long as its consume");
    assert(offset >= 0 && length >= 0);
    const there = Math.max(0, Math.min(length, this.size - offset));
    return orUnreadable(this.#path, () => readFully(fd, offset, there));
  }

  end(): void {
    this.#fd = undefined;
  }
}

function orUnreadable<Result>(path: DiskPath, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new DiskError("file-unreadable", { path: shownPath(path), reason }, error);
  }
}
