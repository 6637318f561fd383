/**
 * From untrusted bytes to a known entry: signature, seal, and a head that agrees with the name it
 * was found under (docs/format.md, log entries). Links between entries are checked by `linkBroken`.
 */
import type { DeviceId, EntrySha, RepositoryId } from "../base/ids.ts";
import { parseEntrySha } from "../base/ids.ts";
import { toBase64 } from "../base/bytes.ts";
import { IntegrityError } from "../base/errors.ts";
import { sha256 } from "../base/sha256.ts";
import type { Opener } from "../crypto/opener.ts";
import { deviceOfPublicKey, splitEntry, verifyEntry } from "../crypto/signature.ts";
import { decodeLogEntry, type LogEntry } from "../format/log-entry.ts";
import { entryName, type EntryName } from "../format/names.ts";
import type { Forgotten, KnownEntry } from "./log-book.ts";

export interface EntryCheck {
  readonly opener: Opener;
  readonly repository: RepositoryId;
  /** Of a device whose `register` is already known. */
  readonly publicKey: string | undefined;
}

export async function openEntry(
  at: EntryName,
  object: Uint8Array,
  check: EntryCheck,
): Promise<KnownEntry> {
  const { sealedFile } = splitEntry(object, at.name);
  const plain = check.opener.openDocument(at.kind === "v" ? 4 : 5, sealedFile, at.name);
  const entry = decodeLogEntry(at.kind, plain, at.name);
  const publicKey = check.publicKey ?? ownKey(entry, at);
  await verifyEntry(object, { repository: check.repository, name: at.name, publicKey });
  // Device, number and date: whoever lists a bucket without a key relies on what names say.
  if (entryName({ ...entry, kind: at.kind }) !== at.name) throw misnamed(at);
  return { name: at.name, sha: entrySha(object), entry };
}

export function entrySha(object: Uint8Array): EntrySha {
  return parseEntrySha(toBase64(sha256(object)));
}

/**
 * A log is one chain: every entry names its predecessor's hash. Numbers may be missing only where
 * a later entry gave them up, or where forget records cover them and keep the chain checkable.
 */
export function linkBroken(
  previous: KnownEntry | undefined,
  { name, entry }: KnownEntry,
  forgotten: ReadonlyMap<string, Forgotten>,
): IntegrityError | undefined {
  const skipped = new Set(entry.skipped);
  let seq = (previous?.entry.seq ?? 0) + 1;
  let sha = previous?.sha ?? null;
  for (; seq < entry.seq; seq++) {
    if (skipped.has(seq)) continue;
    const gone = forgotten.get(chainKey(entry.device, seq));
    if (gone?.prev !== sha) return broken(name, seq);
    sha = gone.sha;
  }
  return entry.seq === seq && entry.prev === sha ? undefined : broken(name, seq);
}

export const chainKey = (device: DeviceId, seq: number): string => `${device}-${String(seq)}`;

/** Entry 1 is verified by the key it carries; only a holder of the repository's key can write one. */
function ownKey(entry: LogEntry, at: EntryName): string {
  const registers = entry.kind === "record" && entry.body.type === "register" && entry.seq === 1;
  if (!registers || deviceOfPublicKey(entry.body.publicKey) !== at.device) {
    throw new IntegrityError("device-unregistered", { object: at.name });
  }
  return entry.body.publicKey;
}

function misnamed(at: EntryName): IntegrityError {
  return new IntegrityError("entry-misnamed", { object: at.name });
}

function broken(name: string, seq: number): IntegrityError {
  return new IntegrityError("log-broken", { object: name, seq });
}
