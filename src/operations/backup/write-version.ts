/**
 * From what was gathered to a version, in the only safe order: chunks, tree, packs, index, the
 * check, and last the signed manifest (Invariant I2).
 */
import type { Entry } from "../../format/entry.ts";
import { commitVersion } from "../../repository/commit-version.ts";
import type { KnownVersion } from "../../repository/log-book.ts";
import { writeTree } from "../../repository/tree.ts";
import { Writer } from "../../repository/writer.ts";
import { compareEntries } from "../compare.ts";
import { condemnKnownLosses } from "../losses.ts";
import type { Gathered } from "./collected.ts";
import { gather, type Gathering } from "./gather.ts";
import type { KnownFiles } from "./known-files.ts";
import { manifestBody } from "./manifest-body.ts";
import type { Run } from "./run.ts";
import type { ScanResult } from "../../files/scan.ts";

export interface Attempt {
  readonly run: Run;
  readonly writer: Writer;
  readonly gathered: Gathered;
}

/** Reads what has to be read; full packs are on their way when it resolves. */
export async function readWorkspace(run: Run): Promise<Attempt> {
  const writer = await newWriter(run);
  return { run, writer, gathered: await gather(gatheringOf(run, writer), run.scanned) };
}

/** "again": something that the version relies on is being deleted; read the workspace anew. */
export async function writeVersion(attempt: Attempt): Promise<KnownVersion | "again"> {
  const { run, gathered } = attempt;
  const version = await commit(attempt, run.said, await run.known.entries());
  if (version !== "again") run.known.save(gathered, version);
  return version;
}

async function commit(
  { run, writer, gathered }: Attempt,
  said: Run["said"],
  before: readonly Entry[],
): Promise<KnownVersion | "again"> {
  const { repository } = run.writing;
  const { clock } = repository.context;
  const { treeCut } = repository.keys;
  const changes = compareEntries(before, gathered.entries);
  const root = writeTree(gathered.entries, treeCut, (page) => writer.add(2, page));
  const index = await repository.index();
  return commitVersion(run.writing, writer, (written) => {
    const durationMs = clock.monotonic() - run.startedMs;
    return manifestBody({ gathered, changes, writer, written, index, root, durationMs }, said);
  });
}

function gatheringOf(run: Run, writer: Writer): Gathering {
  const { session, writing, known } = run;
  const { context, workspace } = session;
  return {
    ingest: { workspace, scratch: context.state.scratch, writer, keys: writing.repository.keys },
    known,
    monitor: context.monitor,
    signal: context.signal,
    now: () => context.clock.now(),
    afterFile: checkpointer(run, writer),
  };
}

const CHECKPOINT_MS = 60 * 60 * 1000;

/**
 * After each file: full packs are sent. A first backup that takes hours saves a checkpoint now and
 * then, so that what it has uploaded is named by a version, and an interrupted one already restores.
 */
function checkpointer(run: Run, writer: Writer): Gathering["afterFile"] {
  const { clock } = run.session.context;
  let lastMs = run.startedMs;
  return async (gathered) => {
    await writer.flush();
    if (run.previous !== undefined || clock.monotonic() - lastMs < CHECKPOINT_MS) return;
    await commit({ run, writer, gathered: gathered() }, { ...run.said, purpose: "checkpoint" }, []);
    lastMs = clock.monotonic();
  };
}

async function newWriter({ session, writing, scanned, known }: Run): Promise<Writer> {
  const { repository, sealer, outbox } = writing;
  const { context, keys } = repository;
  await condemnKnownLosses(repository);
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
