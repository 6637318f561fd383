/**
 * Chunk ids of a large file, kept out of the file list: up to 64 ids stand in the entry itself,
 * more go into lists that are chunks of their own, so that a grown file re-sends only the last list.
 */
import { idBytes, type ChunkId } from "../base/ids.ts";
import type { FileContent } from "../format/entry.ts";
import { MAX_IDS_IN_ENTRY } from "../format/limits.ts";
import { decodeIdList, encodeIdList } from "../format/tree.ts";
import { cutGroups } from "../format/tree-shape.ts";
import type { Reader } from "./reader.ts";

/** Stores one chunk of the file list and names it. */
export type AddTreeChunk = (plaintext: Uint8Array) => ChunkId;

export function writeIds(
  ids: readonly ChunkId[],
  treeCut: (bytes: Uint8Array) => number,
  add: AddTreeChunk,
): FileContent {
  if (ids.length <= MAX_IDS_IN_ENTRY) return { chunks: ids };
  const writeLists = (items: readonly ChunkId[]): ChunkId[] =>
    cutGroups(items, (id) => treeCut(idBytes(id)) === 0).map((group) => add(encodeIdList(group)));
  const lists = writeLists(ids);
  if (lists.length <= MAX_IDS_IN_ENTRY) return { chunkLists: lists };
  return { chunkListLists: writeLists(lists) };
}

/** The lists that an entry itself names. */
export function listsOf(content: FileContent): readonly ChunkId[] {
  if ("chunks" in content) return [];
  return "chunkLists" in content ? content.chunkLists : content.chunkListLists;
}

export async function readIds(content: FileContent, reader: Reader): Promise<ChunkId[]> {
  if ("chunks" in content) return [...content.chunks];
  if ("chunkLists" in content) return readLists(content.chunkLists, reader);
  return readLists(await readLists(content.chunkListLists, reader), reader);
}

async function readLists(lists: readonly ChunkId[], reader: Reader): Promise<ChunkId[]> {
  const ids: ChunkId[] = [];
  for (const list of lists) ids.push(...decodeIdList(await reader.chunk(2, list), `list ${list}`));
  return ids;
}
