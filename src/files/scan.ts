/**
 * What lies in the workspace, in the order of its paths. No link is followed, and nothing is opened
 * but `.syncignore` files and the first bytes of a file that has a `-wal` or its like beside it.
 *
 * Synchronous on purpose: with a promise for each file, 100,000 of them take four times as long.
 * What vanishes while we look is simply absent.
 */
import { statSync, type BigIntStats } from "node:fs";
import { DiskError, EngineError, InputError, InterruptedError } from "../base/errors.ts";
import { diskPath, shown, type RelPath } from "../base/paths.ts";
import { Findings } from "./findings.ts";
import { namesIn, sortNames, type Named } from "./folder-names.ts";
import { isNeverKept } from "./never-kept.ts";
import { attempt, systemCode, unlessAbsent } from "./refusals.ts";
import { lookAt, type Looked } from "./scan-entry.ts";
import type { Scanned, ScanOptions, ScanResult } from "./scanned.ts";
import { Selection } from "./selection.ts";
import { sideFilesOf, type Beside } from "./side-files.ts";
import { readSyncignore, SYNCIGNORE } from "./syncignore.ts";

export type { FileSignature } from "./signature.ts";
export type { Scanned, ScanOptions, ScanResult } from "./scanned.ts";

export function scan(root: string, options: ScanOptions): ScanResult {
  const before = lookAtRoot(root);
  const walk = new Walk(root, before.dev, options);
  walk.folder({ prefix: "", selection: Selection.of(options) });
  const { dev, ino } = lookAtRoot(root);
  // Unmounted or replaced under us: what we listed is no state of this workspace.
  if (dev !== before.dev || ino !== before.ino) throw missing(root);
  return walk.findings.result();
}

/** The workspace itself may be reached through a link: a person named it. */
function lookAtRoot(root: string): BigIntStats {
  const stat = attempt(root, () => unlessAbsent(() => statSync(diskPath(root), { bigint: true })));
  if (stat === undefined) throw missing(root);
  if (!stat.isDirectory()) throw new InputError("workspace-not-a-folder", { path: shown(root) });
  return stat;
}

const missing = (root: string): InputError =>
  new InputError("workspace-missing", { path: shown(root) });

interface Folder {
  /** "" at the top, else with a slash at its end. */
  readonly prefix: string;
  /** Its own; none at the top. */
  readonly entry?: Scanned;
  readonly selection: Selection;
}

type Children = ReadonlyMap<string, Named>;

class Walk {
  readonly findings = new Findings();
  readonly #root: string;
  readonly #device: bigint;
  readonly #options: ScanOptions;

  constructor(root: string, device: bigint, options: ScanOptions) {
    this.#root = root;
    this.#device = device;
    this.#options = options;
  }

  /** By the bytes of whole paths `a-b` comes after the folder `a` and before what is in it, `a/…`. */
  folder(folder: Folder): void {
    if (this.#options.signal?.aborted) throw new InterruptedError("interrupted", {});
    const names = this.#list(folder);
    const beside = { names, pathOf: (name: string) => this.#full(folder.prefix + name) };
    const selection = this.#selectionIn(folder, names);
    const entered = new Map<string, Folder>();
    for (const step of stepsThrough(names)) {
      const child = names.get(step);
      if (child === undefined) this.#enter(entered.get(step));
      else if (!isNeverKept(child, beside)) {
        const found = this.#child({ ...folder, selection }, child, beside);
        if (found) entered.set(`${step}/`, found);
      }
    }
  }

  #enter(folder: Folder | undefined): void {
    if (folder?.entry === undefined) return;
    this.findings.inside(folder.entry, () => {
      this.folder(folder);
    });
  }

  /** An unreadable workspace must not pass for an empty one; any other folder is a problem. */
  #list(folder: Folder): Children {
    const path = this.#full(folder.prefix);
    try {
      const names = unlessAbsent(() => namesIn(diskPath(path))) ?? [];
      return new Map(names.map((named) => [named.name, named]));
    } catch (error) {
      const reason = systemCode(error);
      if (reason === undefined) throw error;
      const facts = { path: shown(folder.entry?.path ?? path), reason };
      const problem = new DiskError("folder-unreadable", facts, error);
      if (folder.entry === undefined) throw problem;
      this.findings.addUnreadable(problem, folder.entry.path);
      return new Map();
    }
  }

  #selectionIn({ prefix, selection }: Folder, children: Children): Selection {
    if (children.get(SYNCIGNORE)?.isFile !== true) return selection;
    const text = readSyncignore(this.#full(prefix + SYNCIGNORE));
    if (typeof text === "string") return selection.within(prefix.slice(0, -1), text);
    this.findings.addProblem(text);
    return selection;
  }

  /** Takes in what is asked for. A folder that is to be walked comes back. */
  #child(folder: Folder, child: Named, beside: Beside): Folder | undefined {
    const path = `${folder.prefix}${child.name}` as RelPath;
    const verdict = folder.selection.judge(path, child.isFolder);
    if (verdict === "outside") this.findings.addOutside(path);
    if (verdict === "outside" || verdict === "excluded") return undefined;
    const sideFiles = sideFilesOf(child.name, beside);
    const looked = lookAt({ path, full: this.#full(path), sideFiles });
    if (looked instanceof DiskError) this.findings.addUnreadable(looked, path);
    else if (looked instanceof EngineError) this.findings.addProblem(looked);
    if (looked === undefined || looked instanceof EngineError) return undefined;
    // Became something else between the listing and the look: as good as vanished.
    if ((looked.entry.kind === "dir") !== child.isFolder) return undefined;
    this.findings.add(looked, verdict);
    if (!child.isFolder || this.#isForeign(looked)) return undefined;
    return { prefix: `${path}/`, entry: looked.entry, selection: folder.selection.below(verdict) };
  }

  /** Only folders are asked: on some filesystems each file claims a device of its own. */
  #isForeign({ entry, device }: Looked): boolean {
    if (device === this.#device || this.#options.followMounts) return false;
    this.findings.addProblem(new DiskError("mount-skipped", { path: shown(entry.path) }));
    return true;
  }

  #full(path: string): string {
    return `${this.#root}/${path}`;
  }
}

/** Each name, and for a folder `name/` where its content has its turn. */
function stepsThrough(children: Children): string[] {
  const steps: string[] = [];
  for (const { name, isFolder } of children.values()) {
    steps.push(name);
    if (isFolder) steps.push(`${name}/`);
  }
  return sortNames(steps);
}
