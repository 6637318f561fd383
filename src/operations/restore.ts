/**
 * `restore`: a version comes back, into the workspace or into another place.
 *
 * Plan first, always. What only creates is done at once; what would change or remove something needs
 * a yes, and in the workspace the present state is saved as a version before (Invariant I6). Nothing
 * is overwritten elsewhere, because nothing could save it. Interrupted, the same command goes on.
 */
import { resolve } from "node:path";
import { InputError, type EngineError, type ErrorCode } from "../base/errors.ts";
import { versionName, type VersionId } from "../base/ids.ts";
import { shown, type RelPath } from "../base/paths.ts";
import { RestoreTarget } from "../files/restore-target.ts";
import { Repository } from "../repository/repository.ts";
import { openToRead } from "./open-repository.ts";
import { applySteps } from "./restore/apply.ts";
import { versionToRestore, type VersionChoice } from "./restore/choice.ts";
import { loadEntries, type Entries, type Job } from "./restore/job.ts";
import { isSameJob, loadNote, saveNote, type RestoreNote } from "./restore/note.ts";
import { isOccupied, planSteps, type Planned } from "./restore/plan.ts";
import { saveBefore } from "./restore/safety.ts";
import { bytesOf, countSteps, isDestructive, type Counts, type Step } from "./restore/step.ts";
import { withRunLock } from "./run-lock.ts";
import { emptyScratch } from "./scratch.ts";
import type { Session } from "./session.ts";

export interface RestoreOptions extends VersionChoice {
  /** Absolute; the workspace when it is left out. */
  readonly to?: string | undefined;
  /** Only what matches, in the syntax of .gitignore. */
  readonly paths?: readonly string[] | undefined;
  /** What the version does not hold goes, but never what is excluded. */
  readonly remove?: boolean | undefined;
  /** A yes to changing and removing what is there. */
  readonly confirmed?: boolean | undefined;
}

interface Restored {
  /** undefined only after the undo of a restore that had changed nothing that was there. */
  readonly version: VersionId | undefined;
  readonly to: string;
  readonly files: Counts;
  readonly bytes: number;
  readonly verified: number;
  /** Holds what stood in the workspace before. */
  readonly safetyVersion: VersionId | undefined;
  /** What was left alone or could not be restored, and what is wrong with the logs. */
  readonly findings: readonly EngineError[];
}

export interface RestorePlan extends Restored {
  readonly applied: false;
  readonly steps: readonly ShownStep[];
  /** Something would be changed or removed. */
  readonly needsYes: boolean;
}

export interface ShownStep {
  readonly action: Step["action"];
  readonly kind: Step["kind"];
  readonly path: RelPath;
  /** Why it is a conflict. */
  readonly problem?: ErrorCode;
}

export interface RestoreDone extends Restored {
  readonly applied: true;
}

export type RestoreResult = RestorePlan | RestoreDone;

/** Touches nothing in the workspace, nor in `to`. */
export async function planRestore(session: Session, options: RestoreOptions): Promise<RestorePlan> {
  session.context.disk.makeFolder(session.context.state.scratch, 0o700);
  const repository = await openToRead(session);
  const findings = await repository.sync();
  const job = await jobOf(repository, options);
  const run = await startRun({ session, repository, job, findings, to: options.to });
  return planOf(run);
}

export async function restore(session: Session, options: RestoreOptions): Promise<RestoreResult> {
  return underLock(session, async (opened) => {
    const job = await jobOf(opened.repository, options);
    return runJob({ ...opened, job, to: options.to }, options.confirmed === true);
  });
}

export interface Opened {
  readonly session: Session;
  readonly repository: Repository;
  /** What is wrong with the logs. What verifies can be restored all the same. */
  readonly findings: readonly EngineError[];
}

export async function underLock<Result>(
  session: Session,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const { context, secretFor } = session;
  context.state.ensure();
  return withRunLock(session, "restore", async () => {
    emptyScratch(context);
    const repository = await Repository.open(context, secretFor, "writer");
    const findings = await repository.sync();
    return work({ session, repository, findings });
  });
}

export interface JobToRun extends Opened {
  readonly job: Job;
  readonly to?: string | undefined;
}

