/**
 * What we know of each file without opening it: the entry that the last version gave it, and what
 * the file looked like when its content was read.
 *
 * Invariant: a file that may have changed after it was read is never a hit. A filesystem stamps
 * changes with a coarse clock, so a change right after the reading can leave the times as they were;
 * an entry whose times are not clearly older than the reading is read again.
 *
 * 100,000 files must load and save in a blink: one line of JSON a file, parsed when it is asked for.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { decodeJson, type Json } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import { parseDeviceId, type DeviceId } from "../base/ids.ts";
import { Fields } from "./fields.ts";
import type { LocalSealer } from "./local-document.ts";
import { writeStateFile } from "./state-file.ts";

/** What a scan sees of a file without opening it. */
export interface FileSignature {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
}

export interface CachedFile {
  readonly path: string;
  readonly signature: FileSignature;
  /** What else its content depends on, a database's log for example, in the caller's words. */
  readonly sideFiles: string;
  /** Wall clock before the reading began. */
  readonly readAtMs: number;
  readonly entry: Json;
}

/** The version that the entries belong to. */
export interface CachedVersion {
  readonly root: string;
  readonly device: DeviceId;
  readonly seq: number;
}

type Row = readonly [
  path: string,
  size: number,
  mtimeNs: string,
  ctimeNs: string,
  inode: string,
  readAtMs: number,
  sideFiles: string,
  entry: Json,
];

/** The seal is bound to it: another layout of the rows gets another name. */
const DOCUMENT = "file-cache/1";
/** Sealing and writing a fifth of the bytes saves more time than this costs. */
const QUICKLY = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export class FileCache {
  readonly version: CachedVersion | undefined;
  readonly #lines: ReadonlyMap<string, string>;

  private constructor(version: CachedVersion | undefined, lines: ReadonlyMap<string, string>) {
    this.version = version;
    this.#lines = lines;
  }

  /** Empty where there is none that we can read: everything is then looked at afresh. */
  static load(disk: Disk, path: string, seal: LocalSealer): FileCache {
    const file = disk.read(path);
    const bytes = file && seal.open(DOCUMENT, file);
    if (bytes === undefined) return new FileCache(undefined, new Map());
    const [head = "", ...lines] = zstdDecompressSync(bytes).toString("utf8").split("\n");
    return new FileCache(decodeHead(head), new Map(lines.map((line) => [pathOf(line), line])));
  }

  static save(
    disk: Disk,
    path: string,
    seal: LocalSealer,
    content: { readonly version: CachedVersion; readonly files: Iterable<CachedFile> },
  ): void {
    const { root, device, seq } = content.version;
    const lines = [JSON.stringify({ root, device, seq })];
    for (const file of content.files) lines.push(JSON.stringify(rowOf(file)));
    const bytes = zstdCompressSync(Buffer.from(lines.join("\n")), QUICKLY);
    writeStateFile(disk, path, seal.seal(DOCUMENT, bytes));
  }

  /** Every entry of the version, in the order it was saved, however its file looks now. */
  *entries(): Generator<Json> {
    for (const line of this.#lines.values()) yield (JSON.parse(line) as Row)[7];
  }

  /** The entry, if the file still looks as it did and cannot have changed unseen. */
  lookup(path: string, signature: FileSignature, sideFiles: string): Json | undefined {
    const line = this.#lines.get(path);
    if (line === undefined) return undefined;
    const row = JSON.parse(line) as Row;
    return isSame(row, signature, sideFiles) && isSettled(row, signature) ? row[7] : undefined;
  }
}

function rowOf({ path, signature, sideFiles, readAtMs, entry }: CachedFile): Row {
  const { size, mtimeNs, ctimeNs, inode } = signature;
  const numbers = [String(mtimeNs), String(ctimeNs), String(inode)] as const;
  return [path, size, ...numbers, readAtMs, sideFiles, entry];
}

function isSame(row: Row, now: FileSignature, sideFiles: string): boolean {
  const [, size, mtimeNs, ctimeNs, inode, , knownSideFiles] = row;
  return (
    size === now.size &&
    mtimeNs === String(now.mtimeNs) &&
    ctimeNs === String(now.ctimeNs) &&
    inode === String(now.inode) &&
    knownSideFiles === sideFiles
  );
}

const SECOND_NS = 1_000_000_000n;
const FINE_MS = 50;
/** FAT counts in steps of two seconds. */
const COARSE_MS = 2000;

function isSettled([, , , , , readAtMs]: Row, { mtimeNs, ctimeNs }: FileSignature): boolean {
  const coarse = mtimeNs % SECOND_NS === 0n && ctimeNs % SECOND_NS === 0n;
  const newestMs = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  return readAtMs - newestMs > (coarse ? COARSE_MS : FINE_MS);
}

function decodeHead(head: string): CachedVersion {
  const fields = new Fields(decodeJson(Buffer.from(head), DOCUMENT), DOCUMENT);
  const device = parseDeviceId(fields.text("device"));
  return { root: fields.text("root"), device, seq: fields.count("seq") };
}

/** The first field of a line, without parsing the rest where nothing in it is escaped. */
function pathOf(line: string): string {
  const end = line.indexOf('"', 2);
  const path = line.slice(2, end);
  return path.includes("\\") ? (JSON.parse(line) as Row)[0] : path;
}
