import { readFileSync } from "node:fs";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import { KEY_NAMES, variableOf } from "../../src/config/key-lookup.ts";
import { configurationPage } from "../../src/config/reference.ts";
import { configSchema, printSchema } from "../../src/config/schema.ts";
import { CONFIG, makeScratch } from "./scratch.ts";

const read = (path: string): string => readFileSync(path, "utf8");

test("docs/configuration.md is what the table says (else: npm run docs)", () => {
  expect(read("docs/configuration.md")).toBe(configurationPage());
});

test("docs/session-sync-config.schema.json is what the table says (else: npm run docs)", () => {
  expect(read("docs/session-sync-config.schema.json")).toBe(printSchema());
  expect(JSON.parse(printSchema())).toEqual(configSchema());
});

test("the reference lists every key, and the schema every member", () => {
  const page = configurationPage();
  const schema = printSchema();
  for (const name of KEY_NAMES) {
    expect(page).toContain(`| \`${name}\``);
    expect(schema).toContain(`"${name.split(".").at(-1) ?? ""}": {`);
  }
});

test("no cell of the reference breaks its table", () => {
  const rows = configurationPage()
    .split("\n")
    .filter((line) => line.startsWith("|"));
  for (const row of rows) expect([2, 4]).toContain(row.split("|").length - 2);
});

test("the example loads without a warning, and names the schema", () => {
  const { load, write } = makeScratch();
  const text = read("session-sync-config.example.json");
  write(CONFIG, text);
  const { config, warnings } = load();
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({ provider: "backblaze", keep: { daily: 14 } });
  expect(parse(text)).toMatchObject({ $schema: "./docs/session-sync-config.schema.json" });
  expect(text.split("\n").length).toBeLessThan(40);
});

test("no key is called like a variable that means something else", () => {
  const variables = KEY_NAMES.map(variableOf);
  expect(variables).not.toContain("SESSION_SYNC_STATE_DIR");
  expect(variables).not.toContain("SESSION_SYNC_OUTPUT");
});
