/**
 * From a scan to the entries of a version: what is known by its signature is taken as it was, and
 * only the rest is opened and read.
 */
import { DiskError } from "../base/errors.ts";
import type { Monitor } from "../base/monitor.ts";
import type { RelPath } from "../base/paths.ts";
import type { Scanned, ScanResult } from "../files/scan.ts";
import type { Entry } from "../format/entry.ts";
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
  const collected = new Collected();
  for (const found of scanned.entries) {
    if (found.kind !== "file") {
      collected.entries.push(plainEntry(found));
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
  readonly now: () => number;
  /** Sends full packs between two files. */
  readonly flush: () => Promise<void>;
}

export async function gather(gathering: Gathering, scanned: ScanResult): Promise<Gathered> {
  const collected = new Collected();
  const total = scanned.entries.filter(({ kind }) => kind === "file").length;
  for (const found of scanned.entries) {
    if (found.kind === "file") await gatherFile(gathering, found, collected);
    else if (found.kind !== "hardlink" || collected.hasFile(found.target)) {
      collected.entries.push(plainEntry(found));
    }
    const done = collected.files.length;
    gathering.monitor.progress({ step: "read", files: { done, total } });
  }
  return collected;
}

/** Invariant I8 for what is not read: all its chunks lie in packs that this version may rely on. */
async function gatherFile(
  gathering: Gathering,
  found: ScannedFile,
  collected: Collected,
): Promise<void> {
  const { ingest, known, now, flush } = gathering;
  const kept = known.find(found);
  if (kept && ingest.writer.reliesOnFile(kept.entry, kept.ids)) {
    collected.add(kept);
    return;
  }
  const readAtMs = now();
  const file = await ingestFile(ingest, found).catch((error: unknown) => {
    return lastGoodState(gathering, found.path, error);
  });
  if (file) collected.addRead(file, { sideFiles: found.sideFiles, readAtMs });
  await flush();
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
  if (before === undefined || !ingest.writer.reliesOnFile(before.entry, before.ids))
    return undefined;
  const flags = [...new Set([...before.entry.flags, "unsteady" as const])].sort();
  return { entry: { ...before.entry, flags }, ids: before.ids, signature: undefined };
}

/** Whatever has no content of its own. */
export function plainEntry(found: Exclude<Scanned, ScannedFile>): Entry {
  const { mtimeNs, ...rest } = found;
  return { ...rest, mtime: String(mtimeNs) };
}

class Collected implements Gathered {
  readonly entries: Entry[] = [];
  readonly files: KnownFile[] = [];
  readonly unsteady: RelPath[] = [];
  readonly #paths = new Set<RelPath>();

  add(file: KnownFile): void {
    this.entries.push(file.entry);
    this.files.push(file);
    this.#paths.add(file.entry.path);
  }

  addRead(file: Ingested, at: Pick<KnownFile, "sideFiles" | "readAtMs">): void {
    const { entry, ids, signature } = file;
    if (signature) {
      this.add({ entry, ids, signature, ...at });
      return;
    }
    // Not remembered, so that the next run reads it again.
    this.entries.push(entry);
    this.unsteady.push(entry.path);
    this.#paths.add(entry.path);
  }

  hasFile(path: RelPath): boolean {
    return this.#paths.has(path);
  }
}
