/** One step of a restore: what is to happen under one name, and what stood there when it was decided. */
import { BusyError, InputError, IntegrityError, type EngineError } from "../../base/errors.ts";
import { shown, type RelPath } from "../../base/paths.ts";
import type { Standing } from "../../files/standing.ts";
import type { Entry } from "../../format/entry.ts";

export type Step = Placing | Removal | Conflict;

export interface Placing {
  /** "adjust": the same content stands there, with another mode or time. */
  readonly action: "create" | "replace" | "adjust" | "keep";
  readonly path: RelPath;
  readonly kind: Entry["kind"];
  readonly entry: Entry;
  readonly before: Standing;
}

export interface Removal {
  readonly action: "remove";
  readonly path: RelPath;
  readonly kind: Entry["kind"];
  readonly before: Standing;
  /** It stands in the way of something that the version holds. */
  readonly isInTheWay: boolean;
}

/** Left alone, and told. */
export interface Conflict {
  readonly action: "conflict";
  readonly path: RelPath;
  readonly kind: Entry["kind"];
  readonly problem: EngineError;
}

export interface Counts {
  readonly created: number;
  readonly changed: number;
  readonly kept: number;
  readonly removed: number;
}

/** A step that changes or takes away what is there. */
export const isDestructive = (step: Step): step is Placing | Removal =>
  step.action === "replace" || step.action === "adjust" || step.action === "remove";

/** Folders are not counted. */
export function countSteps(steps: readonly Step[]): Counts {
  const count = (...actions: Step["action"][]): number =>
    steps.filter(({ action, kind }) => actions.includes(action) && kind !== "dir").length;
  return {
    created: count("create"),
    changed: count("replace", "adjust"),
    kept: count("keep"),
    removed: count("remove"),
  };
}

/** Of content that has to be fetched. */
export function bytesOf(steps: readonly Step[]): number {
  return steps.reduce((total, step) => {
    const isWritten = step.action === "create" || step.action === "replace";
    return total + (isWritten && step.entry.kind === "file" ? step.entry.size : 0);
  }, 0);
}

export function conflict(
  { path, kind }: Pick<Step, "path" | "kind">,
  problem: EngineError,
): Conflict {
  return { action: "conflict", path, kind, problem };
}

const KINDS = { file: "file", symlink: "link", other: "special file", folder: "folder" } as const;

/** What each conflict is called; the texts are in the message table. */
export const problems = {
  folderThere: (path: RelPath) => new InputError("restore-folder-there", { path: shown(path) }),
  noFolder: (path: RelPath, kind: keyof typeof KINDS) =>
    new InputError("restore-no-folder", { path: shown(path), kind: KINDS[kind] }),
  blocked: (path: RelPath, by: RelPath, as: keyof typeof KINDS) =>
    new InputError("restore-parent-no-folder", {
      path: shown(path),
      parent: shown(by),
      kind: KINDS[as],
    }),
  special: (path: RelPath) => new InputError("restore-special-there", { path: shown(path) }),
  twin: (path: RelPath, other: RelPath) =>
    new InputError("restore-name-twin", { path: shown(path), other: shown(other) }),
  keptOut: (path: RelPath) => new InputError("restore-name-kept-out", { path: shown(path) }),
  nameRefused: (path: RelPath) => new InputError("restore-name-refused", { path: shown(path) }),
  occupied: (path: RelPath) => new InputError("restore-occupied", { path: shown(path) }),
  notSaved: (path: RelPath) => new InputError("restore-not-saved", { path: shown(path) }),
  changed: (path: RelPath) => new BusyError("restore-changed", { path: shown(path) }),
  inUse: (path: RelPath) => new BusyError("restore-database-open", { path: shown(path) }),
  unsound: (path: RelPath, other: RelPath, kind: "folder" | "file") =>
    new IntegrityError("restore-tree-unsound", { path: shown(path), other: shown(other), kind }),
};
