/**
 * The recovery kit: one page of text that, with the bucket, is all a new machine needs. People read
 * the upper part; the lower part is the same for programs, with copies of `format` and of the key
 * slot, so that not even these can be lost with the bucket's own.
 */
import { toBase64 } from "../base/bytes.ts";
import { decodeJson, encodeJson, type JsonObject } from "../base/canonical-json.ts";
import { InputError } from "../base/errors.ts";
import { say } from "../base/messages/index.ts";

export interface RecoveryKit {
  readonly made: string;
  readonly repository: string;
  readonly fingerprint: string;
  readonly place: string;
  /** Settings of the store, without secrets, as a configuration file has them. */
  readonly store: JsonObject;
  /** Absent where a passphrase opens the slot: that is its owner's to remember. */
  readonly encryptionKey?: string | undefined;
  readonly anchor?: string | undefined;
  readonly format: Buffer;
  readonly slotName: string;
  readonly slot: Buffer;
}

const BEGIN = "-----BEGIN SESSION-SYNC KIT-----";
const END = "-----END SESSION-SYNC KIT-----";
const LINE_LENGTH = 76;

export function writeKit(kit: RecoveryKit): string {
  const facts = {
    made: kit.made,
    place: kit.place,
    fingerprint: kit.fingerprint,
    key: kit.encryptionKey ?? say("kit-passphrase", {}),
    anchor: kit.anchor ?? say("kit-no-anchor", {}),
  };
  return `${say("kit-text", facts)}\n\n${BEGIN}\n${wrap(encodeKit(kit))}\n${END}\n`;
}

export function parseKit(text: string): RecoveryKit {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw notAKit();
  const block = text.slice(begin + BEGIN.length, end).replace(/\s/g, "");
  try {
    return decodeKit(decodeJson(Buffer.from(block, "base64"), "kit") as JsonObject);
  } catch (cause) {
    throw notAKit(cause);
  }
}

function encodeKit({ format, slot, encryptionKey, anchor, ...kit }: RecoveryKit): string {
  const document: JsonObject = {
    ...kit,
    version: 1,
    format: toBase64(format),
    slot: toBase64(slot),
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
    ...(anchor === undefined ? {} : { anchor }),
  };
  return toBase64(encodeJson(document));
}

function decodeKit(json: JsonObject): RecoveryKit {
  const text = (name: string): string => {
    const value = json[name];
    if (typeof value === "string") return value;
    throw notAKit();
  };
  const optional = (name: string): string | undefined =>
    json[name] === undefined ? undefined : text(name);
  return {
    made: text("made"),
    repository: text("repository"),
    fingerprint: text("fingerprint"),
    place: text("place"),
    store: (json["store"] ?? {}) as JsonObject,
    encryptionKey: optional("encryptionKey"),
    anchor: optional("anchor"),
    format: Buffer.from(text("format"), "base64"),
    slotName: text("slotName"),
    slot: Buffer.from(text("slot"), "base64"),
  };
}

function wrap(text: string): string {
  return (text.match(new RegExp(`.{1,${String(LINE_LENGTH)}}`, "g")) ?? []).join("\n");
}

const notAKit = (cause?: unknown): InputError => new InputError("kit-malformed", {}, cause);
