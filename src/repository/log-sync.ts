/**
 * Brings the log book up to what the store shows, and notices when the store shows less than it did.
 *
 * Invariant I3: logs are listed before indexes. With one device this costs two LISTs: the folders
 * below `log/`, and that device's log from the newest entry we know, which must still be there.
 * What this machine once verified and what is now gone without a forget record is
 * `rollback-suspected`: the store may be withholding, whatever else it says.
 */
import { EngineError, IntegrityError } from "../base/errors.ts";
import type { DeviceId } from "../base/ids.ts";
import { LOG_PREFIX, logPrefix, parseEntryName, type EntryName } from "../format/names.ts";
import type { Context } from "./context.ts";
import { linkBroken, chainKey, openEntry } from "./log-chain.ts";
import type { Forgotten, KnownEntry, LogBook } from "./log-book.ts";
import type { Keys } from "./keys.ts";
import { behindWitness, rollback, unseen, withheld } from "./rollback.ts";
import type { Witness } from "../state/witness.ts";

/** A 64 MiB document, sealed and padded, with its signature. */
const MAX_ENTRY_BYTES = 72 * 1024 * 1024;

export interface LogSync {
  readonly context: Context;
  readonly keys: Keys;
  readonly book: LogBook;
  readonly witness: Witness;
  /** List every log from its beginning instead of from the newest entry we know. */
  readonly audit: boolean;
}

/** One device's log as this sync saw it. */
interface SeenLog {
  readonly device: DeviceId;
  /** Known entries that had to be listed and were not. */
  readonly missing: readonly KnownEntry[];
  readonly fresh: readonly KnownEntry[];
}

/** What is wrong with the logs; whatever verifies is in the book all the same. */
export async function syncLogs(sync: LogSync): Promise<EngineError[]> {
  const findings: EngineError[] = [];
  await readLogs(sync, await listDevices(sync), findings);
  const behind = unseen(sync.book);
  if (behind.length > 0) {
    // A device may have written between our two listings; only what is still absent is withheld.
    await readLogs(sync, [...new Set(behind.map(({ device }) => device))], findings);
  }
  return [
    ...findings,
    ...unseen(sync.book).map(withheld),
    ...behindWitness(sync.book, sync.witness),
  ];
}

async function listDevices({ context, book, witness }: LogSync): Promise<DeviceId[]> {
  const devices = new Set<DeviceId>([...book.devices, ...witness.devices]);
  const options = { prefix: LOG_PREFIX, signal: context.signal };
  for await (const folder of context.store.listFolders(options)) {
    if (/^[0-9a-f]{16}$/.test(folder)) devices.add(folder as DeviceId);
  }
  return [...devices].sort();
}

async function readLogs(
  sync: LogSync,
  devices: readonly DeviceId[],
  findings: EngineError[],
): Promise<void> {
  const logs: SeenLog[] = [];
  for (const device of devices) logs.push(await readLog(sync, device, findings));
  const forgotten = forgottenByKey(sync.book, logs);
  for (const log of logs) {
    const gone = log.missing.filter(({ entry, sha }) => {
      return forgotten.get(chainKey(entry.device, entry.seq))?.sha !== sha;
    });
    findings.push(...gone.map(rollback));
    findings.push(...accept(sync.book, log, forgotten));
  }
}

async function readLog(sync: LogSync, device: DeviceId, findings: EngineError[]): Promise<SeenLog> {
  const { book, audit } = sync;
  const newest = book.newest(device);
  const expected = audit ? book.allOf(device) : newest ? [newest] : [];
  const listed = await listLog(sync, device, audit ? undefined : newest);
  const names = new Set(listed.map(({ name }) => name));
  const fresh: KnownEntry[] = [];
  for (const at of listed) {
    const known = book.at(at);
    if (known && known.name !== at.name) findings.push(forked(at));
    if (known || at.seq <= (newest?.entry.seq ?? 0)) continue;
    const entry = await fetchEntry(sync, at, fresh[0]).catch(collect(findings));
    if (entry) fresh.push(entry);
  }
  return { device, missing: expected.filter(({ name }) => !names.has(name)), fresh };
}

/** From the newest known entry on, that entry included, in the order of their numbers. */
async function listLog(
  { context }: LogSync,
  device: DeviceId,
  from: KnownEntry | undefined,
): Promise<(EntryName & { size: number })[]> {
  const { store, signal } = context;
  const startAfter = from && { startAfter: from.name.slice(0, -1) };
  const entries: (EntryName & { size: number })[] = [];
  for await (const { name, size } of store.list({
    prefix: logPrefix(device),
    signal,
    ...startAfter,
  })) {
    const at = parseEntryName(name);
    if (at?.device === device) entries.push({ ...at, size });
  }
  return entries;
}

async function fetchEntry(
  { context, keys, book }: LogSync,
  at: EntryName & { size: number },
  first: KnownEntry | undefined,
): Promise<KnownEntry> {
  const { store, signal } = context;
  const object =
    at.size > MAX_ENTRY_BYTES ? undefined : await store.get(at.name, undefined, { signal });
  if (object === undefined) throw new IntegrityError("object-missing", { object: at.name });
  const publicKey = book.publicKey(at.device) ?? registeredKey(first);
  return openEntry(at, object, { opener: keys.opener, repository: keys.key.repository, publicKey });
}

function registeredKey(first: KnownEntry | undefined): string | undefined {
  const entry = first?.entry;
  return entry?.kind === "record" && entry.body.type === "register"
    ? entry.body.publicKey
    : undefined;
}

/**
 * Adds what was signed. Where the chain does not link that is a finding, and nothing is written
 * then; but what comes behind the break is as good as its signatures, and may be all there is to
 * restore. Numbers given up are ignored, also where we had read them before their writer gave up.
 */
function accept(
  book: LogBook,
  { device, fresh }: SeenLog,
  forgotten: ReadonlyMap<string, Forgotten>,
): EngineError[] {
  const findings: EngineError[] = [];
  const skipped = new Set(fresh.flatMap(({ entry }) => entry.skipped));
  book.drop(device, skipped);
  for (const known of fresh) {
    if (skipped.has(known.entry.seq)) continue;
    const broken = linkBroken(book.newest(device), known, forgotten);
    if (broken) findings.push(broken);
    book.add(known);
  }
  return findings;
}

function forgottenByKey(book: LogBook, logs: readonly SeenLog[]): Map<string, Forgotten> {
  const forgotten = book.forgotten();
  for (const { entry } of logs.flatMap(({ fresh }) => fresh)) {
    if (entry.kind === "record" && entry.body.type === "forget") {
      forgotten.push(...entry.body.versions);
    }
  }
  return new Map(forgotten.map((gone) => [chainKey(gone.device, gone.seq), gone]));
}

function forked(at: EntryName): IntegrityError {
  return new IntegrityError("log-forked", { device: at.device, seq: at.seq });
}

function collect(findings: EngineError[]): (error: unknown) => undefined {
  return (error) => {
    findings.push(engineError(error));
  };
}

/** Damage is a finding; everything else (network, interruption, our own bug) ends the run. */
function engineError(error: unknown): EngineError {
  if (error instanceof IntegrityError) return error;
  throw error;
}
