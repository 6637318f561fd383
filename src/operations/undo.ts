/**
 * `restore --undo`: the workspace as it was before the last restore, finished or not. What stands
 * there now is saved first as well, so an undo can itself be undone.
 */
import { InputError } from "../base/errors.ts";
import { versionName } from "../base/ids.ts";
import type { Repository } from "../repository/repository.ts";
import { standingVersion, type Job } from "./restore/job.ts";
import { loadNote } from "./restore/note.ts";
import { runJob, underLock, type RestoreResult } from "./restore.ts";
import type { Session } from "./session.ts";

export async function undo(session: Session): Promise<RestoreResult> {
  return underLock(session, async (opened) => {
    return runJob({ ...opened, job: undoing(opened.repository) }, true);
  });
}

function undoing(repository: Repository): Job {
  const last = loadNote(repository);
  if (last === undefined) throw new InputError("nothing-to-undo", {});
  const { job, before, created, isDone } = last;
  // An undo that was interrupted is not undone but finished.
  const isResumed = !isDone && job.takesBack !== undefined;
  const next: Job = isResumed
    ? job
    : {
        version: before,
        paths: job.paths,
        remove: false,
        takesBack: { version: job.version, paths: created },
      };
  if (next.version && !standingVersion(repository, next.version)) {
    throw new InputError("undo-version-gone", { version: versionName(next.version) });
  }
  return next;
}
