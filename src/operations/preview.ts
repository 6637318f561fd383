/** `now --dry-run`: what a backup would find, from times and sizes alone. Nothing is read or written. */
import { parseContentSha } from "../base/ids.ts";
import type { RelPath } from "../base/paths.ts";
import { scan, type Scanned, type ScanResult } from "../files/scan.ts";
import type { Entry } from "../format/entry.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { compareEntries, countChanges, pathsOf, type Changes } from "./compare.ts";
import { plainEntry } from "./backup/gather.ts";
import { KnownFiles } from "./backup/known-files.ts";
import { openToRead } from "./open-repository.ts";
import { ownDevice } from "./own-device.ts";
import { previousVersion } from "./previous.ts";
import type { Session } from "./session.ts";

export interface Preview {
  readonly files: Record<"total" | "added" | "changed" | "removed", number>;
  readonly bytes: { readonly scanned: number };
  readonly changes: Record<keyof Changes, readonly RelPath[]>;
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
    files: { total: sizes.length, ...countChanges(changes) },
    bytes: { scanned: sizes.reduce((total, size) => total + size, 0) },
    changes: pathsOf(changes),
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

/** Of no content. */
const NO_SHA = parseContentSha(Buffer.alloc(32).toString("base64"));

/** A file that would have to be read is stood in for by one that equals no other. */
function entriesFrom(scanned: readonly Scanned[], known: KnownFiles | undefined): Entry[] {
  return scanned.map((found): Entry => {
    if (found.kind !== "file") return plainEntry(found);
    return known?.find(found)?.entry ?? standIn(found);
  });
}

function standIn({ path, mode, signature }: Extract<Scanned, { kind: "file" }>): Entry {
  const { size, mtimeNs } = signature;
  const content = { chunks: [] };
  const base = { path, mode, mtime: String(mtimeNs), size, content } as const;
  return { kind: "file", ...base, sha256: NO_SHA, rule: "small", flags: [] };
}
