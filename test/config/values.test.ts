import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical-json.ts";
import { rowOf } from "../../src/config/key-lookup.ts";
import type { KeyName } from "../../src/config/keys.ts";
import { checkValue, valueOfText } from "../../src/config/values.ts";

const base = { folder: "/folder", home: "/home/me" };
const check = (name: KeyName, value: Json) => checkValue(rowOf(name), value, base);

const REFUSED: readonly (readonly [KeyName, Json])[] = [
  ["provider", "dropbox"],
  ["provider", "S3"],
  ["provider", null],
  ["bucket", ""],
  ["bucket", "a/b"],
  ["bucket", "two words"],
  ["bucket", 7],
  ["endpoint", "ftp://host"],
  ["endpoint", "https://user:pass@host"],
  ["endpoint", "https://key@host"],
  ["endpoint", "user:pass@host"],
  ["endpoint", "https://host?token=1"],
  ["endpoint", "https://"],
  ["region", "evil.example.com/"],
  ["region", "a b"],
  ["path_prefix", "/absolute"],
  ["path_prefix", "up/../../there"],
  ["path_prefix", "a//b"],
  ["path_prefix", "/"],
  ["retention_days", 0],
  ["retention_days", -1],
  ["retention_days", 1.5],
  ["retention_days", 36_501],
  ["retention_days", "30"],
  ["retention_days", Number.NaN],
  ["interval_minutes", 0],
  ["keep.daily", -1],
  ["concurrency", 65],
  ["part_size_mib", 4],
  ["guard.shrink_percent", 100],
  ["keychain", "yes"],
  ["keychain", 1],
  ["include", "/memory/"],
  ["include", [""]],
  ["include", ["a\nb"]],
  ["include", [["a"]]],
  ["notify.on", ["everything"]],
  ["notify.ping_url", "file:///etc/passwd"],
  ["notify.command", "one\ntwo"],
  ["encryption_key", ""],
  ["encryption_key", ["a"]],
  ["encryption_key_env", "NOT A NAME"],
  ["encryption_key_file", "nul\0byte"],
  ["path", "\ud800"],
  ["profile", "x".repeat(4097)],
];

test.each(REFUSED)("%s is refused as %j, in words that do not repeat it", (name, value) => {
  const checked = check(name, value);
  expect(checked).toHaveProperty("wanted");
  if ("wanted" in checked && typeof value === "string" && value.length > 8) {
    expect(checked.wanted).not.toContain(value);
  }
});

const ACCEPTED: readonly (readonly [KeyName, Json])[] = [
  ["endpoint", "s3.eu-central-003.backblazeb2.com"],
  ["endpoint", "http://127.0.0.1:9000"],
  ["endpoint", "https://gateway.example.com/s3"],
  ["path_prefix", ""],
  ["path_prefix", "laptop/"],
  ["path_prefix", "agents/laptop"],
  ["bucket", "my.bucket-1"],
  ["keep.daily", 0],
  ["retention_days", 36_500],
  ["include", []],
  ["include", ["/memory/", "!*.tmp", "日記.md"]],
  ["transcripts", { anything: [1, null] }],
];

test.each(ACCEPTED)("%s is accepted as %j and stays as it is", (name, value) => {
  expect(check(name, value)).toEqual({ value });
});

describe("paths", () => {
  test.each([
    ["key", "/folder/key"],
    ["../key", "/key"],
    ["/etc/key", "/etc/key"],
    ["~", "/home/me"],
    ["~/key", "/home/me/key"],
    ["~other/key", "/folder/~other/key"],
  ])("%s means %s", (given, absolute) => {
    expect(check("encryption_key_file", given)).toEqual({ value: absolute });
  });
});

describe("text of a variable", () => {
  test.each<readonly [KeyName, string, Json]>([
    ["retention_days", "7", 7],
    ["retention_days", " 7 ", 7],
    ["retention_days", "1e3", "1e3"],
    ["retention_days", "0x10", "0x10"],
    ["keychain", "off", false],
    ["keychain", "Yes", true],
    ["keychain", "maybe", "maybe"],
    ["include", "/memory/, /*.md", ["/memory/", "/*.md"]],
    ["include", "a\nb\n", ["a", "b"]],
    ["bucket", "name", "name"],
  ])("%s=%j is read as %j", (name, text, value) => {
    expect(valueOfText(rowOf(name), text)).toEqual(value);
  });
});
