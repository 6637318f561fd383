/**
 * New content into a file under a temporary name.
 *
 * Invariant I8: returns only when the size and the SHA-256 of what was written agree with what was
 * asked for, and it is on the disk.
 */
import { toBase64 } from "../base/bytes.ts";
import type { Disk, DiskFile } from "../base/disk.ts";
import { IntegrityError } from "../base/errors.ts";
import { Sha256 } from "../base/sha256.ts";
import { HoleWriter } from "./hole-writer.ts";
import type { WantedContent } from "./standing-content.ts";

export interface Attributes {
  readonly mode: number;
  readonly mtimeNs: bigint;
}

export interface NewFile extends Attributes, WantedContent {
  /** Had holes: long runs of zeros become holes again. */
  readonly sparse: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** `name` is for the message. */
export async function writeVerified(
  disk: Disk,
  path: string,
  wanted: NewFile,
  name: string,
): Promise<void> {
  const file = disk.create(path, 0o600);
  try {
    const { size, sha256 } = await writeAll(file, wanted);
    if (size !== wanted.size || sha256 !== wanted.sha256) {
      throw new IntegrityError("restore-content-differs", { path: name });
    }
    file.sync();
  } finally {
    file.close();
  }
  disk.setMode(path, wanted.mode);
  disk.setTime(path, wanted.mtimeNs);
}

async function writeAll(
  file: DiskFile,
  { bytes, sparse }: NewFile,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const holes = sparse ? new HoleWriter(file) : undefined;
  const hash = new Sha256();
  let size = 0;
  for await (const piece of bytes) {
    hash.update(piece);
    (holes ?? file).write(piece);
    size += piece.length;
  }
  holes?.end();
  return { size, sha256: toBase64(hash.digest()) };
}
