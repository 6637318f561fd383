/**
 * One entry of a device's log: a manifest, which is a version of the workspace, or a record
 * (docs/format.md §6). This is the plaintext; sealing and signing are src/crypto's.
 */
import { decodeJson, encodeJson, type Json, type JsonObject } from "../base/canonical-json.ts";
import {
  parseChunkId,
  parseDeviceId,
  parseEntrySha,
  parseIndexId,
  parsePackId,
  type ChunkId,
  type DeviceId,
  type EntrySha,
  type IndexId,
  type PackId,
} from "../base/ids.ts";
import type { RelPath } from "../base/paths.ts";
import { decodeRecordBody, encodeRecordBody, type RecordBody } from "./log-record.ts";
import { decodePathItem, encodePathItem } from "./path-members.ts";
import { asChoice, asDate, asInteger, asList, asObject, asText, unknownMembers } from "./shape.ts";

export type { RecordBody } from "./log-record.ts";

export interface SeenEntry {
  readonly seq: number;
  readonly sha: EntrySha;
}

export interface EntryHead {
  readonly device: DeviceId;
  /** RFC 3339, UTC with milliseconds, here and below. */
  readonly localDate: string;
  /** SHA-256 of the log's previous object; null in entry 1. */
  readonly prev: EntrySha | null;
  /** The newest entry of every other device that the writer knew. */
  readonly seen: Readonly<Record<DeviceId, SeenEntry>>;
  readonly seq: number;
  readonly serverDate: string;
  /** Numbers given up: whatever stands under them is ignored. */
  readonly skipped: readonly number[];
}

const STATS = [
  ...["added", "bytes", "changed", "compressionSavedBytes", "dedupSavedBytes"],
  ...["durationMs", "files", "newBytes", "removed", "storedBytes"],
] as const;

export interface Stats {
  readonly added: number;
  readonly bytes: number;
  readonly changed: number;
  readonly compressionSavedBytes: number;
  readonly dedupSavedBytes: number;
  readonly durationMs: number;
  readonly files: number;
  readonly newBytes: number;
  readonly removed: number;
  readonly storedBytes: number;
}

export const PURPOSES = ["backup", "checkpoint", "safety"] as const;

export interface Manifest extends EntryHead {
  readonly kind: "version";
  /** A hint: a merge may have replaced them. */
  readonly indexes: readonly IndexId[];
  readonly note?: string;
  readonly packsNew: readonly { readonly sha256: PackId; readonly size: number }[];
  readonly purpose: (typeof PURPOSES)[number];
  readonly retention: JsonObject;
  /** Of the file list. */
  readonly root: ChunkId;
  readonly stats: Stats;
  readonly suspicious?: { readonly reasons: readonly string[] };
  readonly tool: string;
  readonly unsteady: readonly RelPath[];
  readonly workspaceHint: string;
  readonly other?: JsonObject;
}

export interface LogRecord extends EntryHead {
  readonly kind: "record";
  readonly body: RecordBody;
}

export type LogEntry = Manifest | LogRecord;

export function encodeLogEntry(entry: LogEntry): Buffer {
  const { device, localDate, prev, seq, serverDate, skipped } = entry;
  const seen = Object.fromEntries(
    Object.entries(entry.seen).map(([each, at]) => [each, { ...at }]),
  );
  const head = { device, localDate, prev, seen, seq, serverDate, skipped };
  return encodeJson({
    ...(entry.kind === "version" ? encodeManifest(entry) : encodeRecordBody(entry.body)),
    ...head,
  });
}

/** `kind` as the object's name has it; a manifest under a record's name is no manifest. */
export function decodeLogEntry(kind: "v" | "r", bytes: Uint8Array, what: string): LogEntry {
  const object = asObject(decodeJson(bytes, what), what);
  const head = decodeHead(object, what);
  if (kind === "v") return { ...head, kind: "version", ...decodeManifest(object, what) };
  const fields = Object.entries(object).filter(([key]) => !HEAD_MEMBERS.has(key));
  return { ...head, kind: "record", body: decodeRecordBody(Object.fromEntries(fields), what) };
}

