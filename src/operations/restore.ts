/**
 * `restore`: a version comes back, into the workspace or into another place.
 *
 * Plan first, always. What only creates is done at once; what would change or remove something needs
 * a yes, and in the workspace the present state is saved as a version before (Invariant I6). Nothing
 * is overwritten elsewhere, because nothing could save it. Interrupted, the same command goes on.
 */
import { InputError, IntegrityError, type EngineError } from "../base/errors.ts";
import type { Monitor } from "../base/monitor.ts";
import { shown } from "../base/paths.ts";
import { Repository } from "../repository/repository.ts";
import { openToRead } from "./open-repository.ts";
import { carryOut } from "./restore/carry-out.ts";
import { versionToRestore, type VersionChoice } from "./restore/choice.ts";
import type { Job } from "./restore/job.ts";
import { isOccupied } from "./restore/plan.ts";
import { planOf, type RestorePlan, type RestoreResult } from "./restore/result.ts";
import { startRun, type JobToRun, type Opened, type Run } from "./restore/run.ts";
import { isDestructive } from "./restore/step.ts";
import { withRunLock } from "./run-lock.ts";
import { emptyScratch } from "./scratch.ts";
import type { Session } from "./session.ts";

export type { RestoreDone, RestorePlan, RestoreResult, ShownStep } from "./restore/result.ts";

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
    return work({ session, repository, findings }).catch((error: unknown) => {
      throw cause(findings, error, context.monitor);
    });
  });
}

/** A chunk that is missing after the store was turned back is missing because of that. */
function cause(findings: readonly EngineError[], error: unknown, monitor: Monitor): unknown {
  const [finding] = findings;
  if (finding === undefined || !(error instanceof IntegrityError)) return error;
  monitor.warn(error);
  return finding;
}

/** The caller holds the run lock. */
export async function runJob(asked: JobToRun, confirmed: boolean): Promise<RestoreResult> {
  const run = await startRun(asked);
  if (!run.isWorkspace) assertUnoccupied(run);
  if (run.plan.steps.some(isDestructive) && !confirmed) return planOf(run);
  return carryOut(run);
}

async function jobOf(repository: Repository, options: RestoreOptions): Promise<Job> {
  const { entry } = await versionToRestore(repository, options);
  const { device, seq } = entry;
  const { paths = [], remove = false } = options;
  return { version: { device, seq }, paths, remove };
}

function assertUnoccupied({ target, plan }: Run): void {
  const occupied = plan.steps.filter(isOccupied);
  const [first] = occupied;
  if (first === undefined) return;
  const facts = { to: shown(target.root), count: occupied.length, path: shown(first.path) };
  throw new InputError("restore-target-occupied", facts);
}
