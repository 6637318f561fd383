/**
 * One run at a time for one workspace.
 *
 * A run publishes an empty file whose name says who it is, then looks who else is published, and
 * withdraws when anybody is alive. Of two that start together, at least one sees the other, so two
 * never hold the lock at once. Every name belongs to one process for ever: what a dead one left can
 * be removed by anybody without hitting a live one, and with nothing inside, nothing can be torn.
 */
import { join } from "node:path";
import type { Disk } from "../base/disk.ts";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { BusyError } from "../base/errors.ts";

export interface RunHolder {
  readonly pid: number;
  readonly host: string;
  /** The verb, for people. */
  readonly what: string;
  readonly startedAtMs: number;
  /** Tells processes with the same number apart (src/state/live-process.ts); empty if unknown. */
  readonly processStart: string;
}

export interface RunLock {
  release(): void;
}

export type IsAlive = (pid: number, processStart: string) => boolean;

/** Whether a process on another machine lives is not ours to ask: after a day it is taken for dead. */
const FOREIGN_MS = 24 * 3600 * 1000;
/** How often the earlier of two runs that start together looks whether the later one has withdrawn. */
const LOOKS = 100;

/** `folder` is the lock's own. Throws BusyError "run-busy". */
export function acquireRunLock(
  disk: Disk,
  folder: string,
  holder: RunHolder,
  isAlive: IsAlive,
): RunLock {
  makeFolderDurably(disk, folder);
  const own = join(folder, nameOf(holder));
  // Two runs of one process that begin in the same instant would share a name.
  if (disk.stat(own) !== undefined) throw busy(holder);
  disk.create(own, 0o600).close();
  try {
    withdrawForOthers(() => others(disk, folder, { holder, isAlive }), holder);
  } catch (error) {
    disk.remove(own);
    throw error;
  }
  return {
    release: () => {
      disk.remove(own);
    },
  };
}

function withdrawForOthers(look: () => RunHolder[], holder: RunHolder): void {
  for (let looks = 1; ; looks++) {
    const [other] = look();
    if (other === undefined) return;
    const isEarlier = nameOf(holder) < nameOf(other);
    if (!isEarlier || looks === LOOKS) throw busy(other);
  }
}

/** Who else is published and alive, the earliest first. What the dead left behind is removed. */
function others(
  disk: Disk,
  folder: string,
  { holder, isAlive }: { holder: RunHolder; isAlive: IsAlive },
): RunHolder[] {
  const own = nameOf(holder);
  return disk.list(folder).flatMap((name) => {
    const other = parseName(name);
    if (other === undefined || name === own) return [];
    if (!isStale(other, holder, isAlive)) return [other];
    disk.remove(join(folder, name));
    return [];
  });
}

function isStale(other: RunHolder, holder: RunHolder, isAlive: IsAlive): boolean {
  if (other.host === plain(holder.host)) return !isAlive(other.pid, other.processStart);
  return holder.startedAtMs - other.startedAtMs > FOREIGN_MS;
}

/** Sorts by time. */
function nameOf({ startedAtMs, pid, processStart, host, what }: RunHolder): string {
  const time = String(Math.floor(startedAtMs)).padStart(15, "0");
  return [time, String(pid), plain(processStart), plain(host), plain(what)].join(",");
}

function parseName(name: string): RunHolder | undefined {
  const [time = "", pid = "", processStart, host, what, ...rest] = name.split(",");
  const counted = /^\d{15}$/.test(time) && /^[1-9]\d{0,9}$/.test(pid) && rest.length === 0;
  if (!counted || processStart === undefined || host === undefined || what === undefined) {
    return undefined;
  }
  return { startedAtMs: Number(time), pid: Number(pid), processStart, host, what };
}

/** What every filesystem takes in a name. */
function plain(text: string): string {
  return text.replace(/[^0-9A-Za-z.-]/g, "_").slice(0, 64);
}

function busy({ what, pid, host, startedAtMs }: RunHolder): BusyError {
  const since = new Date(startedAtMs).toISOString();
  return new BusyError("run-busy", { what, pid: String(pid), host, since });
}
