/** One file that is written from front to back, and reading that is not satisfied with less. */
import assert from "node:assert/strict";
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import type { DiskFile, DiskPath } from "../base/disk.ts";
import { attempt } from "./refusals.ts";

export class OpenFile implements DiskFile {
  readonly #path: DiskPath;
  readonly #fd: number;
  #end: number;
  #isOpen = true;

  static open(path: DiskPath, flags: number, mode: number): OpenFile {
    return new OpenFile(path, openSync(path, flags, mode));
  }

  private constructor(path: DiskPath, fd: number) {
    this.#path = path;
    this.#fd = fd;
    this.#end = fstatSync(fd).size;
  }

  /** A disk may take less than it was given, above all when it is nearly full. */
  write(bytes: Uint8Array): void {
    this.#do(() => {
      for (let done = 0; done < bytes.length;) {
        const written = writeSync(this.#fd, bytes, done, bytes.length - done, this.#end);
        assert(written > 0);
        done += written;
        this.#end += written;
      }
    });
  }

  skip(count: number): void {
    this.#do(() => {
      ftruncateSync(this.#fd, this.#end + count);
      this.#end += count;
    });
  }

  sync(): void {
    this.#do(() => {
      fdatasyncSync(this.#fd);
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    attempt(this.#path, () => {
      closeSync(this.#fd);
    });
  }

  /** After `close` the number may belong to another file. */
  #do(work: () => void): void {
    assert(this.#isOpen);
    attempt(this.#path, work);
  }
}

/** Exactly this range; less only at the end of the file. */
export function readFully(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}
