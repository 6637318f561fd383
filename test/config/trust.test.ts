import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical-json.ts";
import { changesSince, parseTrusted, refuseChanges, trustedPart } from "../../src/config/trust.ts";
import { CONFIG, makeScratch, type LoadAsked } from "./scratch.ts";

const FIRST = {
  provider: "s3",
  bucket: "mine",
  path_prefix: "laptop/",
  encryption_key: "S3CR3T-first",
  secret_key_file: "key",
  retention_days: 30,
};

/** What is told of a change from one configuration to another. */
function changed(before: object, after: object, asked: LoadAsked = {}) {
  const scratch = makeScratch();
  scratch.write(CONFIG, JSON.stringify(before));
  const remembered = trustedPart(scratch.load());
  scratch.write(CONFIG, JSON.stringify(after));
  return changesSince(remembered, scratch.load(asked));
}

test("the first configuration of a workspace is trusted, and so is one that stays the same", () => {
  const scratch = makeScratch();
  scratch.write(CONFIG, JSON.stringify(FIRST));
  const loaded = scratch.load();
  expect(() => {
    refuseChanges(undefined, loaded);
    refuseChanges(trustedPart(loaded), loaded);
  }).not.toThrow();
});

describe("a change waits for a person", () => {
  test.each<readonly [string, object]>([
    ["provider", { provider: "custom" }],
    ["endpoint", { endpoint: "https://elsewhere.example.com" }],
    ["bucket", { bucket: "theirs" }],
    ["region", { region: "far-away-1" }],
    ["path_prefix", { path_prefix: "other/" }],
    ["path", { path: "/elsewhere" }],
    ["addressing", { addressing: "virtual" }],
    ["ca_file", { ca_file: "their.pem" }],
    ["profile", { profile: "other" }],
    ["secret_key_file", { secret_key_file: "other" }],
    ["key_id_env", { key_id_env: "OTHER" }],
    ["passphrase_command", { passphrase_command: "steal" }],
    ["notify.command", { notify: { command: "steal" } }],
    ["notify.ping_url", { notify: { ping_url: "https://elsewhere.example.com" } }],
    ["extractors", { extractors: ["./steal.js"] }],
    ["keychain", { keychain: false }],
  ])("of %s", (key, change) => {
    expect(changed(FIRST, { ...FIRST, ...change }).map((one) => one.key)).toEqual([key]);
  });

  test("of the kind of a secret's source", () => {
    const after = { ...FIRST, encryption_key: undefined, encryption_key_command: "op read x" };
    const keys = changed(FIRST, after);
    expect(keys.map(({ key, before, now }) => [key, before, now])).toEqual([
      ["encryption_key", "(a secret in the file)", "(not set)"],
      ["encryption_key_command", "(not set)", '"op read x"'],
    ]);
  });

  test("when the copy silently moves to this disk, because the file was emptied", () => {
    const keys = changed(FIRST, {}).map(({ key }) => key);
    expect(keys).toContain("provider");
    expect(keys).toContain("bucket");
  });
});

describe("nothing waits", () => {
  test("for other keys", () => {
    const harmless = { retention_days: 7, include: ["/x"], keep: { daily: 2 }, language: "en" };
    expect(changed(FIRST, { ...FIRST, ...harmless })).toEqual([]);
  });

  test("for a default that is written down", () => {
    expect(changed(FIRST, { ...FIRST, addressing: "auto", keychain: true })).toEqual([]);
  });

  test("for what the environment says: whoever starts us says it", () => {
    const variables = { SESSION_SYNC_BUCKET: "from-environment" };
    expect(changed(FIRST, { ...FIRST, bucket: "theirs" }, { variables })).toEqual([]);
  });
});

test("a file cannot pass for the environment, or for a secret that stayed", () => {
  const marked = { ...FIRST, bucket: "(from-the-environment)" };
  expect(changed(FIRST, { ...FIRST, profile: "(from the environment)" })).toHaveLength(1);
  expect(changed(FIRST, marked)).toHaveLength(1);
  expect(changed({ profile: "x" }, { profile: "(not set)" })).toHaveLength(1);
});

test("what the environment said is not confirmed for the file", () => {
  const scratch = makeScratch();
  const remembered = trustedPart(scratch.load({ variables: { SESSION_SYNC_BUCKET: "mine" } }));
  scratch.write(CONFIG, '{ "bucket": "theirs" }');
  expect(changesSince(remembered, scratch.load()).map(({ key }) => key)).toEqual(["bucket"]);
});

test("the refusal names old and new, and never a secret", () => {
  const scratch = makeScratch();
  scratch.write(CONFIG, JSON.stringify(FIRST));
  const remembered = trustedPart(scratch.load());
  scratch.write(
    CONFIG,
    JSON.stringify({
      ...FIRST,
      bucket: "theirs",
      encryption_key: "S3CR3T-second",
      key_id: "S3CR3T",
    }),
  );
  const attempt = () => {
    refuseChanges(remembered, scratch.load());
  };
  expect(attempt).toThrow(expect.objectContaining({ code: "config-changed" }));
  expect(attempt).toThrow(/bucket: "mine" → "theirs"/);
  expect(attempt).toThrow(/key_id: \(not set\) → \(a secret in the file\)/);
  expect(attempt).not.toThrow(/S3CR3T/);
  expect(JSON.stringify(remembered)).not.toContain("S3CR3T");
});

test("a command is shown whole, and with nothing that a terminal hides", () => {
  const command = `notify ${"x".repeat(1000)}\u202e; steal\u200b`;
  const [change] = changed(FIRST, { ...FIRST, notify: { command } });
  expect(change?.now).toContain("x".repeat(1000));
  expect(change?.now).toContain("\\u{202e}; steal\\u{200b}");
});

test("what was remembered comes back from JSON, and nothing else does", () => {
  const scratch = makeScratch();
  const trusted = trustedPart(scratch.load());
  expect(parseTrusted(JSON.parse(JSON.stringify(trusted)) as Json)).toEqual(trusted);
  for (const other of [undefined, null, {}, [], "x", { bucket: 3 }, [["bucket"]]]) {
    expect(parseTrusted(other)).toBeUndefined();
  }
});

test("a key that a later release adds counts as unset for what was remembered before", () => {
  const scratch = makeScratch();
  scratch.write(CONFIG, JSON.stringify(FIRST));
  const { region, ...older } = trustedPart(scratch.load());
  expect(region).toBe("(not set)");
  expect(changesSince(older, scratch.load())).toEqual([]);
});
