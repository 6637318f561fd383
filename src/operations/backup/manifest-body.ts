/** What a new version says of itself; status and the page read only this, never the trees. */
import type { ChunkId } from "../../base/ids.ts";
import type { Stats } from "../../format/log-entry.ts";
import type { ChunkIndex } from "../../repository/chunk-index.ts";
import type { ManifestBody } from "../../repository/log-writer.ts";
import type { Written, Writer } from "../../repository/writer.ts";
import { countChanges, type Changes } from "../compare.ts";
import type { Gathered } from "./collected.ts";

export interface VersionParts {
  readonly gathered: Gathered;
  readonly changes: Changes;
  readonly writer: Writer;
  readonly written: Written;
  readonly index: ChunkIndex;
  readonly root: ChunkId;
  readonly durationMs: number;
}

/** What the caller decides. */
export type Said = Pick<ManifestBody, "purpose" | "retention" | "tool" | "workspaceHint"> & {
  readonly note: string | undefined;
};

export function manifestBody(parts: VersionParts, { note, ...said }: Said): ManifestBody {
  const { gathered, written, root } = parts;
  return {
    ...said,
    ...(note === undefined ? {} : { note }),
    indexes: written.indexes,
    packsNew: written.packs.map(({ id, size }) => ({ sha256: id, size })),
    root,
    stats: statsOf(parts),
    unsteady: gathered.unsteady,
  };
}

function statsOf({ gathered, changes, writer, written, index, durationMs }: VersionParts): Stats {
  const sizes = gathered.entries.flatMap((entry) => (entry.kind === "file" ? [entry.size] : []));
  const bytes = sum(sizes);
  const { newFileBytes, newBytes } = writer;
  return {
    ...countChanges(changes),
    bytes,
    compressionSavedBytes: Math.max(0, newBytes - sum(written.packs.map(({ size }) => size))),
    dedupSavedBytes: Math.max(0, bytes - newFileBytes),
    durationMs: Math.round(durationMs),
    files: sizes.length,
    newBytes,
    storedBytes: sum([...index.packs].map(({ size }) => size)),
  };
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + each, 0);
