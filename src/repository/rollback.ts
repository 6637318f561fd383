/**
 * Whether the store shows less than it did. Two memories say so: this machine's witness, and what
 * every device signed that it had seen of the others. A version that a forget record names, and a
 * number that its own writer gave up, are not missing.
 */
import { IntegrityError } from "../base/errors.ts";
import type { DeviceId } from "../base/ids.ts";
import type { SeenEntry } from "../format/log-entry.ts";
import type { Witness } from "../state/witness.ts";
import type { KnownEntry, LogBook } from "./log-book.ts";

export interface SeenElsewhere {
  readonly device: DeviceId;
  readonly seq: number;
  readonly by: DeviceId;
}

/** What some device has seen of another and we cannot find. */
export function unseen(book: LogBook): SeenElsewhere[] {
  return book.devices.flatMap((by) => {
    const seen = Object.entries(book.newest(by)?.entry.seen ?? {}) as [DeviceId, SeenEntry][];
    return seen
      .filter(([device, entry]) => !isExplained(book, device, entry))
      .map(([device, { seq }]) => ({ device, seq, by }));
  });
}

export function behindWitness(book: LogBook, witness: Witness): IntegrityError[] {
  return witness.devices.flatMap((device) => {
    const newest = witness.newest(device);
    if (newest === undefined || isExplained(book, device, newest)) return [];
    const { seq } = newest;
    return [new IntegrityError("rollback-suspected", { device, seq, witness: "this machine" })];
  });
}

export function rollback({ entry }: KnownEntry): IntegrityError {
  const { device, seq } = entry;
  return new IntegrityError("rollback-suspected", { device, seq, witness: "this machine" });
}

export function withheld({ device, seq, by }: SeenElsewhere): IntegrityError {
  return new IntegrityError("rollback-suspected", { device, seq, witness: `device ${by}` });
}

function isExplained(book: LogBook, device: DeviceId, { seq, sha }: SeenEntry): boolean {
  if (book.at({ device, seq })?.sha === sha || book.isSkipped({ device, seq })) return true;
  return book.forgotten().some((gone) => gone.device === device && gone.sha === sha);
}
