/**
 * Every verified log entry that this machine knows, device by device, and the questions that are
 * asked of them. Pure memory: src/repository/log-sync.ts fills it, log-writer.ts adds to it.
 */
import type { DeviceId, EntrySha, PackId, VersionId } from "../base/ids.ts";
import type { LogEntry, LogRecord, Manifest, RecordBody } from "../format/log-entry.ts";
import type { ObjectName } from "../store/store.ts";

export interface KnownEntry<Entry extends LogEntry = LogEntry> {
  readonly name: ObjectName;
  readonly sha: EntrySha;
  readonly entry: Entry;
}

export type KnownVersion = KnownEntry<Manifest>;

/** A version that retention let go, as its forget record remembers it. */
export interface Forgotten extends VersionId {
  readonly prev: EntrySha | null;
  readonly sha: EntrySha;
}

export class LogBook {
  readonly #logs = new Map<DeviceId, KnownEntry[]>();

  /** Entries of one device arrive in ascending order of their numbers. */
  add(known: KnownEntry): void {
    const log = this.#logs.get(known.entry.device);
    if (log === undefined) this.#logs.set(known.entry.device, [known]);
    else log.push(known);
  }

  /** Numbers that their own writer gave up: these entries never were part of the log. */
  drop(device: DeviceId, numbers: ReadonlySet<number>): void {
    const log = this.#logs.get(device);
    if (log === undefined || numbers.size === 0) return;
    this.#logs.set(
      device,
      log.filter(({ entry }) => !numbers.has(entry.seq)),
    );
  }

  isSkipped({ device, seq }: VersionId): boolean {
    return this.allOf(device).some(({ entry }) => entry.skipped.includes(seq));
  }

  get devices(): DeviceId[] {
    return [...this.#logs.keys()].sort();
  }

  /** Without entries that a `revoke` record cut off. */
  log(device: DeviceId): readonly KnownEntry[] {
    const entries = this.#logs.get(device) ?? [];
    const lastSeq = this.#lastSeqOf(device);
    return lastSeq === undefined ? entries : entries.filter(({ entry }) => entry.seq <= lastSeq);
  }

  /** Revoked entries too: what the chain itself is made of. */
  allOf(device: DeviceId): readonly KnownEntry[] {
    return this.#logs.get(device) ?? [];
  }

  newest(device: DeviceId): KnownEntry | undefined {
    return this.#logs.get(device)?.at(-1);
  }

  at(version: VersionId): KnownEntry | undefined {
    return this.#logs.get(version.device)?.find(({ entry }) => entry.seq === version.seq);
  }

  publicKey(device: DeviceId): string | undefined {
    const first = this.#logs.get(device)?.[0]?.entry;
    return first?.kind === "record" && first.body.type === "register"
      ? first.body.publicKey
      : undefined;
  }

  deviceName(device: DeviceId): string {
    const first = this.#logs.get(device)?.[0]?.entry;
    return first?.kind === "record" && first.body.type === "register" ? first.body.name : device;
  }

  isRevoked(device: DeviceId): boolean {
    return this.#lastSeqOf(device) !== undefined;
  }

  /** Versions that still stand, oldest first within a device; of all devices when none is named. */
  versions(device?: DeviceId): KnownVersion[] {
    const gone = new Set(this.forgotten().map(({ sha }) => sha));
    return (device === undefined ? this.devices : [device])
      .flatMap((each) => this.log(each))
      .filter(isVersion)
      .filter(({ sha }) => !gone.has(sha));
  }

  /** How many records of each type there are; one of a later release under the name it has there. */
  recordCounts(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const { entry } of this.devices.flatMap((device) => this.log(device))) {
      if (entry.kind !== "record") continue;
      const { body } = entry;
      const type = body.type === "unknown" ? body.name : body.type;
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  }

  records<Type extends RecordBody["type"]>(type: Type): RecordOf<Type>[] {
    return this.devices
      .flatMap((device) => this.log(device))
      .map(({ entry }) => entry)
      .filter((entry): entry is RecordOf<Type> => isRecord(entry, type));
  }

  forgotten(): Forgotten[] {
    return this.records("forget").flatMap(({ body }) => body.versions);
  }

  /** Packs named in any mark or sweep: condemned for ever, never un-marked. */
  condemnedPacks(): PackId[] {
    const marks = this.records("mark").flatMap(({ body }) => body.packs);
    return [...marks, ...this.records("sweep").flatMap(({ body }) => body.packs)];
  }

  /** What an entry of `device` says it has seen: the newest known of every other device. */
  seenBy(device: DeviceId): Record<DeviceId, { seq: number; sha: EntrySha }> {
    const seen: Record<DeviceId, { seq: number; sha: EntrySha }> = {};
    for (const other of this.devices) {
      const newest = this.newest(other);
      if (other !== device && newest) seen[other] = { seq: newest.entry.seq, sha: newest.sha };
    }
    return seen;
  }

  #lastSeqOf(device: DeviceId): number | undefined {
    let last: number | undefined;
    for (const entries of this.#logs.values()) {
      for (const { entry } of entries) {
        if (!isRecord(entry, "revoke") || entry.body.device !== device) continue;
        last = Math.min(last ?? Infinity, entry.body.lastSeq);
      }
    }
    return last;
  }
}

type RecordOf<Type extends RecordBody["type"]> = LogRecord & {
  readonly body: Extract<RecordBody, { type: Type }>;
};

function isRecord<Type extends RecordBody["type"]>(
  entry: LogEntry,
  type: Type,
): entry is RecordOf<Type> {
  return entry.kind === "record" && entry.body.type === type;
}

export function isVersion(known: KnownEntry): known is KnownVersion {
  return known.entry.kind === "version";
}
