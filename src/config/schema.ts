/** The table as JSON Schema, for editors: they complete keys and show what each one does. */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import { FEATURES, type GroupRow, type KeyRow, type KeyTable } from "./key-kinds.ts";
import { KEYS } from "./keys.ts";

export function configSchema(): JsonObject {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "session-sync-config.json",
    type: "object",
    allowTrailingCommas: true,
    additionalProperties: false,
    properties: { $schema: { type: "string" }, ...propertiesOf(KEYS) },
  };
}

/** As prettier would print it: a list of short texts on one line. */
export function printSchema(): string {
  const text = JSON.stringify(configSchema(), null, 2);
  const lists = /^(\s*"\w+": )\[\n([^[\]{}]*?)\n\s*\](,?)$/gm;
  const printed = text.replace(lists, (whole, name: string, items: string, comma: string) => {
    const line = `${name}[${items.trim().replace(/,\n\s*/g, ", ")}]${comma}`;
    return line.length > 100 ? whole : line;
  });
  return `${printed}\n`;
}

function propertiesOf(table: KeyTable): JsonObject {
  const properties = Object.entries(table).map(([name, row]) => [name, propertyOf(row)] as const);
  return Object.fromEntries(properties);
}

function propertyOf(row: KeyRow | GroupRow): JsonObject {
  if (row.kind === "group") {
    return { type: "object", additionalProperties: false, properties: propertiesOf(row.keys) };
  }
  const standard: Json | undefined = "default" in row ? row.default : undefined;
  const description = `${row.text}${FEATURES[row.feature] ? "" : ` (waits for ${row.feature})`}`;
  return { description, ...shapeOf(row), ...(standard === undefined ? {} : { default: standard }) };
}

function shapeOf(row: KeyRow): JsonObject {
  switch (row.kind) {
    case "text":
    case "path":
      return { type: "string" };
    case "choice":
      return { enum: row.choices };
    case "whole":
      return { type: "integer", minimum: row.min, maximum: row.max };
    case "flag":
      return { type: "boolean" };
    case "list":
      return { type: "array", items: itemOf(row.choices) };
    case "open":
      return {};
  }
}

const itemOf = (choices: readonly string[] | undefined): JsonObject =>
  choices === undefined ? { type: "string" } : { enum: choices };
