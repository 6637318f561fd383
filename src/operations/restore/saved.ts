/**
 * Invariant I6: what a restore replaces or removes is in a saved version, with the content that it
 * has at this moment, or it is left alone. Asked after that version was made, of the repository's
 * own file list, so that a gap in the backup (an excluded file, one that could not be read) shows.
 */
import type { EngineError } from "../../base/errors.ts";
import { pathBytes } from "../../base/paths.ts";
import type { RestoreTarget } from "../../files/restore-target.ts";
import { isStill } from "../../files/standing.ts";
import { hasContent } from "../../files/standing-content.ts";
import { holdsAttributes } from "./attributes.ts";
import type { Entries } from "./job.ts";
import { fileOf } from "./removals.ts";
import {
  conflict,
  isDestructive,
  problems,
  type Placing,
  type Removal,
  type Step,
} from "./step.ts";

export interface SavedStates {
  readonly target: RestoreTarget;
  readonly scratch: string;
  readonly saved: readonly Entries[];
}

/** Conflicts in place of the steps that would lose something. */
export async function sparingUnsaved(
  states: SavedStates,
  steps: readonly Step[],
): Promise<{ readonly steps: Step[]; readonly unsaved: number }> {
  const checked: Step[] = [];
  let unsaved = 0;
  for (const step of steps) {
    const problem = isDestructive(step) ? await lossOf(states, step) : undefined;
    if (problem) unsaved++;
    checked.push(problem ? conflict(step, problem) : step);
  }
  return { steps: checked, unsaved };
}

/** The content is compared before the last look, so that it is the content of `before`. */
async function lossOf(
  { target, scratch, saved }: SavedStates,
  step: Placing | Removal,
): Promise<EngineError | undefined> {
  let isSaved = false;
  for (const entries of saved) isSaved ||= await isIn(entries, { target, scratch }, step);
  if (!isStill(step.before, target.look(step.path))) return problems.changed(step.path);
  return isSaved ? undefined : problems.notSaved(step.path);
}

async function isIn(
  entries: Entries,
  { target, scratch }: Omit<SavedStates, "saved">,
  step: Placing | Removal,
): Promise<boolean> {
  const { path, before } = step;
  const entry = entries.get(path);
  if (entry === undefined) return false;
  if (step.action === "adjust" && "stat" in before) {
    if (!holdsAttributes(entry, before.stat, step.entry)) return false;
  }
  switch (before.kind) {
    case "folder":
      return entry.kind === "dir";
    case "symlink":
      return (
        entry.kind === "symlink" && target.linkText(path)?.equals(pathBytes(entry.target)) === true
      );
    case "file": {
      const file = fileOf(entries, entry);
      return file !== undefined && hasContent(target.fullPath(path), file, scratch);
    }
    case "absent":
      // It has gone by itself; the step finds that out.
      return true;
    case "blocked":
    case "other":
      return false;
  }
}
