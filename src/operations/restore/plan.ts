/**
 * What a restore would do, name by name, before anything is touched. Nothing here writes, but for
 * one empty file that asks a filesystem whether it tells two names apart.
 *
 * Invariant I6: what cannot be restored without following a link, or without destroying something
 * that nobody asked to lose, becomes a conflict and is left alone.
 */
import { InterruptedError } from "../../base/errors.ts";
import type { Amount } from "../../base/monitor.ts";
import { pathBytes, type RelPath } from "../../base/paths.ts";
import { Inclusion } from "../../files/include.ts";
import { foldAll, isRefusedByWindows, twinsOf } from "../../files/name-folding.ts";
import { isSameTime, type RestoreTarget } from "../../files/restore-target.ts";
import { ABSENT, parentsOf, type Standing } from "../../files/standing.ts";
import { hasContent } from "../../files/standing-content.ts";
import type { Entry, FileEntry } from "../../format/entry.ts";
import type { Entries, Job } from "./job.ts";
import { fileOf, removalsOf, type Removals } from "./removals.ts";
import { attributesOf } from "./attributes.ts";
import { conflict, problems, type Conflict, type Step } from "./step.ts";
import type { Session } from "../session.ts";

export interface Planning {
  readonly session: Session;
  readonly target: RestoreTarget;
  readonly job: Job;
  readonly entries: Entries;
  /** Of the version that an undone restore took its files from. */
  readonly created: Entries;
  /** false: nothing there could be saved first, so what differs is left alone. */
  readonly mayOverwrite: boolean;
  readonly isWindows?: boolean;
}

export interface Planned {
  /** In path order; removals after everything else. */
  readonly steps: readonly Step[];
  /** Paths that this filesystem, or if it cannot be asked yet, some filesystem, takes for another one. */
  readonly twins: ReadonlyMap<RelPath, RelPath>;
}

export async function planSteps(planning: Planning): Promise<Planned> {
  const selects = selector(planning.job.paths);
  const removals = await removalsOf({ ...planning, selects });
  const chosen = chosenEntries(planning, selects);
  const twins = twinsAt(planning.target, chosen.map(pathOf));
  const view = new View(planning, { removals, chosen, twins });
  const steps: Step[] = [];
  for (const entry of chosen) {
    tellProgress(planning.session, { done: steps.length, total: chosen.length });
    steps.push(await view.stepFor(entry));
  }
  return { steps: [...steps, ...view.removalSteps()].map((step) => spared(planning, step)), twins };
}

const pathOf = ({ path }: Entry): RelPath => path;

function selector(paths: readonly string[]): (path: string, isFolder: boolean) => boolean {
  const inclusion = new Inclusion(paths);
  return (path, isFolder) => inclusion.includes(path, isFolder);
}

/** What is asked for, and those folders above it that are missing. */
function chosenEntries(
  { entries, target }: Planning,
  selects: ReturnType<typeof selector>,
): Entry[] {
  const all = [...entries.values()];
  const asked = new Set(all.filter(({ path, kind }) => selects(path, kind === "dir")));
  const parents = new Set([...asked].flatMap(({ path }) => [...parentsOf(path)]));
  return all.filter((entry) => {
    if (asked.has(entry)) return true;
    return parents.has(entry.path) && target.look(entry.path).kind === "absent";
  });
}

/** The filesystem is asked only where there is something to confuse, and a folder to ask in. */
function twinsAt(target: RestoreTarget, paths: readonly RelPath[]): Planned["twins"] {
  const possible = twinsOf(paths, foldAll);
  return possible.size > 0 && target.exists ? twinsOf(paths, target.folding()) : possible;
}

function tellProgress({ context }: Session, files: Amount): void {
  const { signal, monitor } = context;
  if (signal?.aborted) throw new InterruptedError("interrupted", {}, signal.reason);
  monitor.progress({ step: "verify", files });
}

interface Choice {
  readonly removals: Removals;
  readonly chosen: readonly Entry[];
  readonly twins: Planned["twins"];
}

class View {
  readonly #planning: Planning;
  readonly #removals: Removals;
  readonly #twins: Planned["twins"];
  readonly #chosen: ReadonlySet<RelPath>;
  /** What stands under each name that is kept: hard links look at their target. */
  readonly #kept = new Map<RelPath, Standing>();

  constructor(planning: Planning, choice: Choice) {
    this.#planning = planning;
    this.#removals = choice.removals;
    this.#twins = choice.twins;
    this.#chosen = new Set(choice.chosen.map(pathOf));
  }

