/**
 * The file list of a version as a tree of chunks (docs/format.md, file list): leaves of entries,
 * nodes of children, cut by a keyed function of the paths, so that one changed file changes one
 * leaf and its ancestors and everything else is already in the repository.
 */
import { IntegrityError } from "../base/errors.ts";
import { toHex } from "../base/bytes.ts";
import { idBytes, type ChunkId } from "../base/ids.ts";
import { comparePaths, pathBytes } from "../base/paths.ts";
import type { Entry } from "../format/entry.ts";
import { cutGroups } from "../format/tree-shape.ts";
import { decodePage, encodePage, type TreeChild, type TreePage } from "../format/tree.ts";
import type { AddTreeChunk } from "./id-lists.ts";
import type { Reader } from "./reader.ts";

const MAX_LEVELS = 16;

/** `entries` in path order; the root's id. */
export function writeTree(
  entries: readonly Entry[],
  treeCut: (bytes: Uint8Array) => number,
  add: AddTreeChunk,
): ChunkId {
  const ends = (path: string): boolean => treeCut(pathBytes(path)) === 0;
  const leaves = cutGroups(entries, ({ path }) => ends(path));
  let level = (leaves.length === 0 ? [[]] : leaves).map((leaf) => writeLeaf(leaf, add));
  while (level.length > 1) {
    level = cutGroups(level, ({ firstPath }) => ends(firstPath)).map((group) =>
      writeNode(group, add),
    );
  }
  const [root] = level;
  if (root === undefined) throw new RangeError("a tree has a root");
  return root.id;
}

function writeLeaf(entries: readonly Entry[], add: AddTreeChunk): TreeChild {
  const sizes = entries.flatMap((entry) => (entry.kind === "file" ? [entry.size] : []));
  return {
    id: add(encodePage({ kind: "leaf", entries })),
    firstPath: entries[0]?.path ?? NO_PATH,
    files: sizes.length,
    bytes: sum(sizes),
  };
}

function writeNode(children: readonly TreeChild[], add: AddTreeChunk): TreeChild {
  return {
    id: add(encodePage({ kind: "node", children })),
    firstPath: children[0]?.firstPath ?? NO_PATH,
    files: sum(children.map(({ files }) => files)),
    bytes: sum(children.map(({ bytes }) => bytes)),
  };
}

/** All entries below `root`, in path order. */
export async function* readTree(reader: Reader, root: ChunkId): AsyncGenerator<Entry> {
  const page = await openPage(reader, root);
  const all = page.kind === "leaf" ? page.entries : readChildren(reader, page, MAX_LEVELS - 1);
  let before: Entry | undefined;
  for await (const entry of all) {
    // Each page is in order by itself; a second entry of one path could hide in the next page.
    if (before && comparePaths(before.path, entry.path) >= 0) {
      throw new IntegrityError("tree-disordered", { object: pageName(root) });
    }
    yield entry;
    before = entry;
  }
}

async function* readChildren(
  reader: Reader,
  { children }: Extract<TreePage, { kind: "node" }>,
  levels: number,
): AsyncGenerator<Entry> {
  for (const { id } of children) {
    const page = await openPage(reader, id);
    // Without these two a hostile tree could be walked for ever.
    const isEndless = levels === 0 || (page.kind === "leaf" && page.entries.length === 0);
    if (isEndless) throw new IntegrityError("tree-endless", { object: pageName(id) });
    if (page.kind === "leaf") yield* page.entries;
    else yield* readChildren(reader, page, levels - 1);
  }
}

const openPage = async (reader: Reader, id: ChunkId): Promise<TreePage> =>
  decodePage(await reader.chunk(2, id), pageName(id));

/** For messages. */
export const pageName = (id: ChunkId): string => `tree page ${toHex(idBytes(id)).slice(0, 12)}`;

/** Only an empty workspace has a leaf without a first path, and that leaf has no parent to name it. */
const NO_PATH = "" as TreeChild["firstPath"];

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + each, 0);
