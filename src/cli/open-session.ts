/**
 * From the configuration to a session: whose memory, which store, which key. It reads the
 * configuration and what this machine remembers, and asks the store nothing yet.
 */
import { realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { JsonObject } from "../base/canonical-json.ts";
import { InputError } from "../base/errors.ts";
import { silentMonitor, type Monitor } from "../base/monitor.ts";
import { readEnvironment, type Environment } from "../config/environment.ts";
import { openKeychain } from "../config/keychain.ts";
import { KEY_NAMES } from "../config/key-lookup.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { isFolder } from "../config/small-file.ts";
import { realDisk } from "../files/real-disk.ts";
import type { Session, Settings } from "../operations/session.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { StateDir } from "../state/state-dir.ts";
import { FolderStore } from "../store/folder.ts";
import { newMeter, type Meter } from "../store/metered.ts";
import type { Store } from "../store/store.ts";
import { BreathingStore } from "./breathing-store.ts";
import { KeyRing } from "./key-ring.ts";
import { ownFolders } from "./own-folders.ts";
import { packageVersion, realClock, realRandom, thisMachine } from "./real-world.ts";
import { TrustNote } from "./trust-note.ts";

export interface OpenOptions {
  readonly workspace?: string | undefined;
  readonly configFile?: string | undefined;
  readonly monitor?: Monitor | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly environment?: Environment | undefined;
}

export interface OpenedSession {
  readonly session: Session;
  readonly loaded: LoadedConfig;
  readonly keys: KeyRing;
  /** What the session has asked of its store. */
  readonly meter: Meter;
  /** The repository lies in the state directory, on the workspace's own machine. */
  readonly isEmbedded: boolean;
  /** Neither here nor in any configuration is there a repository. */
  readonly isNew: boolean;
  readonly trust: TrustNote;
}

export function loadSettings(options: OpenOptions = {}): LoadedConfig {
  const { workspace, configFile, environment = readEnvironment() } = options;
  const loaded = loadConfig({
    cwd: process.cwd(),
    home: environment.home,
    environment,
    ...(workspace === undefined ? {} : { workspace }),
    ...(configFile === undefined ? {} : { configFile }),
  });
  return { ...loaded, workspace: realPath(loaded.workspace) };
}

/** Throws where the configuration was changed and nobody has confirmed it. */
export function openSession(options: OpenOptions = {}): OpenedSession {
  const loaded = loadSettings(options);
  const state = stateOf(loaded);
  const trust = new TrustNote(realDisk, state, loaded);
  trust.assertUnchanged();
  return assemble({ loaded, state, trust }, options);
}

export const stateOf = ({ environment, workspace }: LoadedConfig): StateDir =>
  new StateDir(realDisk, environment.stateFolder, workspace);

/** One folder, one state, whatever links lead to it. */
export function realPath(path: string): string {
  return isFolder(path) ? realpathSync.native(path) : resolve(path);
}

interface Parts {
  readonly loaded: LoadedConfig;
  readonly state: StateDir;
  readonly trust: TrustNote;
}

function assemble({ loaded, state, trust }: Parts, options: OpenOptions): OpenedSession {
  const { config, workspace, environment } = loaded;
  const meter = newMeter();
  const store = openStore(loaded, state);
  const context = {
    store: new BreathingStore(store, meter),
    state,
    disk: realDisk,
    clock: realClock,
    random: realRandom,
    monitor: options.monitor ?? silentMonitor,
    ...thisMachine,
    deviceName: thisMachine.host,
    signal: options.signal,
  };
  const account = { repository: basename(state.folder), random: realRandom };
  const keychain = openKeychain(config.keychain, account);
  const keys = new KeyRing({ loaded, disk: realDisk, state, keychain });
  const isUnconfigured = isNothingConfigured(loaded);
  const exclude = ownFolders(workspace, [environment.stateFolder, store.place]);
  return {
    loaded,
    keys,
    meter,
    trust,
    isEmbedded: store.place === state.embeddedRepository,
    isNew: isUnconfigured && loadRemembered(context) === undefined,
    session: {
      workspace,
      context,
      settings: settingsOf(loaded, exclude),
      secretFor: async () => keys.secret(),
      makeKey: isUnconfigured ? async () => keys.secretOrNew() : undefined,
      tool: `session-sync-cloud ${packageVersion()}`,
    },
  };
}

function openStore({ config }: LoadedConfig, state: StateDir): Store {
  const { provider, path } = config;
  if (provider !== "local") throw new InputError("provider-later", { provider });
  return new FolderStore(realDisk, path ?? state.embeddedRepository, realClock);
}

const HOUR_MS = 3_600_000;
const KIB = 1024;

function settingsOf({ config }: LoadedConfig, own: readonly string[]): Settings {
  const { include, exclude, follow_mounts, heartbeat_hours, pad_floor_kib } = config;
  const retention: JsonObject = { days: config.retention_days, keep: { ...config.keep } };
  return {
    include,
    exclude: [...exclude, ...own],
    followMounts: follow_mounts,
    heartbeatMs: heartbeat_hours * HOUR_MS,
    padFloorBytes: pad_floor_kib * KIB,
    retention,
  };
}

/** What says where a repository is or what opens it. */
const DECIDING = KEY_NAMES.filter((name) =>
  /^(provider|path|endpoint|bucket|path_prefix|profile|encryption_key.*|passphrase.*)$/.test(name),
);

/** Only then may the first run make a repository by itself: an empty place is no loss. */
const isNothingConfigured = ({ file, sources }: LoadedConfig): boolean =>
  file === undefined && DECIDING.every((name) => sources[name] === "default");
