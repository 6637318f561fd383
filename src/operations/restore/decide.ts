/** What is to happen under each name of a version, from what stands there. */
import { pathBytes, type RelPath } from "../../base/paths.ts";
import type { RestoreTarget } from "../../files/restore-target.ts";
import { ABSENT, parentsOf, type Standing } from "../../files/standing.ts";
import { hasContent } from "../../files/standing-content.ts";
import type { Entry, FileEntry } from "../../format/entry.ts";
import { hasAttributes } from "./attributes.ts";
import type { Entries } from "./job.ts";
import { obstacleTo, refusalOf, type Refusing } from "./obstacles.ts";
import { problemOfOne } from "./one-name.ts";
import { fileOf, type Removals } from "./removals.ts";
import { conflict, type Placing, type Step } from "./step.ts";

export interface Deciding extends Refusing {
  readonly target: RestoreTarget;
  readonly scratch: string;
  readonly removals: Removals;
  readonly chosen: readonly Entry[];
  /** false: what stands there stays as it is, its mode and time too. */
  readonly mayOverwrite: boolean;
  /** What an interrupted attempt at the same may have created. */
  readonly begun: ReadonlySet<RelPath>;
}

export class Decisions {
  readonly #deciding: Deciding;
  readonly #chosen: ReadonlySet<RelPath>;
  /** What stands under each name that is kept: hard links look at their target. */
  readonly #kept = new Map<RelPath, Standing>();

  constructor(deciding: Deciding) {
    this.#deciding = deciding;
    this.#chosen = new Set(deciding.chosen.map(({ path }) => path));
  }

  /** Invariant I8: a name that this disk does not even look at is told, and the rest goes on. */
  async stepFor(entry: Entry): Promise<Step> {
    try {
      return await this.#decide(entry);
    } catch (error) {
      return conflict(entry, problemOfOne(entry.path, error));
    }
  }

  /** The deepest first, so that folders are empty when their turn comes. */
  removalSteps(): Step[] {
    const { target, entries, removals } = this.#deciding;
    return [...removals].reverse().map(([path, kind]) => {
      const isInTheWay = isInTheWayOf(entries, path);
      return { action: "remove", path, kind, before: target.look(path), isInTheWay };
    });
  }

  async #decide(entry: Entry): Promise<Step> {
    const { path, kind } = entry;
    const refused = refusalOf(entry, this.#deciding);
    if (refused) return refused;
    const before = this.#look(path);
    const obstacle = obstacleTo(entry, before);
    if (obstacle) return obstacle;
    const action = await this.#actionFor(entry, before);
    if (action === "keep" || action === "adjust") this.#kept.set(path, before);
    return { action, path, kind, entry, before };
  }

  async #actionFor(entry: Entry, before: Standing): Promise<Placing["action"]> {
    if (before.kind === "absent") return "create";
    // Made, and then the power went before it got its mode and time.
    if (before.kind === "folder" && this.#deciding.begun.has(entry.path)) return "create";
    if (!(await this.#isSame(entry, before))) return "replace";
    return this.#isToAdjust(entry, before) ? "adjust" : "keep";
  }

  /** A link has no mode, and a hard link's file has its turn under another name. */
  #isToAdjust(entry: Entry, before: Standing): boolean {
    if (!this.#deciding.mayOverwrite || !("stat" in before)) return false;
    const hasSome = entry.kind === "file" || entry.kind === "dir";
    return hasSome && !hasAttributes(before.stat, entry);
  }

  /** What goes before counts as gone. */
  #look(path: RelPath): Standing {
    const { target, removals } = this.#deciding;
    const standing = target.look(path);
    const at = standing.kind === "blocked" ? standing.by : path;
    return removals.has(at) ? ABSENT : standing;
  }

  async #isSame(entry: Entry, before: Standing): Promise<boolean> {
    const { target, entries } = this.#deciding;
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
    if (file === undefined || before.kind !== "file") return false;
    if (this.#wouldAdjustOthers(entry, before)) return false;
    const { target, scratch } = this.#deciding;
    return hasContent(target.fullPath(entry.path), file, scratch);
  }

  /** Setting mode or time of a file sets it under all its names, of which some may not be ours. */
  #wouldAdjustOthers(entry: Entry, { stat }: Extract<Standing, { kind: "file" }>): boolean {
    return this.#deciding.mayOverwrite && stat.links > 1 && !hasAttributes(stat, entry);
  }
}

function isOneFile(left: Standing, right: Standing | undefined): boolean {
  if (left.kind !== "file" || right?.kind !== "file") return false;
  return left.stat.inode === right.stat.inode && left.stat.device === right.stat.device;
}

function isInTheWayOf(entries: Entries, path: RelPath): boolean {
  if (entries.has(path)) return true;
  return [...parentsOf(path)].some((parent) => (entries.get(parent)?.kind ?? "dir") !== "dir");
}
