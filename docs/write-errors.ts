/** `npm run docs`: docs/errors.md from the messages and the exit codes. A test fails when it is stale. */
import { writeFileSync } from "node:fs";
import { errorsPage } from "./errors-page.ts";

writeFileSync(new URL("errors.md", import.meta.url), errorsPage());
