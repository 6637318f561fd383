/** The packs' own tables of contents, read from their ends: what remains when an index is lost. */
import { IntegrityError } from "../base/errors.ts";
import type { PackId } from "../base/ids.ts";
import type { PackTable } from "../base/pack-table.ts";
import type { RemotePack } from "../crypto/opener.ts";
import { packName, PACKS_PREFIX, parsePackName } from "../format/names.ts";
import type { Listed } from "../store/store.ts";
import type { Context } from "./context.ts";
import type { Keys } from "./keys.ts";

/** Byte 5 of a sealed file says its kind; see docs/format.md. */
const KIND_OFFSET = 5;

/** Tables of all packs that open; one that does not is told to the monitor and passed over. */
export async function* packTables(context: Context, keys: Keys): AsyncGenerator<PackTable> {
  const { store, signal, monitor } = context;
  for await (const listed of store.list({ prefix: PACKS_PREFIX, signal })) {
    const id = parsePackName(listed.name);
    if (id === undefined) continue;
    try {
      yield await tableOfPack(keys, remotePack(context, id, listed));
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      monitor.warn(error);
    }
  }
}

/** The table of one pack, whatever way its bytes come. */
export async function tableOfPack(keys: Keys, pack: RemotePack): Promise<PackTable> {
  const object = packName(pack.id);
  const kind = (await pack.read(KIND_OFFSET, 1))[0];
  if (kind !== 1 && kind !== 2) throw new IntegrityError("object-tampered", { object });
  return keys.opener.openTable(kind, pack, object);
}

function remotePack({ store, signal }: Context, id: PackId, { name, size }: Listed): RemotePack {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = await store.get(name, { offset, length }, { signal });
    if (bytes?.length === length) return bytes;
    throw new IntegrityError("object-missing", { object: name });
  };
  return { id, size, read };
}
