/**
 * A plan is carried out, name by name, in path order: what stands in the way goes first, files and
 * folders come, then links, then what the version does not hold goes. Modes and times of folders are
 * set last, the deepest first, when nothing has to be opened in them any more.
 *
 * Invariant I8: one damaged file, or one that this disk does not take, is told and the rest is
 * restored; what counts as verified has been compared by hash.
 */
import { InterruptedError, type EngineError } from "../../base/errors.ts";
import type { RelPath } from "../../base/paths.ts";
import type { Outcome, RestoreTarget } from "../../files/restore-target.ts";
import type { Reader } from "../../repository/reader.ts";
import type { Session } from "../session.ts";
import { attributesOf } from "./attributes.ts";
import type { Entries } from "./job.ts";
import { isBesideDatabase } from "./kept-out.ts";
import { problemOfOne } from "./one-name.ts";
import { isContent, Placer } from "./place.ts";
import type { Planned } from "./plan.ts";
import {
  bytesOf,
  countSteps,
  problems,
  type Counts,
  type Placing,
  type Removal,
  type Step,
} from "./step.ts";

export interface Applying {
  readonly session: Session;
  readonly target: RestoreTarget;
  readonly reader: Reader;
  readonly entries: Entries;
  readonly plan: Planned;
  /** false: what was there before stays as it is, the times of its folders too. */
  readonly mayOverwrite: boolean;
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
  // A folder whose mode keeps us out cannot be opened to be synced.
  target.sync();
  run.setFolders();
  return run.result();
}

const isPlacing = (step: Step): step is Placing =>
  step.action !== "conflict" && step.action !== "remove";

class Run {
  readonly #applying: Applying;
  readonly #placer: Placer;
  readonly #done: Step[] = [];
  readonly #findings: EngineError[] = [];
  readonly #total: { readonly files: number; readonly bytes: number };
  #tried = 0;
  #fetchedBytes = 0;

  constructor(applying: Applying) {
    this.#applying = applying;
    this.#placer = new Placer({
      ...applying,
      fetched: (bytes) => {
        this.#fetchedBytes += bytes;
        this.#report();
      },
    });
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
      if (step.action === "keep" && !this.#applying.mayOverwrite) continue;
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
    const { path } = step;
    try {
      if (this.#isKeptOut(step)) return problems.keptOut(path);
      const outcome = await this.#perform(step);
      if (outcome === "in-use") return problems.inUse(path);
      return outcome === "changed" ? this.#changed(path) : undefined;
    } catch (error) {
      return problemOfOne(path, error);
    }
  }

  #isKeptOut({ action, kind, path }: Placing | Removal): boolean {
    const isMade = action === "create" || action === "replace";
    return isMade && kind !== "dir" && isBesideDatabase(this.#applying.target, path);
  }

  async #perform(step: Placing | Removal): Promise<Outcome> {
    if (step.action === "remove") return this.#applying.target.remove(step.path, step.before);
    return this.#placer.place(step);
  }

  /** On a disk that folds names, what came in between may be the twin that we have just restored. */
  #changed(path: RelPath): EngineError {
    const twin = this.#applying.plan.twins.get(path);
    return twin === undefined ? problems.changed(path) : problems.twin(path, twin);
  }

  #report(): void {
    this.#applying.session.context.monitor.progress({
      step: "download",
      files: { done: this.#tried, total: this.#total.files },
      bytes: { done: this.#fetchedBytes, total: this.#total.bytes },
    });
  }
}
