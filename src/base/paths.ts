/**
 * Paths inside a workspace. A `RelPath` is text with `/` between its parts. A name that is not
 * UTF-8 keeps its odd bytes as lone low surrogates (U+DC80 + byte - 0x80), so every path can be a
 * string; only `pathBytes` turns it back into what the disk knows.
 */
import { InputError, IntegrityError } from "./errors.ts";

export type RelPath = string & { readonly kind: "path" };

const ODD_BYTE = 0xdc00;

/** From bytes that a folder listing or the format gave us. Not yet checked: see `parseRelPath`. */
export function textOfBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.includes("\ufffd") || Buffer.from(text, "utf8").equals(bytes)) return text;
  return escapeOddBytes(bytes);
}

/** The bytes the disk knows. */
export function pathBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  for (const part of text.split(/([\udc80-\udcff])/u)) {
    const odd = part.length === 1 ? part.charCodeAt(0) - ODD_BYTE : -1;
    parts.push(odd >= 0x80 && odd <= 0xff ? Buffer.from([odd]) : Buffer.from(part, "utf8"));
  }
  return Buffer.concat(parts);
}

export const isUtf8Path = (path: string): boolean => path.isWellFormed();

/** What node:fs and `Disk` take: a string where possible, which is cheaper. */
export const diskPath = (path: string): string | Buffer =>
  path.isWellFormed() ? path : pathBytes(path);

/** Order of the format: by the bytes of the whole path. */
export function comparePaths(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a === b) continue;
    // UTF-16 order is UTF-8 order but for surrogates, which are rare: ask the bytes then.
    if (a < 0xd800 && b < 0xd800) return a - b;
    return Buffer.compare(pathBytes(left), pathBytes(right));
  }
  return left.length - right.length;
}

/** A path from the repository: relative, no empty, `.` or `..` part, no NUL. */
export function parseRelPath(text: string): RelPath {
  const reason = refusal(text);
  if (reason === undefined) return text as RelPath;
  throw new IntegrityError("path-refused", { path: shown(text), reason });
}

/** A path that a person or an agent gave us. */
export function parseAskedPath(text: string): RelPath {
  const reason = refusal(text);
  if (reason === undefined) return text as RelPath;
  throw new InputError("path-asked-refused", { path: shown(text), reason });
}

function refusal(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text.includes("\0")) return "it contains a NUL";
  if (text.startsWith("/")) return "it is absolute";
  if (!isOneSpelling(text)) return "it is no text, and no bytes as this program writes them";
  for (const part of text.split("/")) {
    if (part === "") return "it has an empty part";
    if (part === "." || part === "..") return `it has a part "${part}"`;
  }
  return undefined;
}

/** One name on the disk, one string here: odd bytes that together are UTF-8 would be a second one. */
function isOneSpelling(text: string): boolean {
  return text.isWellFormed() || textOfBytes(pathBytes(text)) === text;
}

/** For messages: bounded, and nothing that moves a terminal's cursor. */
export function shown(path: string): string {
  const visible = path.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return visible.length > 200 ? `${visible.slice(0, 199).toWellFormed()}…` : visible;
}

function escapeOddBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = utf8LengthAt(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(ODD_BYTE + (bytes[at] ?? 0))
        : Buffer.from(bytes.subarray(at, at + length)).toString("utf8");
    at += Math.max(length, 1);
  }
  return text;
}

/** Length of the well-formed UTF-8 character at `at`, or 0. */
function utf8LengthAt(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4; length++) {
    const slice = Buffer.from(bytes.subarray(at, at + length));
    if (slice.length === length && Buffer.from(slice.toString("utf8")).equals(slice)) return length;
  }
  return 0;
}
