/**
 * One entry of the file list (docs/format.md §5.2). Inside the program a name is one string, odd
 * bytes and all (src/base/paths.ts); here it becomes `path`, or `pathBytes` where it is not UTF-8.
 * Each value has one form, so that an unchanged file never looks changed.
 */
import assert from "node:assert/strict";
import type { Json, JsonObject } from "../base/canonical-json.ts";
import { CUT_RULES, type CutRule } from "../base/cut-rule.ts";
import { parseChunkId, parseContentSha, type ChunkId, type ContentSha } from "../base/ids.ts";
import { comparePaths, parseRelPath, type RelPath } from "../base/paths.ts";
import { MAX_IDS_IN_ENTRY } from "./limits.ts";
import { base64Bytes, Fields, nameField, type Extensible } from "./shape.ts";

export type Entry = FileEntry | DirEntry | SymlinkEntry | HardlinkEntry;

interface EntryBase extends Extensible {
  readonly path: RelPath;
  /** Nanoseconds since 1970, a decimal number; may be negative. */
  readonly mtime: string;
  /** st_mode & 0o7777; absent where the system has none. */
  readonly mode?: number;
  /** Values are base64. Absent where there are none. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

export interface FileEntry extends EntryBase {
  readonly kind: "file";
  readonly size: number;
  readonly sha256: ContentSha;
  readonly rule: CutRule;
  readonly content: FileContent;
  readonly flags: readonly FileFlag[];
  /** Flags that this release does not know. */
  readonly otherFlags?: readonly string[];
}

export interface DirEntry extends EntryBase {
  readonly kind: "dir";
}

export interface SymlinkEntry extends EntryBase {
  readonly kind: "symlink";
  /** What the link says; odd bytes are kept as in a path. */
  readonly target: string;
}

export interface HardlinkEntry extends EntryBase {
  readonly kind: "hardlink";
  /** Of a file that stands earlier in the list. */
  readonly target: RelPath;
}

export type FileContent =
  | { readonly chunks: readonly ChunkId[] }
  | { readonly chunkLists: readonly ChunkId[] }
  | { readonly chunkListLists: readonly ChunkId[] };

/** In the order in which they are written. */
export const FILE_FLAGS = ["sparse", "unsteady"] as const;
export type FileFlag = (typeof FILE_FLAGS)[number];

