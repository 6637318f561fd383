/**
 * What differs between two file lists. A folder's own time is not a difference: it changes whenever
 * anything in it is renamed, this program's own log and page included, and no version is made of it.
 */
import { encodeJson } from "../base/canonical-json.ts";
import { comparePaths, type RelPath } from "../base/paths.ts";
import { encodeEntry, type Entry } from "../format/entry.ts";

/** Entries as they are now; removed ones as they were. */
export interface Changes {
  readonly added: readonly Entry[];
  readonly changed: readonly Entry[];
  readonly removed: readonly Entry[];
}

/** What people count: files and links, not the folders they lie in. */
export function countChanges(changes: Changes): Record<keyof Changes, number> {
  const count = (entries: readonly Entry[]): number =>
    entries.filter(({ kind }) => kind !== "dir").length;
  const { added, changed, removed } = changes;
  return { added: count(added), changed: count(changed), removed: count(removed) };
}

/** Both lists in path order. */
export function compareEntries(before: readonly Entry[], after: readonly Entry[]): Changes {
  const added: Entry[] = [];
  const changed: Entry[] = [];
  const removed: Entry[] = [];
  for (const [old, now] of pairs(before, after)) {
    if (old === undefined) added.push(now);
    else if (now === undefined) removed.push(old);
    else if (!sameEntry(old, now)) changed.push(now);
  }
  return { added, changed, removed };
}

export function pathsOf(changes: Changes): Record<keyof Changes, RelPath[]> {
  const paths = (entries: readonly Entry[]): RelPath[] => entries.map(({ path }) => path);
  const { added, changed, removed } = changes;
  return { added: paths(added), changed: paths(changed), removed: paths(removed) };
}

export const isUnchanged = ({ added, changed, removed }: Changes): boolean =>
  added.length + changed.length + removed.length === 0;

export function sameEntry(left: Entry, right: Entry): boolean {
  if (left === right) return true;
  return sameTime(left, right) && comparable(left) === comparable(right);
}

/** node:fs sets times through a double, so a restored file's time is a little off. */
const TIME_TOLERANCE_NS = 1000n;

function sameTime(left: Entry, right: Entry): boolean {
  if (left.mtime === right.mtime || left.kind === "dir") return true;
  const apart = BigInt(left.mtime) - BigInt(right.mtime);
  return apart > -TIME_TOLERANCE_NS && apart < TIME_TOLERANCE_NS;
}

type Pair = [old: Entry, now: Entry | undefined] | [old: undefined, now: Entry];

/** The two lists side by side, like the teeth of a zip. */
function* pairs(before: readonly Entry[], after: readonly Entry[]): Generator<Pair> {
  let b = 0;
  let a = 0;
  for (;;) {
    const old = before[b];
    const now = after[a];
    const order = old && now ? comparePaths(old.path, now.path) : 0;
    if (old && (!now || order < 0)) yield [old, undefined];
    else if (now && (!old || order > 0)) yield [undefined, now];
    else if (old && now) yield [old, now];
    else return;
    if (order <= 0) b++;
    if (order >= 0) a++;
  }
}

function comparable(entry: Entry): string {
  return encodeJson({ ...encodeEntry(entry), mtime: "" }).toString("latin1");
}
