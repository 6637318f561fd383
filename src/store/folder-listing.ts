/** Objects of a folder in the order of their names, looking only where a wanted one can be. */
import type { FolderTree } from "./folder-tree.ts";
import { isObjectName } from "./object-name.ts";
import type { Listed, ListOptions } from "./store.ts";

export type Wanted = Required<Pick<ListOptions, "prefix" | "startAfter">>;

export function* objectsBelow(tree: FolderTree, folder: string, wanted: Wanted): Generator<Listed> {
  for (const { name, size, kind } of tree.children(folder, (each) => mayMatter(each, wanted))) {
    if (kind === "folder") yield* objectsBelow(tree, name, wanted);
    else if (isWanted(name, wanted) && isObjectName(name)) yield { name, size };
  }
}

/** An empty folder is not one of the repository's: a crash may have left it. */
export function* foldersBelow(tree: FolderTree, folder: string): Generator<string> {
  const everything = { prefix: "", startAfter: "" };
  for (const { name, kind } of tree.children(folder, () => true)) {
    if (kind === "folder" && objectsBelow(tree, name, everything).next().done !== true) {
      yield name.slice(name.lastIndexOf("/") + 1);
    }
  }
}

function isWanted(name: string, { prefix, startAfter }: Wanted): boolean {
  return name.startsWith(prefix) && name > startAfter;
}

/** As a file, or as a folder on the way. */
function mayMatter(name: string, { prefix, startAfter }: Wanted): boolean {
  // "0" follows "/": whatever lies below this folder comes before it.
  return (name.startsWith(prefix) || prefix.startsWith(`${name}/`)) && `${name}0` > startAfter;
}