/** The caller holds the run lock. */
export async function runJob(asked: JobToRun, confirmed: boolean): Promise<RestoreResult> {
  const run = await startRun(asked);
  const { steps } = run.plan;
  if (!run.isWorkspace) assertUnoccupied(run, steps);
  if (steps.some(isDestructive) && !confirmed) return planOf(run);
  return run.isWorkspace ? applyInWorkspace(run) : applyPlan(run, run.plan, undefined);
}

async function jobOf(repository: Repository, options: RestoreOptions): Promise<Job> {
  const { entry } = await versionToRestore(repository, options);
  const { device, seq } = entry;
  const { paths = [], remove = false } = options;
  return { version: { device, seq }, paths, remove };
}

interface Run extends JobToRun {
  readonly target: RestoreTarget;
  readonly isWorkspace: boolean;
  readonly entries: Entries;
  readonly plan: Planned;
}

async function startRun(asked: JobToRun): Promise<Run> {
  const { session, repository, job } = asked;
  const root = resolve(asked.to ?? session.workspace);
  const isWorkspace = root === resolve(session.workspace);
  const target = new RestoreTarget(session.context.disk, root, session.context.random);
  const entries = await loadEntries(repository, job.version);
  const created = await loadEntries(repository, job.takesBack?.version);
  const planning = { session, target, job, entries, created, mayOverwrite: isWorkspace };
  const plan = await planSteps(planning);
  if (job.paths.length > 0 && job.version && plan.steps.length === 0) {
    throw new InputError("restore-nothing-asked", { version: versionName(job.version) });
  }
  return { ...asked, target, isWorkspace, entries, plan };
}

function assertUnoccupied({ target }: Run, steps: readonly Step[]): void {
  const occupied = steps.filter(isOccupied);
  const [first] = occupied;
  if (first === undefined) return;
  const facts = { to: shown(target.root), count: occupied.length, path: shown(first.path) };
  throw new InputError("restore-target-occupied", facts);
}

function planOf({ job, target, plan, findings }: Run): RestorePlan {
  const { steps } = plan;
  const conflicts = steps.flatMap((step) => (step.action === "conflict" ? [step.problem] : []));
  return {
    applied: false,
    version: job.version,
    to: target.root,
    files: countSteps(steps),
    bytes: bytesOf(steps),
    verified: 0,
    safetyVersion: undefined,
    findings: [...findings, ...conflicts],
    steps: steps.map(shownStep),
    needsYes: steps.some(isDestructive),
  };
}

function shownStep(step: Step): ShownStep {
  const { action, kind, path } = step;
  return action === "conflict"
    ? { action, kind, path, problem: step.problem.code }
    : { action, kind, path };
}

async function applyInWorkspace(run: Run): Promise<RestoreDone> {
  const { repository, job, plan, target, session } = run;
  const last = loadNote(repository);
  const resumed = last && !last.isDone && isSameJob(last.job, job) ? last : undefined;
  const safety = await saveBefore({ session, repository, target, plan, earlier: resumed?.before });
  const before = resumed ? resumed.before : safety.version;
  const note = noteOf(run, safety.plan, { before, resumed });
  const hasWork = resumed !== undefined || safety.plan.steps.some(changesSomething);
  if (hasWork) saveNote(repository, note);
  const done = await applyPlan(run, safety.plan, before ?? safety.version);
  if (hasWork) saveNote(repository, { ...note, isDone: true });
  return done;
}

const changesSomething = (step: Step): boolean => step.action === "create" || isDestructive(step);

function noteOf(
  { job }: Run,
  { steps }: Planned,
  { before, resumed }: Pick<RestoreNote, "before"> & { readonly resumed: RestoreNote | undefined },
): RestoreNote {
  const now = steps.filter(({ action }) => action === "create").map(({ path }) => path);
  const created = [...new Set([...(resumed?.created ?? []), ...now])];
  return { job, before, created, isDone: false };
}

async function applyPlan(
  { session, repository, job, target, entries, findings }: Run,
  plan: Planned,
  safetyVersion: VersionId | undefined,
): Promise<RestoreDone> {
  const reader = await repository.reader();
  const applied = await applySteps({ session, target, reader, entries, plan });
  return {
    ...applied,
    applied: true,
    version: job.version,
    to: target.root,
    safetyVersion,
    findings: [...findings, ...applied.findings],
  };
}
