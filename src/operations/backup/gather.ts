/**
 * From a scan to the entries of a version: what is known by its signature is taken as it was, and
 * only the rest is opened and read.
 */
import { DiskError, InterruptedError } from "../../base/errors.ts";
import type { Monitor } from "../../base/monitor.ts";
import { comparePaths, type RelPath } from "../../base/paths.ts";
import type { Scanned, ScanResult } from "../../files/scan.ts";
import { FILE_FLAGS, type Entry, type FileEntry } from "../../format/entry.ts";
import { ingestFile, type Ingest, type Ingested } from "./ingest.ts";
import type { KnownFile, KnownFiles } from "./known-files.ts";

export type ScannedFile = Extract<Scanned, { kind: "file" }>;

export interface Gathered {
  readonly entries: readonly Entry[];
  readonly files: readonly KnownFile[];
  /** Would not hold still, or could not be read; these are taken as well as they could be. */
  readonly unsteady: readonly RelPath[];
}

/** undefined as soon as one file has to be read: then the index is needed too. */
export function gatherKnown(scanned: ScanResult, known: KnownFiles): Gathered | undefined {
  if (scanned.unknown.length > 0) return undefined;
  const collected = new Collected();
  for (const found of scanned.entries) {
    if (found.kind !== "file") {
      collected.keep(plainEntry(found));
      continue;
    }
    const file = known.find(found);
    if (file === undefined) return undefined;
    collected.add(file);
  }
  return collected;
}

export interface Gathering {
  readonly ingest: Ingest;
  readonly known: KnownFiles;
  readonly monitor: Monitor;
  readonly signal: AbortSignal | undefined;
  readonly now: () => number;
  /** Given what is gathered so far. */
  readonly afterFile: (gathered: () => Gathered) => Promise<void>;
}

export async function gather(gathering: Gathering, scanned: ScanResult): Promise<Gathered> {
  const collected = new Collected();
  const reading = new Reading(gathering.monitor, scanned);
  for (const found of scanned.entries) {
    if (gathering.signal?.aborted) throw new InterruptedError("interrupted", {});
    if (found.kind === "file") {
      await gatherFile(gathering, found, collected);
      reading.done(found);
    } else if (found.kind !== "hardlink" || collected.has(found.target)) {
      collected.keep(plainEntry(found));
    }
  }
  for (const path of scanned.unknown) await keepUnknown(gathering, path, collected);
  return collected;
}

/** What could not be looked at is not gone: it keeps what the version before had there and below. */
async function keepUnknown(
  { ingest, known }: Gathering,
  path: RelPath,
  collected: Collected,
): Promise<void> {
  collected.unsteady.push(path);
  for (const entry of await known.entries()) {
    if (entry.path !== path && !entry.path.startsWith(`${path}/`)) continue;
    if (collected.has(entry.path)) continue;
    if (entry.kind !== "file") {
      collected.keep(entry);
      continue;
    }
    const before = await known.before(entry.path);
    const file = before && ingest.writer.relyOnFile(before.entry, before.ids);
    if (file) collected.keep(unsteadily(file));
  }
}

function unsteadily(entry: FileEntry): FileEntry {
  return {
    ...entry,
    flags: FILE_FLAGS.filter((flag) => flag === "unsteady" || entry.flags.includes(flag)),
  };
}

/** Invariant I8 for what is not read: all its chunks lie in packs that this version may rely on. */
async function gatherFile(
  gathering: Gathering,
  found: ScannedFile,
  collected: Collected,
): Promise<void> {
  const { ingest, known, now, afterFile } = gathering;
  const kept = known.find(found);
  const entry = kept && ingest.writer.relyOnFile(kept.entry, kept.ids);
  if (kept && entry) {
    collected.add({ ...kept, entry });
    return;
  }
  const readAtMs = now();
  const file = await ingestFile(ingest, found).catch((error: unknown) => {
    return lastGoodState(gathering, found.path, error);
  });
  if (file) collected.addRead(file, { sideFiles: found.sideFiles, readAtMs });
  await afterFile(() => collected);
}

/** A file that cannot be read today keeps what it was in the version before, and is named. */
async function lastGoodState(
  { ingest, known, monitor }: Gathering,
  path: RelPath,
  error: unknown,
): Promise<Ingested | undefined> {
  if (!(error instanceof DiskError && error.code === "file-unreadable")) throw error;
  monitor.warn(error);
  const before = await known.before(path);
  const entry = before && ingest.writer.relyOnFile(before.entry, before.ids);
  return entry && { entry: unsteadily(entry), ids: before.ids, signature: undefined };
}

/** Whatever has no content of its own. */
export function plainEntry(found: Exclude<Scanned, ScannedFile>): Entry {
  const { mtimeNs, ...rest } = found;
  return { ...rest, mtime: String(mtimeNs) };
}

/** How far the reading is, for the monitor. */
class Reading {
  readonly #monitor: Monitor;
  readonly #total: { readonly files: number; readonly bytes: number };
  #files = 0;
  #bytes = 0;

  constructor(monitor: Monitor, { entries }: ScanResult) {
    const sizes = entries.flatMap((found) => (found.kind === "file" ? [found.signature.size] : []));
    this.#monitor = monitor;
    this.#total = { files: sizes.length, bytes: sizes.reduce((total, size) => total + size, 0) };
  }

  done({ signature }: ScannedFile): void {
    this.#files++;
    this.#bytes += signature.size;
    this.#monitor.progress({
      step: "read",
      files: { done: this.#files, total: this.#total.files },
      bytes: { done: this.#bytes, total: this.#total.bytes },
    });
  }
}

class Collected implements Gathered {
  readonly files: KnownFile[] = [];
  readonly unsteady: RelPath[] = [];
  readonly #entries = new Map<RelPath, Entry>();

  /** In path order, in which a scan comes and what is kept from before does not. */
  get entries(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => comparePaths(a.path, b.path));
  }

  keep(entry: Entry): void {
    this.#entries.set(entry.path, entry);
  }

  add(file: KnownFile): void {
    this.keep(file.entry);
    this.files.push(file);
  }

  addRead(file: Ingested, at: Pick<KnownFile, "sideFiles" | "readAtMs">): void {
    const { entry, ids, signature } = file;
    if (signature) {
      this.add({ entry, ids, signature, ...at });
      return;
    }
    // Not remembered, so that the next run reads it again.
    this.keep(entry);
    this.unsteady.push(entry.path);
  }

  has(path: RelPath): boolean {
    return this.#entries.has(path);
  }
}
