/**
 * The repository of a session. Without any configuration the first `now` makes an embedded one;
 * never where this machine remembers that there was one: an empty place then means a loss.
 */
import { EngineError } from "../base/errors.ts";
import { formatName } from "../format/names.ts";
import { createRepository } from "../repository/create.ts";
import { holdsVersions } from "../repository/place.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { Repository } from "../repository/repository.ts";
import type { Session } from "./session.ts";

/** To look, also while another run writes. */
export async function openToRead({ context, secretFor }: Session): Promise<Repository> {
  return Repository.open(context, secretFor, "reader");
}

export async function openOrCreate(session: Session): Promise<Repository> {
  const { context, makeKey } = session;
  context.state.ensure();
  if (makeKey !== undefined && (await isNew(session))) {
    await createRepository(context, await makeKey());
  }
  return Repository.open(context, session.secretFor, "writer");
}

/** Nothing remembered here and nothing there. */
async function isNew(session: Session): Promise<boolean> {
  const { disk, state } = session.context;
  if (loadRemembered(session.context) !== undefined) return false;
  if (disk.stat(state.witness) !== undefined) return false;
  return (await formatAt(session)) === undefined && !(await isHeld(session));
}

/** The object that makes a place a repository; the place itself may not be there yet. */
export async function formatAt({ context }: Session): Promise<Uint8Array | undefined> {
  const { store, signal } = context;
  return store.get(formatName, undefined, { signal }).catch(absentPlace);
}

/** Versions without `format`: a loss, and no new place. */
export async function isHeld({ context }: Session): Promise<boolean> {
  return (await holdsVersions(context).catch(absentPlace)) === true;
}

function absentPlace(error: unknown): undefined {
  if (error instanceof EngineError && error.code === "folder-missing") return undefined;
  throw error;
}
