/**
 * From a scan to the entries of a version: what is known by its signature is taken as it was, and
 * only the rest is opened and read.
 */
import { EngineError, InterruptedError } from "../../base/errors.ts";
import type { Monitor } from "../../base/monitor.ts";
import type { RelPath } from "../../base/paths.ts";
import type { Scanned, ScanResult } from "../../files/scan.ts";
import { lookAt } from "../../files/scan-entry.ts";
import type { Entry } from "../../format/entry.ts";
import { Collected, type Gathered } from "./collected.ts";
import { ingestFile, type Ingest } from "./ingest.ts";
import type { KnownFiles } from "./known-files.ts";
import { isUnreadable, keepFile, keepTree } from "./last-good-state.ts";
import { Reading } from "./reading.ts";

export type ScannedFile = Extract<Scanned, { kind: "file" }>;
type ScannedHardLink = Extract<Scanned, { kind: "hardlink" }>;

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
  readonly ingest: Omit<Ingest, "onRead">;
  readonly known: KnownFiles;
  readonly monitor: Monitor;
  readonly signal: AbortSignal | undefined;
  readonly now: () => number;
  /** Given what is gathered so far. */
  readonly afterFile: (gathered: () => Gathered) => Promise<void>;
}

export async function gather(gathering: Gathering, scanned: ScanResult): Promise<Gathered> {
  return new Gatherer(gathering, new Reading(gathering.monitor, scanned)).all(scanned);
}

class Gatherer {
  readonly #gathering: Gathering;
  readonly #reading: Reading;
  readonly #collected = new Collected();
  /** Names under which the content of a vanished first name was taken in. */
  readonly #standIns = new Map<RelPath, RelPath>();

  constructor(gathering: Gathering, reading: Reading) {
    this.#gathering = gathering;
    this.#reading = reading;
  }

  async all(scanned: ScanResult): Promise<Gathered> {
    for (const found of scanned.entries) {
      this.#stopIfAborted();
      if (found.kind === "hardlink") await this.#hardLink(found);
      else if (found.kind !== "file") this.#collected.keep(plainEntry(found));
      else {
        await this.#file(found);
        this.#reading.done(found);
      }
    }
    for (const path of scanned.unknown) await keepTree(this.#before, path, this.#collected);
    return this.#collected;
  }

  #stopIfAborted(): void {
    if (this.#gathering.signal?.aborted) throw new InterruptedError("interrupted", {});
  }

  /** Also in the middle of a large file. */
  readonly #onRead = (bytes: number): void => {
    this.#stopIfAborted();
    this.#reading.advance(bytes);
  };

  get #before(): { known: KnownFiles; writer: Ingest["writer"] } {
    const { known, ingest } = this.#gathering;
    return { known, writer: ingest.writer };
  }

  /** Invariant I8 for what is not read: all its chunks lie in packs that this version may rely on. */
  async #file(found: ScannedFile): Promise<void> {
    const { ingest, known, afterFile } = this.#gathering;
    const kept = known.find(found);
    const entry = kept && ingest.writer.relyOnFile(kept.entry, kept.ids);
    if (kept && entry) {
      this.#collected.add({ ...kept, entry });
      return;
    }
    await this.#read(found);
    await afterFile(() => this.#collected);
  }

  async #read(found: ScannedFile): Promise<void> {
    const { ingest, monitor, now } = this.#gathering;
    const readAtMs = now();
    try {
      const file = await ingestFile({ ...ingest, onRead: this.#onRead }, found);
      if (file) this.#collected.addRead(file, { sideFiles: found.sideFiles, readAtMs });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      monitor.warn(error);
      await keepFile(this.#before, found.path, this.#collected);
    }
  }

  /** Where the first name vanished since the scan, this one is the file. */
  async #hardLink(found: ScannedHardLink): Promise<void> {
    const target = this.#standIns.get(found.target) ?? found.target;
    if (this.#collected.has(target)) {
      this.#collected.keep({ ...plainEntry(found), kind: "hardlink", target });
      return;
    }
    const { path } = found;
    const looked = lookAt({ path, full: `${this.#gathering.ingest.workspace}/${path}` });
    if (looked === undefined || looked instanceof EngineError) return;
    if (looked.entry.kind !== "file") return;
    this.#standIns.set(found.target, path);
    await this.#file(looked.entry);
  }
}

/** Whatever has no content of its own. */
export function plainEntry(found: Exclude<Scanned, ScannedFile>): Entry {
  const { mtimeNs, ...rest } = found;
  return { ...rest, mtime: String(mtimeNs) };
}
