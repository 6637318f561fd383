import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAnswer } from "../../src/config/keychain-messages.ts";
import { openKeychain, type Keychain } from "../../src/config/keychain.ts";
import { Secret } from "../../src/config/secret.ts";
import { makeScratch } from "./scratch.ts";

const random = (count: number) => new Uint8Array(count).fill(7);

/** A keychain whose other side is the script given here. */
function keychainOf(script: string, limitMs = 10_000): Keychain {
  const file = makeScratch().write("helper.mjs", script);
  const keychain = openKeychain(true, { repository: "repo", random, limitMs, script: file });
  if (keychain === undefined) throw new Error("it is on");
  return keychain;
}

/** Keeps what it is told in a file: the other side as it should be. */
const KEEPS = (file: string) => `
  import { readFileSync, writeFileSync, existsSync, rmSync } from "node:fs";
  const request = JSON.parse(readFileSync(0, "utf8"));
  const file = ${JSON.stringify(file)};
  if (request.verb === "write") writeFileSync(file, JSON.stringify(request));
  if (request.verb === "remove") rmSync(file, { force: true });
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).text : undefined;
  process.stdout.write(JSON.stringify({ kind: "done", text: request.verb === "read" ? kept : undefined }));
`;

test("a keychain that is switched off does not exist", () => {
  expect(openKeychain(false, { repository: "repo", random })).toBeUndefined();
});

test("a secret that was written is read, under the repository's id, and gone when removed", async () => {
  const file = join(makeScratch().folder, "kept.json");
  const keychain = keychainOf(KEEPS(file));
  await keychain.write("encryption_key", new Secret("the key"));
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    account: "repo",
    service: "session-sync-cloud encryption_key",
    probe: "07".repeat(16),
  });
  expect((await keychain.read("encryption_key"))?.text).toBe("the key");
  expect(await keychain.remove("encryption_key")).toBe(true);
  expect(existsSync(file)).toBe(false);
  expect(await keychain.read("encryption_key")).toBeUndefined();
  expect(keychain.reason).toBeUndefined();
});

test.each([
  ["never answers", "setInterval(() => {}, 1000)", "it did not answer in 0.2 seconds", 200],
  ["blocks its thread", "for (;;);", "it did not answer in 0.2 seconds", 200],
  ["ends without a word", "", "its helper gave no answer", 10_000],
  ["crashes", "process.abort()", "its helper gave no answer", 10_000],
  ["babbles", "process.stdout.write('S3CR3T')", "its helper gave no answer", 10_000],
  [
    "refuses",
    'console.log(JSON.stringify({ kind: "refused", reason: "no bus" + String.fromCharCode(27) }))',
    "no bus\\u{1b}",
    10_000,
  ],
])(
  "a helper that %s means no keychain, with a reason for `doctor`",
  async (_name, script, reason, limitMs) => {
    const keychain = keychainOf(script, limitMs);
    expect(await keychain.read("secret_key")).toBeUndefined();
    expect(keychain.reason).toBe(reason);
    expect(await keychain.remove("secret_key")).toBe(false);
  },
);

test("a key that was not kept is never reported as kept, and never shown", async () => {
  const keychain = keychainOf("");
  const writing = keychain.write("encryption_key", new Secret("S3CR3T"));
  await expect(writing).rejects.toMatchObject({ code: "keychain-refused" });
  await expect(writing).rejects.not.toThrow(/S3CR3T/);
});

test("a helper that cannot be started is a reason too", async () => {
  const script = join(makeScratch().folder, "not-there.mjs");
  const keychain = openKeychain(true, { repository: "repo", random, script });
  expect(await keychain?.read("key_id")).toBeUndefined();
  expect(keychain?.reason).toBeTypeOf("string");
});

test("the real one ends by itself, whether this machine has a keychain or not", async () => {
  const repository = "a repository that nobody has";
  const keychain = openKeychain(true, { repository, random, limitMs: 20_000 });
  expect(await keychain?.read("encryption_key")).toBeUndefined();
  expect(keychain?.reason ?? "").not.toMatch(/helper/);
});

test.each(["", "null", "[]", "3", '{"kind":"other"}', '{"text":"S3CR3T"}', '{"kind":"done"'])(
  "the answer %j is none, and is not repeated",
  (text) => {
    expect(parseAnswer(text)).toEqual({ kind: "refused", reason: "its helper gave no answer" });
  },
);
