/**
 * A frame's bytes as they are stored, before encryption: raw, or one zstd frame where that is
 * shorter (docs/format.md §3).
 *
 * Invariant: decompression never gives, nor allocates, more than the length that was authenticated.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { asBuffer } from "../base/bytes.ts";
import { IntegrityError } from "../base/errors.ts";
import type { FrameRow } from "../base/pack-table.ts";
import { MAX_FRAME_RAW_BYTES } from "./layout.ts";

export interface StoredFrame {
  readonly codec: FrameRow["codec"];
  readonly stored: Uint8Array;
}

/** 8 MiB: a frame never needs a larger window, and a hostile one does not get it. */
const WINDOW_LOG_MAX = Math.log2(MAX_FRAME_RAW_BYTES);
/** Room for zlib to finish in one call, which is faster than growing. */
const SLACK_BYTES = 512;

/** Decompresses what it compressed before it returns it. */
export function encodeFrame(raw: Uint8Array, level: number): StoredFrame {
  const compressed = zstdCompressSync(raw, {
    chunkSize: raw.length + (raw.length >> 8) + SLACK_BYTES,
    pledgedSrcSize: raw.length,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
  if (compressed.length >= raw.length) return { codec: 0, stored: raw };
  const again = decodeFrame({ codec: 1, stored: compressed }, raw.length);
  if (again?.equals(raw) === true) return { codec: 1, stored: compressed };
  throw new IntegrityError("seal-unsound", { object: "a compressed frame" });
}

/** undefined unless it gives exactly `rawLength` bytes, and nothing follows them. */
export function decodeFrame(frame: StoredFrame, rawLength: number): Buffer | undefined {
  const raw = frame.codec === 0 ? asBuffer(frame.stored) : decompress(frame.stored, rawLength);
  return raw?.length === rawLength ? raw : undefined;
}

function decompress(stored: Uint8Array, rawLength: number): Buffer | undefined {
  try {
    return zstdDecompressSync(stored, {
      chunkSize: rawLength + SLACK_BYTES,
      maxOutputLength: rawLength,
      rejectGarbageAfterEnd: true,
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
    });
  } catch {
    return undefined;
  }
}
