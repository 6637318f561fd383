/**
 * Sealed objects as they came from the store, so that a usual run need not ask for them again.
 *
 * Never the only copy and never believed: whoever opens one verifies it as if the store had sent it
 * just now. So nothing here waits for the disk; a file that a power cut left torn fails its checksum
 * and reads as absent.
 */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { u32 } from "../base/bytes.ts";
import type { Disk } from "../base/disk.ts";

const CHECKSUM_BYTES = 4;
/** Names of objects have no `+`, and do not begin with the `/` that it stands for. */
const TEMPORARY = "+tmp";

export class ObjectCache {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  get(name: string): Uint8Array | undefined {
    const file = this.#disk.read(this.#path(name));
    if (file === undefined || file.length < CHECKSUM_BYTES) return undefined;
    const bytes = file.subarray(CHECKSUM_BYTES);
    return file.readUInt32BE(0) === crc32(bytes) ? bytes : undefined;
  }

  put(name: string, bytes: Uint8Array): void {
    const temporary = join(this.#folder, TEMPORARY);
    this.#disk.makeFolder(this.#folder, 0o700);
    this.#disk.remove(temporary);
    const file = this.#disk.create(temporary, 0o600);
    try {
      file.write(u32(crc32(bytes)));
      file.write(bytes);
    } finally {
      file.close();
    }
    this.#disk.rename(temporary, this.#path(name));
  }

  remove(name: string): void {
    this.#disk.remove(this.#path(name));
  }

  /** Names of all that is kept, sorted. */
  names(): string[] {
    return this.#disk
      .list(this.#folder)
      .filter((file) => file !== TEMPORARY)
      .map((file) => file.replaceAll("+", "/"))
      .sort();
  }

  #path(name: string): string {
    return join(this.#folder, name.replaceAll("/", "+"));
  }
}
