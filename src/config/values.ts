/** One value against its row of the table: what is accepted, and in which words it is refused. */
import { resolve } from "node:path";
import type { Json } from "../base/canonical-json.ts";
import type { ConfigValue, KeyRow, TextForm, TextRow, WholeRow } from "./key-kinds.ts";
import { Secret } from "./secret.ts";

/** Where relative paths start. */
export interface PathBase {
  readonly folder: string;
  readonly home: string;
}

/** `wanted` says what was expected and never repeats what was given: that may be a secret. */
export type Checked = { readonly value: ConfigValue } | { readonly wanted: string };

export function checkValue(row: KeyRow, given: Json, base: PathBase): Checked {
  if (!accepts(row, given)) return { wanted: wantedOf(row) };
  if (typeof given !== "string") return { value: given };
  if (row.kind === "path") return { value: absolutePath(given, base) };
  return { value: row.kind === "text" && row.secret === true ? new Secret(given) : given };
}

/** Text of an environment variable or of `config set`, as the value a file would hold. */
export function valueOfText(row: KeyRow, text: string): Json {
  switch (row.kind) {
    case "whole":
      return /^\d+$/.test(text.trim()) ? Number(text) : text;
    case "flag":
      return FLAG_WORDS.get(text.trim().toLowerCase()) ?? text;
    case "list":
      return text
        .split(/[,\n]/)
        .map((item) => item.trim())
        .filter((item) => item !== "");
    case "choice":
      return text.trim();
    case "text":
    case "path":
    case "open":
      return text;
  }
}

/** Continues "must be …". */
export function wantedOf(row: KeyRow): string {
  switch (row.kind) {
    case "text":
      return row.form === undefined ? "a text on one line" : FORMS[row.form].wanted;
    case "path":
      return "a path";
    case "choice":
      return `one of ${row.choices.join(", ")}`;
    case "whole":
      return `a whole number of ${row.unit} from ${row.min} to ${row.max}`;
    case "flag":
      return "true or false";
    case "list":
      return row.choices === undefined
        ? "a list of patterns, each a text on one line"
        : `a list of ${row.choices.join(", ")}`;
    case "open":
      return "any value";
  }
}

export function absolutePath(path: string, base: PathBase): string {
  if (path === "~") return base.home;
  return /^~[/\\]/.test(path) ? resolve(base.home, path.slice(2)) : resolve(base.folder, path);
}

const FLAG_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "on", "yes", "1"].map((word) => [word, true] as const),
  ...["false", "off", "no", "0"].map((word) => [word, false] as const),
]);

function accepts(row: KeyRow, given: Json): boolean {
  switch (row.kind) {
    case "text":
      return typeof given === "string" && isText(row, given);
    case "path":
      return typeof given === "string" && isLine(given);
    case "choice":
      return typeof given === "string" && row.choices.includes(given);
    case "whole":
      return typeof given === "number" && isWithin(row, given);
    case "flag":
      return typeof given === "boolean";
    case "list":
      return Array.isArray(given) && given.every((item) => isItem(item, row.choices));
    case "open":
      return true;
  }
}

function isItem(item: unknown, choices: readonly string[] | undefined): boolean {
  if (typeof item !== "string" || !isLine(item)) return false;
  return choices === undefined || choices.includes(item);
}

function isWithin(row: WholeRow, given: number): boolean {
  return Number.isSafeInteger(given) && given >= row.min && given <= row.max;
}

function isText(row: TextRow, given: string): boolean {
  if (given === row.default) return true;
  return isLine(given) && (row.form === undefined || FORMS[row.form].accepts(given));
}

const isLine = (text: string): boolean =>
  text.trim() !== "" && text.length <= 4096 && !/\p{Cc}/u.test(text) && text.isWellFormed();

interface Form {
  readonly wanted: string;
  accepts(text: string): boolean;
}

const FORMS: Readonly<Record<TextForm, Form>> = {
  bucket: {
    wanted: "the name of a bucket: 3 to 255 characters, no slash, no space",
    accepts: (text) => /^[^\s/\\]{3,255}$/.test(text),
  },
  command: { wanted: "a command on one line", accepts: () => true },
  endpoint: {
    wanted: "an address such as https://s3.example.com, without user, password or question mark",
    accepts: (text) => isAddress(text.includes("://") ? text : `https://${text}`),
  },
  prefix: {
    wanted: "a path inside the bucket: no slash at its start, no empty part, no .. part",
    accepts: (text) => text.length <= 512 && text.replace(/\/$/, "").split("/").every(isPart),
  },
  region: {
    wanted: "the name of a region such as eu-central-1",
    accepts: (text) => /^[A-Za-z0-9_-]{1,64}$/.test(text),
  },
  url: {
    wanted: "an address that starts with https:// or http://",
    accepts: (text) => isHttp(text),
  },
  variable: {
    wanted: "the name of an environment variable",
    accepts: (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text),
  },
};

const isPart = (part: string): boolean => part !== "" && part !== "." && part !== "..";

const isHttp = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

function isAddress(text: string): boolean {
  if (!isHttp(text) || /[?#]/.test(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}
