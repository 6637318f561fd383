/**
 * A new repository: a slot, then `format`, which makes it one. A crash in between leaves an orphan
 * slot whose name is noted on this machine first, so that the next attempt removes it.
 */
import { toHex } from "../base/bytes.ts";
import { InputError } from "../base/errors.ts";
import { makeSlot, type SlotSecret } from "../crypto/key-slot.ts";
import { newRepositoryId, RepositoryKey } from "../crypto/keys.ts";
import { makeRepositoryFile } from "../crypto/repository-file.ts";
import { formatName, slotName } from "../format/names.ts";
import { writeStateFile } from "../state/state-file.ts";
import type { Context } from "./context.ts";
import { holdsVersions } from "./place.ts";
import { saveRemembered } from "./remembered.ts";

export async function createRepository(context: Context, secret: SlotSecret): Promise<void> {
  const { store, random, clock, signal } = context;
  await store.prepare({ signal });
  if (await holdsVersions(context)) throw new InputError("format-lost", { place: store.place });
  await removeOrphanSlot(context);
  const key = RepositoryKey.generate(newRepositoryId());
  const name = toHex(random(8));
  const slot = await makeSlot(key, secret, new Date(clock.now()).toISOString());
  noteSlot(context, name);
  await store.put(slotName(name), slot, { signal });
  const format = makeRepositoryFile(key);
  await store.put(formatName, format, { signal });
  await assertOurs(context, name, format);
  saveRemembered(context, {
    repository: key.repository,
    format: Buffer.from(format),
    slotName: name,
    slot: Buffer.from(slot),
    place: store.place,
    createdHere: true,
  });
  forgetSlotNote(context);
}

/** Two `init` at once: the first `format` stays; whoever reads another one back has lost. */
async function assertOurs(context: Context, name: string, format: Uint8Array): Promise<void> {
  const { store, signal } = context;
  const stored = await store.get(formatName, undefined, { signal });
  if (stored && Buffer.from(stored).equals(format)) return;
  await store.delete(slotName(name), { signal });
  forgetSlotNote(context);
  throw new InputError("repository-exists", { place: store.place });
}

/** Invariant I1 allows it: a slot without `format` belongs to no repository. */
async function removeOrphanSlot(context: Context): Promise<void> {
  const { store, disk, state, signal } = context;
  const name = disk.read(state.initNote)?.toString("utf8");
  if (name === undefined) return;
  await store.delete(slotName(name), { signal });
  forgetSlotNote(context);
}

function noteSlot({ disk, state }: Context, name: string): void {
  writeStateFile(disk, state.initNote, Buffer.from(name));
}

/** Also once a repository is open: its slot is no orphan. */
export function forgetSlotNote({ disk, state }: Context): void {
  if (disk.stat(state.initNote) === undefined) return;
  disk.remove(state.initNote);
  disk.syncFolder(state.folder);
}
