/**
 * What a run needs to write: this device's key and log, a sealer, and the outbox with whatever an
 * earlier run left in it. The logs are read first, so that nothing is appended to a log that the
 * store has turned back, or that another machine with our key has continued.
 */
import { IntegrityError } from "../base/errors.ts";
import type { DeviceId } from "../base/ids.ts";
import { Sealer } from "../crypto/sealer.ts";
import { DeviceKey } from "../crypto/signature.ts";
import { Outbox } from "../state/outbox.ts";
import { loadDevice, makeDevice } from "./device.ts";
import { LogWriter } from "./log-writer.ts";
import type { Repository } from "./repository.ts";
import { resumeUploads } from "./uploads.ts";

export interface Writing {
  readonly repository: Repository;
  readonly log: LogWriter;
  readonly sealer: Sealer;
  readonly outbox: Outbox;
}

/** The caller holds the run lock. */
export async function openForWriting(
  repository: Repository,
  options: { readonly audit: boolean } = { audit: false },
): Promise<Writing> {
  const { context, keys } = repository;
  const outbox = Outbox.open(context.disk, context.state.outbox, context.clock);
  for (const finding of outbox.findings) context.monitor.warn(finding);
  const device = await syncedDevice(repository, outbox, options);
  const identity = { device: device.device, pid: context.pid, clock: context.clock };
  const sealer = new Sealer(keys.key, identity);
  const log = new LogWriter(repository, { device, sealer, outbox });
  await log.resume();
  await resumeUploads(context, outbox);
  if (repository.book.newest(device.device) === undefined) {
    const { publicKey } = device;
    await log.appendRecord({ type: "register", name: context.deviceName, publicKey });
  }
  return { repository, log, sealer, outbox };
}

/** The store is read before a device is trusted or made. */
async function syncedDevice(
  repository: Repository,
  outbox: Outbox,
  options: { readonly audit: boolean },
): Promise<DeviceKey> {
  const { context, keys, witness } = repository;
  const device = await loadDevice(context, keys);
  const written = device && witness.newest(device.device)?.seq;
  const [finding] = await repository.sync(options);
  if (finding) throw finding;
  if (device === undefined) return makeDevice(context, keys);
  if (repository.book.isRevoked(device.device)) {
    context.monitor.warn(new IntegrityError("device-revoked", { device: device.device }));
    return makeDevice(context, keys);
  }
  if (!continuedElsewhere(repository, outbox, device.device, written ?? 0)) return device;
  context.monitor.warn(new IntegrityError("device-cloned", { device: device.device }));
  return makeDevice(context, keys);
}

/** Entries in our log that this machine neither remembers nor had prepared: a twin wrote them. */
function continuedElsewhere(
  { book }: Repository,
  outbox: Outbox,
  device: DeviceId,
  written: number,
): boolean {
  const prepared = outbox.pendingEntry()?.sha;
  return book.allOf(device).some(({ entry, sha }) => entry.seq > written && sha !== prepared);
}
