import { expect, expectTypeOf, test } from "vitest";
import { KEY_NAMES, parseKeyName, rowOf, rowsOf, variableOf } from "../../src/config/key-lookup.ts";
import { SECTIONS, type Config } from "../../src/config/keys.ts";
import { nearestName } from "../../src/config/nearest.ts";
import type { Secret } from "../../src/config/secret.ts";
import { checkValue } from "../../src/config/values.ts";

const base = { folder: "/folder", home: "/home/me" };

test("every key stands in exactly one section of the reference", () => {
  const listed = SECTIONS.flatMap(({ keys }) => rowsOf(keys).map(([name]) => name));
  expect(listed).toEqual([...new Set(listed)]);
  expect(listed.sort()).toEqual([...KEY_NAMES].sort());
});

test("no two keys share an environment variable", () => {
  const variables = KEY_NAMES.flatMap((name) => variableOf(name) ?? []);
  expect(new Set(variables).size).toBe(variables.length);
  expect(variables).toContain("SESSION_SYNC_KEEP_DAILY");
});

test("every default passes the check of its own key", () => {
  for (const name of KEY_NAMES) {
    const row = rowOf(name);
    if ("default" in row) expect(checkValue(row, row.default, base), name).toHaveProperty("value");
  }
});

test("whatever is a secret, names a source of one, or runs a command waits for trust", () => {
  const sensitive = KEY_NAMES.filter((name) =>
    /_(file|command|env)$|command|key|endpoint|bucket|provider|prefix|path|address/.test(name),
  );
  for (const name of sensitive) expect(rowOf(name).trust, name).toBe(true);
});

test("names that every object has are no keys", () => {
  for (const name of ["constructor", "__proto__", "toString", "keep", "keep.constructor", ""]) {
    expect(parseKeyName(name), name).toBeUndefined();
  }
});

test.each([
  ["retention_day", "retention_days"],
  ["retentionDays", "retention_days"],
  ["secret-key", "secret_key"],
  ["intervall_minutes", "interval_minutes"],
  ["keep.dayly", "keep.daily"],
  ["encryptionkeyfile", "encryption_key_file"],
  ["BUCKET", "bucket"],
])("the nearest key to %s is %s", (typed, meant) => {
  expect(nearestName(typed, KEY_NAMES)).toBe(meant);
});

test("a name of any length finds a nearest one", () => {
  expect(KEY_NAMES).toContain(nearestName("x".repeat(1_000_000), KEY_NAMES));
});

test("the type of the configuration follows from the table", () => {
  expectTypeOf<Config["addressing"]>().toEqualTypeOf<"auto" | "path" | "virtual">();
  expectTypeOf<Config["retention_days"]>().toEqualTypeOf<number>();
  expectTypeOf<Config["keep"]["daily"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Config["include"]>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<Config["secret_key"]>().toEqualTypeOf<Secret | undefined>();
  expectTypeOf<Config["bucket"]>().toEqualTypeOf<string | undefined>();
});
