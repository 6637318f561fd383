import { InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import { isFolder, lookAt } from "../config/small-file.ts";

/** Before anything is made for it: a name that was mistyped must not get a repository of its own. */
export function assertWorkspace(workspace: string): void {
  if (isFolder(workspace)) return;
  const isThere = lookAt(workspace) !== undefined;
  const path = shown(workspace);
  throw new InputError(isThere ? "workspace-not-a-folder" : "workspace-missing", { path });
}
