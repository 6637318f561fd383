/**
 * The last steps of a backup, in the only safe order (Invariant I2): packs, index, the check, entry.
 *
 * The check: after the index is up the logs are listed again. A pack that a mark or sweep names by
 * then may be deleted; what relied on it must be uploaded again. From the start of that listing to
 * the acknowledgement at most `CHECK_HOLDS_MS` may pass, or everything is looked at once more.
 */
import { packName } from "../format/names.ts";
import type { KnownVersion } from "./log-book.ts";
import { CHECK_HOLDS_MS, type ManifestBody } from "./log-writer.ts";
import type { Writer, Written } from "./writer.ts";
import type { Writing } from "./writing.ts";

/** "again": something the version relies on was condemned meanwhile; build it anew. */
export async function commitVersion(
  writing: Writing,
  writer: Writer,
  body: (written: Written) => ManifestBody,
): Promise<KnownVersion | "again"> {
  const written = await writer.finish();
  const elapsed = stopwatch(writing);
  if (!(await nothingCondemned(writing, writer))) return "again";
  const entry = await writing.log.appendVersion(body(written));
  if (elapsed() > CHECK_HOLDS_MS && !(await allPresent(writing, writer))) return "again";
  writing.outbox.settle(written.packs.map(({ id }) => id));
  return entry;
}

async function nothingCondemned({ repository, outbox }: Writing, writer: Writer): Promise<boolean> {
  const [finding] = await repository.sync();
  if (finding) throw finding;
  const index = await repository.index();
  for (const pack of repository.book.condemnedPacks()) index.condemn(pack);
  const condemned = [...writer.reliedOn].filter((pack) => index.isCondemned(pack));
  outbox.settle(condemned);
  return condemned.length === 0;
}

/** Too late to trust the check: look at every pack itself, and at the records once more. */
async function allPresent(writing: Writing, writer: Writer): Promise<boolean> {
  const { store, signal } = writing.repository.context;
  const index = await writing.repository.index();
  const absent = [];
  for (const pack of writer.reliedOn) {
    if ((await store.size(packName(pack), { signal })) === undefined) absent.push(pack);
  }
  for (const pack of absent) index.condemn(pack);
  writing.outbox.settle(absent);
  return (await nothingCondemned(writing, writer)) && absent.length === 0;
}

/** Whatever of the clocks says that more time has passed: a laptop may have slept. */
function stopwatch({ repository }: Writing): () => number {
  const { clock } = repository.context;
  const wall = clock.now();
  const monotonic = clock.monotonic();
  return () => Math.max(clock.now() - wall, clock.monotonic() - monotonic);
}
