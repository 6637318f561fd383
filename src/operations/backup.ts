/**
 * `now`: the workspace as it stands becomes a version. Nothing has changed for a reader until the
 * last put, the signed manifest (Invariant I2); a run that finds nothing new writes nothing at all.
 */

import type { VersionId } from "../base/ids.ts";
import type { RelPath } from "../base/paths.ts";
import { scan, type ScanResult } from "../files/scan.ts";
import type { Manifest } from "../format/log-entry.ts";
import { commitVersion } from "../repository/commit-version.ts";
import type { KnownEntry, KnownVersion } from "../repository/log-book.ts";
import { writeTree } from "../repository/tree.ts";
import { Writer } from "../repository/writer.ts";
import { openForWriting, type Writing } from "../repository/writing.ts";
import { BusyError } from "../base/errors.ts";
import { compareEntries, isUnchanged } from "./compare.ts";
import { gather, gatherKnown, type Gathered, type Gathering } from "./backup/gather.ts";
import { beatIfDue } from "./backup/heartbeat.ts";
import { KnownFiles } from "./backup/known-files.ts";
import { manifestBody, type Said } from "./backup/manifest-body.ts";
import { openOrCreate } from "./open-repository.ts";
import { previousVersion } from "./previous.ts";
import { withRunLock } from "./run-lock.ts";
import { emptyScratch } from "./scratch.ts";
import type { Session } from "./session.ts";
import { workspaceHint } from "./workspace-hint.ts";

export interface BackupOptions {
  readonly note?: string | undefined;
  readonly purpose?: Manifest["purpose"];
}

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
    const writing = await openForWriting(await openOrCreate(session));
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
  const unread = gatherKnown(run.scanned, run.known);
  const same = unread && (await unchangedResult(run, unread));
  if (same) return same;
  await writing.repository.putBackWhatIsLost();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const result = await writeVersion(run);
    if (result !== "again") return result;
  }
  throw new BusyError("packs-condemned", { attempts: MAX_ATTEMPTS });
}

interface Run {
  readonly session: Session;
  readonly writing: Writing;
  readonly options: BackupOptions;
  readonly scanned: ScanResult;
  readonly known: KnownFiles;
  readonly previous: KnownVersion | undefined;
  readonly startedMs: number;
}

function startRun(session: Session, writing: Writing, options: BackupOptions): Run {
  const { workspace, settings, context } = session;
  const startedMs = context.clock.monotonic();
  emptyScratch(context);
  const scanned = scan(workspace, { ...settings, signal: context.signal });
  for (const problem of scanned.problems) context.monitor.warn(problem);
  const { device } = writing.log;
  const previous = previousVersion(writing.repository, device, options.purpose ?? "backup");
  const known = KnownFiles.load(writing.repository, previous);
  return { session, writing, options, scanned, known, previous, startedMs };
}

/** undefined: there is something to write. */
async function unchangedResult(run: Run, gathered: Gathered): Promise<BackupResult | undefined> {
  if (run.previous === undefined) return undefined;
  const changes = compareEntries(await run.known.entries(), gathered.entries);
  if (!isUnchanged(changes)) return undefined;
  run.known.save(gathered, run.previous);
  await beatIfDue(run.writing, run.session.settings.heartbeatMs);
  const { stats } = run.previous.entry;
  const bytes = { scanned: stats.bytes, new: 0, stored: stats.storedBytes };
  const files = { total: stats.files, added: 0, changed: 0, removed: 0 };
  return resultOf(run, { version: run.previous, unchanged: true, files, bytes, gathered });
}

async function writeVersion(run: Run): Promise<BackupResult | "again"> {
  const { writing, known } = run;
  const { keys, context } = writing.repository;
  const writer = await newWriter(run);
  const gathered = await gather(gatheringOf(run, writer), run.scanned);
  const same = await unchangedResult(run, gathered);
  if (same) return same;
  const changes = compareEntries(await known.entries(), gathered.entries);
  const root = writeTree(gathered.entries, keys.treeCut, (page) => writer.add(2, page));
  const index = await writing.repository.index();
  const version = await commitVersion(writing, writer, (written) => {
    const durationMs = context.clock.monotonic() - run.startedMs;
    return manifestBody({ gathered, changes, writer, written, index, root, durationMs }, said(run));
  });
  if (version === "again") return "again";
  known.save(gathered, version);
  const { stats } = version.entry;
  const { files: total, added, changed, removed } = stats;
  const bytes = { scanned: stats.bytes, new: stats.newBytes, stored: stats.storedBytes };
  const files = { total, added, changed, removed };
  return resultOf(run, { version, unchanged: false, files, bytes, gathered });
}

function said({ session, options }: Run): Said {
  const { settings, tool } = session;
  return {
    note: options.note,
    purpose: options.purpose ?? "backup",
    retention: settings.retention,
    tool,
    workspaceHint: workspaceHint(session),
  };
}

async function newWriter({ session, writing, scanned, known }: Run): Promise<Writer> {
  const { repository, sealer, outbox } = writing;
  const { context, keys } = repository;
  const parts = { context, keys, sealer, outbox, index: await repository.index() };
  const { padFloorBytes } = session.settings;
  return new Writer(parts, { padFloorBytes, compressionLevel: compressionLevel(scanned, known) });
}

const MIB = 1024 * 1024;

/** Little to read: spend the time on size. A first backup: compression is most of the time. */
function compressionLevel(scanned: ScanResult, known: KnownFiles): number {
  let pendingBytes = 0;
  for (const found of scanned.entries) {
    if (found.kind === "file" && !known.find(found)) pendingBytes += found.signature.size;
  }
  if (pendingBytes < 4 * MIB) return 9;
  return pendingBytes < 128 * MIB ? 6 : 3;
}

function gatheringOf({ session, writing, known }: Run, writer: Writer): Gathering {
  const { context, workspace } = session;
  const { keys } = writing.repository;
  return {
    ingest: { workspace, scratch: context.state.scratch, writer, keys },
    known,
    monitor: context.monitor,
    now: () => context.clock.now(),
    flush: async () => writer.flush(),
  };
}

function resultOf(
  { scanned }: Run,
  result: Omit<BackupResult, "version" | "unsteady" | "outside"> & {
    readonly version: KnownEntry;
    readonly gathered: Gathered;
  },
): BackupResult {
  const { version, gathered, ...rest } = result;
  const { device, seq } = version.entry;
  const { outside } = scanned;
  return { ...rest, version: { device, seq }, unsteady: gathered.unsteady, outside };
}