/** Members in their canonical order, which `encodeJson` then need not sort. */
export function encodeEntry(entry: Entry): JsonObject {
  const { kind, mode, mtime, path, xattrs, other } = entry;
  return {
    ...other,
    ...(kind === "file" ? encodeContent(entry) : {}),
    kind,
    ...(mode === undefined ? {} : { mode }),
    mtime,
    ...nameField("path", path),
    ...(kind === "file" ? { rule: entry.rule, sha256: entry.sha256, size: entry.size } : {}),
    ...(kind === "symlink" || kind === "hardlink" ? nameField("target", entry.target) : {}),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}

export function decodeEntry(json: Json, what: string): Entry {
  const fields = new Fields(json, what);
  const base = decodeBase(fields);
  const kind = fields.oneOf("kind", ["file", "dir", "symlink", "hardlink"]);
  switch (kind) {
    case "file":
      return { kind, ...base, ...decodeFile(fields), ...rest(fields) };
    case "dir":
      return { kind, ...base, ...rest(fields) };
    case "symlink":
      return { kind, ...base, target: decodeLinkText(fields), ...rest(fields) };
    case "hardlink":
      return { kind, ...base, target: decodeEarlier(fields, base.path), ...rest(fields) };
  }
}

function encodeContent({ content, flags, otherFlags = [] }: FileEntry): JsonObject {
  assert(!("chunks" in content) || content.chunks.length <= MAX_IDS_IN_ENTRY);
  const all = [...flags, ...otherFlags].sort(comparePaths);
  return { ...content, ...(all.length === 0 ? {} : { flags: all }) };
}

function decodeBase(fields: Fields): EntryBase {
  const mtime = fields.text("mtime");
  if (!NANOSECONDS.test(mtime)) throw fields.refusal('"mtime" is not a decimal number');
  return {
    path: parseRelPath(fields.name("path")),
    mtime,
    ...(fields.has("mode") ? { mode: fields.count("mode", 0o7777) } : {}),
    ...(fields.has("xattrs") ? { xattrs: decodeXattrs(fields) } : {}),
  };
}

/** No "+", no "-0", no leading zeros; the length is bounded before anybody makes a BigInt of it. */
const NANOSECONDS = /^(?:0|-?[1-9][0-9]{0,29})$/;

function decodeXattrs(fields: Fields): Record<string, string> {
  const xattrs = Object.entries(fields.json("xattrs")).map(([name, value]) => {
    if (typeof value === "string" && base64Bytes(value)) return [name, value] as const;
    throw fields.refusal("an extended attribute is not base64");
  });
  if (xattrs.length === 0) throw fields.refusal('"xattrs" is there and empty');
  return Object.fromEntries(xattrs);
}

function decodeFile(fields: Fields): Omit<FileEntry, keyof EntryBase | "kind"> {
  const size = fields.count("size");
  return {
    size,
    sha256: parseContentSha(fields.take("sha256")),
    rule: fields.oneOf("rule", CUT_RULES),
    content: decodeContent(fields, size),
    ...decodeFlags(fields),
  };
}

function decodeContent(fields: Fields, size: number): FileContent {
  const forms = CONTENT_FORMS.filter((form) => fields.has(form));
  const [form] = forms;
  if (form === undefined || forms.length > 1)
    throw fields.refusal("its chunks stand in no or two places");
  const ids = fields.listOf(
    form,
    parseChunkId,
    form === "chunkListLists" ? Infinity : MAX_IDS_IN_ENTRY,
  );
  if (ids.length > size || (ids.length === 0 && size > 0)) {
    throw fields.refusal("so many chunks do not make a file of this size");
  }
  switch (form) {
    case "chunks":
      return { chunks: ids };
    case "chunkLists":
      return { chunkLists: ids };
    case "chunkListLists":
      return { chunkListLists: ids };
  }
}

const CONTENT_FORMS = ["chunks", "chunkLists", "chunkListLists"] as const;

function decodeFlags(fields: Fields): Pick<FileEntry, "flags" | "otherFlags"> {
  if (!fields.has("flags")) return { flags: [] };
  const all = fields.texts("flags");
  if (all.length === 0 || !isAscending(all))
    throw fields.refusal('"flags" are empty or out of order');
  const flags = FILE_FLAGS.filter((flag) => all.includes(flag));
  const otherFlags = all.filter((flag) => !FILE_FLAGS.some((known) => known === flag));
  return otherFlags.length === 0 ? { flags } : { flags, otherFlags };
}

function decodeLinkText(fields: Fields): string {
  const target = fields.name("target");
  if (target !== "" && !target.includes("\0")) return target;
  throw fields.refusal("the target of a link is empty or contains a NUL");
}

/** Only what stands before can be there already when a restore comes to the link. */
function decodeEarlier(fields: Fields, path: RelPath): RelPath {
  const target = parseRelPath(fields.name("target"));
  if (comparePaths(target, path) < 0) return target;
  throw fields.refusal("a hard link stands before its target");
}

/** A field that belongs to another kind is no unknown field: two readers could take it for two things. */
function rest(fields: Fields): Extensible {
  const unknown = fields.rest();
  const { other = {} } = unknown;
  const foreign = FIELDS.find((name) => Object.hasOwn(other, name));
  if (foreign === undefined) return unknown;
  throw fields.refusal(`"${foreign}" stands in an entry of another kind`);
}

const FIELDS = [
  ...CONTENT_FORMS,
  "flags",
  "rule",
  "sha256",
  "size",
  "target",
  "targetBytes",
] as const;

function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || comparePaths(texts[i - 1] ?? "", text) < 0);
}
