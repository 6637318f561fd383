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
import { parseRelPath, type RelPath } from "../base/paths.ts";
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
export interface Stats extends Readonly<Record<(typeof STATS)[number], number>>, Extensible {}

const STATS = [
  "added",
  "bytes",
  "changed",
  "compressionSavedBytes",
  "dedupSavedBytes",
  "durationMs",
  "files",
  "newBytes",
  "removed",
  "storedBytes",
] as const;

export function encodeManifest(manifest: Manifest): JsonObject {
  const { indexes, note, packsNew, purpose, retention, root, stats, suspicious } = manifest;
  const { tool, unsteady, workspaceHint, other } = manifest;
  return {
    ...other,
    ...encodeHead(manifest),
    indexes,
    ...(note === undefined ? {} : { note }),
    packsNew: packsNew.map(encodeExtended),
    purpose,
    retention,
    root,
    stats: encodeExtended(stats),
    ...(suspicious === undefined ? {} : { suspicious: encodeExtended(suspicious) }),
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
    ...(fields.has("suspicious") ? { suspicious: decodeSuspicion(fields.object("suspicious")) } : {}),
    tool: fields.text("tool"),
    unsteady: fields.listOf("unsteady", (json) => decodePath(json, what)),
    workspaceHint: fields.text("workspaceHint"),
    ...fields.rest(),
  };
}
