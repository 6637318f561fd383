/**
 * Which version a person means: `latest`, a time, `<device>-<seq>`, a unique start of it, or a bare
 * number of this device. `latest` means this device's line; on a new machine, the newest of any.
 */
import { InputError } from "../base/errors.ts";
import type { DeviceId } from "../base/ids.ts";
import { versionName } from "../base/ids.ts";
import type { KnownVersion } from "../repository/log-book.ts";
import { parseWhen } from "./when.ts";

export interface Choice {
  readonly asked: string;
  /** Whole versions that may be meant, in any order. */
  readonly versions: readonly KnownVersion[];
  /** This device, if it has a log; `--device` overrides. */
  readonly device: DeviceId | undefined;
  readonly nowMs: number;
}

export function chooseVersion(choice: Choice): KnownVersion {
  const { asked, versions, nowMs } = choice;
  if (versions.length === 0) throw new InputError("no-versions", {});
  if (asked === "latest") return found(newestVersion(versions, choice.device), asked);
  const named = versions.filter((version) => isNamed(version, choice));
  const [only] = named;
  if (only && named.length === 1) return only;
  if (named.length > 1) throw new InputError("version-ambiguous", { asked, count: named.length });
  const whenMs = parseWhen(asked, nowMs);
  if (whenMs === undefined) throw new InputError("version-unknown", { asked });
  const earlier = versions.filter(({ entry }) => Date.parse(entry.serverDate) <= whenMs);
  return found(newestVersion(earlier, choice.device), asked);
}

/** What `latest` means; undefined while there is none. */
export function newestVersion(
  versions: readonly KnownVersion[],
  device: DeviceId | undefined,
): KnownVersion | undefined {
  const [first, ...rest] = line({ versions, device });
  return first && rest.reduce((best, each) => (isNewer(each, best) ? each : best), first);
}

/** Checkpoints are not whole, and a safety version is what a restore replaced: `latest` only in need. */
function line({ versions, device }: Pick<Choice, "versions" | "device">): KnownVersion[] {
  const [backups = []] = ["backup", "checkpoint", "safety"]
    .map((purpose) => versions.filter(({ entry }) => entry.purpose === purpose))
    .filter((group) => group.length > 0);
  const own = backups.filter(({ entry }) => entry.device === device);
  return own.length > 0 ? own : backups;
}

function isNamed({ entry }: KnownVersion, { asked, device }: Choice): boolean {
  if (/^\d+$/.test(asked)) {
    return entry.device === (device ?? entry.device) && entry.seq === Number(asked);
  }
  const match = /^([0-9a-f]{1,16})-(\d+)$/.exec(asked);
  if (match === null) return versionName(entry) === asked;
  return entry.device.startsWith(match[1] ?? "") && entry.seq === Number(match[2]);
}

function found(version: KnownVersion | undefined, asked: string): KnownVersion {
  if (version !== undefined) return version;
  throw new InputError("version-unknown", { asked });
}

function isNewer({ entry: a }: KnownVersion, { entry: b }: KnownVersion): boolean {
  if (a.device === b.device) return a.seq > b.seq;
  return a.serverDate > b.serverDate;
}
