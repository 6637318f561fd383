import { comparePaths, type RelPath } from "../../base/paths.ts";
import type { Entry } from "../../format/entry.ts";
import type { Ingested } from "./ingest.ts";
import type { KnownFile } from "./known-files.ts";

export interface Gathered {
  readonly entries: readonly Entry[];
  readonly files: readonly KnownFile[];
  /** Would not hold still, or could not be read; these are taken as well as they could be. */
  readonly unsteady: readonly RelPath[];
}

/** What a version is going to hold, as far as it is gathered. */
export class Collected implements Gathered {
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
