/**
 * The configuration of one run: environment over file over default, and each value remembers
 * where it came from.
 */
import { dirname } from "node:path";
import { DiskError, type EngineError, InputError } from "../base/errors.ts";
import type { Environment } from "./environment.ts";
import type { ConfigValue } from "./key-kinds.ts";
import { isSecret, KEY_NAMES, rowOf, variableOf } from "./key-lookup.ts";
import type { Config, KeyName } from "./keys.ts";
import { findOpenClaw, isOpenClawWorkspace } from "./openclaw.ts";
import { parseConfigText, type ConfigText, type ConfigValues } from "./parse-config.ts";
import { readSmallFile, type SmallFile } from "./small-file.ts";
import { checkValue, valueOfText } from "./values.ts";
import { choosePlace, type Asked, type ChosenBy } from "./workspace.ts";

export type Source = "default" | "file" | "environment";
export type Sources = Readonly<Record<KeyName, Source>>;

export interface LoadedConfig {
  /** Absolute. */
  readonly workspace: string;
  readonly chosenBy: ChosenBy;
  /** Absent where nothing is configured. */
  readonly file?: string;
  readonly config: Config;
  readonly sources: Sources;
  readonly isOpenClaw: boolean;
  readonly warnings: readonly EngineError[];
  /** For the secrets that a variable of any name holds. */
  readonly environment: Environment;
}

export interface LoadOptions extends Asked {
  readonly environment: Environment;
}

export function loadConfig(options: LoadOptions): LoadedConfig {
  const { environment, home } = options;
  const openClaw = findOpenClaw(environment.openClaw, home);
  const { workspace, chosenBy, file } = choosePlace(options, openClaw);
  const isOpenClaw = isOpenClawWorkspace(workspace, openClaw.named);
  const fromFile = file === undefined ? NOTHING : readConfigFile({ file, chosenBy }, options);
  const fromEnvironment = environmentValues(options);
  const sources = sourcesOf(fromFile.values, fromEnvironment);
  const values = new Map([...defaults(isOpenClaw), ...fromFile.values, ...fromEnvironment]);
  return {
    workspace,
    chosenBy,
    ...(file === undefined ? {} : { file }),
    config: assemble(values),
    sources,
    isOpenClaw,
    warnings: [...environment.warnings, ...openClaw.warnings, ...fromFile.warnings],
    environment,
  };
}

/** Reads the bytes, for `config set` too. */
export function readConfigText(file: string, home: string): ConfigFile {
  const reading = readSmallFile(file, LIMIT_BYTES);
  if ("bytes" in reading) {
    const text = textOf(reading, file);
    const { mode, uid } = reading;
    return { text, file, base: { folder: dirname(file), home }, mode, uid };
  }
  if (reading.absent) throw new InputError("config-missing", { file });
  throw new DiskError("config-unreadable", { file, reason: reading.reason });
}

type ConfigFile = ConfigText & Pick<SmallFile, "mode" | "uid">;

const LIMIT_BYTES = 256 * 1024;

interface FileValues {
  readonly values: ConfigValues;
  readonly warnings: readonly EngineError[];
}

const NOTHING: FileValues = { values: new Map(), warnings: [] };

interface Named {
  readonly file: string;
  readonly chosenBy: ChosenBy;
}

function readConfigFile({ file, chosenBy }: Named, options: LoadOptions): FileValues {
  const { home, environment } = options;
  const source = readConfigText(file, home);
  if (chosenBy === "parent-folder") refuseForeign(source);
  const values = parseConfigText(source);
  const isExposed = environment.platform !== "win32" && (source.mode & 0o077) !== 0;
  const secret = [...values.keys()].find((name) => isSecret(rowOf(name)));
  if (!isExposed || secret === undefined) return { values, warnings: [] };
  return { values, warnings: [new InputError("config-exposed", { file, key: secret })] };
}

/**
 * A configuration can name commands to run, and a stranger can leave one in a shared parent folder.
 * One that we merely came across must belong to whoever runs us, or to root.
 */
function refuseForeign({ file, uid }: ConfigFile): void {
  const self = process.getuid?.();
  if (self === undefined || uid === self || uid === 0) return;
  throw new InputError("config-foreign", { file, workspace: dirname(file) });
}

function textOf({ bytes }: SmallFile, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const facts = { file, line: "1", problem: "it is not text in UTF-8" };
    throw new InputError("config-syntax", facts, cause);
  }
}

function environmentValues({ environment, cwd, home }: LoadOptions): ConfigValues {
  const values = new Map<KeyName, ConfigValue>();
  for (const name of KEY_NAMES) {
    const text = environment.setting(name);
    if (text === undefined) continue;
    const checked = checkValue(rowOf(name), valueOfText(rowOf(name), text), { folder: cwd, home });
    if ("wanted" in checked) {
      const where = `${variableOf(name) ?? ""} in the environment`;
      throw new InputError("config-value", { key: name, where, wanted: checked.wanted });
    }
    values.set(name, checked.value);
  }
  return values;
}

/** In an OpenClaw workspace: what people ask for when they say memory, and nothing else. */
const OPENCLAW_INCLUDE = ["/memory/", "/*.md"];

function defaults(isOpenClaw: boolean): [KeyName, ConfigValue][] {
  return KEY_NAMES.flatMap((name) => {
    const row = rowOf(name);
    const value = "default" in row ? row.default : undefined;
    if (name === "include" && isOpenClaw) return [[name, OPENCLAW_INCLUDE]];
    return value === undefined ? [] : [[name, value]];
  });
}

function sourcesOf(fromFile: ConfigValues, fromEnvironment: ConfigValues): Sources {
  const sources = KEY_NAMES.map((name): [KeyName, Source] => {
    if (fromEnvironment.has(name)) return [name, "environment"];
    return [name, fromFile.has(name) ? "file" : "default"];
  });
  return Object.fromEntries(sources) as Sources;
}

/** The type is the table's, and so is every value: each one has passed `checkValue`. */
function assemble(values: ConfigValues): Config {
  const config: Record<string, unknown> = { keep: {}, guard: {}, notify: {} };
  for (const [name, value] of values) {
    const [first = "", second] = name.split(".");
    if (second === undefined) config[first] = value;
    else (config[first] as Record<string, unknown>)[second] = value;
  }
  return config as unknown as Config;
}
