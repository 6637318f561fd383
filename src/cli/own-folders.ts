/**
 * This program's own folders, where they lie inside a workspace, as somebody's home may hold them.
 *
 * A backup that took in its own repository would grow with every run, and for ever.
 */
import { isAbsolute, relative, sep } from "node:path";
import { InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";

/** Patterns to exclude, in the syntax of .gitignore. */
export function ownFolders(workspace: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const inside = relative(workspace, folder);
    if (inside === "") throw new InputError("place-is-workspace", { path: shown(folder) });
    const isOutside = isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`);
    return isOutside ? [] : [`/${escapePattern(inside.split(sep).join("/"))}/`];
  });
}

const escapePattern = (path: string): string => path.replace(/[\\*?[\]!# ]/g, "\\$&");
