/** Sends what waits in the outbox. Bytes are never sealed again: what was spooled is what is sent. */
import { EngineError, IntegrityError } from "../base/errors.ts";
import type { PackId } from "../base/ids.ts";
import { spooledFrom } from "../crypto/spooled.ts";
import { packName } from "../format/names.ts";
import type { Outbox } from "../state/outbox.ts";
import type { Context } from "./context.ts";

export async function uploadWaiting(context: Context, outbox: Outbox): Promise<void> {
  for (const { table, state } of outbox.pendingPacks()) {
    if (state === "ready") await uploadPack(context, outbox, table.id);
  }
}

/** Invariant I8: `uploaded` is journaled only after the store has acknowledged the whole pack. */
async function uploadPack(context: Context, outbox: Outbox, id: PackId): Promise<void> {
  const { store, signal, monitor } = context;
  const body = spooledFrom(outbox.packBody(id), id);
  await store.put(packName(id), body, {
    signal,
    onProgress: (done) => {
      monitor.progress({ step: "upload", bytes: { done, total: body.size } });
    },
  });
  outbox.uploaded(id);
}

/** What an earlier run left: sent now, or given up where this machine lost or the store forgot it. */
export async function resumeUploads(context: Context, outbox: Outbox): Promise<void> {
  for (const { table, state, readyAtMs } of outbox.pendingPacks()) {
    const usable =
      state === "ready"
        ? await sendsAgain(context, outbox, table.id)
        : await stillThere(context, table.id, readyAtMs);
    if (!usable) outbox.settle([table.id]);
  }
}

async function sendsAgain(context: Context, outbox: Outbox, id: PackId): Promise<boolean> {
  try {
    await uploadPack(context, outbox, id);
    return true;
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    context.monitor.warn(error satisfies EngineError);
    return false;
  }
}

const TRUSTED_JOURNAL_MS = 24 * 60 * 60 * 1000;

/** A pack that no index names may be collected after days; younger ones need no request. */
async function stillThere(context: Context, id: PackId, readyAtMs: number): Promise<boolean> {
  if (context.clock.now() - readyAtMs < TRUSTED_JOURNAL_MS) return true;
  return (await context.store.size(packName(id), { signal: context.signal })) !== undefined;
}
