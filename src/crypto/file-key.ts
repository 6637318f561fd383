/**
 * The key of one sealed file and the three kinds of ciphertext it makes (docs/format.md §3).
 *
 * Invariant: nonces differ within a file: frames count from 0, the table of contents and the
 * trailer have the two highest numbers, which no frame reaches. With one file a key, none repeats.
 * Invariant: kind, repository, number, codec and length are bound, so that nothing can be moved,
 * swapped, reordered or passed off as something else.
 */
import { u32, lp, toBase64 } from "../base/bytes.ts";
import { idBytes } from "../base/ids.ts";
import type { FrameRow } from "../base/pack-table.ts";
import { deriveCommitted } from "./derive.ts";
import { NONCE_BYTES, type Binding } from "./gcm.ts";
import type { RepositoryKey } from "./keys.ts";
import { FORMAT_VERSION, type FileKind } from "./layout.ts";

const TOC_COUNTER = 0xfffffffe;
const TRAILER_COUNTER = 0xffffffff;

export interface FileKey {
  readonly kind: FileKind;
  readonly salt: Buffer;
  readonly commitment: Buffer;
  frame(index: number, row: Pick<FrameRow, "codec" | "rawLength">): Binding;
  toc(frames: number): Binding;
  trailer(): Binding;
}

export function deriveFileKey(repositoryKey: RepositoryKey, kind: FileKind, salt: Buffer): FileKey {
  const repository = idBytes(repositoryKey.repository);
  const from = repositoryKey.purpose(kind === 1 ? "file-data" : "file-meta");
  const info = Buffer.concat([lp("file"), Buffer.from([kind]), repository]);
  const { key, commitment } = deriveCommitted(from, salt, info);
  const context = Buffer.concat([Buffer.from([FORMAT_VERSION, kind]), repository]);
  const bind = (counter: number, label: string, ...rest: Buffer[]): Binding => ({
    key,
    nonce: Buffer.concat([Buffer.alloc(NONCE_BYTES - 4), u32(counter)]),
    aad: Buffer.concat([lp(label), context, ...rest]),
  });
  return {
    kind,
    salt,
    commitment,
    frame: (index, { codec, rawLength }) =>
      bind(index, "frame", u32(index), Buffer.from([codec]), u32(rawLength)),
    toc: (frames) => bind(TOC_COUNTER, "toc", u32(frames)),
    trailer: () => bind(TRAILER_COUNTER, "trailer"),
  };
}

/** Keys of the files read lately, the last used last. Reading a pack frame by frame derives once. */
export class FileKeys {
  readonly #repositoryKey: RepositoryKey;
  readonly #known = new Map<string, FileKey>();
  readonly #capacity: number;

  constructor(repositoryKey: RepositoryKey, capacity = 64) {
    this.#repositoryKey = repositoryKey;
    this.#capacity = capacity;
  }

  of(kind: FileKind, salt: Buffer): FileKey {
    const name = `${kind} ${toBase64(salt)}`;
    const key = this.#known.get(name) ?? deriveFileKey(this.#repositoryKey, kind, salt);
    this.#known.delete(name);
    this.#known.set(name, key);
    this.#forgetOldest();
    return key;
  }

  #forgetOldest(): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#capacity && oldest !== undefined) this.#known.delete(oldest);
  }
}