const HEAD_MEMBERS = new Set([
  ...["device", "localDate", "prev", "seen", "seq", "serverDate", "skipped"],
]);
const MANIFEST_MEMBERS = new Set([
  ...HEAD_MEMBERS,
  ...["indexes", "note", "packsNew", "purpose", "retention", "root", "stats", "suspicious"],
  ...["tool", "unsteady", "workspaceHint"],
]);

function encodeManifest(manifest: Manifest): JsonObject {
  const { indexes, note, packsNew, purpose, retention, root, suspicious, tool } = manifest;
  return {
    ...manifest.other,
    indexes,
    ...(note === undefined ? {} : { note }),
    packsNew: packsNew.map(({ sha256, size }) => ({ sha256, size })),
    purpose,
    retention,
    root,
    stats: { ...manifest.stats },
    ...(suspicious === undefined ? {} : { suspicious: { reasons: suspicious.reasons } }),
    tool,
    unsteady: manifest.unsteady.map(encodePathItem),
    workspaceHint: manifest.workspaceHint,
  };
}

function decodeHead(object: JsonObject, what: string): EntryHead {
  const { device, localDate, prev, seen, seq, serverDate, skipped } = object;
  return {
    device: parseDeviceId(device),
    localDate: asDate(localDate, what),
    prev: prev === null ? null : parseEntrySha(prev),
    seen: decodeSeen(seen, what),
    seq: asInteger(seq, what, { least: 1 }),
    serverDate: asDate(serverDate, what),
    skipped: asList(skipped, what).map((number) => asInteger(number, what, { least: 1 })),
  };
}

function decodeSeen(json: Json | undefined, what: string): Record<DeviceId, SeenEntry> {
  const seen: Record<DeviceId, SeenEntry> = {};
  for (const [device, at] of Object.entries(asObject(json, what))) {
    const { seq, sha } = asObject(at, what);
    seen[parseDeviceId(device)] = {
      seq: asInteger(seq, what, { least: 1 }),
      sha: parseEntrySha(sha),
    };
  }
  return seen;
}

function decodeManifest(
  object: JsonObject,
  what: string,
): Omit<Manifest, keyof EntryHead | "kind"> {
  const { note, suspicious } = object;
  return {
    indexes: asList(object["indexes"], what).map(parseIndexId),
    ...(note === undefined ? {} : { note: asText(note, what) }),
    packsNew: asList(object["packsNew"], what).map((pack) => decodePackNew(pack, what)),
    purpose: asChoice(object["purpose"], PURPOSES, what),
    retention: asObject(object["retention"], what),
    root: parseChunkId(object["root"]),
    stats: decodeStats(object["stats"], what),
    ...(suspicious === undefined ? {} : { suspicious: decodeSuspicion(suspicious, what) }),
    tool: asText(object["tool"], what),
    unsteady: asList(object["unsteady"], what).map((path) => decodePathItem(path, what)),
    workspaceHint: asText(object["workspaceHint"], what),
    ...unknownMembers(object, MANIFEST_MEMBERS),
  };
}

function decodePackNew(json: Json, what: string): Manifest["packsNew"][number] {
  const { sha256, size } = asObject(json, what);
  return { sha256: parsePackId(sha256), size: asInteger(size, what) };
}

function decodeStats(json: Json | undefined, what: string): Stats {
  const object = asObject(json, what);
  const pairs = STATS.map((name) => [name, asInteger(object[name], what)]);
  return Object.fromEntries(pairs) as unknown as Stats;
}

function decodeSuspicion(json: Json, what: string): { reasons: string[] } {
  const { reasons } = asObject(json, what);
  return { reasons: asList(reasons, what).map((reason) => asText(reason, what)) };
}
