/**
 * A workspace gets to know a repository that is already there, or one that is to be made: the place
 * goes into the configuration, the key to where this machine keeps keys.
 */
import { resolve } from "node:path";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { InputError, KeyError } from "../base/errors.ts";
import { say } from "../base/messages/index.ts";
import { shown } from "../base/paths.ts";
import { setKey } from "../config/edit.ts";
import type { LoadedConfig } from "../config/load.ts";
import { isFolder, readSmallFile } from "../config/small-file.ts";
import { absolutePath } from "../config/values.ts";
import { formatName } from "../format/names.ts";
import { realDisk } from "../files/real-disk.ts";
import { keyInfo } from "../operations/keys.ts";
import { parseKit, type RecoveryKit } from "../operations/recovery-kit.ts";
import type { Session } from "../operations/session.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { FolderStore } from "../store/folder.ts";
import { configPath, readConfig, writeConfig } from "./config-file.ts";
import type { Invocation } from "./invocation.ts";
import { stateOf, type OpenedSession } from "./open-session.ts";
import { realClock } from "./real-world.ts";
import { TrustNote } from "./trust-note.ts";

export interface Connected {
  readonly opened: OpenedSession;
  /** Where it was written anew. */
  readonly configFile: string | undefined;
}

export interface Place {
  readonly workspace?: string | undefined;
  /** The folder of the repository; where it is left out, what is configured or usual. */
  readonly path?: string | undefined;
}

/** A person's yes is needed where another place was in use before. */
export async function connect(invocation: Invocation, asked: Place): Promise<Connected> {
  const before = invocation.open(asked.workspace);
  const { loaded, session, trust } = before;
  const { place } = session.context.store;
  const folder = asked.path === undefined ? place : absoluteFolder(asked.path, loaded);
  await assertHoldsTheSame(before, folder);
  if (folder === place) return { opened: before, configFile: undefined };
  assertNotConfigured(loaded);
  if (trust.isRemembered) await confirmMove(invocation, folder);
  const source = readConfig(loaded);
  const text = setKey(source, "provider", "local");
  writeConfig(source, setKey({ ...source, text }, "path", folder));
  if (trust.isRemembered) confirmationOf(invocation.load(asked.workspace)).remember();
  return { opened: invocation.open(asked.workspace), configFile: source.file };
}

/** Opens what the kit names, and is sure that it is the kit's own repository. */
export async function connectByKit(
  file: string,
  invocation: Invocation,
  { workspace, path }: Place,
): Promise<Connected> {
  const kit = readKit(file);
  if (workspace !== undefined) makeFolderDurably(realDisk, resolve(workspace));
  const isPlaced = isConfigured(invocation.load(workspace));
  const place = { workspace, path: path ?? (isPlaced ? undefined : placeOf(kit)) };
  const connected = await connect(invocation, place);
  const { session, keys, trust } = connected.opened;
  await assertThere(session);
  if (kit.encryptionKey !== undefined) {
    session.context.state.ensure();
    await keys.keep(kit.encryptionKey);
  }
  const { fingerprint } = await keyInfo(session);
  if (fingerprint !== kit.fingerprint) {
    throw new KeyError("kit-fingerprint", { place: session.context.store.place });
  }
  trust.remember();
  return connected;
}

const absoluteFolder = (path: string, { environment }: LoadedConfig): string =>
  absolutePath(path, { folder: process.cwd(), home: environment.home });

const isConfigured = ({ sources }: LoadedConfig): boolean =>
  sources.path !== "default" || sources.provider !== "default";

/** What somebody wrote by hand is not overwritten. */
function assertNotConfigured(loaded: LoadedConfig): void {
  if (!isConfigured(loaded)) return;
  throw new InputError("config-differs", { file: shown(configPath(loaded)) });
}

/** A history that is still there is not left behind by mistake. */
async function assertHoldsTheSame({ session }: OpenedSession, folder: string): Promise<void> {
  const { context } = session;
  const elsewhere = loadRemembered(context)?.place;
  if (elsewhere === undefined || !(await holdsRepository(elsewhere))) return;
  if (await holdsRepository(folder)) return;
  throw new InputError("init-elsewhere", { elsewhere: shown(elsewhere), place: shown(folder) });
}

async function holdsRepository(folder: string): Promise<boolean> {
  if (!isFolder(folder)) return false;
  return (await new FolderStore(realDisk, folder, realClock).size(formatName)) !== undefined;
}

async function confirmMove(invocation: Invocation, folder: string): Promise<void> {
  if (!invocation.terminal.canAsk) throw new InputError("needs-terminal", {});
  if (await invocation.confirm(say("move-question", { folder: shown(folder) }))) return;
  throw new InputError("move-refused", {});
}

const confirmationOf = (loaded: LoadedConfig): TrustNote =>
  new TrustNote(realDisk, stateOf(loaded), loaded);

/** A key that opens nothing here must not make a repository of its own. */
async function assertThere({ context }: Session): Promise<void> {
  const { store, signal } = context;
  if ((await store.size(formatName, { signal })) !== undefined) return;
  throw new InputError("no-repository", { place: store.place });
}

const KIT_LIMIT_BYTES = 256 * 1024;

function readKit(file: string): RecoveryKit {
  const reading = readSmallFile(file, KIT_LIMIT_BYTES);
  if ("bytes" in reading) return parseKit(reading.bytes.toString("utf8"));
  throw new InputError("kit-unreadable", { file: shown(file), reason: reading.reason });
}

/** The folder as it was called where the kit was made. */
function placeOf({ store }: RecoveryKit): string | undefined {
  return typeof store["path"] === "string" ? store["path"] : undefined;
}
