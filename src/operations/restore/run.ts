/** One restore, from what was asked to its plan; so far nothing is touched. */
import { resolve } from "node:path";
import { InputError, type EngineError } from "../../base/errors.ts";
import { versionName } from "../../base/ids.ts";
import { RestoreTarget } from "../../files/restore-target.ts";
import type { Repository } from "../../repository/repository.ts";
import type { Session } from "../session.ts";
import { loadEntries, type Entries, type Job } from "./job.ts";
import { unfinishedNote, type RestoreNote } from "./note.ts";
import { planSteps, type Planned } from "./plan.ts";

export interface Opened {
  readonly session: Session;
  readonly repository: Repository;
  /** What is wrong with the logs. What verifies can be restored all the same. */
  readonly findings: readonly EngineError[];
}

export interface JobToRun extends Opened {
  readonly job: Job;
  readonly to?: string | undefined;
}

export interface Run extends JobToRun {
  readonly target: RestoreTarget;
  readonly isWorkspace: boolean;
  readonly entries: Entries;
  /** Of an attempt at the same, in the workspace, that this one goes on with. */
  readonly resumed: RestoreNote | undefined;
  readonly plan: Planned;
}

export async function startRun(asked: JobToRun): Promise<Run> {
  const { session, repository, job } = asked;
  const root = resolve(asked.to ?? session.workspace);
  const isWorkspace = root === resolve(session.workspace);
  const target = new RestoreTarget(session.context.disk, root, session.context.random);
  const entries = await loadEntries(repository, job.version);
  const created = await loadEntries(repository, job.takesBack?.version);
  const resumed = isWorkspace ? unfinishedNote(repository, job) : undefined;
  const begun = new Set(resumed?.created);
  const planning = { session, target, job, entries, created, begun, mayOverwrite: isWorkspace };
  const plan = await planSteps(planning);
  if (job.paths.length > 0 && job.version && plan.steps.length === 0) {
    throw new InputError("restore-nothing-asked", { version: versionName(job.version) });
  }
  return { ...asked, target, isWorkspace, entries, resumed, plan };
}
