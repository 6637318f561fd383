/**
 * Reading every index file of the repository into one ChunkIndex. Files that were read once are
 * kept on this machine, so a usual run asks the store for one LIST and the few new ones.
 */
import { IntegrityError } from "../base/errors.ts";
import { toBase64 } from "../base/bytes.ts";
import type { IndexId } from "../base/ids.ts";
import { sha256 } from "../base/sha256.ts";
import { decodeIndexFile, type IndexFile } from "../format/index-file.ts";
import { INDEX_PREFIX, indexName, parseIndexName } from "../format/names.ts";
import type { ObjectCache } from "../state/object-cache.ts";
import { ChunkIndex } from "./chunk-index.ts";
import type { Context } from "./context.ts";
import type { Keys } from "./keys.ts";

const MAX_LISTINGS = 5;
/** A 64 MiB document, sealed and padded. */
const MAX_INDEX_BYTES = 72 * 1024 * 1024;

export interface IndexSource {
  readonly context: Context;
  readonly keys: Keys;
  readonly cache: ObjectCache;
  /** Whether what was read is kept; only the holder of the run lock may. */
  readonly keeps: boolean;
}

export async function loadIndex(source: IndexSource): Promise<ChunkIndex> {
  for (let listing = 1; ; listing++) {
    const index = await readListed(source, await listIndexes(source.context));
    if (index !== undefined) return index;
    if (listing === MAX_LISTINGS) throw new IntegrityError("index-unsettled", { listing });
  }
}

async function listIndexes({ store, signal, monitor }: Context): Promise<IndexId[]> {
  const ids: IndexId[] = [];
  for await (const { name, size } of store.list({ prefix: INDEX_PREFIX, signal })) {
    const id = parseIndexName(name);
    if (id !== undefined && size <= MAX_INDEX_BYTES) ids.push(id);
    else if (id !== undefined)
      monitor.warn(new IntegrityError("object-tampered", { object: name }));
  }
  return ids;
}

/** undefined: one vanished since it was listed, so a merge has replaced it; list again. */
async function readListed(
  source: IndexSource,
  ids: readonly IndexId[],
): Promise<ChunkIndex | undefined> {
  const index = new ChunkIndex();
  for (const id of ids) {
    const file = await readIndexFile(source, id);
    if (file === "vanished") return undefined;
    for (const pack of file?.packs ?? []) index.addPack(pack);
  }
  return index;
}

/** undefined: damaged and told; the chunks it names are found again through the packs' own tables. */
async function readIndexFile(
  source: IndexSource,
  id: IndexId,
): Promise<IndexFile | "vanished" | undefined> {
  const { context, keys, cache, keeps } = source;
  const name = indexName(id);
  const cached = cache.get(name);
  const bytes = cached ?? (await context.store.get(name, undefined, { signal: context.signal }));
  if (bytes === undefined) return "vanished";
  try {
    if (toBase64(sha256(bytes)) !== id)
      throw new IntegrityError("object-tampered", { object: name });
    const file = decodeIndexFile(keys.opener.openDocument(3, bytes, name), name);
    if (cached === undefined && keeps) cache.put(name, bytes);
    return file;
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    if (cached !== undefined) {
      cache.remove(name);
      return readIndexFile(source, id);
    }
    context.monitor.warn(error);
    return undefined;
  }
}
