/**
 * What a version needs: the packs below its file list, and what of it cannot be had. Versions share
 * most of their pages, so each page is looked at once, whatever number of versions leads to it.
 */
import { toHex } from "../base/bytes.ts";
import { IntegrityError, type EngineError } from "../base/errors.ts";

import { idBytes, type ChunkId, type PackId } from "../base/ids.ts";
import type { FileEntry } from "../format/entry.ts";
import { decodePage, type TreePage } from "../format/tree.ts";
import type { ChunkIndex } from "../repository/chunk-index.ts";
import { listsOf, readIds } from "../repository/id-lists.ts";
import type { Reader } from "../repository/reader.ts";
import { pageName } from "../repository/tree.ts";

export interface Reach {
  readonly packs: ReadonlySet<PackId>;
  readonly problems: readonly EngineError[];
}

export class Reachable {
  readonly #reader: Reader;
  readonly #index: ChunkIndex;
  readonly #present: ReadonlySet<PackId>;
  readonly #pages = new Map<ChunkId, Promise<Reach>>();

  /** `present`: packs that a listing shows whole. */
  constructor(reader: Reader, index: ChunkIndex, present: ReadonlySet<PackId>) {
    this.#reader = reader;
    this.#index = index;
    this.#present = present;
  }

  async below(page: ChunkId): Promise<Reach> {
    const known = this.#pages.get(page);
    if (known) return known;
    const reach = this.#look(page);
    this.#pages.set(page, reach);
    return reach;
  }

  async #look(id: ChunkId): Promise<Reach> {
    const found = new Found();
    await this.#needs(id, found);
    try {
      await this.#children(decodePage(await this.#reader.chunk(2, id), pageName(id)), found);
    } catch (error) {
      found.problem(error);
    }
    return found;
  }

  async #children(page: TreePage, found: Found): Promise<void> {
    if (page.kind === "node") {
      for (const { id } of page.children) found.merge(await this.below(id));
      return;
    }
    for (const entry of page.entries) if (entry.kind === "file") await this.#file(entry, found);
  }

  async #file({ content }: FileEntry, found: Found): Promise<void> {
    for (const list of listsOf(content)) await this.#needs(list, found);
    try {
      for (const id of await readIds(content, this.#reader)) await this.#needs(id, found);
    } catch (error) {
      found.problem(error);
    }
  }

  async #needs(id: ChunkId, found: Found): Promise<void> {
    const pack = this.#packOf(id) ?? (await this.#packOutsideIndex(id, found));
    if (pack !== undefined) {
      found.packs.add(pack);
      return;
    }
    const chunk = toHex(idBytes(id)).slice(0, 12);
    found.problems.push(new IntegrityError("chunk-missing", { chunk }));
  }

  /** One copy in a pack that is there is enough. */
  #packOf(id: ChunkId): PackId | undefined {
    for (const { pack } of this.#index.copies(id)) if (this.#present.has(pack.id)) return pack.id;
    return undefined;
  }

  async #packOutsideIndex(id: ChunkId, found: Found): Promise<PackId | undefined> {
    await this.#reader.readPackTables();
    const pack = this.#packOf(id);
    if (pack !== undefined) found.problems.push(new IntegrityError("index-incomplete", {}));
    return pack;
  }
}

class Found implements Reach {
  readonly packs = new Set<PackId>();
  readonly problems: EngineError[] = [];

  merge({ packs, problems }: Reach): void {
    for (const pack of packs) this.packs.add(pack);
    this.problems.push(...problems);
  }

  /** Damage is what we came for; anything else ends the check. */
  problem(error: unknown): void {
    if (!(error instanceof IntegrityError)) throw error;
    this.problems.push(error);
  }
}
