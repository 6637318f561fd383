/**
 * What a record says: everything that is decided after the fact, since no object ever changes
 * (Invariant I1). A type that this version does not know is kept as it is, and shown.
 */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import {
  parseDeviceId,
  parseEntrySha,
  parseIndexId,
  parsePackId,
  type DeviceId,
  type EntrySha,
  type IndexId,
  type PackId,
} from "../base/ids.ts";
import { asBase64, asInteger, asList, asObject, asText, malformed } from "./shape.ts";

export interface ForgottenVersion {
  readonly device: DeviceId;
  readonly prev: EntrySha | null;
  readonly seq: number;
  readonly sha: EntrySha;
}

/** `version` is a version's name, `<device>-<seq>`. */
export type RecordBody =
  | { readonly type: "register"; readonly name: string; readonly publicKey: string }
  | {
      readonly type: "revoke";
      readonly revoked: DeviceId;
      readonly lastSeq: number;
      readonly lastSha: EntrySha;
    }
  | {
      readonly type: "forget";
      readonly versions: readonly ForgottenVersion[];
      readonly reason: string;
    }
  | { readonly type: "beat" }
  | { readonly type: "pin"; readonly version: string }
  | { readonly type: "unpin"; readonly version: string }
  | { readonly type: "accept"; readonly version: string }
  | { readonly type: "note"; readonly version: string; readonly text: string }
  | { readonly type: "accept-rollback"; readonly what: string }
  | {
      readonly type: "drill";
      readonly version: string;
      readonly files: number;
      readonly bytes: number;
      readonly ok: boolean;
    }
  | { readonly type: "candidates"; readonly packs: readonly PackId[] }
  | { readonly type: "mark"; readonly packs: readonly PackId[] }
  | {
      readonly type: "sweep";
      readonly packs: readonly PackId[];
      readonly indexes: readonly IndexId[];
    }
  | { readonly type: "slot-removed"; readonly slot: string }
  | { readonly type: "unknown"; readonly name: string; readonly fields: JsonObject };

export function encodeRecordBody(body: RecordBody): JsonObject {
  if (body.type === "unknown") return { ...body.fields, type: body.name };
  if (body.type === "forget") {
    return { ...body, versions: body.versions.map((version) => ({ ...version })) };
  }
  return { ...body };
}

/** `fields`: the members of the document that are not the entry's head. */
export function decodeRecordBody(fields: JsonObject, what: string): RecordBody {
  const type = asText(fields["type"], what);
  const decode = Object.hasOwn(DECODERS, type) ? DECODERS[type as KnownType] : undefined;
  if (decode) return decode(new Members(fields, what));
  const { type: name, ...rest } = fields;
  return { type: "unknown", name: asText(name, what), fields: rest };
}

type KnownType = Exclude<RecordBody["type"], "unknown">;

/** The members of one record, by name. */
class Members {
  readonly #fields: JsonObject;
  readonly #what: string;

  constructor(fields: JsonObject, what: string) {
    this.#fields = fields;
    this.#what = what;
  }

  text(name: string): string {
    return asText(this.#fields[name], this.#what);
  }

  count(name: string): number {
    return asInteger(this.#fields[name], this.#what);
  }

  flag(name: string): boolean {
    const value = this.#fields[name];
    if (typeof value === "boolean") return value;
    throw malformed(this.#what, `${name} is not true or false`);
  }

  key(name: string): string {
    const text = asBase64(this.#fields[name], this.#what);
    if (Buffer.from(text, "base64").length === 32) return text;
    throw malformed(this.#what, `${name} is not 32 bytes`);
  }

  device(name: string): DeviceId {
    return parseDeviceId(this.#fields[name]);
  }

  sha(name: string): EntrySha {
    return parseEntrySha(this.#fields[name]);
  }

  list<Item>(name: string, parse: (item: Json) => Item): Item[] {
    return asList(this.#fields[name], this.#what).map((item) => parse(item));
  }

  forgotten(name: string): ForgottenVersion[] {
    return this.list(name, (item) => {
      const version = asObject(item, this.#what);
      const { device, prev, seq, sha } = version;
      return {
        device: parseDeviceId(device),
        prev: prev === null ? null : parseEntrySha(prev),
        seq: asInteger(seq, this.#what, { least: 1 }),
        sha: parseEntrySha(sha),
      };
    });
  }
}

const DECODERS: Record<KnownType, (from: Members) => RecordBody> = {
  register: (from) => ({
    type: "register",
    name: from.text("name"),
    publicKey: from.key("publicKey"),
  }),
  revoke: (from) => ({
    type: "revoke",
    revoked: from.device("revoked"),
    lastSeq: from.count("lastSeq"),
    lastSha: from.sha("lastSha"),
  }),
  forget: (from) => ({
    type: "forget",
    versions: from.forgotten("versions"),
    reason: from.text("reason"),
  }),
  beat: () => ({ type: "beat" }),
  pin: (from) => ({ type: "pin", version: from.text("version") }),
  unpin: (from) => ({ type: "unpin", version: from.text("version") }),
  accept: (from) => ({ type: "accept", version: from.text("version") }),
  note: (from) => ({ type: "note", version: from.text("version"), text: from.text("text") }),
  "accept-rollback": (from) => ({ type: "accept-rollback", what: from.text("what") }),
  drill: (from) => ({
    type: "drill",
    version: from.text("version"),
    files: from.count("files"),
    bytes: from.count("bytes"),
    ok: from.flag("ok"),
  }),
  candidates: (from) => ({ type: "candidates", packs: from.list("packs", parsePackId) }),
  mark: (from) => ({ type: "mark", packs: from.list("packs", parsePackId) }),
  sweep: (from) => ({
    type: "sweep",
    packs: from.list("packs", parsePackId),
    indexes: from.list("indexes", parseIndexId),
  }),
  "slot-removed": (from) => ({ type: "slot-removed", slot: from.text("slot") }),
};
