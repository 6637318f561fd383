/**
 * Collects chunks into frames, and frames into one pack (docs/format.md §3). A frame is one
 * compression unit: neighbours share it, so that cuts can be fine while compression is coarse.
 *
 * Invariant: a chunk never spans frames. A builder makes one pack and cannot be used again.
 */
import assert from "node:assert/strict";
import { toBase64, type Sealed } from "../base/bytes.ts";
import { parsePackId, type ChunkId } from "../base/ids.ts";
import type { ChunkRow, PackKind, PackTable } from "../base/pack-table.ts";
import { sha256 } from "../base/sha256.ts";
import { assembleFile, FrameList } from "./assemble.ts";
import { TAG_BYTES } from "./gcm.ts";
import type { RepositoryKey } from "./keys.ts";
import { MAX_CHUNKS, MAX_FRAME_RAW_BYTES, MAX_PACK_BYTES, TAIL_BYTES } from "./layout.ts";
import type { SaltSource } from "./salt-source.ts";
import { CHUNK_ROW_BYTES, FRAME_ROW_BYTES } from "./table-of-contents.ts";

/** A frame that holds this much is closed rather than grown past the most. */
const FRAME_LEAST_BYTES = 256 * 2 ** 10;
const FRAME_MOST_BYTES = 2 ** 20;
/** What a chunk can add to a pack besides itself: its row, and a frame of its own. */
const ROWS_OF_A_CHUNK_BYTES = CHUNK_ROW_BYTES + FRAME_ROW_BYTES + TAG_BYTES;

export interface PackOptions {
  /** zstd's, 1 to 19. */
  readonly compressionLevel: number;
  readonly padFloorBytes: number;
}

export interface PackSetting extends PackOptions {
  readonly key: RepositoryKey;
  readonly salts: SaltSource;
  readonly kind: PackKind;
}

export class PackBuilder {
  readonly #setting: PackSetting;
  readonly #frames = new FrameList();
  readonly #chunks: ChunkRow[] = [];
  #open: Buffer[] = [];
  #openBytes = 0;
  #rawBytes = 0;
  #finished = false;

  constructor(setting: PackSetting) {
    const { compressionLevel, padFloorBytes } = setting;
    assert(Number.isInteger(compressionLevel) && compressionLevel >= 1 && compressionLevel <= 19);
    assert(padFloorBytes >= 0 && padFloorBytes <= MAX_PACK_BYTES);
    this.#setting = setting;
  }

  /** Copies what it needs before it returns. */
  add(id: ChunkId, plaintext: Uint8Array): void {
    const length = plaintext.length;
    assert(!this.#finished, "this pack is finished");
    assert(length >= 1 && length <= MAX_FRAME_RAW_BYTES, "a chunk holds 1 byte to 8 MiB");
    assert(this.#chunks.length < MAX_CHUNKS, "no more chunks fit a pack");
    assert(
      this.sealedBytes + length + ROWS_OF_A_CHUNK_BYTES <= MAX_PACK_BYTES,
      "this pack is full",
    );
    if (this.#closesBefore(length)) this.#closeFrame();
    this.#chunks.push({ id, frame: this.#frames.frames.length, start: this.#openBytes, length });
    this.#open.push(Buffer.from(plaintext));
    this.#openBytes += length;
    this.#rawBytes += length;
  }

  get rawBytes(): number {
    return this.#rawBytes;
  }

  /** What the file would hold now, the open frame counted as incompressible, without its pad. */
  get sealedBytes(): number {
    const open = this.#openBytes === 0 ? 0 : this.#openBytes + TAG_BYTES + FRAME_ROW_BYTES;
    const frameRows = this.#frames.frames.length * FRAME_ROW_BYTES;
    const chunkRows = this.#chunks.length * CHUNK_ROW_BYTES;
    return this.#frames.end + open + frameRows + chunkRows + TAG_BYTES + TAIL_BYTES;
  }

  get chunks(): number {
    return this.#chunks.length;
  }

  /** Opens what it sealed before it returns it. */
  finish(): { sealed: Sealed; table: PackTable } {
    assert(!this.#finished, "this pack is finished");
    assert(this.#chunks.length > 0, "an empty pack is not made");
    this.#finished = true;
    this.#closeFrame();
    const [frames, chunks] = [this.#frames, this.#chunks];
    const { sealed, file } = assembleFile({ ...this.#setting, frames, chunks });
    const table: PackTable = {
      id: parsePackId(toBase64(sha256(sealed))),
      kind: this.#setting.kind,
      size: sealed.length,
      salt: toBase64(file.salt),
      commit: toBase64(file.commitment),
      frames: frames.rows,
      chunks,
    };
    return { sealed, table };
  }

  #closesBefore(length: number): boolean {
    const grown = this.#openBytes + length;
    if (grown > MAX_FRAME_RAW_BYTES) return true;
    return this.#openBytes >= FRAME_LEAST_BYTES && grown > FRAME_MOST_BYTES;
  }

  #closeFrame(): void {
    this.#frames.append(Buffer.concat(this.#open), this.#setting.compressionLevel);
    this.#open = [];
    this.#openBytes = 0;
  }
}
