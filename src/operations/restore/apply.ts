/**
 * A plan is carried out, name by name, in path order: what stands in the way goes first, files and
 * folders come, then links, then what the version does not hold goes, and modes and times of folders
 * are set last, the deepest first.
 *
 * Invariant I8: one damaged file, or one that this disk does not take, is told and the rest is
 * restored; what counts as verified has been compared by hash.
 */
import {
  DiskError,
  InterruptedError,
  IntegrityError,
  type EngineError,
  type ErrorCode,
} from "../../base/errors.ts";
import { shown, type RelPath } from "../../base/paths.ts";
import type { Outcome, RestoreTarget } from "../../files/restore-target.ts";
import type { Entry, FileEntry } from "../../format/entry.ts";
import { readIds } from "../../repository/id-lists.ts";
import type { Reader } from "../../repository/reader.ts";
import { attributesOf } from "./attributes.ts";
import type { Entries } from "./job.ts";
import type { Planned } from "./plan.ts";
import { fileOf } from "./removals.ts";
import {
  bytesOf,
  countSteps,
  problems,
  type Counts,
  type Placing,
  type Removal,
  type Step,
} from "./step.ts";
import type { Session } from "../session.ts";

export interface Applying {
  readonly session: Session;
  readonly target: RestoreTarget;
  readonly reader: Reader;
  readonly entries: Entries;
  readonly plan: Planned;
}

export interface Applied {
  readonly files: Counts;
  /** Of content that was written. */
  readonly bytes: number;
  /** Files whose content has been compared by hash. */
  readonly verified: number;
  readonly findings: readonly EngineError[];
}

export async function applySteps(applying: Applying): Promise<Applied> {
  const { plan, target } = applying;
  const run = new Run(applying);
  const removals = plan.steps.filter((step) => step.action === "remove");
  const placings = plan.steps.filter(isPlacing);
  await run.all(removals.filter(({ isInTheWay }) => isInTheWay));
  await run.all(placings.filter(({ kind }) => kind !== "symlink"));
  await run.all(placings.filter(({ kind }) => kind === "symlink"));
  await run.all(removals.filter(({ isInTheWay }) => !isInTheWay));
  run.setFolders();
  target.sync();
  return run.result();
}

const isPlacing = (step: Step): step is Placing =>
  step.action !== "conflict" && step.action !== "remove";

class Run {
  readonly #applying: Applying;
  readonly #done: Step[] = [];
  readonly #findings: EngineError[] = [];
  /** Files that hold what the version says, so that a hard link can be made to them. */
  readonly #inPlace = new Set<RelPath>();
  readonly #total: { readonly files: number; readonly bytes: number };
  #tried = 0;
  #fetchedBytes = 0;

  constructor(applying: Applying) {
    this.#applying = applying;
    const { steps } = applying.plan;
    this.#total = { files: steps.length, bytes: bytesOf(steps) };
    for (const step of steps) if (step.action === "conflict") this.#findings.push(step.problem);
  }

  async all(steps: readonly (Placing | Removal)[]): Promise<void> {
    const { signal } = this.#applying.session.context;
    for (const step of steps) {
      if (signal?.aborted) throw new InterruptedError("interrupted", {}, signal.reason);
      const problem = await this.#problemOf(step);
      if (problem) this.#findings.push(problem);
      else this.#done.push(step);
      this.#tried++;
      this.#report();
    }
  }

  setFolders(): void {
    for (const step of [...this.#done].reverse()) {
      if (!isPlacing(step) || step.kind !== "dir") continue;
      const problem = this.#folderProblem(step);
      if (problem) this.#findings.push(problem);
    }
  }

  result(): Applied {
    const verified = this.#done.filter((step) => isPlacing(step) && isContent(step)).length;
    const bytes = bytesOf(this.#done);
    return { files: countSteps(this.#done), bytes, verified, findings: this.#findings };
  }

  #folderProblem({ path, entry }: Placing): EngineError | undefined {
    try {
      const outcome = this.#applying.target.setAttributes(path, attributesOf(entry));
      return outcome === "done" ? undefined : problems.changed(path);
    } catch (error) {
      return problemOfOne(path, error);
    }
  }

  async #problemOf(step: Placing | Removal): Promise<EngineError | undefined> {
    try {
      const outcome = await this.#perform(step);
      if (outcome === "in-use") return problems.inUse(step.path);
      return outcome === "changed" ? this.#changed(step.path) : undefined;
    } catch (error) {
      return problemOfOne(step.path, error);
    }
  }

  /** On a disk that folds names, what came in between may be the twin that we have just restored. */
  #changed(path: RelPath): EngineError {
    const twin = this.#applying.plan.twins.get(path);
    return twin === undefined ? problems.changed(path) : problems.twin(path, twin);
  }

  async #perform(step: Placing | Removal): Promise<Outcome> {
    const { target } = this.#applying;
    if (step.action === "remove") return target.remove(step.path, step.before);
    const outcome = step.action === "keep" ? this.#keep(step) : await this.#place(step);
    if (outcome === "done" && isContent(step)) this.#inPlace.add(step.path);
    return outcome;
  }

  #keep({ path, entry }: Placing): Outcome {
    if (entry.kind !== "file") return "done";
    return this.#applying.target.setAttributes(path, attributesOf(entry));
  }

  async #place({ path, entry, before }: Placing): Promise<Outcome> {
    const { target } = this.#applying;
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
    const { target, entries } = this.#applying;
    const file = fileOf(entries, entry);
    if (file === undefined) return "changed";
    if (this.#inPlace.has(file.path)) {
      const outcome = linkedUnlessRefused(() => target.placeHardLink(path, file.path, before));
      if (outcome !== "refused") return outcome;
    }
    return target.placeFile(path, this.#newFile(entry, file), before);
  }

  #newFile(entry: Entry, file: FileEntry): Parameters<RestoreTarget["placeFile"]>[1] {
    const { size, sha256, flags } = file;
    const sparse = flags.includes("sparse");
    return { ...attributesOf(entry), size, sha256, sparse, bytes: this.#content(file) };
  }

  async *#content({ content }: FileEntry): AsyncGenerator<Uint8Array> {
    const { reader } = this.#applying;
    for await (const bytes of reader.chunks(1, await readIds(content, reader))) {
      this.#fetchedBytes += bytes.length;
      this.#report();
      yield bytes;
    }
  }

  #report(): void {
    this.#applying.session.context.monitor.progress({
      step: "download",
      files: { done: this.#tried, total: this.#total.files },
      bytes: { done: this.#fetchedBytes, total: this.#total.bytes },
    });
  }
}

const isContent = ({ kind }: Placing): boolean => kind === "file" || kind === "hardlink";

/** The disk's refusal of this one name, not of everything. */
const OF_ONE_NAME: readonly ErrorCode[] = [
  "disk-absent",
  "disk-denied",
  "disk-name-refused",
  "disk-name-taken",
  "file-unreadable",
];

function problemOfOne(path: RelPath, error: unknown): EngineError {
  if (error instanceof IntegrityError) {
    return new IntegrityError("restore-damaged", { path: shown(path) }, error);
  }
  if (error instanceof DiskError && OF_ONE_NAME.includes(error.code)) {
    return new DiskError("restore-refused", { path: shown(path) }, error);
  }
  throw error;
}

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
