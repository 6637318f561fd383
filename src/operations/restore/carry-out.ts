/**
 * A planned restore is done. In the workspace the present state is saved before (Invariant I6), and
 * what is needed to go on or to go back is noted.
 */
import type { VersionId } from "../../base/ids.ts";
import { applySteps } from "./apply.ts";
import { saveNote, type RestoreNote } from "./note.ts";
import type { Planned } from "./plan.ts";
import type { RestoreDone } from "./result.ts";
import type { Run } from "./run.ts";
import { saveBefore, type Safety } from "./safety.ts";
import { isDestructive, type Step } from "./step.ts";

export async function carryOut(run: Run): Promise<RestoreDone> {
  return run.isWorkspace ? inWorkspace(run) : applyPlan(run, run.plan, undefined);
}

async function inWorkspace(run: Run): Promise<RestoreDone> {
  const { repository, plan, target, session, resumed } = run;
  const safety = await saveBefore({ session, repository, target, plan, earlier: resumed?.before });
  const note = noteOf(run, safety);
  const hasWork = resumed !== undefined || safety.plan.steps.some(changesSomething);
  if (hasWork) saveNote(repository, note);
  const done = await applyPlan(run, safety.plan, note.before);
  if (hasWork) saveNote(repository, { ...note, isDone: true });
  return done;
}

const changesSomething = (step: Step): boolean => step.action === "create" || isDestructive(step);

/**
 * A new safety version is what an undo goes back to, although an interrupted attempt had one: that
 * one does not hold what is replaced now. What is replaced was made by somebody else since, so an
 * undo must not take it away as ours.
 */
function noteOf({ job, resumed }: Run, { version, plan }: Safety): RestoreNote {
  const pathsOf = (...actions: Step["action"][]): RestoreNote["created"] =>
    plan.steps.filter(({ action }) => actions.includes(action)).map(({ path }) => path);
  const replaced = new Set(pathsOf("replace"));
  const earlier = (resumed?.created ?? []).filter((path) => !replaced.has(path));
  const created = [...new Set([...earlier, ...pathsOf("create")])];
  return { job, before: version ?? resumed?.before, created, isDone: false };
}

async function applyPlan(
  { session, repository, job, target, isWorkspace, entries, findings }: Run,
  plan: Planned,
  safetyVersion: VersionId | undefined,
): Promise<RestoreDone> {
  const reader = await repository.reader();
  const mayOverwrite = isWorkspace;
  const applied = await applySteps({ session, target, reader, entries, plan, mayOverwrite });
  return {
    ...applied,
    applied: true,
    version: job.version,
    to: target.root,
    safetyVersion,
    findings: [...findings, ...applied.findings],
  };
}
