/**
 * Records (docs/format.md §6.4): everything that is decided after an object was written, because
 * objects never change (Invariant I1). A type that this release does not know is kept as it is.
 */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import {
  parseDeviceId,
  parseEntrySha,
  parseIndexId,
  parsePackId,
  versionName,
  type DeviceId,
  type EntrySha,
  type IndexId,
  type PackId,
  type VersionId,
} from "../base/ids.ts";
import { decodeHead, decodePrev, decodeSeq, encodeHead, type EntryHead } from "./entry-head.ts";
import { isSlot, parseVersionName } from "./names.ts";
import { base64Bytes, Fields, type Extensible } from "./shape.ts";

export interface LogRecord extends EntryHead, Extensible {
  readonly kind: "record";
  readonly body: RecordBody;
}

export type RecordBody =
  /** Entry 1 of every log, verified by the key in it (base64 of 32 bytes). */
  | { readonly type: "register"; readonly name: string; readonly publicKey: string }
  /** Entries of `device` behind `lastSeq` are not believed. In the JSON it is `revoked`. */
  | {
      readonly type: "revoke";
      readonly device: DeviceId;
      readonly lastSeq: number;
      readonly lastSha: EntrySha;
    }
  /** Nothing changed, still alive. */
  | { readonly type: "beat" }
  | { readonly type: "candidates"; readonly packs: readonly PackId[] }
  | { readonly type: "mark"; readonly packs: readonly PackId[] }
  | {
      readonly type: "sweep";
      readonly packs: readonly PackId[];
      readonly indexes: readonly IndexId[];
    }
  | {
      readonly type: "forget";
      readonly versions: readonly ForgottenVersion[];
      readonly reason: string;
    }
  | { readonly type: "pin"; readonly version: VersionId }
  | { readonly type: "unpin"; readonly version: VersionId }
  | { readonly type: "accept"; readonly version: VersionId }
  | { readonly type: "note"; readonly version: VersionId; readonly text: string }
  | { readonly type: "accept-rollback"; readonly what: string }
  | {
      readonly type: "drill";
      readonly version: VersionId;
      readonly files: number;
      readonly bytes: number;
      readonly ok: boolean;
    }
  /** 16 hexadecimal digits: this slot must not come back. */
  | { readonly type: "slot-removed"; readonly slot: string }
  /** `fields` is everything but the head and the type. */
  | { readonly type: "unknown"; readonly name: string; readonly fields: JsonObject };

/** What keeps a chain checkable once the version itself is gone. */
export interface ForgottenVersion extends VersionId, Extensible {
  readonly prev: EntrySha | null;
  readonly sha: EntrySha;
}

export function encodeRecord(record: LogRecord): JsonObject {
  return { ...record.other, ...encodeBody(record.body), ...encodeHead(record) };
}

export function decodeRecord(fields: Fields, what: string): LogRecord {
  const head = decodeHead(fields);
  const name = fields.text("type");
  const body = decodeBody(name, fields, what);
  if (body?.type === "register" && head.seq !== 1) {
    throw fields.refusal("only entry 1 of a log registers its device");
  }
  const { other } = fields.rest();
  if (body === undefined) {
    return { kind: "record", ...head, body: { type: "unknown", name, fields: other ?? {} } };
  }
  return { kind: "record", ...head, body, ...(other === undefined ? {} : { other }) };
}

function encodeBody(body: RecordBody): JsonObject {
  switch (body.type) {
    case "unknown":
      return { ...body.fields, type: body.name };
    case "revoke": {
      const { type, device, lastSeq, lastSha } = body;
      // `device` is the writer, in the head.
      return { type, revoked: device, lastSeq, lastSha };
    }
    case "forget":
      return { ...body, versions: body.versions.map(encodeForgotten) };
    case "pin":
    case "unpin":
    case "accept":
    case "note":
    case "drill":
      return { ...body, version: versionName(body.version) };
    case "register":
    case "beat":
    case "candidates":
    case "mark":
    case "sweep":
    case "accept-rollback":
    case "slot-removed":
      return body;
  }
}

/** undefined: a type that this release does not know. */
function decodeBody(type: string, fields: Fields, what: string): RecordBody | undefined {
  switch (type) {
    case "register":
      return { type, name: fields.text("name"), publicKey: decodePublicKey(fields) };
    case "revoke":
      return { type, ...decodeRevoked(fields) };
    case "beat":
      return { type };
    case "candidates":
    case "mark":
      return { type, packs: fields.listOf("packs", parsePackId) };
    case "sweep":
      return {
        type,
        packs: fields.listOf("packs", parsePackId),
        indexes: fields.listOf("indexes", parseIndexId),
      };
    case "forget":
      return {
        type,
        versions: fields.listOf("versions", (json) => decodeForgotten(json, what)),
        reason: fields.text("reason"),
      };
    case "pin":
    case "unpin":
    case "accept":
      return { type, version: decodeVersion(fields) };
    case "note":
      return { type, version: decodeVersion(fields), text: fields.text("text") };
    case "accept-rollback":
      return { type, what: fields.text("what") };
    case "drill":
      return {
        type,
        version: decodeVersion(fields),
        files: fields.count("files"),
        bytes: fields.count("bytes"),
        ok: fields.truth("ok"),
      };
    case "slot-removed":
      return { type, slot: decodeSlot(fields) };
    default:
      return undefined;
  }
}

function encodeForgotten({ device, prev, seq, sha, other }: ForgottenVersion): JsonObject {
  return { ...other, device, prev, seq, sha };
}

function decodeForgotten(json: Json, what: string): ForgottenVersion {
  const fields = new Fields(json, what);
  const seq = decodeSeq(fields, "seq");
  return {
    device: parseDeviceId(fields.take("device")),
    prev: decodePrev(fields, seq),
    seq,
    sha: parseEntrySha(fields.take("sha")),
    ...fields.rest(),
  };
}

function decodeRevoked(fields: Fields): { device: DeviceId; lastSeq: number; lastSha: EntrySha } {
  return {
    device: parseDeviceId(fields.take("revoked")),
    lastSeq: decodeSeq(fields, "lastSeq"),
    lastSha: parseEntrySha(fields.take("lastSha")),
  };
}

function decodePublicKey(fields: Fields): string {
  const key = fields.text("publicKey");
  if (base64Bytes(key)?.length === 32) return key;
  throw fields.refusal('"publicKey" is not the base64 of 32 bytes');
}

function decodeVersion(fields: Fields): VersionId {
  const version = parseVersionName(fields.text("version"));
  if (version !== undefined) return version;
  throw fields.refusal('"version" is not the name of a version');
}

function decodeSlot(fields: Fields): string {
  const slot = fields.text("slot");
  if (isSlot(slot)) return slot;
  throw fields.refusal('"slot" is not the name of a key slot');
}
