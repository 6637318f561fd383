/**
 * Leaves one repository for another: everything that this machine noted of the old one goes, and
 * nothing of the old one itself. The key file stays, because it may be the only key there is.
 */
import { join } from "node:path";
import type { Context } from "./context.ts";

export function forgetRepository({ disk, state }: Context): void {
  for (const folder of [state.outbox, state.objects]) {
    for (const file of disk.list(folder)) disk.remove(join(folder, file));
  }
  const notes = [state.device, state.witness, state.fileCache, state.logCache, state.restoreNote];
  for (const note of [...notes, state.repositoryFile]) disk.remove(note);
  disk.syncFolder(state.folder);
}
