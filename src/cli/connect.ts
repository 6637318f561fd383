/**
 * A workspace gets to know a repository that is already there, or one that is to be made: the place
 * goes into the configuration, the key to where this machine keeps keys.
 */
import { resolve } from "node:path";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { InputError, KeyError, StoreError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import { setKey } from "../config/edit.ts";
import type { LoadedConfig } from "../config/load.ts";
import { isFolder, readSmallFile } from "../config/small-file.ts";
import { absolutePath } from "../config/values.ts";
import { formatName } from "../format/names.ts";
import { realDisk } from "../files/real-disk.ts";
import { keyInfo } from "../operations/keys.ts";
import { parseKit, type RecoveryKit } from "../operations/recovery-kit.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { configPath, readConfig, writeConfig } from "./config-file.ts";
import type { Invocation } from "./invocation.ts";
import { stateOf, type OpenedSession } from "./open-session.ts";
import { TrustNote } from "./trust-note.ts";

export interface Connected {
  readonly opened: OpenedSession;
  /** Where it was written anew. */
  readonly configFile: string | undefined;
}

/** Opens what the kit names, in `workspace`, and is sure that it is the kit's own repository. */
export async function connectByKit(
  file: string,
  invocation: Invocation,
  { workspace, path }: { readonly workspace?: string | undefined; readonly path?: string | undefined },
): Promise<Connected> {
  const kit = readKit(file);
  if (workspace !== undefined) makeFolderDurably(realDisk, resolve(workspace));
  const connected = await connect(invocation, { workspace, path: path ?? pathOf(kit) });
  const { opened } = connected;
  if (kit.encryptionKey !== undefined) {
    opened.session.context.state.ensure();
    await opened.keys.keep(kit.encryptionKey);
  }
  await assertThere(opened);
  const { fingerprint, place } = await keyInfo(opened.session);
  if (fingerprint !== kit.fingerprint) throw new KeyError("kit-fingerprint", { place });
  return connected;
}

export interface Place {
  readonly workspace?: string | undefined;
  /** The folder of the repository; what is configured, where it is left out. */
  readonly path: string | undefined;
}

/** A person's yes is needed where another place was in use before. */
export async function connect(invocation: Invocation, { workspace, path }: Place): Promise<Connected> {
  const loaded = invocation.load(workspace);
  if (path === undefined || isConfigured(loaded)) {
    return { opened: invocation.open(workspace), configFile: undefined };
  }
  new TrustNote(realDisk, stateOf(loaded), loaded).assertUnchanged();
  const source = readConfig(loaded);
  const { home } = loaded.environment;
  const folder = absolutePath(path, { folder: process.cwd(), home });
  writeConfig(source, setKey({ ...source, text: setKey(source, "provider", "local") }, "path", folder));
}
