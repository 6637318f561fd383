/**
 * `now`: the workspace as it stands becomes a version. Nothing has changed for a reader until the
 * last put, the signed manifest (Invariant I2); a run that finds nothing new writes nothing at all.
 */
import { BusyError } from "../base/errors.ts";
import type { VersionId } from "../base/ids.ts";
import type { RelPath } from "../base/paths.ts";
import type { ScanResult } from "../files/scan.ts";
import type { KnownVersion } from "../repository/log-book.ts";
import { openForWriting, type Writing } from "../repository/writing.ts";
import { compareEntries, isUnchanged } from "./compare.ts";
import type { Gathered } from "./backup/collected.ts";
import { gatherKnown } from "./backup/gather.ts";
import { beatIfDue } from "./backup/heartbeat.ts";
import { startRun, type Run, type RunOptions } from "./backup/run.ts";
import { readWorkspace, writeVersion } from "./backup/write-version.ts";
import { findLosses, isAuditDue, noteAudit } from "./losses.ts";
import { openOrCreate } from "./open-repository.ts";
import { withRunLock } from "./run-lock.ts";
import type { Session } from "./session.ts";

export type BackupOptions = RunOptions;

export interface BackupResult {
  /** The version that holds the workspace as it stands, also when it was there already. */
  readonly version: VersionId;
  readonly unchanged: boolean;
  readonly files: Record<"total" | "added" | "changed" | "removed", number>;
  readonly bytes: Record<"scanned" | "new" | "stored", number>;
  readonly unsteady: readonly RelPath[];
  readonly outside: ScanResult["outside"];
}

/** One attempt to write a version may find that something it relied on is being deleted. */
const MAX_ATTEMPTS = 5;

export async function backup(session: Session, options: BackupOptions = {}): Promise<BackupResult> {
  return withRunLock(session, "now", async () => {
    const repository = await openOrCreate(session);
    const writing = await openForWriting(repository, { audit: isAuditDue(session.context) });
    return backupWith(session, writing, options);
  });
}

/** The caller holds the run lock; a restore saves the present state in the middle of its own run. */
export async function backupWith(
  session: Session,
  writing: Writing,
  options: BackupOptions,
): Promise<BackupResult> {
  const run = startRun(session, writing, options);
  const hasLost = await hasLosses(run);
  const unread = gatherKnown(run.scanned, run.known);
  if (unread && !hasLost && (await isSame(run, unread))) return unchanged(run, unread);
  await writing.repository.putBackWhatIsLost();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const read = await readWorkspace(run);
    if (!hasLost && (await isSame(run, read.gathered))) return unchanged(run, read.gathered);
    const version = await writeVersion(read);
    if (version === "again") continue;
    if (hasLost) await noteAudit(writing.repository);
    return saved(run, version, read.gathered);
  }
  throw new BusyError("packs-condemned", { attempts: MAX_ATTEMPTS });
}

/** Then a version is written in any case, and with it what is still here goes up again. */
async function hasLosses({ previous, known, writing }: Run): Promise<boolean> {
  // To know whether the list can be had at all.
  await known.entries();
  const force = known.isLost || previous === undefined;
  return (await findLosses(writing.repository, { force })) || known.isLost;
}

async function isSame({ previous, known }: Run, { entries }: Gathered): Promise<boolean> {
  return previous !== undefined && isUnchanged(compareEntries(await known.entries(), entries));
}

async function unchanged(run: Run, gathered: Gathered): Promise<BackupResult> {
  const { previous, known, writing, session } = run;
  if (previous === undefined) throw new RangeError("there is something to be the same as");
  known.save(gathered, previous);
  await beatIfDue(writing, session.settings.heartbeatMs);
  const none = { added: 0, changed: 0, removed: 0, newBytes: 0 };
  return resultOf(run, { version: previous, gathered, unchanged: true, stats: none });
}

function saved(run: Run, version: KnownVersion, gathered: Gathered): BackupResult {
  return resultOf(run, { version, gathered, unchanged: false, stats: version.entry.stats });
}

interface Outcome {
  readonly version: KnownVersion;
  readonly gathered: Gathered;
  readonly unchanged: boolean;
  readonly stats: Record<"added" | "changed" | "removed" | "newBytes", number>;
}

function resultOf(
  { scanned }: Run,
  { version, gathered, unchanged, stats }: Outcome,
): BackupResult {
  const { device, seq } = version.entry;
  const { files: total, bytes: scannedBytes, storedBytes } = version.entry.stats;
  const { added, changed, removed, newBytes } = stats;
  return {
    version: { device, seq },
    unchanged,
    files: { total, added, changed, removed },
    bytes: { scanned: scannedBytes, new: newBytes, stored: storedBytes },
    unsteady: gathered.unsteady,
    outside: scanned.outside,
  };
}
