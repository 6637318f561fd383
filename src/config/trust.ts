/**
 * A workspace is where an agent writes, so its configuration may be an agent's: a changed bucket,
 * key source or command is not used until a person has confirmed it.
 *
 * Pure: what was confirmed is a value to keep, in the state directory, sealed. The first
 * configuration of a workspace is trusted. What the environment says is trusted: whoever starts us
 * says it. An agent that owns a terminal can confirm for itself; this is a door, not a wall.
 */
import type { Json } from "../base/canonical-json.ts";
import { InputError } from "../base/errors.ts";
import { isSecret, KEY_NAMES, rowOf, valueAt } from "./key-lookup.ts";
import type { KeyName } from "./keys.ts";
import type { LoadedConfig } from "./load.ts";

/** By key, in words: JSON of the value, or one of the marks below, which no JSON can be. */
export type Trusted = Readonly<Record<string, string>>;

export interface Change {
  readonly key: string;
  readonly before: string;
  readonly now: string;
}

/** What is to be remembered once it is confirmed. */
export function trustedPart(loaded: LoadedConfig): Trusted {
  const marks = TRUST_KEYS.map((name) => [name, markOf(name, loaded)] as const);
  return Object.fromEntries(marks);
}

export function changesSince(remembered: Trusted, loaded: LoadedConfig): readonly Change[] {
  const present = trustedPart(loaded);
  return TRUST_KEYS.flatMap((key) => {
    const before = remembered[key] ?? defaultMark(key);
    const now = present[key] ?? NOT_SET;
    return now === before || now === FROM_ENVIRONMENT ? [] : [{ key, before, now }];
  });
}

/** Nothing remembered: the first use. */
export function refuseChanges(remembered: Trusted | undefined, loaded: LoadedConfig): void {
  const changes = remembered === undefined ? [] : changesSince(remembered, loaded);
  if (changes.length === 0) return;
  throw new InputError("config-changed", {
    file: loaded.file ?? "the configuration",
    changes: changes.map(({ key, before, now }) => `${key}: ${before} → ${now}`).join(", "),
  });
}

/** From the state directory; undefined when it is not what `trustedPart` gave. */
export function parseTrusted(json: Json | undefined): Trusted | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const entries = Object.entries(json);
  const marks = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return marks.length === entries.length && marks.length > 0
    ? Object.fromEntries(marks)
    : undefined;
}

const NOT_SET = "(not set)";
const FROM_ENVIRONMENT = "(from the environment)";
const LITERAL = "(a secret in the file)";

const TRUST_KEYS = KEY_NAMES.filter((name) => rowOf(name).trust === true);

function markOf(name: KeyName, { config, sources }: LoadedConfig): string {
  if (sources[name] === "environment") return FROM_ENVIRONMENT;
  const value = valueAt(config, name);
  if (value === undefined) return NOT_SET;
  return isSecret(rowOf(name)) ? LITERAL : visible(value);
}

function defaultMark(name: KeyName): string {
  const row = rowOf(name);
  return "default" in row ? visible(row.default) : NOT_SET;
}

/**
 * Whole, however long, and with nothing that a terminal would hide or turn around: a person is to
 * judge it.
 */
function visible(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
