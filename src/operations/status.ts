/** `status`: is the memory safe, from the logs alone; no tree, index or pack is opened. */
import type { EngineError } from "../base/errors.ts";
import type { RelPath } from "../base/paths.ts";
import type { KnownVersion } from "../repository/log-book.ts";
import type { Repository } from "../repository/repository.ts";
import { outboxBytes } from "../state/outbox.ts";
import { newestVersion } from "./choose-version.ts";
import { openToRead } from "./open-repository.ts";
import { ownDevice } from "./own-device.ts";
import { readRuns, type RunLine } from "./run-log.ts";
import type { Session } from "./session.ts";
import { rowOf, type VersionRow } from "./versions.ts";

export interface Status {
  readonly place: string;
  readonly fingerprint: string;
  /** Of all devices. */
  readonly versions: number;
  /** Of this device's line; on a new machine, of any. */
  readonly lastVersion: VersionRow | undefined;
  /** When that device last said that it is alive: a version, or a beat where nothing was new. */
  readonly lastSeen: string | undefined;
  /** Written down elsewhere, it proves that a later repository continues this one. */
  readonly anchor: string | undefined;
  readonly workspaceBytes: number;
  readonly storedBytes: number;
  /** Sealed here and not yet in the store. */
  readonly waitingBytes: number;
  readonly unsteady: readonly RelPath[];
  readonly suspicious: boolean;
  readonly devices: readonly { readonly device: string; readonly name: string }[];
  /** Records in the logs by their type, also those that this release knows nothing of. */
  readonly records: Readonly<Record<string, number>>;
  readonly lastRun: RunLine | undefined;
  readonly findings: readonly EngineError[];
}

export async function readStatus(session: Session): Promise<Status> {
  const repository = await openToRead(session);
  const findings = await repository.sync();
  const { book, keys } = repository;
  const versions = book.versions();
  const last = newestVersion(versions, await ownDevice(repository));
  return {
    place: session.context.store.place,
    fingerprint: keys.key.fingerprint(),
    versions: versions.length,
    ...(last === undefined ? NOTHING_YET : factsOf(repository, last)),
    waitingBytes: outboxBytes(session.context.disk, session.context.state.outbox),
    devices: book.devices.map((device) => ({ device, name: book.deviceName(device) })),
    records: book.recordCounts(),
    lastRun: readRuns(session, { last: 1 })[0],
    findings,
  };
}

type VersionFacts = Pick<
  Status,
  | "lastVersion"
  | "lastSeen"
  | "anchor"
  | "workspaceBytes"
  | "storedBytes"
  | "unsteady"
  | "suspicious"
>;

const NOTHING_YET: VersionFacts = {
  lastVersion: undefined,
  lastSeen: undefined,
  anchor: undefined,
  workspaceBytes: 0,
  storedBytes: 0,
  unsteady: [],
  suspicious: false,
};

function factsOf({ book, keys }: Repository, last: KnownVersion): VersionFacts {
  const { entry, sha } = last;
  const { device, seq, stats, unsteady, suspicious } = entry;
  return {
    lastVersion: rowOf(book, last),
    lastSeen: book.newest(device)?.entry.serverDate,
    anchor: keys.key.anchor({ device, seq, sha }),
    workspaceBytes: stats.bytes,
    storedBytes: stats.storedBytes,
    unsteady,
    suspicious: suspicious !== undefined,
  };
}
