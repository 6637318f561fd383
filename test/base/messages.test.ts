import { describe, expect, test } from "vitest";
import { IntegrityError } from "../../src/base/errors.ts";
import { errorTexts, fill } from "../../src/base/messages/index.ts";

describe("every error's text", () => {
  const texts = Object.entries(errorTexts).flatMap(([code, { fact, hint }]) => [
    [code, fact] as const,
    [code, hint] as const,
  ]);

  test("is one short line without a full stop", () => {
    for (const [code, text] of texts) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(text, code).toMatch(/^\S[^\n]{6,218}\S$/);
      expect(text, code).not.toMatch(/[^.]\.$/);
    }
  });

  test("has no brace that is not a fact", () => {
    for (const [code, text] of texts) {
      expect(text.replaceAll(/\{\w+(:[^|}]*\|[^}]*)?\}/g, ""), code).not.toMatch(/[{}]/);
    }
  });
});

describe("filling in", () => {
  test("puts facts where their names stand", () => {
    expect(fill("{a} and {b} and {a}", { a: "x", b: 7 })).toBe("x and 7 and x");
  });

  test("gives a number its noun", () => {
    const text = "{count:file|files} left";
    expect([0, 1, 2].map((count) => fill(text, { count }))).toEqual([
      "0 files left",
      "1 file left",
      "2 files left",
    ]);
    expect(fill(text, { count: 1204 })).toBe("1,204 files left");
  });

  test("does not read a fact as a text of its own", () => {
    expect(fill("{a}{b}", { a: "{b}$&$1", b: "x" })).toBe("{b}$&$1x");
  });
});

test("an error carries its code, its facts and its cause, and says them in one sentence", () => {
  const cause = new Error("below");
  const error = new IntegrityError(
    "object-malformed",
    { what: "index 7", reason: "it is odd" },
    cause,
  );
  expect(error).toMatchObject({ code: "object-malformed", name: "IntegrityError", cause });
  expect(error.message).toBe("index 7 is not what the format describes: it is odd");
  expect(error.hint).toMatch(/check/);
});
