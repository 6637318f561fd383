/**
 * The present state of the workspace becomes a version before a restore changes any of it.
 *
 * A restore that is taken up again after a crash does not save its own half-done work as "before":
 * the version of the first attempt stays that. Only what has changed since makes another one.
 */
import type { VersionId } from "../../base/ids.ts";
import type { RestoreTarget } from "../../files/restore-target.ts";
import type { Repository } from "../../repository/repository.ts";
import { openForWriting } from "../../repository/writing.ts";
import { backupWith } from "../backup.ts";
import { loadEntries } from "./job.ts";
import type { Planned } from "./plan.ts";
import { sparingUnsaved } from "./saved.ts";
import { isDestructive } from "./step.ts";
import type { Session } from "../session.ts";

export interface BeforeRestore {
  readonly session: Session;
  readonly repository: Repository;
  readonly target: RestoreTarget;
  readonly plan: Planned;
  /** What an interrupted attempt at the same had saved. */
  readonly earlier: VersionId | undefined;
}

export interface Safety {
  /** undefined: nothing is changed, so nothing had to be saved. */
  readonly version: VersionId | undefined;
  /** Without what would have lost something. */
  readonly plan: Planned;
}

export async function saveBefore(restoring: BeforeRestore): Promise<Safety> {
  const { session, repository, target, plan, earlier } = restoring;
  if (!plan.steps.some(isDestructive)) return { version: undefined, plan };
  const { scratch } = session.context.state;
  const saved = [await loadEntries(repository, earlier)];
  const first = await sparingUnsaved({ target, scratch, saved }, plan.steps);
  if (first.unsaved === 0) return { version: earlier, plan };
  const writing = await openForWriting(repository);
  const { version } = await backupWith(session, writing, { purpose: "safety" });
  saved.push(await loadEntries(repository, version));
  const { steps } = await sparingUnsaved({ target, scratch, saved }, plan.steps);
  return { version, plan: { ...plan, steps } };
}
