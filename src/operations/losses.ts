/**
 * What the store has lost and this machine still has. Once a day, or when `check` has found damage,
 * a backup compares the packs with the index; what is gone is condemned, so that the files of the
 * workspace whose chunks it held are read and uploaded again. Chunks are named by their content, so
 * that heals the versions before as well.
 */
import { decodeJson, encodeJson } from "../base/canonical-json.ts";
import { EngineError } from "../base/errors.ts";
import { parsePackId, type PackId } from "../base/ids.ts";
import { Fields, isList } from "../format/shape.ts";
import { condemnAbsent } from "../repository/absent-packs.ts";
import type { Context } from "../repository/context.ts";
import type { Repository } from "../repository/repository.ts";
import { writeStateFile } from "../state/state-file.ts";

const AUDIT_MS = 24 * 60 * 60 * 1000;

interface AuditNote {
  readonly atMs: number;
  /** Packs that earlier looks found gone or damaged: no backup relies on them ever again. */
  readonly lost: readonly PackId[];
  /** Packs whose content does not verify, as a check found. */
  readonly damaged: readonly PackId[];
}

const NEVER: AuditNote = { atMs: 0, lost: [], damaged: [] };

/** Whether anything was lost since the last look; `force` looks also when none is due. */
export async function findLosses(
  repository: Repository,
  { force }: { readonly force: boolean },
): Promise<boolean> {
  const { context } = repository;
  const note = loadNote(context);
  if (!force && !isDue(context, note) && note.damaged.length === 0) return false;
  const index = await repository.index();
  await condemnKnownLosses(repository);
  const damaged = note.damaged.filter((pack) => index.hasPack(pack) && !index.isCondemned(pack));
  for (const pack of damaged) index.condemn(pack);
  const isLossy = (await condemnAbsent(context, index)) + damaged.length > 0;
  if (!isLossy) await noteAudit(repository);
  return isLossy;
}

/** Once a day the logs, too, are listed from their beginnings. */
export const isAuditDue = (context: Context): boolean => isDue(context, loadNote(context));

const isDue = ({ clock }: Context, { atMs }: AuditNote): boolean =>
  Math.abs(clock.now() - atMs) >= AUDIT_MS;

/** All is there that should be: nothing was lost, or what was is uploaded again. */
export async function noteAudit(repository: Repository): Promise<void> {
  const { context } = repository;
  const index = await repository.index();
  const lost = [...index.packs].map(({ id }) => id).filter((pack) => index.isCondemned(pack));
  saveNote(context, { atMs: context.clock.now(), lost, damaged: [] });
}

/** Before an index is relied on: index files go on naming what is long gone. */
export async function condemnKnownLosses(repository: Repository): Promise<void> {
  const index = await repository.index();
  for (const pack of loadNote(repository.context).lost) index.condemn(pack);
}

/** For the next backup; `atMs` 0 makes it look in any case. */
export function noteDamage(context: Context, damaged: readonly PackId[]): void {
  saveNote(context, { ...loadNote(context), atMs: 0, damaged });
}

function loadNote({ disk, state }: Context): AuditNote {
  const bytes = disk.read(state.auditNote);
  if (bytes === undefined) return NEVER;
  try {
    const fields = new Fields(decodeJson(bytes, "audit.json"), "audit.json");
    const packs = (name: string): PackId[] => {
      const list = fields.take(name);
      return isList(list) ? list.map(parsePackId) : [];
    };
    return { atMs: fields.count("atMs"), lost: packs("lost"), damaged: packs("damaged") };
  } catch (error) {
    if (error instanceof EngineError) return NEVER;
    throw error;
  }
}

function saveNote({ disk, state }: Context, note: AuditNote): void {
  writeStateFile(disk, state.auditNote, encodeJson({ ...note }));
}
