import fc from "fast-check";
import { expect, test } from "vitest";
import { EngineError } from "../../src/base/errors.ts";
import { parseConfigText } from "../../src/config/parse-config.ts";

const parse = (text: string) =>
  parseConfigText({ text, file: "the-file", base: { folder: "/folder", home: "/home/me" } });

function refusal(text: string): EngineError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

test("comments, trailing commas and groups are read", () => {
  const values = parse(`// a comment
    { "$schema": "./x.json", /* another */ "bucket": "my-bucket", "keep": { "daily": 7, }, }`);
  expect([...values]).toEqual([
    ["bucket", "my-bucket"],
    ["keep.daily", 7],
  ]);
});

test("a key that nobody knows is refused with file, line and the nearest key", () => {
  const error = refusal('{\n  // why\n  "retention_day": 3\n}');
  expect(error.code).toBe("config-unknown-key");
  expect(error.facts).toMatchObject({ file: "the-file", line: "3", key: "retention_day" });
  expect(error.hint).toContain("retention_days");
});

test("a key that a group does not have is refused under its full name", () => {
  const error = refusal('{ "keep": { "dayly": 3 } }');
  expect(error.facts).toMatchObject({ key: "keep.dayly", nearest: "keep.daily" });
});

test("a group has one spelling in a file: an object", () => {
  const error = refusal('{\n"keep.daily": 3 }');
  expect(error.code).toBe("config-syntax");
  expect(error.message).toContain("line 2: write keep as an object in braces");
});

test("a value that is out of bounds is refused with file, line, key and the bounds", () => {
  const error = refusal('{\n"keep": {\n"daily":\n-1 } }');
  expect(error.code).toBe("config-value");
  expect(error.message).toContain("keep.daily (the-file, line 3)");
  expect(error.message).toContain("from 0 to 100000");
});

test("a key that stands twice is refused with both lines, because JSON would take the last", () => {
  const error = refusal('{\n"bucket": "mine",\n"bucket": "theirs"\n}');
  expect(error.code).toBe("config-key-twice");
  expect(error.facts).toMatchObject({ first: "2", line: "3" });
});

test.each([
  ["", "1"],
  ["// only a comment", "1"],
  ["[]", "1"],
  ["3", "1"],
  ['{\n"bucket" "x"\n}', "2"],
  ['{\n"bucket": \n}', "3"],
  ['{\n"bucket": "x"\n"path": "y" }', "3"],
  ['{ "bucket": "x" ', "1"],
  ['{ "bucket": "x" } {}', "1"],
  ["{ bucket: 'x' }", "1"],
  ['{\n"keep": 3 }', "2"],
  ['{ "keep": [1] }', "1"],
])("%j is refused as broken in line %s", (text, line) => {
  const error = refusal(text);
  expect(error.code).toBe("config-syntax");
  expect(error.facts).toMatchObject({ file: "the-file", line });
});

test("nesting that no person writes is refused and does not exhaust the stack", () => {
  expect(refusal(`{ "ride": ${"[".repeat(200_000)}`).code).toBe("config-syntax");
});

test("__proto__ and constructor are unknown keys, and reach no prototype", () => {
  expect(refusal('{ "__proto__": { "bucket": "x" } }').code).toBe("config-unknown-key");
  expect(refusal('{ "constructor": 1 }').code).toBe("config-unknown-key");
  parse('{ "ride": { "__proto__": { "polluted": true } } }');
  expect({}).not.toHaveProperty("polluted");
});

test("no refusal repeats a value, wherever in the file the mistake is", () => {
  const secret = "S3CR3T-do-not-print";
  const broken = [
    `{ "secret_key": "${secret}", "bucket": 3 }`,
    `{ "secret_key": ["${secret}"] }`,
    `{ "secret_key": "${secret}`,
    `{ "secret_key": ${secret} }`,
    `{ "secret_key": "${secret}" "bucket": "x" }`,
    `{ "secret_key": "${secret}\\n" }`,
    `{ "endpoint": "https://user:${secret}@host" }`,
    `{ "encryption_key": { "value": "${secret}" } }`,
    `{ "secret_key": "a", "secret_key": "${secret}" }`,
    `{ "keychain": "${secret}" }`,
  ];
  for (const text of broken) {
    const error = refusal(text);
    const told = [error.message, error.hint, JSON.stringify(error.facts), error.stack].join("\n");
    expect(told, text).not.toContain(secret);
  }
});

test("any text is a configuration or a refusal of ours, never another error", () => {
  const piece = fc.constantFrom(
    ...["{", "}", "[", "]", ",", ":", '"', "'", "//", "/*", "*/", '"bucket"', '"keep"', "3", "-1"],
    ...['"include"', "null", "true", "\\u0000", "\n", '"__proto__"', "\ud800", '"ride"'],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        parse(given);
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
      }
    }),
    { seed: 20_260_401, numRuns: 300 },
  );
});
