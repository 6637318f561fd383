/** What lies where in one pack: its own table of contents, its row in an index, the outbox's note. */
import type { ChunkId, PackId } from "./ids.ts";

/** 1: chunks of files; 2: chunks of the file list. */
export type PackKind = 1 | 2;

export interface FrameRow {
  /** 0 raw, 1 zstd. */
  readonly codec: 0 | 1;
  /** From the start of the sealed file. */
  readonly offset: number;
  /** Tag included. */
  readonly length: number;
  readonly rawLength: number;
}

export interface ChunkRow {
  readonly id: ChunkId;
  /** Counted within the pack. */
  readonly frame: number;
  /** In the frame's decompressed bytes. */
  readonly start: number;
  readonly length: number;
}

export interface PackTable {
  readonly id: PackId;
  readonly kind: PackKind;
  readonly size: number;
  /** 32 bytes, base64. */
  readonly salt: string;
  /** 32 bytes, base64. */
  readonly commit: string;
  readonly frames: readonly FrameRow[];
  readonly chunks: readonly ChunkRow[];
}
