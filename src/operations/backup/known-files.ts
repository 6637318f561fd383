/**
 * What this machine knows of the previous version: its entries, and for every file how it looked
 * when it was read. Kept in the state directory; where that is lost or of another version, the
 * entries come from the repository and every file is read again.
 */
import { toBase64 } from "../../base/bytes.ts";
import type { Json, JsonObject } from "../../base/canonical-json.ts";
import { IntegrityError } from "../../base/errors.ts";
import { chunkIdOf, idBytes, type ChunkId } from "../../base/ids.ts";
import type { RelPath } from "../../base/paths.ts";
import type { FileSignature, Scanned } from "../../files/scan.ts";
import { decodeEntry, encodeEntry, type Entry, type FileEntry } from "../../format/entry.ts";
import { readIds } from "../../repository/id-lists.ts";
import type { KnownVersion } from "../../repository/log-book.ts";
import type { Repository } from "../../repository/repository.ts";
import { FileCache, type CachedFile } from "../../state/file-cache.ts";
import { entriesOf } from "../previous.ts";

type ScannedFile = Extract<Scanned, { kind: "file" }>;

/** A file whose content need not be read, because it is known by how it looks. */
export interface KnownFile {
  readonly signature: FileSignature;
  readonly sideFiles: string | undefined;
  readonly entry: FileEntry;
  /** All its chunks, also where the entry only names lists of them. */
  readonly ids: readonly ChunkId[];
  readonly readAtMs: number;
}

export interface KnownContent {
  readonly entries: readonly Entry[];
  readonly files: readonly KnownFile[];
}

/** What we seal into the cache ourselves, so its shape is ours to know. */
interface Row {
  readonly entry: JsonObject;
  readonly readAtMs: number;
  /** Base64 of all ids, where the entry only names lists of them. */
  readonly ids?: string;
}

export class KnownFiles {
  readonly #repository: Repository;
  readonly #previous: KnownVersion | undefined;
  readonly #cache: FileCache;
  /** Asked more than once in a run, and each answer costs parsing a row. */
  readonly #found = new Map<ScannedFile, KnownFile | undefined>();
  #entries: Promise<readonly Entry[]> | undefined;
  #byPath: ReadonlyMap<RelPath, Entry> | undefined;
  #isLost = false;

  private constructor(
    repository: Repository,
    previous: KnownVersion | undefined,
    cache: FileCache,
  ) {
    this.#repository = repository;
    this.#previous = previous;
    this.#cache = cache;
  }

  static load(repository: Repository, previous: KnownVersion | undefined): KnownFiles {
    const { disk, state } = repository.context;
    const cache = FileCache.load(disk, state.fileCache, repository.keys.localSeal);
    return new KnownFiles(repository, previous, cache);
  }

  /** undefined: the file has to be read. */
  find(found: ScannedFile): KnownFile | undefined {
    if (!this.#found.has(found)) this.#found.set(found, this.#lookUp(found));
    return this.#found.get(found);
  }

  #lookUp({ path, signature, sideFiles }: ScannedFile): KnownFile | undefined {
    const row = this.#cache.lookup(path, signature, sideFiles ?? "");
    if (row === undefined) return undefined;
    const { entry, ids, readAtMs } = decodeRow(row);
    if (entry.kind !== "file") return undefined;
    return { signature, sideFiles, entry, ids, readAtMs };
  }

  /** Of the previous version, in path order; none where there is no previous version. */
  async entries(): Promise<readonly Entry[]> {
    this.#entries ??= this.#readEntries();
    return this.#entries;
  }

  /** A file as the previous version has it; a hard link as the file that it was. */
  async before(path: RelPath): Promise<Pick<KnownFile, "entry" | "ids"> | undefined> {
    this.#byPath ??= new Map((await this.entries()).map((each) => [each.path, each]));
    const named = this.#byPath.get(path);
    const file = named?.kind === "hardlink" ? this.#byPath.get(named.target) : named;
    if (file?.kind !== "file") return undefined;
    const ids = await readIds(file.content, await this.#repository.reader());
    return { entry: { ...file, path }, ids };
  }

  /** The file list of the previous version is damaged: whatever is new is compared with nothing. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Now `version` is the previous one. Nothing is written where nothing was read. */
  save({ entries, files }: KnownContent, version: KnownVersion): void {
    const kept = new Set(this.#found.values());
    const isFresh = files.some((file) => !kept.has(file));
    if (!isFresh && this.#cache.version?.root === version.entry.root) return;
    const { disk, state } = this.#repository.context;
    const known = new Map(files.map((file) => [file.entry.path, file]));
    const rows = entries.map((entry) => rowOf(entry, known.get(entry.path)));
    const { root, device, seq } = version.entry;
    const content = { version: { root, device, seq }, files: rows };
    FileCache.save(disk, state.fileCache, this.#repository.keys.localSeal, content);
  }

  async #readEntries(): Promise<readonly Entry[]> {
    if (this.#previous === undefined) return [];
    if (this.#cache.version?.root !== this.#previous.entry.root) {
      return entriesOf(this.#repository, this.#previous).catch((error: unknown) => {
        if (!(error instanceof IntegrityError)) throw error;
        this.#repository.context.monitor.warn(error);
        this.#isLost = true;
        return [];
      });
    }
    return [...this.#cache.entries()].map((row) => decodeRow(row).entry);
  }
}

/** No file looks like this, so an entry without a signature is never found by one. */
const NEVER: FileSignature = { size: -1, mtimeNs: 0n, ctimeNs: 0n, inode: 0n };

function rowOf(entry: Entry, known: KnownFile | undefined): CachedFile {
  const readAtMs = known?.readAtMs ?? 0;
  const lists = known !== undefined && !("chunks" in known.entry.content);
  return {
    path: entry.path,
    signature: known?.signature ?? NEVER,
    sideFiles: known?.sideFiles ?? "",
    readAtMs,
    entry: {
      entry: encodeEntry(entry),
      readAtMs,
      ...(lists ? { ids: toBase64(Buffer.concat(known.ids.map(idBytes))) } : {}),
    },
  };
}

function decodeRow(row: Json): { entry: Entry; ids: ChunkId[]; readAtMs: number } {
  const { entry: json, ids, readAtMs } = row as unknown as Row;
  const entry = decodeEntry(json, "the file cache");
  const inEntry = entry.kind === "file" && "chunks" in entry.content ? entry.content.chunks : [];
  return { entry, ids: ids === undefined ? [...inEntry] : splitIds(ids), readAtMs };
}

function splitIds(text: string): ChunkId[] {
  const bytes = Buffer.from(text, "base64");
  const ids: ChunkId[] = [];
  for (let at = 0; at < bytes.length; at += 32) ids.push(chunkIdOf(bytes.subarray(at, at + 32)));
  return ids;
}
