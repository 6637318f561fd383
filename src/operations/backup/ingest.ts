/**
 * One file of the workspace into chunks: read steadily, cut by its content, named, and handed to
 * the writer, which keeps what is new. A live database is copied consistently first.
 */
import { toBase64 } from "../../base/bytes.ts";
import { parseContentSha, type ChunkId } from "../../base/ids.ts";
import { diskPath } from "../../base/paths.ts";
import type { CutPrf, CutRule } from "../../base/cut-rule.ts";
import { Sha256 } from "../../base/sha256.ts";
import { chooseRule } from "../../chunking/choose.ts";
import { chunkLength, maxChunkBytes } from "../../chunking/chunk-length.ts";
import type { Scanned } from "../../files/scan.ts";
import { beginsLikeDatabase } from "../../files/sqlite-header.ts";
import { withDatabaseCopy } from "../../files/sqlite-copy.ts";
import { readSteadily, type ContentReader } from "../../files/steady-read.ts";
import type { FileSignature } from "../../files/scan.ts";
import type { FileEntry, FileFlag } from "../../format/entry.ts";
import { writeIds } from "../../repository/id-lists.ts";
import type { Keys } from "../../repository/keys.ts";
import type { Writer } from "../../repository/writer.ts";

export interface Ingest {
  readonly workspace: string;
  /** For copies of databases; emptied by whoever makes them. */
  readonly scratch: string;
  readonly writer: Writer;
  readonly keys: Keys;
  /** After each chunk; it may throw to end the reading. */
  readonly onRead: (bytes: number) => void;
}

export interface Ingested {
  readonly entry: FileEntry;
  readonly ids: readonly ChunkId[];
  /** Of the file as it was read; absent where it would not hold still. */
  readonly signature: FileSignature | undefined;
}

type ScannedFile = Extract<Scanned, { kind: "file" }>;

interface Content {
  readonly size: number;
  readonly sha256: Buffer;
  readonly rule: CutRule;
  readonly ids: readonly ChunkId[];
}

const HEAD_BYTES = 8 * 1024;
const WINDOW_BYTES = 8 * 1024 * 1024;

/** undefined: the file vanished since it was listed. */
export async function ingestFile(ingest: Ingest, file: ScannedFile): Promise<Ingested | undefined> {
  const path = `${ingest.workspace}/${file.path}`;
  const read = readSteadily(diskPath(path), (reader) => cutUnlessDatabase(ingest, reader));
  if (read === undefined) return undefined;
  if (read.value !== "database") return ingested(ingest, file, read.value, read);
  // Also a small one: what was committed may still lie in its `-wal` alone.
  const copied = await withDatabaseCopy(path, ingest.scratch, (copy) =>
    readSteadily(copy, (reader) => cutContent(ingest, reader)),
  );
  if (copied) return ingested(ingest, file, copied.value, { ...read, signature: file.signature });
  const raw = readSteadily(diskPath(path), (reader) => cutContent(ingest, reader));
  return raw && ingested(ingest, file, raw.value, { ...raw, steady: false });
}

function cutUnlessDatabase(ingest: Ingest, reader: ContentReader): Content | "database" {
  return beginsLikeDatabase(reader.read(0, HEAD_BYTES)) ? "database" : cutContent(ingest, reader);
}

function cutContent({ writer, keys, onRead }: Ingest, reader: ContentReader): Content {
  const rule = chooseRule(reader.read(0, HEAD_BYTES), reader.size);
  const hash = new Sha256();
  const ids: ChunkId[] = [];
  let size = 0;
  for (const chunk of chunksOf(reader, rule, keys.cutPrf)) {
    hash.update(chunk);
    ids.push(writer.add(1, chunk));
    size += chunk.length;
    onRead(chunk.length);
  }
  return { size, sha256: hash.digest(), rule, ids };
}

/** The content in chunks; each is valid until the next is asked for. */
function* chunksOf(reader: ContentReader, rule: CutRule, prf: CutPrf): Generator<Buffer> {
  const longest = maxChunkBytes(rule, reader.size);
  let window: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (;;) {
    if (window.length < longest && offset + window.length < reader.size) {
      window = reader.read(offset, Math.max(WINDOW_BYTES, longest));
    }
    if (window.length === 0) return;
    const length = chunkLength(rule, window.subarray(0, longest), reader.size, prf);
    yield window.subarray(0, length);
    window = window.subarray(length);
    offset += length;
  }
}

function ingested(
  { keys, writer }: Ingest,
  file: ScannedFile,
  content: Content,
  read: { readonly steady: boolean; readonly signature: FileSignature; readonly mode: number },
): Ingested {
  const add = (plaintext: Uint8Array): ChunkId => writer.add(2, plaintext);
  const entry: FileEntry = {
    kind: "file",
    path: file.path,
    mtime: String(read.signature.mtimeNs),
    mode: read.mode,
    size: content.size,
    sha256: parseContentSha(toBase64(content.sha256)),
    rule: content.rule,
    content: writeIds(content.ids, keys.treeCut, add),
    flags: flagsOf(file, read.steady),
  };
  return { entry, ids: content.ids, signature: read.steady ? read.signature : undefined };
}

function flagsOf({ sparse }: ScannedFile, steady: boolean): FileFlag[] {
  return [...(sparse ? (["sparse"] as const) : []), ...(steady ? [] : (["unsteady"] as const))];
}
