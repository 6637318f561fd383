/** What a scan finds. */
import type { EngineError } from "../base/errors.ts";
import type { RelPath } from "../base/paths.ts";
import type { FileSignature } from "./signature.ts";

export type Scanned = ScannedFile | ScannedFolder | ScannedLink | ScannedHardLink;

export interface ScannedFile {
  readonly kind: "file";
  readonly path: RelPath;
  readonly mode: number;
  readonly signature: FileSignature;
  /**
   * Identifies the state of `-wal` and `-journal` where they lie beside the file: a database can
   * change without any change to its main file.
   */
  readonly sideFiles?: string;
  /** Takes less room than its size: it has holes. */
  readonly sparse: boolean;
}

export interface ScannedFolder {
  readonly kind: "dir";
  readonly path: RelPath;
  readonly mode: number;
  readonly mtimeNs: bigint;
}

export interface ScannedLink {
  readonly kind: "symlink";
  readonly path: RelPath;
  readonly mode: number;
  readonly mtimeNs: bigint;
  /** Any bytes, odd ones escaped as in base/paths.ts. */
  readonly target: string;
}

export interface ScannedHardLink {
  readonly kind: "hardlink";
  readonly path: RelPath;
  readonly mode: number;
  readonly mtimeNs: bigint;
  /** A file that comes earlier in the same scan. */
  readonly target: RelPath;
}

export interface ScanOptions {
  /** In the syntax of .gitignore; none at all means everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly followMounts: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ScanResult {
  /** Sorted by the bytes of their paths; the parents of each are there. */
  readonly entries: readonly Scanned[];
  /** Neither included nor excluded. A folder that nothing could be included from counts as one. */
  readonly outside: { readonly files: number; readonly examples: readonly RelPath[] };
  /** What should have been taken in and could not be. */
  readonly problems: readonly EngineError[];
  /** Paths that could not be looked at: what lies there, or below them, is unknown, not gone. */
  readonly unknown: readonly RelPath[];
}
