/** What a restore says it would do, or has done. */
import type { EngineError, ErrorCode } from "../../base/errors.ts";
import type { VersionId } from "../../base/ids.ts";
import type { RelPath } from "../../base/paths.ts";
import type { Run } from "./run.ts";
import { bytesOf, countSteps, isDestructive, type Counts, type Step } from "./step.ts";

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
  readonly action: "create" | "replace" | "keep" | "remove" | "conflict";
  readonly kind: Step["kind"];
  readonly path: RelPath;
  /** Of a "replace": the same content stands there, and only gets another mode or time. */
  readonly attributesOnly?: true;
  /** Why it is a conflict. */
  readonly problem?: ErrorCode;
}

export interface RestoreDone extends Restored {
  readonly applied: true;
}

export type RestoreResult = RestorePlan | RestoreDone;

export function planOf({ job, target, plan, findings }: Run): RestorePlan {
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
  switch (action) {
    case "conflict":
      return { action, kind, path, problem: step.problem.code };
    case "adjust":
      return { action: "replace", kind, path, attributesOnly: true };
    case "create":
    case "replace":
    case "keep":
    case "remove":
      return { action, kind, path };
  }
}
