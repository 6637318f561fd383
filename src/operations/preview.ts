/** `now --dry-run`: what a backup would find, from times and sizes alone. Nothing is read or written. */
import { scan, type Scanned, type ScanResult } from "../files/scan.ts";
import type { Entry } from "../format/entry.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { compareEntries, type Changes } from "./compare.ts";
import { plainEntry } from "./backup/gather.ts";
import { KnownFiles } from "./backup/known-files.ts";
import { openToRead } from "./open-repository.ts";
import { ownDevice } from "./own-device.ts";
import { previousVersion } from "./previous.ts";
import type { Session } from "./session.ts";

export interface Preview {
  readonly files: Record<"total" | "added" | "changed" | "removed", number>;
  readonly bytes: { readonly scanned: number };
  readonly changes: Changes;
  readonly outside: ScanResult["outside"];
}

export async function previewBackup(session: Session): Promise<Preview> {
  const { context, workspace, settings } = session;
  const scanned = scan(workspace, { ...settings, signal: context.signal });
  for (const problem of scanned.problems) context.monitor.warn(problem);
  const known = await knownFiles(session);
  const before = (await known?.entries()) ?? [];
  const changes = compareEntries(before, entriesFrom(scanned.entries, known));
  const sizes = scanned.entries.flatMap((found) =>
    found.kind === "file" ? [found.signature.size] : [],
  );
  return {
    files: {
      total: sizes.length,
      added: changes.added.length,
      changed: changes.changed.length,
      removed: changes.removed.length,
    },
    bytes: { scanned: sizes.reduce((total, size) => total + size, 0) },
    changes,
    outside: scanned.outside,
  };
}

/** undefined: there is no version to compare with. */
async function knownFiles(session: Session): Promise<KnownFiles | undefined> {
  if (session.makeKey !== undefined && loadRemembered(session.context) === undefined)
    return undefined;
  const repository = await openToRead(session);
  const [finding] = await repository.sync();
  if (finding) throw finding;
  const device = await ownDevice(repository);
  const previous = device && previousVersion(repository, device, "backup");
  return previous && KnownFiles.load(repository, previous);
}

/** A file that would have to be read is stood in for by something that equals no file. */
function entriesFrom(scanned: readonly Scanned[], known: KnownFiles | undefined): Entry[] {
  return scanned.map((found): Entry => {
    if (found.kind !== "file") return plainEntry(found);
    const { path, mode, signature } = found;
    const standIn: Entry = { kind: "dir", path, mode, mtime: String(signature.mtimeNs) };
    return known?.find(found)?.entry ?? standIn;
  });
}
