/**
 * Canonical JSON of docs/format.md: one value, one sequence of bytes. Keys sorted by their UTF-8
 * bytes, no space, integers within 2^53-1, no fractions, no lone surrogates.
 */
import { IntegrityError } from "./errors.ts";
import { comparePaths } from "./paths.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A document nests a handful of levels; without a bound, a hostile one would end our stack. */
export const MAX_JSON_DEPTH = 64;

/** `[{},{},…]` takes fifty times its bytes once it is parsed. An index of 200,000 rows has 1.6 million. */
export const MAX_JSON_TOKENS = 4_000_000;

export function encodeJson(value: Json): Buffer {
  return Buffer.from(canonicalText(value), "utf8");
}

/** Refuses every other way to write the same value too: order, space, escapes, a name that stands twice. */
export function decodeCanonicalJson(bytes: Uint8Array, what: string): Json {
  if (!hasFewTokens(bytes)) throw new IntegrityError("json-malformed", { what });
  try {
    const text = utf8.decode(bytes);
    const value = JSON.parse(text) as Json;
    if (canonicalText(value) === text) return value;
  } catch (cause) {
    throw new IntegrityError("json-malformed", { what }, cause);
  }
  throw new IntegrityError("json-malformed", { what });
}

/** For what only this machine wrote. Refuses what is not UTF-8, not JSON, or holds a number that the format does not have. */
export function decodeJson(bytes: Uint8Array, what: string): Json {
  try {
    return JSON.parse(utf8.decode(bytes), refuseFractions) as Json;
  } catch (cause) {
    throw new IntegrityError("json-malformed", { what }, cause);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The platform writes five times faster than we do, and the same wherever members are in order. */
function canonicalText(value: Json): string {
  return isInOrder(value, MAX_JSON_DEPTH) ? JSON.stringify(value) : write(value, MAX_JSON_DEPTH);
}

/** Whether everything is in the format and in its order; `write` says what is wrong where it is not. */
function isInOrder(value: Json | undefined, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (value === null || typeof value === "boolean") return true;
  if (value === undefined || depth === 0) return false;
  if (isArray(value)) return areInOrder(value, depth - 1);
  let previous: string | undefined;
  for (const key of Object.keys(value)) {
    if (previous !== undefined && comparePaths(previous, key) >= 0) return false;
    if (!key.isWellFormed() || !isInOrder(value[key], depth - 1)) return false;
    previous = key;
  }
  return true;
}

function areInOrder(items: readonly Json[], depth: number): boolean {
  // By index: `every` would pass over holes.
  for (let i = 0; i < items.length; i++) if (!isInOrder(items[i], depth)) return false;
  return true;
}

function write(value: Json | undefined, depth: number): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") return writeInteger(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (value === undefined) throw new RangeError("undefined is not in the format");
  if (depth === 0) throw new RangeError("nested too deeply");
  return writeCompound(value, depth - 1);
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new RangeError("a lone surrogate is not in the format");
  return JSON.stringify(value);
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not in the format: ${String(value)}`);
  return String(value);
}

function writeCompound(value: readonly Json[] | JsonObject, depth: number): string {
  if (isArray(value)) return `[${Array.from(value, (item) => write(item, depth)).join(",")}]`;
  const members = Object.keys(value)
    .sort(comparePaths)
    .map((key) => `${writeString(key)}:${write(value[key], depth)}`);
  return `{${members.join(",")}}`;
}

const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] =>
  Array.isArray(value);

/** Every value but the first stands behind one of `,` `[` `{`. Those in strings count too: so be it. */
function hasFewTokens(bytes: Uint8Array): boolean {
  if (bytes.length <= MAX_JSON_TOKENS) return true;
  let tokens = 0;
  for (let i = 0; i < bytes.length; i++) tokens += BEFORE_VALUE[bytes[i] ?? 0] ?? 0;
  return tokens <= MAX_JSON_TOKENS;
}

const BEFORE_VALUE = Uint8Array.from({ length: 256 }, (_, byte) =>
  ",[{".includes(String.fromCharCode(byte)) ? 1 : 0,
);

function refuseFractions(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new RangeError(String(value));
  return value;
}
