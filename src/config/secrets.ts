/**
 * Finds a secret where the configuration says it is: in itself, a file, a command's output or a
 * variable; and in the system's keychain when it says nothing.
 *
 * Invariant: no error, no value's printed form, and no other output holds a secret or what a
 * command printed. Ask only after the configuration is trusted (trust.ts): this runs its commands.
 */
import assert from "node:assert";
import { dirname } from "node:path";
import { InputError, KeyError } from "../base/errors.ts";
import type { Keychain } from "./keychain.ts";
import { parseKeyName, valueAt, variableOf } from "./key-lookup.ts";
import type { KeyName } from "./keys.ts";
import type { LoadedConfig } from "./load.ts";
import { runSecretCommand } from "./secret-command.ts";
import { Secret, type SecretName } from "./secret.ts";
import { readSmallFile } from "./small-file.ts";

export type SecretSource = "literal" | "file" | "command" | "environment" | "keychain" | "key-file";

/** What is shown of it is where it came from; `text` alone gives it away. */
export class FoundSecret extends Secret {
  readonly source: SecretSource;
  /** A file, a variable, a key of the configuration: never the secret. */
  readonly where: string;

  constructor(text: string, source: SecretSource, where: string) {
    super(text);
    this.source = source;
    this.where = where;
  }
}

export async function findSecret(
  which: SecretName,
  loaded: LoadedConfig,
  keychain: Keychain | undefined,
): Promise<FoundSecret | undefined> {
  const [first, second] = configuredSources(which, loaded);
  if (first !== undefined && second !== undefined) {
    const facts = { secret: which, first: placeOf(first, loaded), second: placeOf(second, loaded) };
    throw new InputError("secret-two-sources", facts);
  }
  if (first !== undefined) return fetchSecret(first, loaded);
  const kept = await keychain?.read(which);
  return kept && new FoundSecret(kept.text, "keychain", "the system's keychain");
}

/** A file that holds one secret and nothing else, as `encryption_key_file` names one. */
export function readSecretFile(
  file: string,
  options: { readonly key: string; readonly platform: NodeJS.Platform },
): string {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new KeyError("secret-file", { key: options.key, file, reason }, cause);
  };
  const reading = readSmallFile(file, LIMIT_BYTES);
  if (!("bytes" in reading)) return refuse(reading.reason);
  // Windows has no such bits: there the profile folder's own permissions must do.
  const isShared = options.platform !== "win32" && (reading.mode & 0o077) !== 0;
  if (isShared) return refuse(`other users can get at it (mode ${reading.mode.toString(8)})`);
  const text = withoutLineEnd(reading.bytes.toString("utf8"));
  return text === "" ? refuse("it is empty") : text;
}

const LIMIT_BYTES = 64 * 1024;

interface ConfiguredSource {
  readonly key: KeyName;
  readonly kind: "literal" | "file" | "command" | "env";
}

function configuredSources(which: SecretName, { config }: LoadedConfig): ConfiguredSource[] {
  return (["literal", "file", "command", "env"] as const).flatMap((kind) => {
    const key = parseKeyName(kind === "literal" ? which : `${which}_${kind}`);
    return key !== undefined && valueAt(config, key) !== undefined ? [{ key, kind }] : [];
  });
}

function placeOf({ key }: ConfiguredSource, { sources, file }: LoadedConfig): string {
  if (sources[key] === "environment") return `${variableOf(key) ?? key} in the environment`;
  return `${key} in ${file ?? "the configuration"}`;
}

async function fetchSecret(from: ConfiguredSource, loaded: LoadedConfig): Promise<FoundSecret> {
  const { key, kind } = from;
  const value = valueAt(loaded.config, key);
  if (value instanceof Secret) return foundInConfig(from, value, loaded);
  assert(typeof value === "string" && kind !== "literal", `${key} is no source`);
  switch (kind) {
    case "env":
      return foundInVariable(key, value, loaded);
    case "file": {
      const { platform } = loaded.environment;
      return new FoundSecret(readSecretFile(value, { key, platform }), "file", value);
    }
    case "command": {
      const folder = loaded.file === undefined ? loaded.workspace : dirname(loaded.file);
      const printed = await runSecretCommand(value, { key, folder });
      return new FoundSecret(withoutLineEnd(printed), "command", key);
    }
  }
}

function foundInConfig(from: ConfiguredSource, value: Secret, loaded: LoadedConfig): FoundSecret {
  const source = loaded.sources[from.key] === "environment" ? "environment" : "literal";
  return new FoundSecret(value.text, source, placeOf(from, loaded));
}

function foundInVariable(key: KeyName, variable: string, loaded: LoadedConfig): FoundSecret {
  const text = loaded.environment.variable(variable);
  if (text === undefined) throw new KeyError("secret-variable", { key, variable });
  return new FoundSecret(text, "environment", variable);
}

/** Editors and `echo` end a file with one; it is not part of the secret. */
const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, "");
