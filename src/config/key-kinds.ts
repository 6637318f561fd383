/** What a key of the configuration can be, and the TypeScript type that follows from its row. */
import type { Json } from "../base/canonical-json.ts";
import type { Secret } from "./secret.ts";

/** What a key waits for. A key of a feature that is still false is accepted and does nothing. */
export const FEATURES = {
  backup: true,
  buckets: false,
  "object lock": false,
  pruning: false,
  scheduling: false,
  "the shrink guard": false,
  "restore drills": false,
  notifications: false,
  translations: false,
  transcripts: false,
  "riding along": false,
} as const satisfies Record<string, boolean>;

export type Feature = keyof typeof FEATURES;

interface Common {
  readonly feature: Feature;
  /** One sentence for people, without a full stop. */
  readonly text: string;
  /** Decides where data goes, or what runs: a change waits for a person (trust.ts). */
  readonly trust?: true;
}

export interface TextRow extends Common {
  readonly kind: "text";
  readonly form?: TextForm;
  readonly default?: string;
  /** Never printed, never set through `config set`. */
  readonly secret?: true;
}

/** Made absolute: from the folder of the config file, or the current folder; `~` is the home. */
export interface PathRow extends Common {
  readonly kind: "path";
}

export interface ChoiceRow extends Common {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default: string;
}

export interface WholeRow extends Common {
  readonly kind: "whole";
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

export interface FlagRow extends Common {
  readonly kind: "flag";
  readonly default: boolean;
}

export interface ListRow extends Common {
  readonly kind: "list";
  readonly choices?: readonly string[];
  readonly default: readonly string[];
}

/** Its shape belongs to a feature that is still to come; any value is accepted. */
export interface OpenRow extends Common {
  readonly kind: "open";
}

export type KeyRow = TextRow | PathRow | ChoiceRow | WholeRow | FlagRow | ListRow | OpenRow;

/** Keys under one name, as `keep.daily`. */
export interface GroupRow {
  readonly kind: "group";
  readonly keys: Readonly<Record<string, KeyRow>>;
}

export type KeyTable = Readonly<Record<string, KeyRow | GroupRow>>;

export type TextForm = "bucket" | "command" | "endpoint" | "prefix" | "region" | "url" | "variable";

export type ConfigValue = Json | Secret;

/** The object that a table describes: what has a default is always there. */
export type ValuesOf<Table extends KeyTable> = {
  readonly [Key in keyof Table as Table[Key] extends Certain ? Key : never]: ValueOf<Table[Key]>;
} & {
  readonly [Key in keyof Table as Table[Key] extends Certain ? never : Key]?: ValueOf<Table[Key]>;
};

/** `keep.daily`, and `bucket`: every key as people name it. */
export type NamesOf<Table extends KeyTable> = {
  [Key in keyof Table & string]: Table[Key] extends { kind: "group"; keys: infer Members }
    ? `${Key}.${keyof Members & string}`
    : Key;
}[keyof Table & string];

type Certain = { readonly default: unknown } | { readonly kind: "group" };

type ValueOf<Row> = Row extends { secret: true }
  ? Secret
  : Row extends { kind: "text" | "path" }
    ? string
    : Row extends { kind: "choice"; choices: readonly (infer Choice)[] }
      ? Choice
      : Row extends { kind: "whole" }
        ? number
        : Row extends { kind: "flag" }
          ? boolean
          : Row extends { kind: "list"; choices: readonly (infer Choice)[] }
            ? readonly Choice[]
            : Row extends { kind: "list" }
              ? readonly string[]
              : Row extends { kind: "group"; keys: infer Members extends KeyTable }
                ? ValuesOf<Members>
                : Json;
