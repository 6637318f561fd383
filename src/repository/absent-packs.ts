/** Packs that the index names and a listing does not show whole: nothing may rely on them any more. */
import { parsePackName, PACKS_PREFIX } from "../format/names.ts";
import type { ChunkIndex } from "./chunk-index.ts";
import type { Context } from "./context.ts";

/** Resolves to how many were condemned now. */
export async function condemnAbsent(
  { store, signal }: Context,
  index: ChunkIndex,
): Promise<number> {
  const sizes = new Map<string, number>();
  for await (const { name, size } of store.list({ prefix: PACKS_PREFIX, signal })) {
    const id = parsePackName(name);
    if (id !== undefined) sizes.set(id, size);
  }
  const absent = [...index.packs].filter(
    ({ id, size }) => sizes.get(id) !== size && !index.isCondemned(id),
  );
  for (const { id } of absent) index.condemn(id);
  return absent.length;
}
