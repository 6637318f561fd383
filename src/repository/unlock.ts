/** From a secret to the repository's key: the remembered slot first, then those in the store. */
import { InputError, IntegrityError, KeyError, type EngineError } from "../base/errors.ts";
import type { RepositoryId } from "../base/ids.ts";
import { describeSlot, openSlot, type SlotSecret } from "../crypto/key-slot.ts";
import type { RepositoryKey } from "../crypto/keys.ts";
import { KEYS_PREFIX, parseSlotName } from "../format/names.ts";
import type { Context } from "./context.ts";
import { holdsVersions } from "./place.ts";

const MAX_SLOTS = 8;
const MAX_SLOT_BYTES = 16 * 1024;

export interface Unlocked {
  readonly key: RepositoryKey;
  readonly slotName: string;
  readonly slot: Buffer;
}

export interface SlotCopy {
  readonly slotName: string;
  readonly slot: Buffer;
}

export async function unlock(
  context: Context,
  secret: SlotSecret,
  remembered: SlotCopy | undefined,
): Promise<Unlocked> {
  let damage: EngineError | undefined;
  for await (const copy of slots(context, remembered)) {
    try {
      const key = await openSlot(copy.slot, secret);
      if (key !== "other-secret") return { key, ...copy };
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      damage ??= error;
    }
  }
  throw damage ?? new KeyError("key-wrong", { place: context.store.place });
}

/** Where `format` is lost, the slots still say which repository this is. */
export async function idOfSlots(context: Context): Promise<RepositoryId> {
  if (await holdsVersions(context)) {
    for await (const { slot } of slots(context, undefined)) return describeSlot(slot).repository;
  }
  throw new InputError("no-repository", { place: context.store.place });
}

async function* slots(
  { store, signal }: Context,
  remembered: SlotCopy | undefined,
): AsyncGenerator<SlotCopy> {
  if (remembered) yield remembered;
  let tried = 0;
  for await (const { name, size } of store.list({ prefix: KEYS_PREFIX, signal })) {
    const slotName = parseSlotName(name);
    if (slotName === undefined || slotName === remembered?.slotName) continue;
    if (size > MAX_SLOT_BYTES || ++tried > MAX_SLOTS) continue;
    const slot = await store.get(name, undefined, { signal });
    if (slot !== undefined) yield { slotName, slot: Buffer.from(slot) };
  }
}
