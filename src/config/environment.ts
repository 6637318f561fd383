/**
 * The one reader of the process's environment. Everything else is given an `Environment`.
 *
 * Invariant: the values of variables stay inside; what prints an Environment prints no secret.
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { type EngineError, InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import { KEY_NAMES, variableOf } from "./key-lookup.ts";
import type { KeyName } from "./keys.ts";
import { nearestName } from "./nearest.ts";

/** Variables that are not keys. */
export const OTHER_VARIABLES = {
  SESSION_SYNC_STATE_DIR: "the state directory",
  SESSION_SYNC_OUTPUT: "where gathered conversations are written (waits for transcripts)",
} as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** What OpenClaw's own variables say about where it lives. */
export interface OpenClawVariables {
  readonly home: string | undefined;
  readonly stateFolder: string | undefined;
  readonly configFile: string | undefined;
  readonly profile: string | undefined;
  readonly workspace: string | undefined;
}

export class Environment {
  readonly #variables: Variables;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly stateFolder: string;
  readonly noColor: boolean;
  readonly ci: boolean;
  readonly terminal: string | undefined;
  readonly columns: number | undefined;
  readonly openClaw: OpenClawVariables;
  /** Variables with our prefix that nobody knows: most likely misspelt, so most likely missed. */
  readonly warnings: readonly EngineError[];

  constructor(variables: Variables, platform: NodeJS.Platform) {
    this.#variables = variables;
    this.platform = platform;
    this.home = this.variable(platform === "win32" ? "USERPROFILE" : "HOME") ?? homedir();
    this.stateFolder = stateFolderOf(this);
    this.noColor = this.variable("NO_COLOR") !== undefined;
    this.ci = !["false", "0", undefined].includes(this.variable("CI"));
    this.terminal = this.variable("TERM");
    this.columns = columnsOf(this.variable("COLUMNS"));
    this.openClaw = {
      home: this.variable("OPENCLAW_HOME"),
      stateFolder: this.variable("OPENCLAW_STATE_DIR"),
      configFile: this.variable("OPENCLAW_CONFIG_PATH"),
      profile: this.variable("OPENCLAW_PROFILE"),
      workspace: this.variable("OPENCLAW_WORKSPACE_DIR"),
    };
    this.warnings = unknownVariables(Object.keys(variables));
  }

  /** An empty variable is as good as none: that is how most tools unset one. */
  variable(name: string): string | undefined {
    const text = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    return text === "" ? undefined : text;
  }

  /** What the environment says about a key of the configuration. */
  setting(key: KeyName): string | undefined {
    const name = variableOf(key);
    return name === undefined ? undefined : this.variable(name);
  }
}

export function readEnvironment(
  variables: Variables = process.env,
  platform: NodeJS.Platform = process.platform,
): Environment {
  return new Environment(variables, platform);
}

/** Where this machine's own knowledge lives: outbox, witness, caches. */
function stateFolderOf(environment: Environment): string {
  const asked = environment.variable("SESSION_SYNC_STATE_DIR");
  if (asked !== undefined) return resolve(asked);
  return join(platformStateFolder(environment), "session-sync");
}

function platformStateFolder(environment: Environment): string {
  const { home, platform } = environment;
  if (platform === "win32") {
    return environment.variable("LOCALAPPDATA") ?? join(home, "AppData", "Local");
  }
  if (platform === "darwin") return join(home, "Library", "Application Support");
  const xdg = environment.variable("XDG_STATE_HOME");
  // The XDG specification says that a relative one is to be ignored.
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".local", "state");
}

function columnsOf(text: string | undefined): number | undefined {
  const columns = Number(text);
  return Number.isSafeInteger(columns) && columns > 0 ? columns : undefined;
}

function unknownVariables(names: readonly string[]): EngineError[] {
  const known = [
    ...KEY_NAMES.flatMap((name) => variableOf(name) ?? []),
    ...Object.keys(OTHER_VARIABLES),
  ];
  const strangers = names.filter((name) => /^SESSION_SYNC_/i.test(name) && !known.includes(name));
  return strangers.map((name) => {
    const facts = { variable: shown(name), nearest: nearestName(name, known) };
    return new InputError("environment-unknown", facts);
  });
}
