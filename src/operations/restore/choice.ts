/** Which version a restore is of, and whether the store is believed about it. */
import { InputError } from "../../base/errors.ts";
import { versionName, type DeviceId } from "../../base/ids.ts";
import type { KnownVersion } from "../../repository/log-book.ts";
import type { Repository } from "../../repository/repository.ts";
import { chooseVersion } from "../choose-version.ts";
import { ownDevice } from "../own-device.ts";

export interface VersionChoice {
  /** latest, a time, or a version's name; see choose-version.ts. */
  readonly version?: string | undefined;
  readonly device?: DeviceId | undefined;
  /** What a person wrote down of a version: nothing older is accepted. */
  readonly anchor?: string | undefined;
  readonly newerThanMs?: number | undefined;
}

export async function versionToRestore(
  repository: Repository,
  { version: asked = "latest", device, anchor, newerThanMs }: VersionChoice,
): Promise<KnownVersion> {
  const chosen = chooseVersion({
    asked,
    versions: repository.book.versions(device),
    device: device ?? (await ownDevice(repository)),
    nowMs: repository.context.clock.now(),
  });
  if (anchor !== undefined) assertFollows(repository, chosen, anchor);
  if (newerThanMs !== undefined) assertNewer(repository, chosen, newerThanMs);
  return chosen;
}

/** Fails closed: a store may withhold what is new, but it cannot make an old version descend from it. */
function assertFollows({ book, keys }: Repository, { entry }: KnownVersion, anchor: string): void {
  const { device } = entry;
  const line = [
    ...book.log(device).map((known) => ({ device, seq: known.entry.seq, sha: known.sha })),
    ...book.forgotten().filter((gone) => gone.device === device),
  ];
  const wanted = plain(anchor);
  const isMet = line.some((at) => at.seq <= entry.seq && plain(keys.key.anchor(at)) === wanted);
  if (!isMet) throw new InputError("anchor-unmet", { version: versionName(entry), anchor });
}

/** The signed times: the store told one of them, the writer's own clock the other; the older counts. */
function assertNewer({ context }: Repository, { entry }: KnownVersion, newerThanMs: number): void {
  const madeMs = Math.min(Date.parse(entry.serverDate), Date.parse(entry.localDate));
  if (context.clock.now() - madeMs <= newerThanMs) return;
  throw new InputError("version-too-old", { version: versionName(entry), time: entry.serverDate });
}

/** As people copy it: with or without the dashes, in either case. */
const plain = (anchor: string): string => anchor.replace(/[\s-]/g, "").toUpperCase();
