/** One version of the workspace (docs/format.md §6.3): the log entry that names the root of its file list. */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import {
  parseChunkId,
  parseIndexId,
  parsePackId,
  type ChunkId,
  type IndexId,
  type PackId,
} from "../base/ids.ts";
import { isUtf8Path, parseRelPath, type RelPath } from "../base/paths.ts";
import { decodeHead, encodeHead, type EntryHead } from "./entry-head.ts";
import { Fields, nameField, type Extensible } from "./shape.ts";

export interface Manifest extends EntryHead, Extensible {
  readonly kind: "version";
  /** A hint: a merge may have replaced them. */
  readonly indexes: readonly IndexId[];
  readonly note?: string;
  readonly packsNew: readonly NewPack[];
  /** checkpoint: part of a long first backup; safety: the state just before a restore. */
  readonly purpose: (typeof PURPOSES)[number];
  /** The writer's rules at that time, for information. */
  readonly retention: JsonObject;
  readonly root: ChunkId;
  readonly stats: Stats;
  readonly suspicious?: Suspicion;
  /** Program and version. */
  readonly tool: string;
  /** Paths that would not hold still. */
  readonly unsteady: readonly RelPath[];
  readonly workspaceHint: string;
}

const PURPOSES = ["backup", "checkpoint", "safety"] as const;

export interface NewPack extends Extensible {
  readonly sha256: PackId;
  readonly size: number;
}

export interface Suspicion extends Extensible {
  readonly reasons: readonly string[];
}

/** All that status and the page need: they never open a tree. */
export interface Stats extends Extensible {
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

export function encodeManifest(manifest: Manifest): JsonObject {
  const { indexes, note, packsNew, purpose, retention, root, stats, suspicious } = manifest;
  const { tool, unsteady, workspaceHint, other } = manifest;
  return {
    ...other,
    ...encodeHead(manifest),
    indexes,
    ...(note === undefined ? {} : { note }),
    packsNew: packsNew.map(encodeNewPack),
    purpose,
    retention,
    root,
    stats: encodeStats(stats),
    ...(suspicious === undefined ? {} : { suspicious: encodeSuspicion(suspicious) }),
    tool,
    unsteady: unsteady.map(encodePath),
    workspaceHint,
  };
}

export function decodeManifest(fields: Fields, what: string): Manifest {
  return {
    kind: "version",
    ...decodeHead(fields),
    indexes: fields.listOf("indexes", parseIndexId),
    ...(fields.has("note") ? { note: fields.text("note") } : {}),
    packsNew: fields.listOf("packsNew", (json) => decodeNewPack(new Fields(json, what))),
    purpose: fields.oneOf("purpose", PURPOSES),
    retention: fields.json("retention"),
    root: parseChunkId(fields.take("root")),
    stats: decodeStats(fields.object("stats")),
    ...(fields.has("suspicious")
      ? { suspicious: decodeSuspicion(fields.object("suspicious")) }
      : {}),
    tool: fields.text("tool"),
    unsteady: fields.listOf("unsteady", (json) => decodePath(json, what)),
    workspaceHint: fields.text("workspaceHint"),
    ...fields.rest(),
  };
}

const encodeNewPack = ({ other, sha256, size }: NewPack): JsonObject => ({
  ...other,
  sha256,
  size,
});
const encodeStats = ({ other, ...counts }: Stats): JsonObject => ({ ...other, ...counts });
const encodeSuspicion = ({ other, reasons }: Suspicion): JsonObject => ({ ...other, reasons });

/** The one list of paths in which a name stands alone: text, or `{"pathBytes": …}`. */
const encodePath = (path: RelPath): Json => (isUtf8Path(path) ? path : nameField("path", path));

function decodeNewPack(fields: Fields): NewPack {
  const sha256 = parsePackId(fields.take("sha256"));
  return { sha256, size: fields.count("size"), ...fields.rest() };
}

function decodeStats(fields: Fields): Stats {
  return {
    added: fields.count("added"),
    bytes: fields.count("bytes"),
    changed: fields.count("changed"),
    compressionSavedBytes: fields.count("compressionSavedBytes"),
    dedupSavedBytes: fields.count("dedupSavedBytes"),
    durationMs: fields.count("durationMs"),
    files: fields.count("files"),
    newBytes: fields.count("newBytes"),
    removed: fields.count("removed"),
    storedBytes: fields.count("storedBytes"),
    ...fields.rest(),
  };
}

function decodeSuspicion(fields: Fields): Suspicion {
  return { reasons: fields.texts("reasons"), ...fields.rest() };
}

function decodePath(json: Json, what: string): RelPath {
  if (typeof json === "string") return parseRelPath(json);
  const fields = new Fields(json, what);
  const path = parseRelPath(fields.name("path"));
  if (!isUtf8Path(path) && fields.names.length === 1) return path;
  throw fields.refusal('an item of "unsteady" is not a path in its one form');
}
