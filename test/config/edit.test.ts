import { expect, test } from "vitest";
import { EngineError } from "../../src/base/errors.ts";
import { getKey, setKey, unsetKey } from "../../src/config/edit.ts";
import { CONFIG, makeScratch } from "./scratch.ts";

const of = (text: string) => ({ text, file: "the-file", base: { folder: "/f", home: "/home/me" } });

const TEXT = `{
  // where it goes
  "bucket": "mine", // the bucket
  "keep": {
    "daily": 7, /* a week */
  },
  "secret_key": "S3CR3T",
}
`;

function refusalOf(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("setting one key leaves comments, order and everything else as they were", () => {
  expect(setKey(of(TEXT), "bucket", "other")).toBe(TEXT.replace('"mine"', '"other"'));
  expect(setKey(of(TEXT), "keep.daily", "14")).toBe(TEXT.replace("7,", "14,"));
});

test("a key that was not there is added in its group, whatever its type", () => {
  expect(setKey(of("{}"), "keep.weekly", "4")).toContain('"weekly": 4');
  expect(setKey(of(""), "include", "/memory/,/*.md")).toContain('"/memory/"');
  expect(setKey(of(TEXT), "keychain", "off")).toContain('"keychain": false');
  const grown = setKey(of(TEXT), "keep.weekly", "4");
  expect(grown).toContain("/* a week */");
  expect(grown).toContain('"daily": 7');
});

test("unsetting removes the key, also a secret, and a key that is not there is fine", () => {
  const without = unsetKey(of(TEXT), "secret_key");
  expect(without).not.toContain("S3CR3T");
  expect(without).toContain("// the bucket");
  expect(unsetKey(of(TEXT), "region")).toBe(TEXT);
});

test.each(["encryption_key", "key_id", "secret_key"])(
  "%s is not set from a command line, and the way is named",
  (key) => {
    const error = refusalOf(() => setKey(of(TEXT), key, "S3CR3T-new"));
    expect(error.code).toBe("config-secret-literal");
    expect(error.hint).toContain(`${key}_file`);
    expect(`${error.message}${error.hint}${error.stack ?? ""}`).not.toContain("S3CR3T-new");
  },
);

test("a secret without a file of its own is sent to the environment", () => {
  const error = refusalOf(() => setKey(of(TEXT), "session_token", "S3CR3T"));
  expect(error.hint).toContain("SESSION_SYNC_SESSION_TOKEN");
});

test.each([
  ["retention_days", "0"],
  ["retention_days", "thirty"],
  ["provider", "dropbox"],
  ["keychain", "perhaps"],
  ["bucket", "a/b"],
  ["notify.on", "failure,never"],
])("%s is not set to %s", (key, value) => {
  expect(refusalOf(() => setKey(of("{}"), key, value)).code).toBe("config-value");
});

test("an unknown key is refused with the nearest one, and a group is not a key", () => {
  const error = refusalOf(() => setKey(of("{}"), "retention", "3"));
  expect(error).toMatchObject({ code: "config-no-such-key", facts: { key: "retention" } });
  expect(refusalOf(() => setKey(of("{}"), "keep", "3")).code).toBe("config-no-such-key");
  expect(refusalOf(() => unsetKey(of("{}"), "buckt")).hint).toContain("bucket");
});

test("a text that is broken is not edited", () => {
  expect(refusalOf(() => setKey(of('{ "bucket": '), "bucket", "other")).code).toBe("config-syntax");
  expect(refusalOf(() => unsetKey(of('{ "buckt": 1 }'), "bucket")).code).toBe("config-unknown-key");
});

test("getting a key tells its value and source, and never a secret", () => {
  const scratch = makeScratch();
  scratch.write(CONFIG, TEXT);
  const loaded = scratch.load({ variables: { SESSION_SYNC_REGION: "eu-1" } });
  expect(getKey(loaded, "bucket")).toEqual({ key: "bucket", value: "mine", source: "file" });
  expect(getKey(loaded, "keep.daily")).toEqual({ key: "keep.daily", value: 7, source: "file" });
  expect(getKey(loaded, "region")).toMatchObject({ value: "eu-1", source: "environment" });
  expect(getKey(loaded, "retention_days")).toMatchObject({ value: 30, source: "default" });
  expect(getKey(loaded, "endpoint")).toEqual({ key: "endpoint", source: "default" });
  expect(getKey(loaded, "secret_key")).toMatchObject({ value: "(secret)", source: "file" });
});
