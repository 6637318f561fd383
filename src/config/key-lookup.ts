/** Asking the table of keys.ts by name. */
import type { ConfigValue, GroupRow, KeyRow, KeyTable } from "./key-kinds.ts";
import { KEYS, type Config, type KeyName } from "./keys.ts";

const ROWS: ReadonlyMap<string, KeyRow> = new Map(rowsOf(KEYS));

export const KEY_NAMES = [...ROWS.keys()] as readonly KeyName[];

export function rowOf(name: KeyName): KeyRow {
  const row = ROWS.get(name);
  if (row === undefined) throw new RangeError(`no such key: ${name}`);
  return row;
}

export function parseKeyName(text: string): KeyName | undefined {
  return KEY_NAMES.find((name) => name === text);
}

export function isGroup(name: string): boolean {
  const row = Object.hasOwn(KEYS, name) ? (KEYS as KeyTable)[name] : undefined;
  return row?.kind === "group";
}

export function isSecret(row: KeyRow): boolean {
  return row.kind === "text" && row.secret === true;
}

/** `keep.daily` is SESSION_SYNC_KEEP_DAILY. Undefined where no text could say the value. */
export function variableOf(name: KeyName): string | undefined {
  if (rowOf(name).kind === "open") return undefined;
  return `SESSION_SYNC_${name.replaceAll(".", "_").toUpperCase()}`;
}

export function valueAt(config: Config, name: KeyName): ConfigValue | undefined {
  const values: Readonly<Record<string, unknown>> = config;
  const [first = "", second] = name.split(".");
  const value = values[first];
  const found = second === undefined ? value : (value as Record<string, unknown>)[second];
  return found as ConfigValue | undefined;
}

/** Every row with its full name. */
export function rowsOf(table: KeyTable): (readonly [name: string, row: KeyRow])[] {
  return Object.entries(table).flatMap(([name, row]) =>
    row.kind === "group" ? membersOf(name, row) : [[name, row] as const],
  );
}

function membersOf(group: string, row: GroupRow): (readonly [string, KeyRow])[] {
  return Object.entries(row.keys).map(([name, member]) => [`${group}.${name}`, member] as const);
}
