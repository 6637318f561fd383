import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codes, errorsPage, familiesOf } from "../../docs/errors-page.ts";

test("docs/errors.md is what the messages and the exit codes say (else: npm run docs)", () => {
  expect(readFileSync("docs/errors.md", "utf8")).toBe(errorsPage());
});

test("every code is thrown somewhere, and by one family", () => {
  for (const code of codes()) expect(familiesOf(code), code).toHaveLength(1);
});
