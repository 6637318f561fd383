/** Content into a file, with holes in place of long runs of zeros. */
import type { DiskFile } from "../base/disk.ts";

const BLOCK_BYTES = 4096;
const MIN_HOLE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(MIN_HOLE_BYTES);

export class HoleWriter {
  readonly #file: DiskFile;
  /** Zeros that are due: a hole, or part of one, once we know how many follow. */
  #zeros = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      const block = bytes.subarray(at, at + BLOCK_BYTES);
      if (!isZero(block)) continue;
      this.#data(bytes.subarray(from, at));
      this.#zeros += block.length;
      from = at + block.length;
    }
    this.#data(bytes.subarray(from));
  }

  end(): void {
    if (this.#zeros >= MIN_HOLE_BYTES) this.#file.skip(this.#zeros);
    else if (this.#zeros > 0) this.#file.write(ZEROS.subarray(0, this.#zeros));
    this.#zeros = 0;
  }

  #data(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.end();
    this.#file.write(bytes);
  }
}

const isZero = (block: Uint8Array): boolean => ZEROS.subarray(0, block.length).equals(block);
