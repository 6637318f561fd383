/**
 * `config get`, `set` and `unset`: single keys, in the text of a configuration, with its comments
 * and its order kept. What comes back has passed the same checks as a file that is loaded.
 */
import { applyEdits, modify, type JSONPath } from "jsonc-parser";
import type { Json } from "../base/canonical-json.ts";
import { InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import { isSecret, KEY_NAMES, parseKeyName, rowOf, valueAt, variableOf } from "./key-lookup.ts";
import type { KeyName } from "./keys.ts";
import type { LoadedConfig, Source } from "./load.ts";
import { nearestName } from "./nearest.ts";
import { parseConfigText, type ConfigText } from "./parse-config.ts";
import { HIDDEN, Secret } from "./secret.ts";
import { checkValue, valueOfText } from "./values.ts";

export interface ShownValue {
  readonly key: KeyName;
  /** Absent: not set, and no default. A secret is not shown. */
  readonly value?: Json;
  readonly source: Source;
}

export function getKey(loaded: LoadedConfig, name: string): ShownValue {
  const key = knownKey(name);
  const value = valueAt(loaded.config, key);
  const source = loaded.sources[key];
  if (value === undefined) return { key, source };
  return { key, value: value instanceof Secret ? HIDDEN : value, source };
}

/** `value` is text, as it is typed: `30`, `true`, `/memory/,/*.md`. */
export function setKey(source: ConfigText, name: string, value: string): string {
  const key = knownKey(name);
  const row = rowOf(key);
  if (isSecret(row))
    throw new InputError("config-secret-literal", { key, instead: insteadOf(key) });
  const given = valueOfText(row, value);
  const checked = checkValue(row, given, source.base);
  if ("wanted" in checked) {
    throw new InputError("config-value", { key, where: "as given", wanted: checked.wanted });
  }
  return edited(source, key, given);
}

/** Also removes a secret; a key that is not there is fine. */
export function unsetKey(source: ConfigText, name: string): string {
  const key = knownKey(name);
  return parseConfigText(source).has(key) ? edited(source, key, undefined) : source.text;
}

function knownKey(name: string): KeyName {
  const key = parseKeyName(name);
  if (key !== undefined) return key;
  const nearest = nearestName(name, KEY_NAMES);
  throw new InputError("config-no-such-key", { key: shown(name), nearest });
}

function insteadOf(key: KeyName): string {
  return parseKeyName(`${key}_file`) ?? `${variableOf(key) ?? ""} in the environment`;
}

/** Checked before, so that no edit is made of a broken text, and after, so that none is made. */
function edited(source: ConfigText, key: KeyName, value: Json | undefined): string {
  const before = source.text.trim() === "" ? "{}\n" : source.text;
  parseConfigText({ ...source, text: before });
  const path: JSONPath = key.split(".");
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: "\n" };
  const after = applyEdits(before, modify(before, path, value, { formattingOptions }));
  parseConfigText({ ...source, text: after });
  return after;
}
