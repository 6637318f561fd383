/** What a restore is to bring about, apart from where: the same job can be taken up again after a crash. */
import type { VersionId } from "../../base/ids.ts";
import type { RelPath } from "../../base/paths.ts";
import type { Entry } from "../../format/entry.ts";
import { isVersion, type KnownVersion } from "../../repository/log-book.ts";
import type { Repository } from "../../repository/repository.ts";
import { entriesOf } from "../previous.ts";

export interface Job {
  /** undefined: there was nothing before, and an undo only takes back. */
  readonly version: VersionId | undefined;
  /** In the syntax of .gitignore; none at all means everything. */
  readonly paths: readonly string[];
  /** What the version does not hold goes, unless it is excluded. */
  readonly remove: boolean;
  /** Of an undo: what the restore that is undone created, and from which version. */
  readonly takesBack?: Created | undefined;
}

export interface Created {
  readonly version: VersionId | undefined;
  readonly paths: readonly RelPath[];
}

export type Entries = ReadonlyMap<RelPath, Entry>;

/** In path order. A version that is not there any more, or never was, has none. */
export async function loadEntries(
  repository: Repository,
  version: VersionId | undefined,
): Promise<Entries> {
  const known = version && standingVersion(repository, version);
  if (known === undefined) return new Map();
  const entries = await entriesOf(repository, known);
  return new Map(entries.map((entry) => [entry.path, entry]));
}

export function standingVersion(
  { book }: Repository,
  { device, seq }: VersionId,
): KnownVersion | undefined {
  const known = book.at({ device, seq });
  const isForgotten = book.forgotten().some((gone) => gone.device === device && gone.seq === seq);
  return known && isVersion(known) && !isForgotten ? known : undefined;
}
