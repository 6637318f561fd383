/**
 * What a restore is to take away: with `remove`, what a scan finds and the version does not hold; for
 * an undo, what the restore created and what still is as it made it. Excluded files are in no scan.
 */
import { comparePaths, pathBytes, type RelPath } from "../../base/paths.ts";
import type { RestoreTarget } from "../../files/restore-target.ts";
import { scan } from "../../files/scan.ts";
import { parentsOf } from "../../files/standing.ts";
import { hasContent } from "../../files/standing-content.ts";
import type { Entry, FileEntry } from "../../format/entry.ts";
import type { Created, Entries, Job } from "./job.ts";
import type { Session } from "../session.ts";

/** Path to kind, in path order. */
export type Removals = ReadonlyMap<RelPath, Entry["kind"]>;

export interface RemovalQuestion {
  readonly session: Session;
  readonly target: RestoreTarget;
  readonly job: Job;
  /** Of the version that is restored. */
  readonly entries: Entries;
  /** Of the version that the undone restore took its files from. */
  readonly created: Entries;
  readonly selects: (path: RelPath, isFolder: boolean) => boolean;
}

export async function removalsOf(question: RemovalQuestion): Promise<Removals> {
  const { target, job, selects } = question;
  if (!target.exists) return new Map();
  const found = job.remove ? foundBeyond(question) : [];
  const made = job.takesBack ? await stillAsMade(question, job.takesBack) : [];
  const wanted = new Map(
    [...found, ...made].filter(([path, kind]) => selects(path, kind === "dir")),
  );
  return withoutFullFolders(target, wanted);
}

type Named = [path: RelPath, kind: Entry["kind"]];

function foundBeyond({ session, target, entries }: RemovalQuestion): Named[] {
  const { settings, context } = session;
  const folders = new Set([...entries.keys()].flatMap((path) => [...parentsOf(path)]));
  const { entries: found } = scan(target.root, { ...settings, signal: context.signal });
  return found
    .filter(({ path, kind }) => {
      const entry = entries.get(path);
      if (entry === undefined) return !(kind === "dir" && folders.has(path));
      return (entry.kind === "dir") !== (kind === "dir");
    })
    .map(({ path, kind }) => [path, kind]);
}

async function stillAsMade(question: RemovalQuestion, { paths }: Created): Promise<Named[]> {
  const { entries, created } = question;
  const made: Named[] = [];
  for (const path of paths) {
    const entry = created.get(path);
    if (entry === undefined || !isGoneIn(entries, entry)) continue;
    if (await isAsMade(question, entry)) made.push([path, entry.kind]);
  }
  return made;
}

const isGoneIn = (entries: Entries, { path, kind }: Entry): boolean => {
  const entry = entries.get(path);
  return entry === undefined || (entry.kind === "dir") !== (kind === "dir");
};

async function isAsMade(question: RemovalQuestion, entry: Entry): Promise<boolean> {
  const { target, session, created } = question;
  const { path } = entry;
  const { kind } = target.look(path);
  switch (entry.kind) {
    case "dir":
      return kind === "folder";
    case "symlink":
      return kind === "symlink" && target.linkText(path)?.equals(pathBytes(entry.target)) === true;
    case "file":
    case "hardlink": {
      const file = fileOf(created, entry);
      const { scratch } = session.context.state;
      return kind === "file" && !!file && hasContent(target.fullPath(path), file, scratch);
    }
  }
}

/** The entry that says what a file, under this name or another, contains. */
export function fileOf(entries: Entries, entry: Entry): FileEntry | undefined {
  const file = entry.kind === "hardlink" ? entries.get(entry.target) : entry;
  return file?.kind === "file" ? file : undefined;
}

/** A folder goes only when everything that lies in it goes too. */
function withoutFullFolders(target: RestoreTarget, wanted: Removals): Removals {
  const going = new Map([...wanted].sort(([a], [b]) => comparePaths(a, b)));
  for (const [path, kind] of [...going].reverse()) {
    if (kind !== "dir") continue;
    const empties = target.list(path).every((name) => going.has(`${path}/${name}` as RelPath));
    if (!empties) going.delete(path);
  }
  return going;
}
