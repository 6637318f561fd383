import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { toBase64 } from "../../src/base/bytes.ts";
import type { Disk, DiskFile } from "../../src/base/disk.ts";
import {
  parseChunkId,
  parseDeviceId,
  parseEntrySha,
  parsePackId,
  parseRepositoryId,
  type ChunkId,
  type EntrySha,
} from "../../src/base/ids.ts";
import type { PackTable } from "../../src/base/pack-table.ts";
import { sha256 } from "../../src/base/sha256.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import type { LocalSealer } from "../../src/state/local-document.ts";

/** Folders that are removed after each test of the file that asks for them. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "state-"));
    made.push(folder);
    return folder;
  };
}

/** Hides, binds the name, and notices damage; as little as a test needs of a seal. */
export function testSeal(secret = "ours"): LocalSealer {
  const tag = (name: string, bytes: Uint8Array): Buffer =>
    sha256(Buffer.concat([Buffer.from(`${secret}/${name}/`), bytes]));
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a);
  return {
    seal: (name, bytes) => Buffer.concat([tag(name, bytes), flip(bytes)]),
    open: (name, sealed) => {
      const bytes = flip(sealed.subarray(32));
      return tag(name, bytes).equals(sealed.subarray(0, 32)) ? bytes : undefined;
    },
  };
}

const hashed = (text: string): string => toBase64(sha256(Buffer.from(text)));

export const device = parseDeviceId("0123456789abcdef");
export const otherDevice = parseDeviceId("fedcba9876543210");
export const repository = parseRepositoryId(toBase64(Buffer.alloc(16, 1)));
export const otherRepository = parseRepositoryId(toBase64(Buffer.alloc(16, 2)));
export const chunkId = (text: string): ChunkId => parseChunkId(hashed(text));
export const entrySha = (text: string): EntrySha => parseEntrySha(hashed(text));

export function tableOf(body: Uint8Array): PackTable {
  return {
    id: parsePackId(toBase64(sha256(body))),
    kind: 1,
    size: body.length,
    salt: hashed("salt"),
    commit: hashed("commit"),
    frames: [{ codec: 1, offset: 71, length: 20, rawLength: 40 }],
    chunks: [
      { id: chunkId("a"), frame: 0, start: 0, length: 30 },
      { id: chunkId("b"), frame: 0, start: 30, length: 10 },
    ],
  };
}

/** A disk whose next write under a name that matches stops after some bytes, as a full one does. */
export function fillingDisk(pattern: RegExp): { disk: Disk; fillAfter: (bytes: number) => void } {
  let left = Infinity;
  const filling = (path: unknown, file: DiskFile): DiskFile => ({
    write: (bytes) => {
      if (!pattern.test(String(path)) || bytes.length <= left) {
        file.write(bytes);
        return;
      }
      file.write(bytes.subarray(0, left));
      left = Infinity;
      throw new Error("the disk is full");
    },
    skip: (count) => {
      file.skip(count);
    },
    sync: () => {
      file.sync();
    },
    close: () => {
      file.close();
    },
  });
  const disk: Disk = {
    ...realDisk,
    create: (path, mode) => filling(path, realDisk.create(path, mode)),
    append: (path, mode) => filling(path, realDisk.append(path, mode)),
  };
  return {
    disk,
    fillAfter: (bytes) => {
      left = bytes;
    },
  };
}
