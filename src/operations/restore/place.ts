/** One file, folder or link under its name, with the content that the version says. */
import { DiskError } from "../../base/errors.ts";
import type { RelPath } from "../../base/paths.ts";
import type { NewFile, Outcome, RestoreTarget } from "../../files/restore-target.ts";
import type { Entry, FileEntry } from "../../format/entry.ts";
import { readIds } from "../../repository/id-lists.ts";
import type { Reader } from "../../repository/reader.ts";
import { attributesOf } from "./attributes.ts";
import type { Entries } from "./job.ts";
import { fileOf } from "./removals.ts";
import type { Placing } from "./step.ts";

export interface PlacerParts {
  readonly target: RestoreTarget;
  readonly reader: Reader;
  readonly entries: Entries;
  /** So many bytes more have been fetched. */
  readonly fetched: (bytes: number) => void;
}

export class Placer {
  readonly #parts: PlacerParts;
  /** Files that hold what the version says, so that a hard link can be made to them. */
  readonly #inPlace = new Set<RelPath>();

  constructor(parts: PlacerParts) {
    this.#parts = parts;
  }

  async place(step: Placing): Promise<Outcome> {
    const outcome = await this.#placed(step);
    if (outcome === "done" && isContent(step)) this.#inPlace.add(step.path);
    return outcome;
  }

  async #placed(step: Placing): Promise<Outcome> {
    switch (step.action) {
      case "keep":
        return "done";
      case "adjust":
        return this.#adjust(step);
      case "create":
      case "replace":
        return this.#make(step);
    }
  }

  /** A folder has its turn last: with its new mode, nothing might be written into it any more. */
  #adjust({ path, entry, before }: Placing): Outcome {
    if (entry.kind === "dir") return "done";
    return this.#parts.target.setAttributes(path, attributesOf(entry), before);
  }

  async #make({ path, entry, before }: Placing): Promise<Outcome> {
    const { target } = this.#parts;
    switch (entry.kind) {
      case "dir":
        return target.makeFolder(path, before);
      case "symlink": {
        const { mtimeNs } = attributesOf(entry);
        return target.placeSymlink(path, { target: entry.target, mtimeNs }, before);
      }
      case "hardlink":
        return this.#hardLink({ path, entry, before });
      case "file":
        return target.placeFile(path, this.#newFile(entry, entry), before);
    }
  }

  /** Where its target is not restored, or the disk has no hard links: a file of its own. */
  async #hardLink({
    path,
    entry,
    before,
  }: Pick<Placing, "path" | "entry" | "before">): Promise<Outcome> {
    const { target, entries } = this.#parts;
    const file = fileOf(entries, entry);
    if (file === undefined) return "changed";
    if (this.#inPlace.has(file.path)) {
      const outcome = linkedUnlessRefused(() => target.placeHardLink(path, file.path, before));
      if (outcome !== "refused") return outcome;
    }
    return target.placeFile(path, this.#newFile(entry, file), before);
  }

  #newFile(entry: Entry, file: FileEntry): NewFile {
    const { size, sha256, flags } = file;
    const sparse = flags.includes("sparse");
    return { ...attributesOf(entry), size, sha256, sparse, bytes: this.#content(file) };
  }

  async *#content({ content }: FileEntry): AsyncGenerator<Uint8Array> {
    const { reader, fetched } = this.#parts;
    for await (const bytes of reader.chunks(1, await readIds(content, reader))) {
      fetched(bytes.length);
      yield bytes;
    }
  }
}

export const isContent = ({ kind }: Placing): boolean => kind === "file" || kind === "hardlink";

/** A disk without hard links says no in one of these ways; then the content is written instead. */
function linkedUnlessRefused(link: () => Outcome): Outcome | "refused" {
  try {
    return link();
  } catch (error) {
    if (error instanceof DiskError && ["disk-denied", "disk-failed"].includes(error.code)) {
      return "refused";
    }
    throw error;
  }
}
