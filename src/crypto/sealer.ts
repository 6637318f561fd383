/**
 * The writing side of sealed files: packs of chunks, and documents (docs/format.md §3).
 *
 * Invariant I5: this is the only way the workspace's bytes become `Sealed`. Identity and clock come
 * in once, here; no call takes a salt or a nonce.
 */
import assert from "node:assert/strict";
import type { Sealed } from "../base/bytes.ts";
import type { PackKind } from "../base/pack-table.ts";
import { assembleFile, FrameList } from "./assemble.ts";
import type { RepositoryKey } from "./keys.ts";
import { MAX_DOCUMENT_BYTES, type DocumentKind } from "./layout.ts";
import { PackBuilder, type PackOptions } from "./pack-builder.ts";
import { SaltSource, type SealerIdentity } from "./salt-source.ts";

export type { PackBuilder, PackOptions } from "./pack-builder.ts";
export type { SealerIdentity } from "./salt-source.ts";

const DOCUMENT_FRAME_BYTES = 2 ** 20;
const DOCUMENT_PAD_FLOOR_BYTES = 2 ** 10;
/** Documents are small and read more often than written. */
const DOCUMENT_COMPRESSION_LEVEL = 6;

export class Sealer {
  readonly #key: RepositoryKey;
  readonly #salts: SaltSource;

  /** `salts` is for test vectors; nobody outside this folder can make one. */
  constructor(key: RepositoryKey, identity: SealerIdentity, salts = new SaltSource(identity)) {
    this.#key = key;
    this.#salts = salts;
  }

  startPack(kind: PackKind, options: PackOptions): PackBuilder {
    const { compressionLevel, padFloorBytes } = options;
    const [key, salts] = [this.#key, this.#salts];
    return new PackBuilder({ key, salts, kind, compressionLevel, padFloorBytes });
  }

  /** Opens what it sealed before it returns it. */
  sealDocument(kind: DocumentKind, plaintext: Uint8Array): Sealed {
    assert(plaintext.length <= MAX_DOCUMENT_BYTES, "a document is at most 64 MiB");
    const frames = new FrameList();
    for (let at = 0; at < plaintext.length; at += DOCUMENT_FRAME_BYTES) {
      const piece = plaintext.subarray(at, at + DOCUMENT_FRAME_BYTES);
      frames.append(Buffer.from(piece), DOCUMENT_COMPRESSION_LEVEL);
    }
    const [key, salts, padFloorBytes] = [this.#key, this.#salts, DOCUMENT_PAD_FLOOR_BYTES];
    return assembleFile({ key, salts, kind, padFloorBytes, frames, chunks: [] }).sealed;
  }
}
