/** `init`: makes a repository, or connects to one that is there and that the key opens. */
import { InputError } from "../base/errors.ts";
import type { RepositoryId } from "../base/ids.ts";
import type { SlotSecret } from "../crypto/key-slot.ts";
import { createRepository } from "../repository/create.ts";
import { forgetRepository } from "../repository/forget.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { Repository } from "../repository/repository.ts";
import { openForWriting } from "../repository/writing.ts";
import { formatAt, isHeld } from "./open-repository.ts";
import { withRunLock } from "./run-lock.ts";
import type { Session } from "./session.ts";
import { workspaceHint } from "./workspace-hint.ts";

export interface InitResult {
  /** false: there was one already, and this machine is now connected to it. */
  readonly created: boolean;
  readonly repository: RepositoryId;
  readonly fingerprint: string;
  readonly place: string;
}

export async function initialise(
  session: Session,
  { secret }: { readonly secret: SlotSecret },
): Promise<InitResult> {
  const { context } = session;
  context.state.ensure();
  return withRunLock(session, "init", async () => {
    const format = await formatAt(session);
    const known = loadRemembered(context);
    const { place } = context.store;
    // A disk that is not mounted must not cost this machine what it knows.
    if (format === undefined && known?.place === place) {
      throw new InputError("repository-gone", { place });
    }
    const isOther = known !== undefined && !(format && known.format.equals(format));
    const created = format === undefined && !(await isHeld(session));
    if (isOther) forgetRepository(context);
    if (created) await createRepository(context, secret);
    const repository = await Repository.open(context, async () => secret, "writer");
    if (!created) await assertSameWorkspace(session, repository);
    await openForWriting(repository);
    const { key } = repository.keys;
    return { created, repository: key.repository, fingerprint: key.fingerprint(), place };
  });
}

/** One repository holds one workspace: two in one prefix would each see the other's files as gone. */
async function assertSameWorkspace(session: Session, repository: Repository): Promise<void> {
  await repository.sync();
  const hints = new Set(repository.book.versions().map(({ entry }) => entry.workspaceHint));
  const own = workspaceHint(session);
  const [other] = hints;
  if (other === undefined || hints.has(own)) return;
  throw new InputError("workspace-differs", { place: session.context.store.place, other, own });
}
