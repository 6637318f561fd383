/**
 * Every text that a person reads, by key. A text names its facts in braces; the type of a call
 * follows from the text, so a fact that is missing or misspelt does not compile.
 *
 *     {name}            the fact as it is
 *     {count:file|files} a number with its noun: "1 file", "1,204 files"
 */
import { cliErrors, cliTexts } from "./cli.ts";
import { configErrors } from "./config.ts";
import { cryptoErrors } from "./crypto.ts";
import { filesErrors } from "./files.ts";
import { formatErrors } from "./format.ts";
import { kitTexts } from "./kit.ts";
import { operationsErrors } from "./operations.ts";
import { repositoryErrors } from "./repository.ts";
import { stateErrors } from "./state.ts";
import { storeErrors } from "./store.ts";

export const errorTexts = {
  ...cliErrors,
  ...configErrors,
  ...cryptoErrors,
  ...filesErrors,
  ...formatErrors,
  ...operationsErrors,
  ...repositoryErrors,
  ...stateErrors,
  ...storeErrors,
} as const;

export type ErrorCode = keyof typeof errorTexts;
const texts = { ...cliTexts, ...kitTexts } as const;

export type TextKey = keyof typeof texts;

/** The names in braces of a text. */
type Names<Text extends string> = Text extends `${string}{${infer Inside}}${infer Rest}`
  ? (Inside extends `${infer Name}:${string}` ? Name : Inside) | Names<Rest>
  : never;

export type FactsOf<Code extends ErrorCode> = Record<
  Names<(typeof errorTexts)[Code]["fact"]> | Names<(typeof errorTexts)[Code]["hint"]>,
  string | number
>;

/** A text for people, with its facts filled in. */
export function say<Key extends TextKey>(
  key: Key,
  facts: Record<Names<(typeof texts)[Key]>, string | number>,
): string {
  return fill(texts[key], facts);
}

export function fill(text: string, facts: Record<string, string | number>): string {
  return text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name: string, one, many) => {
    const fact = facts[name] ?? "";
    const shown = typeof fact === "number" ? fact.toLocaleString("en-US") : fact;
    if (one === undefined) return shown;
    return `${shown} ${String(fact === 1 ? one : many)}`;
  });
}
