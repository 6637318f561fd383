/** `npm run docs`: writes what is generated from the table of keys. A test fails when it is stale. */
import { writeFileSync } from "node:fs";
import { configurationPage } from "../src/config/reference.ts";
import { printSchema } from "../src/config/schema.ts";

writeFileSync(new URL("configuration.md", import.meta.url), configurationPage());
writeFileSync(new URL("session-sync-config.schema.json", import.meta.url), printSchema());
