/**
 * What a restore would do, name by name, before anything is touched. Nothing here writes, but for
 * one empty file that asks a filesystem whether it tells two names apart.
 */
import { DiskError, InterruptedError } from "../../base/errors.ts";
import type { Amount } from "../../base/monitor.ts";
import type { RelPath } from "../../base/paths.ts";
import { Inclusion } from "../../files/include.ts";
import { foldAll, twinsOf } from "../../files/name-folding.ts";
import type { RestoreTarget } from "../../files/restore-target.ts";
import { parentsOf } from "../../files/standing.ts";
import type { Entry } from "../../format/entry.ts";
import { Decisions } from "./decide.ts";
import type { Entries, Job } from "./job.ts";
import { keptOut } from "./kept-out.ts";
import { removalsOf } from "./removals.ts";
import { conflict, problems, type Conflict, type Step } from "./step.ts";
import type { Session } from "../session.ts";

export interface Planning {
  readonly session: Session;
  readonly target: RestoreTarget;
  readonly job: Job;
  readonly entries: Entries;
  /** Of the version that an undone restore took its files from. */
  readonly created: Entries;
  /** What an interrupted attempt at the same may have created. */
  readonly begun: ReadonlySet<RelPath>;
  /** false: nothing there could be saved first, so what differs is left alone. */
  readonly mayOverwrite: boolean;
  readonly isWindows?: boolean;
}

export interface Planned {
  /** In path order; removals after everything else. */
  readonly steps: readonly Step[];
  /** Paths that this filesystem, or if it cannot be asked yet, some filesystem, takes for another one. */
  readonly twins: ReadonlyMap<RelPath, RelPath>;
}

export async function planSteps(planning: Planning): Promise<Planned> {
  const { session, target } = planning;
  const selects = selector(planning.job.paths);
  const removals = await removalsOf({ ...planning, selects });
  const chosen = chosenEntries(planning, selects);
  const twins = twinsAt(target, chosen);
  const decisions = new Decisions({
    ...planning,
    scratch: session.context.state.scratch,
    isWindows: planning.isWindows ?? process.platform === "win32",
    removals,
    chosen,
    keptOut: keptOut(target, chosen),
    twins: target.exists ? twins : new Map(),
  });
  const steps: Step[] = [];
  for (const entry of chosen) {
    tellProgress(session, { done: steps.length, total: chosen.length });
    steps.push(await decisions.stepFor(entry));
  }
  const all = [...steps, ...decisions.removalSteps()];
  return { steps: all.map((step) => spared(planning, step)), twins };
}

function selector(paths: readonly string[]): (path: string, isFolder: boolean) => boolean {
  const inclusion = new Inclusion(paths);
  return (path, isFolder) => inclusion.includes(path, isFolder);
}

/** What is asked for, and those folders above it that are missing, or that we began to make. */
function chosenEntries(
  { entries, target, begun }: Planning,
  selects: ReturnType<typeof selector>,
): Entry[] {
  const all = [...entries.values()];
  const asked = new Set(all.filter(({ path, kind }) => selects(path, kind === "dir")));
  const parents = new Set([...asked].flatMap(({ path }) => [...parentsOf(path)]));
  return all.filter((entry) => {
    if (asked.has(entry)) return true;
    return parents.has(entry.path) && (begun.has(entry.path) || !stands(target, entry.path));
  });
}

/** What cannot even be looked at is told when its step is decided. */
function stands(target: RestoreTarget, path: RelPath): boolean {
  try {
    return target.look(path).kind !== "absent";
  } catch (error) {
    if (error instanceof DiskError) return false;
    throw error;
  }
}

/** The filesystem is asked only where there is something to confuse, and a folder to ask in. */
function twinsAt(target: RestoreTarget, chosen: readonly Entry[]): Planned["twins"] {
  const paths = chosen.map(({ path }) => path);
  const possible = twinsOf(paths, foldAll);
  return possible.size > 0 && target.exists ? twinsOf(paths, target.folding()) : possible;
}

function tellProgress({ context }: Session, files: Amount): void {
  const { signal, monitor } = context;
  if (signal?.aborted) throw new InterruptedError("interrupted", {}, signal.reason);
  monitor.progress({ step: "verify", files });
}

/** Where nothing could be saved first, nothing is overwritten; a database in use is left alone. */
function spared({ target, mayOverwrite }: Planning, step: Step): Step {
  if (step.action !== "replace" && step.action !== "remove") return step;
  if (!mayOverwrite) return conflict(step, problems.occupied(step.path));
  return target.isInUse(step.path, step.before) ? conflict(step, problems.inUse(step.path)) : step;
}

export const isOccupied = (step: Step): step is Conflict =>
  step.action === "conflict" && step.problem.code === "restore-occupied";
