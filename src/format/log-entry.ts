/**
 * The plaintext of one log entry (docs/format.md §6). The letter of its name, which its signature
 * and its sealed kind bind, says whether it is a manifest or a record; the JSON does not.
 */
import { decodeCanonicalJson, encodeJson } from "../base/canonical-json.ts";
import { decodeManifest, encodeManifest, type Manifest } from "./manifest.ts";
import type { EntryLetter } from "./names.ts";
import { decodeRecord, encodeRecord, type LogRecord } from "./record.ts";
import { Fields } from "./shape.ts";

export type { EntryHead, SeenEntry } from "./entry-head.ts";
export type { Manifest, NewPack, Stats, Suspicion } from "./manifest.ts";
export type { ForgottenVersion, LogRecord, RecordBody } from "./record.ts";

export type LogEntry = Manifest | LogRecord;

export function encodeLogEntry(entry: LogEntry): Buffer {
  return encodeJson(entry.kind === "version" ? encodeManifest(entry) : encodeRecord(entry));
}

export function decodeLogEntry(letter: EntryLetter, bytes: Uint8Array, what: string): LogEntry {
  const fields = new Fields(decodeCanonicalJson(bytes, what), what);
  return letter === "v" ? decodeManifest(fields, what) : decodeRecord(fields, what);
}
