/** The version that a backup is compared with, and what it held. */
import type { Entry } from "../format/entry.ts";
import type { Manifest } from "../format/log-entry.ts";
import type { DeviceId } from "../base/ids.ts";
import type { KnownVersion } from "../repository/log-book.ts";
import type { Repository } from "../repository/repository.ts";
import { readTree } from "../repository/tree.ts";

/**
 * A checkpoint is not whole. A safety version goes after days, so an ordinary backup does not
 * count it as its own (Invariant I7), while another safety version may.
 */
export function previousVersion(
  { book }: Repository,
  device: DeviceId,
  purpose: Manifest["purpose"],
): KnownVersion | undefined {
  const counts = purpose === "safety" ? ["backup", "safety"] : ["backup"];
  return book.versions(device).findLast(({ entry }) => counts.includes(entry.purpose));
}

export async function entriesOf(repository: Repository, { entry }: KnownVersion): Promise<Entry[]> {
  return Array.fromAsync(readTree(await repository.reader(), entry.root));
}
