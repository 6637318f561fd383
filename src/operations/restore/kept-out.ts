/**
 * Names that are never backed up are never restored, whoever put them into a version: `.git` holds
 * programs that git runs, our own files would tell us what to do, and a log beside a database would
 * be applied to it.
 */
import type { RelPath } from "../../base/paths.ts";
import { foldAll, type Fold } from "../../files/name-folding.ts";
import { isNeverKept } from "../../files/never-kept.ts";
import type { RestoreTarget } from "../../files/restore-target.ts";
import { isSideFile, type Beside } from "../../files/side-files.ts";
import { parentOf } from "../../files/target-folders.ts";
import type { Entry } from "../../format/entry.ts";

/** `.GIT` is `.git` where names fold. A target that is not there yet cannot be asked, and may. */
export function keptOut(target: RestoreTarget, entries: readonly Entry[]): ReadonlySet<RelPath> {
  const suspects = entries.filter((entry) => hasOwnName(entry, foldAll));
  if (suspects.length === 0) return new Set();
  const fold = target.exists ? target.folding() : foldAll;
  return new Set(suspects.filter((entry) => hasOwnName(entry, fold)).map(({ path }) => path));
}

/** Asked when its turn comes: by then the database stands there, which has the shorter name. */
export function isBesideDatabase(target: RestoreTarget, path: RelPath): boolean {
  const folder = parentOf(path);
  const at = (name: string): RelPath => (folder === "" ? name : `${folder}/${name}`) as RelPath;
  const isFile = (name: string): boolean => target.look(at(name)).kind === "file";
  return isSideFile(nameOf(path), {
    names: { has: isFile },
    pathOf: (name) => target.fullPath(at(name)),
  });
}

/** The entry itself, or a folder that it lies in. */
function hasOwnName({ path, kind }: Entry, fold: Fold): boolean {
  const names = path.split("/").map(fold);
  return names.some((name, i) => {
    const isFolder = i < names.length - 1 || kind === "dir";
    return isNeverKept({ name, isFolder, isFile: !isFolder }, NOTHING);
  });
}

const NOTHING: Beside = { names: new Set<string>(), pathOf: (name) => name };

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
