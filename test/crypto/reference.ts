/**
 * docs/format.md §2, §3 and §6 once more, as plainly as possible and without a line of src/crypto:
 * what the vectors are made with. It holds the key and obeys nobody, so it can also write files that
 * no honest writer would: true tags over numbers that do not add up.
 */
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";

export type Bytes = Uint8Array;

export const cat = (...parts: Bytes[]): Buffer => Buffer.concat(parts);
export const sha = (bytes: Bytes): Buffer => createHash("sha256").update(bytes).digest();
export const mac = (key: Bytes, ...parts: Bytes[]): Buffer =>
  createHmac("sha256", key)
    .update(cat(...parts))
    .digest();
export const base64 = (bytes: Bytes): string => Buffer.from(bytes).toString("base64");
export const unbase64 = (text: string): Buffer => Buffer.from(text, "base64");

export function number(value: number, bytes: 1 | 4 | 8): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * bytes, "0"), "hex");
}

export function lp(value: string | Bytes): Buffer {
  const bytes = Buffer.from(value);
  return cat(number(bytes.length, 4), bytes);
}

export function hkdf(ikm: Bytes, salt: Bytes, info: Bytes, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", ikm, salt, info, length));
}

export function gcm(key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  return cat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** As many bytes as wanted, always the same for one label. */
export function bytesFrom(label: string, count: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, i) => sha(lp(`${label} ${i}`)));
  return Buffer.concat(blocks).subarray(0, count);
}

export interface Secrets {
  readonly rk: Bytes;
  readonly repository: Bytes;
}

export const purposeKey = ({ rk, repository }: Secrets, purpose: string): Buffer =>
  hkdf(rk, repository, cat(lp("session-sync/1"), lp(purpose)), 32);

export const chunkId = (secrets: Secrets, kind: number, plaintext: Bytes): Buffer =>
  mac(
    purposeKey(secrets, "content-id"),
    number(kind, 1),
    number(plaintext.length, 8),
    sha(plaintext),
  );

export interface Frame {
  readonly codec: number;
  readonly rawLength: number;
  readonly stored: Bytes;
}

export interface Chunk {
  readonly id: Bytes;
  readonly frame: number;
  readonly start: number;
  readonly length: number;
}

export interface TocRow {
  codec: number;
  rawLength: number;
  offset: number;
  length: number;
}

export interface Trailer {
  tocOffset: number;
  tocLength: number;
  frames: number;
}

export interface FileSpec extends Secrets {
  readonly kind: number;
  readonly frames: readonly Frame[];
  readonly chunks: readonly Chunk[];
  /** Of the whole file. */
  readonly size: number;
  readonly salt: Bytes;
  readonly pad: (count: number) => Bytes;
  /** What a liar with the key would change. */
  readonly lie?: Lie;
}

export interface Lie {
  readonly version?: number;
  readonly mode?: number;
  readonly rows?: (rows: TocRow[]) => void;
  readonly trailer?: (trailer: Trailer) => void;
  /** Bytes between the last frame and the table. */
  readonly gap?: number;
}

export const rawFrame = (raw: Bytes): Frame => ({ codec: 0, rawLength: raw.length, stored: raw });

/**
 * `count` times one byte as a zstd frame of run-length blocks, written by hand: the same bytes
 * whatever version of zstd is at work.
 */
export function runFrame(byte: number, count: number): Frame {
  const block = 2 ** 17;
  const size = Buffer.alloc(4);
  size.writeUInt32LE(count);
  const parts = [Buffer.from("28b52ffda0", "hex"), size];
  for (let left = count; left > 0; left -= block) {
    const head = Buffer.alloc(4);
    const last = left <= block ? 1 : 0;
    head.writeUIntLE((Math.min(left, block) << 3) | (1 << 1) | last, 0, 3);
    head.writeUInt8(byte, 3);
    parts.push(head);
  }
  return { codec: 1, rawLength: count, stored: cat(...parts) };
}

export function honestRows(frames: readonly Frame[]): TocRow[] {
  let offset = 71;
  return frames.map(({ codec, rawLength, stored }) => {
    const row = { codec, rawLength, offset, length: stored.length + 16 };
    offset += row.length;
    return row;
  });
}

export function encodeToc(rows: readonly TocRow[], chunks: readonly Chunk[]): Buffer {
  return cat(
    ...rows.map((row) =>
      cat(
        number(row.codec, 1),
        number(row.rawLength, 4),
        number(row.offset, 4),
        number(row.length, 4),
      ),
    ),
    ...chunks.map((chunk) =>
      cat(chunk.id, number(chunk.frame, 4), number(chunk.start, 4), number(chunk.length, 4)),
    ),
  );
}

/** The salt of an honest writer. */
export function saltOf(
  parts: Pick<FileSpec, "frames" | "chunks">,
  who: { random: Bytes; device: string; time: number; pid: number },
): Buffer {
  const toc = encodeToc(honestRows(parts.frames), parts.chunks);
  const contents = sha(cat(...parts.frames.map((frame) => frame.stored), toc));
  return sha(cat(who.random, lp(who.device), lp(String(who.time)), lp(String(who.pid)), contents));
}

export function sealFile(spec: FileSpec): Buffer {
  const { kind, repository, salt, frames, chunks, lie = {} } = spec;
  const { version = 1, mode = 0, gap = 0 } = lie;
  const family = purposeKey(spec, kind === 1 ? "file-data" : "file-meta");
  const okm = hkdf(family, salt, cat(lp("file"), number(kind, 1), repository), 64);
  const context = cat(number(version, 1), number(kind, 1), repository);
  const seal = (counter: number, label: string, extra: Bytes, plaintext: Bytes): Buffer => {
    const nonce = cat(Buffer.alloc(8), number(counter, 4));
    return gcm(okm.subarray(0, 32), nonce, cat(lp(label), context, extra), plaintext);
  };

  const rows = honestRows(frames);
  lie.rows?.(rows);
  const bodies = frames.map(({ codec, rawLength, stored }, i) => {
    const extra = cat(number(i, 4), number(codec, 1), number(rawLength, 4));
    return seal(i, "frame", extra, stored);
  });
  const plainToc = encodeToc(rows, chunks);
  const body = cat(...bodies, spec.pad(gap));
  const trailer = {
    tocOffset: 71 + body.length,
    tocLength: plainToc.length + 16,
    frames: frames.length,
  };
  lie.trailer?.(trailer);
  const toc = seal(0xfffffffe, "toc", number(trailer.frames, 4), plainToc);
  const numbers = cat(...Object.values(trailer).map((value: number) => number(value, 4)));

  const head = Buffer.from([version, kind, mode]);
  const front = cat(Buffer.from("SSC1"), head, salt, okm.subarray(32), body, toc);
  const sealedTrailer = seal(0xffffffff, "trailer", Buffer.alloc(0), numbers);
  const pad = spec.pad(Math.max(0, spec.size - front.length - 32));
  return cat(front, pad, sealedTrailer, Buffer.from("SSCE"));
}
