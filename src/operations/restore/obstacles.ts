/**
 * Why something is not restored: because no place could take it, or because of what stands there.
 *
 * Invariant I6: what cannot be restored without following a link, or without destroying something
 * that nobody asked to lose, becomes a conflict and is left alone.
 */
import type { RelPath } from "../../base/paths.ts";
import { isRefusedByWindows } from "../../files/name-folding.ts";
import { parentsOf, type Standing } from "../../files/standing.ts";
import type { Entry } from "../../format/entry.ts";
import type { Entries } from "./job.ts";
import { fileOf } from "./removals.ts";
import { conflict, problems, type Conflict } from "./step.ts";

export interface Refusing {
  readonly entries: Entries;
  readonly twins: ReadonlyMap<RelPath, RelPath>;
  readonly keptOut: ReadonlySet<RelPath>;
  readonly isWindows: boolean;
}

/** What no place could take, or should. */
export function refusalOf(entry: Entry, refusing: Refusing): Conflict | undefined {
  const { path } = entry;
  const { entries, twins, keptOut, isWindows } = refusing;
  const twin = twins.get(path);
  if (twin !== undefined) return conflict(entry, problems.twin(path, twin));
  if (keptOut.has(path)) return conflict(entry, problems.keptOut(path));
  if (isWindows && isRefusedByWindows(path)) return conflict(entry, problems.nameRefused(path));
  for (const parent of parentsOf(path)) {
    const kind = entries.get(parent)?.kind ?? "dir";
    if (kind !== "dir") return conflict(entry, problems.unsound(path, parent, "folder"));
  }
  if (fileOf(entries, entry) || entry.kind !== "hardlink") return undefined;
  return conflict(entry, problems.unsound(path, entry.target, "file"));
}

/** What this place does not let us do. */
export function obstacleTo(entry: Entry, before: Standing): Conflict | undefined {
  const { path } = entry;
  switch (before.kind) {
    case "absent":
      return undefined;
    case "blocked":
      return conflict(entry, problems.blocked(path, before.by, before.as));
    case "other":
      return conflict(entry, problems.special(path));
    case "folder":
      return entry.kind === "dir" ? undefined : conflict(entry, problems.folderThere(path));
    case "file":
    case "symlink":
      return entry.kind === "dir"
        ? conflict(entry, problems.noFolder(path, before.kind))
        : undefined;
  }
}
