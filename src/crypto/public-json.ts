/**
 * The small public JSON objects, slots and `format`: canonical, so that one value is one sequence
 * of bytes and no flipped bit goes unnoticed. They come from a stranger before any key is known.
 */
import { decodeJson, encodeJson, type Json, type JsonObject } from "../base/canonical-json.ts";

/** They hold a few hundred bytes; the rest is room for fields of later versions. */
const MAX_PUBLIC_JSON_BYTES = 16 * 2 ** 10;

/** Throws, whatever is wrong; callers give it their own error. */
export function parsePublicJson(bytes: Uint8Array, what: string): JsonObject {
  if (bytes.length > MAX_PUBLIC_JSON_BYTES) throw new RangeError(`${what} is too long`);
  const json = decodeJson(bytes, what);
  if (!isJsonObject(json)) throw new TypeError(`${what} is not an object`);
  if (!encodeJson(json).equals(bytes)) throw new TypeError(`${what} is not canonical`);
  return json;
}

/** Canonical base64 of exactly `size` bytes; undefined otherwise. */
export function base64Bytes(text: unknown, size: number): Buffer | undefined {
  if (typeof text !== "string" || text.length !== Math.ceil(size / 3) * 4) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === size && bytes.toString("base64") === text ? bytes : undefined;
}

export function without(json: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== field));
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
