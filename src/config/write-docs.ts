/** `npm run docs`: writes what is generated from the table of keys. A test fails when it is stale. */
import { writeFileSync } from "node:fs";
import { configurationPage } from "./reference.ts";
import { printSchema } from "./schema.ts";

const root = new URL("../../", import.meta.url);
writeFileSync(new URL("docs/configuration.md", root), configurationPage());
writeFileSync(new URL("session-sync-config.schema.json", root), printSchema());
