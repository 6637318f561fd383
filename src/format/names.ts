/**
 * Names of objects, relative to the repository's prefix (docs/format.md §1). The only place where
 * ids are hexadecimal. A name of another pattern is none of ours and parses as undefined.
 */
import assert from "node:assert/strict";
import { toHex } from "../base/bytes.ts";
import {
  idBytes,
  parseDeviceId,
  parseIndexId,
  parsePackId,
  type DeviceId,
  type IndexId,
  type ObjectName,
  type PackId,
  type VersionId,
} from "../base/ids.ts";
import { parseDate } from "./dates.ts";
import { MAX_SEQ } from "./limits.ts";

/** v: a version's manifest; r: a record. */
export type EntryLetter = "v" | "r";

export interface EntryName {
  readonly name: ObjectName;
  readonly device: DeviceId;
  readonly seq: number;
  /** As it stands in the name: `20260401T163000Z`. */
  readonly utc: string;
  readonly kind: EntryLetter;
}

export const formatName = named("format");
export const LOG_PREFIX = "log/";
export const KEYS_PREFIX = "keys/";
export const PACKS_PREFIX = "packs/";
export const INDEX_PREFIX = "index/";

/** `slot` is 16 hexadecimal digits. */
export function slotName(slot: string): ObjectName {
  assert(isSlot(slot));
  return named(`keys/${slot}`);
}

export function packName(id: PackId): ObjectName {
  const hex = toHex(idBytes(id));
  return named(`packs/${hex.slice(0, 2)}/${hex}`);
}

export const indexName = (id: IndexId): ObjectName => named(`index/${toHex(idBytes(id))}`);

export const logPrefix = (device: DeviceId): string => `${LOG_PREFIX}${device}/`;

export function entryName(entry: {
  readonly device: DeviceId;
  readonly seq: number;
  readonly serverDate: string;
  readonly kind: EntryLetter;
}): ObjectName {
  const { device, seq, serverDate, kind } = entry;
  assert(Number.isInteger(seq) && seq >= 1 && seq <= MAX_SEQ);
  const seq12 = String(seq).padStart(SEQ_DIGITS, "0");
  return named(`${logPrefix(device)}${seq12}-${utcOf(serverDate)}-${kind}`);
}

/** The 16 hexadecimal digits of a slot. */
export function parseSlotName(name: string): string | undefined {
  const slot = name.slice("keys/".length);
  return name.startsWith("keys/") && isSlot(slot) ? slot : undefined;
}

export function parsePackName(name: string): PackId | undefined {
  const [, two, hex] = /^packs\/([0-9a-f]{2})\/([0-9a-f]{64})$/.exec(name) ?? [];
  return hex?.slice(0, 2) === two && hex ? parsePackId(base64OfHex(hex)) : undefined;
}

export function parseIndexName(name: string): IndexId | undefined {
  const [, hex] = /^index\/([0-9a-f]{64})$/.exec(name) ?? [];
  return hex ? parseIndexId(base64OfHex(hex)) : undefined;
}

export function parseEntryName(name: string): EntryName | undefined {
  const match = /^log\/([0-9a-f]{16})\/([0-9]{12})-([0-9]{8}T[0-9]{6}Z)-([vr])$/.exec(name);
  const [, device, seq12, utc = "", letter] = match ?? [];
  const seq = Number(seq12);
  if (match === null || seq < 1 || parseDate(dateOf(utc)) === undefined) return undefined;
  const kind = letter === "v" ? "v" : "r";
  return { name: named(name), device: parseDeviceId(device), seq, utc, kind };
}

export const isSlot = (text: string): boolean => /^[0-9a-f]{16}$/.test(text);

/** A version as people and records name it: `<device>-<seq>`, in full. */
export function parseVersionName(text: string): VersionId | undefined {
  const [, device, seq] = /^([0-9a-f]{16})-([1-9][0-9]{0,11})$/.exec(text) ?? [];
  return device === undefined ? undefined : { device: parseDeviceId(device), seq: Number(seq) };
}

const SEQ_DIGITS = 12;

function named(text: string): ObjectName {
  return text as ObjectName;
}

/** 2026-04-01T16:30:00.123Z as 20260401T163000Z. */
function utcOf(date: string): string {
  assert(parseDate(date) !== undefined);
  return `${date.slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function dateOf(utc: string): string {
  return utc.replace(/^(.{4})(..)(..T..)(..)(..)Z$/, "$1-$2-$3:$4:$5.000Z");
}

const base64OfHex = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