  async stepFor(entry: Entry): Promise<Step> {
    const before = this.#look(entry.path);
    const refused = this.#refusal(entry) ?? this.#obstacle(entry, before);
    if (refused) return refused;
    const step = { path: entry.path, kind: entry.kind, entry, before };
    if (before.kind === "absent") return { action: "create", ...step };
    if (!(await this.#isSame(entry, before))) return { action: "replace", ...step };
    this.#kept.set(entry.path, before);
    return { action: "keep", ...step };
  }

  /** The deepest first, so that folders are empty when their turn comes. */
  removalSteps(): Step[] {
    const { target, entries } = this.#planning;
    return [...this.#removals].reverse().map(([path, kind]) => {
      const isInTheWay = isInTheWayOf(entries, path);
      return { action: "remove", path, kind, before: target.look(path), isInTheWay };
    });
  }

  /** What goes before counts as gone. */
  #look(path: RelPath): Standing {
    const standing = this.#planning.target.look(path);
    const at = standing.kind === "blocked" ? standing.by : path;
    return this.#removals.has(at) ? ABSENT : standing;
  }

  /** What no place could take. */
  #refusal(entry: Entry): Conflict | undefined {
    const { path } = entry;
    const { entries, target, isWindows = process.platform === "win32" } = this.#planning;
    const twin = target.exists ? this.#twins.get(path) : undefined;
    if (twin !== undefined) return conflict(entry, problems.twin(path, twin));
    if (isWindows && isRefusedByWindows(path)) return conflict(entry, problems.nameRefused(path));
    for (const parent of parentsOf(path)) {
      const kind = entries.get(parent)?.kind ?? "dir";
      if (kind !== "dir") return conflict(entry, problems.unsound(path, parent, "folder"));
    }
    if (fileOf(entries, entry) || entry.kind !== "hardlink") return undefined;
    return conflict(entry, problems.unsound(path, entry.target, "file"));
  }

  /** What this place does not let us do. */
  #obstacle(entry: Entry, before: Standing): Conflict | undefined {
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

  async #isSame(entry: Entry, before: Standing): Promise<boolean> {
    const { target, entries } = this.#planning;
    switch (entry.kind) {
      case "dir":
        return true;
      case "symlink": {
        const text = before.kind === "symlink" ? target.linkText(entry.path) : undefined;
        return text?.equals(pathBytes(entry.target)) === true;
      }
      case "hardlink":
        if (this.#chosen.has(entry.target)) return isOneFile(before, this.#kept.get(entry.target));
        return this.#holds(entry, fileOf(entries, entry), before);
      case "file":
        return this.#holds(entry, entry, before);
    }
  }

  async #holds(entry: Entry, file: FileEntry | undefined, before: Standing): Promise<boolean> {
    if (file === undefined || before.kind !== "file" || !mayBeKept(entry, before)) return false;
    const { target, session } = this.#planning;
    return hasContent(target.fullPath(entry.path), file, session.context.state.scratch);
  }
}

/** Setting mode or time of a file sets it under all its names, of which some may not be ours. */
function mayBeKept(entry: Entry, before: Extract<Standing, { kind: "file" }>): boolean {
  const { mode, mtimeNs } = attributesOf(entry);
  const { stat } = before;
  return stat.links === 1 || (stat.mode === mode && isSameTime(stat.mtimeNs, mtimeNs));
}

function isOneFile(left: Standing, right: Standing | undefined): boolean {
  if (left.kind !== "file" || right?.kind !== "file") return false;
  return left.stat.inode === right.stat.inode && left.stat.device === right.stat.device;
}

function isInTheWayOf(entries: Entries, path: RelPath): boolean {
  if (entries.has(path)) return true;
  return [...parentsOf(path)].some((parent) => (entries.get(parent)?.kind ?? "dir") !== "dir");
}

/** Where nothing could be saved first, nothing is overwritten; a database in use is left alone. */
function spared({ target, mayOverwrite }: Planning, step: Step): Step {
  if (step.action !== "replace" && step.action !== "remove") return step;
  if (!mayOverwrite) return conflict(step, problems.occupied(step.path));
  return target.isInUse(step.path, step.before) ? conflict(step, problems.inUse(step.path)) : step;
}

export const isOccupied = (step: Step): step is Conflict =>
  step.action === "conflict" && step.problem.code === "restore-occupied";
