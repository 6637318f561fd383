/**
 * Paths in JSON: text where the bytes are UTF-8, base64 under `<name>Bytes` where they are not, and
 * never both, so that one path has one form. Inside the program it is always one string
 * (src/base/paths.ts).
 */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import { isUtf8Path, parseRelPath, pathBytes, textOfBytes, type RelPath } from "../base/paths.ts";
import { asBase64, asObject, asText, malformed } from "./shape.ts";

export function encodePath<Name extends string>(name: Name, path: string): JsonObject {
  if (isUtf8Path(path)) return { [name]: path };
  return { [`${name}Bytes`]: pathBytes(path).toString("base64") };
}

/** Any bytes at all: the target of a link is not ours to judge. */
export function decodeText(object: JsonObject, name: string, what: string): string {
  const text = object[name];
  const bytes = object[`${name}Bytes`];
  if ((text === undefined) === (bytes === undefined)) {
    throw malformed(what, `either ${name} or ${name}Bytes is expected`);
  }
  return bytes === undefined ? wellFormed(text, what) : oddText(bytes, what);
}

export function decodePath(object: JsonObject, name: string, what: string): RelPath {
  return parseRelPath(decodeText(object, name, what));
}

/** In a list, where there is no member to name the form. */
export const encodePathItem = (path: RelPath): Json =>
  isUtf8Path(path) ? path : encodePath("path", path);

export function decodePathItem(item: Json, what: string): RelPath {
  if (typeof item === "string") return parseRelPath(wellFormed(item, what));
  return decodePath(asObject(item, what), "path", what);
}

function wellFormed(value: Json | undefined, what: string): string {
  const text = asText(value, what);
  if (isUtf8Path(text)) return text;
  throw malformed(what, "a lone surrogate");
}

function oddText(value: Json | undefined, what: string): string {
  const text = textOfBytes(Buffer.from(asBase64(value, what), "base64"));
  if (!isUtf8Path(text)) return text;
  throw malformed(what, "bytes that are UTF-8 must be written as text");
}
