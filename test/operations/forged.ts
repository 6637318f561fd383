/** Versions that this program would not write, from entries made by hand; sealed and signed all the same. */
import { toBase64 } from "../../src/base/bytes.ts";
import { parseContentSha, type ChunkId, type VersionId } from "../../src/base/ids.ts";
import type { RelPath } from "../../src/base/paths.ts";
import { sha256 } from "../../src/base/sha256.ts";
import type { Entry, FileEntry } from "../../src/format/entry.ts";
import { encodePage, type TreeChild } from "../../src/format/tree.ts";
import { openOrCreate } from "../../src/operations/open-repository.ts";
import { withRunLock } from "../../src/operations/run-lock.ts";
import type { Session } from "../../src/operations/session.ts";
import { commitVersion } from "../../src/repository/commit-version.ts";
import { Writer } from "../../src/repository/writer.ts";
import { openForWriting } from "../../src/repository/writing.ts";

/** Stores one chunk of a file. */
export type AddContent = (text: string) => ChunkId;

/** `pages` of entries become leaves as they are, each in order but not one after the other. */
export async function forgeVersion(
  session: Session,
  pages: (add: AddContent) => readonly (readonly Entry[])[],
): Promise<VersionId> {
  return withRunLock(session, "test", async () => {
    const writing = await openForWriting(await openOrCreate(session));
    const { repository, sealer, outbox } = writing;
    const { context, keys } = repository;
    const index = await repository.index();
    const parts = { context, keys, sealer, outbox, index };
    const writer = new Writer(parts, { compressionLevel: 3, padFloorBytes: 4096 });
    const leaves = pages((text) => writer.add(1, Buffer.from(text))).map((entries): TreeChild => {
      const id = writer.add(2, encodePage({ kind: "leaf", entries }));
      return { id, firstPath: entries[0]!.path, files: 0, bytes: 0 };
    });
    const root =
      leaves.length === 1
        ? leaves[0]!.id
        : writer.add(2, encodePage({ kind: "node", children: leaves }));
    const version = await commitVersion(writing, writer, (written) => ({
      indexes: written.indexes,
      packsNew: written.packs.map(({ id, size }) => ({ sha256: id, size })),
      purpose: "backup",
      retention: {},
      root,
      stats: NO_STATS,
      tool: "a forger",
      unsteady: [],
      workspaceHint: "forged",
    }));
    if (version === "again") throw new Error("nobody else writes here");
    return { device: version.entry.device, seq: version.entry.seq };
  });
}

export function file(path: string, text: string, add: AddContent): FileEntry {
  return {
    kind: "file",
    path: path as RelPath,
    mtime: "1000000000000000000",
    mode: 0o600,
    size: Buffer.byteLength(text),
    sha256: parseContentSha(toBase64(sha256(Buffer.from(text)))),
    rule: "small",
    content: { chunks: [add(text)] },
    flags: [],
  };
}

export const folder = (path: string): Entry => ({
  kind: "dir",
  path: path as RelPath,
  mtime: "1000000000000000000",
  mode: 0o700,
});

export const link = (path: string, target: string): Entry => ({
  kind: "symlink",
  path: path as RelPath,
  mtime: "1000000000000000000",
  target,
});

export const hardlink = (path: string, target: string): Entry => ({
  kind: "hardlink",
  path: path as RelPath,
  mtime: "1000000000000000000",
  target: target as RelPath,
});

const NO_STATS = {
  added: 0,
  bytes: 0,
  changed: 0,
  compressionSavedBytes: 0,
  dedupSavedBytes: 0,
  durationMs: 0,
  files: 0,
  newBytes: 0,
  removed: 0,
  storedBytes: 0,
};
