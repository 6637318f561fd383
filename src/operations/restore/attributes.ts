/** Mode and time: what a restore sets them to, and whether they are that already. */
import type { DiskStat } from "../../base/disk.ts";
import { isSameTime, type Attributes } from "../../files/restore-target.ts";
import type { Entry } from "../../format/entry.ts";

/** A version that was made where files have no modes gives nothing away to other users. */
const DEFAULT_FILE_MODE = 0o600;
const DEFAULT_FOLDER_MODE = 0o700;
const SETUID_AND_SETGID = 0o6000;
/** The end of the year 9999, and as far back: systems refuse a time that they cannot count. */
const LAST_TIME_NS = 253_402_300_799_000_000_000n;

type Stat = Pick<DiskStat, "mode" | "mtimeNs">;

export function attributesOf({ kind, mode, mtime }: Entry): Attributes {
  const byDefault = kind === "dir" ? DEFAULT_FOLDER_MODE : DEFAULT_FILE_MODE;
  const wanted = mode ?? byDefault;
  return { mode: kind === "dir" ? wanted : harmless(wanted), mtimeNs: settable(BigInt(mtime)) };
}

/**
 * A folder's time alone is no difference, as it is none to a backup: it changes with every name that
 * comes or goes in the folder, so a restore changes it merely by putting a file there.
 */
export function hasAttributes(stat: Stat, entry: Entry): boolean {
  const { mode, mtimeNs } = attributesOf(entry);
  return stat.mode === mode && (entry.kind === "dir" || isSameTime(stat.mtimeNs, mtimeNs));
}

/**
 * Whether setting them loses nothing that `saved` does not hold. Each by itself: an interrupted
 * attempt may have set the mode and not yet the time, and that is no new state to be saved.
 */
export function holdsAttributes(saved: Entry, stat: Stat, wanted: Entry): boolean {
  const { mode, mtimeNs } = attributesOf(wanted);
  const hasMode = stat.mode === saved.mode || stat.mode === mode;
  const hasTime = [BigInt(saved.mtime), mtimeNs].some((time) => isSameTime(stat.mtimeNs, time));
  return hasMode && (saved.kind === "dir" || hasTime);
}

/** Owners are not kept, so a file that root restores would act for root. */
function harmless(mode: number): number {
  return process.getuid?.() === 0 ? mode & ~SETUID_AND_SETGID : mode;
}

function settable(timeNs: bigint): bigint {
  if (timeNs > LAST_TIME_NS) return LAST_TIME_NS;
  return timeNs < -LAST_TIME_NS ? -LAST_TIME_NS : timeNs;
}
