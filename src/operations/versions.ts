/** `versions`: the past, newest first, from the log alone. */
import type { DeviceId, VersionId } from "../base/ids.ts";
import { versionName } from "../base/ids.ts";
import type { Manifest } from "../format/log-entry.ts";
import type { KnownVersion, LogBook } from "../repository/log-book.ts";
import { openToRead } from "./open-repository.ts";
import type { Session } from "./session.ts";
import type { EngineError } from "../base/errors.ts";

export interface VersionRow {
  readonly id: VersionId;
  readonly version: string;
  /** RFC 3339, the store's own clock. */
  readonly time: string;
  readonly device: string;
  readonly deviceName: string;
  readonly purpose: "backup" | "checkpoint" | "safety";
  readonly files: number;
  readonly bytes: number;
  /** Bytes of the packs that this version added. */
  readonly uploaded: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly pinned: boolean;
  readonly suspicious: boolean;
  readonly note: string | undefined;
}

export interface VersionsResult {
  readonly versions: readonly VersionRow[];
  /** What is wrong with the logs; what verifies is listed all the same. */
  readonly findings: readonly EngineError[];
}

export async function listVersions(
  session: Session,
  options: { readonly device?: DeviceId | undefined } = {},
): Promise<VersionsResult> {
  const repository = await openToRead(session);
  const findings = await repository.sync();
  const { book } = repository;
  const versions = book.versions(options.device).map((version) => rowOf(book, version));
  return { versions: versions.sort(newestFirst), findings };
}

export function rowOf(book: LogBook, { entry }: KnownVersion): VersionRow {
  const { device, seq, stats, purpose } = entry;
  return {
    id: { device, seq },
    version: versionName(entry),
    time: entry.serverDate,
    device,
    deviceName: book.deviceName(device),
    purpose,
    files: stats.files,
    bytes: stats.bytes,
    uploaded: entry.packsNew.reduce((total, { size }) => total + size, 0),
    added: stats.added,
    changed: stats.changed,
    removed: stats.removed,
    pinned: isPinned(book, entry),
    suspicious: entry.suspicious !== undefined,
    note: noteOf(book, entry),
  };
}

/** By the latest pin or unpin that names it. */
function isPinned(book: LogBook, { device, seq }: VersionId): boolean {
  const pins = [...book.records("pin"), ...book.records("unpin")]
    .filter(({ body }) => body.version.device === device && body.version.seq === seq)
    .sort((a, b) => (a.serverDate < b.serverDate ? -1 : 1));
  return pins.at(-1)?.body.type === "pin";
}

/** A note that was put on it later wins over the one it was made with. */
function noteOf(book: LogBook, entry: Manifest): string | undefined {
  const notes = book
    .records("note")
    .filter(({ body }) => body.version.device === entry.device && body.version.seq === entry.seq);
  return notes.at(-1)?.body.text ?? entry.note;
}

function newestFirst(a: VersionRow, b: VersionRow): number {
  if (a.device === b.device) return b.id.seq - a.id.seq;
  return a.time < b.time ? 1 : -1;
}
