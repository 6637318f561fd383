import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { EngineError } from "../../src/base/errors.ts";
import type { Keychain } from "../../src/config/keychain.ts";
import { runSecretCommand } from "../../src/config/secret-command.ts";
import { Secret } from "../../src/config/secret.ts";
import type { SecretName } from "../../src/config/secret.ts";
import { findSecret, FoundSecret } from "../../src/config/secrets.ts";
import { CONFIG, makeScratch, type LoadAsked, type Scratch } from "./scratch.ts";

const SECRET = "S3CR3T-do-not-print";

const find = (scratch: Scratch, which: SecretName, asked: LoadAsked = {}, keychain?: Keychain) =>
  findSecret(which, scratch.load(asked), keychain);

async function refusal(found: Promise<unknown>): Promise<EngineError> {
  try {
    await found;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const toldBy = (error: EngineError): string =>
  [
    error.message,
    error.hint,
    error.stack,
    inspect(error, { depth: null, showHidden: true }),
  ].join();

/** A child that was ended and that nobody has asked for yet is not running. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.includes("Z");
}

class FakeKeychain implements Keychain {
  readonly reason = undefined;
  readonly asked: SecretName[] = [];

  async read(which: SecretName): Promise<Secret | undefined> {
    this.asked.push(which);
    return new Secret("from-keychain");
  }

  async write(): Promise<void> {}

  async remove(): Promise<boolean> {
    return true;
  }
}

describe("a secret is found", () => {
  test("in the configuration itself", async () => {
    const scratch = makeScratch();
    const file = scratch.write(CONFIG, `{ "secret_key": "${SECRET}" }`);
    const found = await find(scratch, "secret_key");
    expect(found?.text).toBe(SECRET);
    expect(found).toMatchObject({ source: "literal", where: `secret_key in ${file}` });
  });

  test("in the environment, under its own name, before the configuration's literal", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "encryption_key": "older" }');
    const found = await find(scratch, "encryption_key", {
      variables: { SESSION_SYNC_ENCRYPTION_KEY: SECRET },
    });
    expect(found?.text).toBe(SECRET);
    expect(found).toMatchObject({
      source: "environment",
      where: "SESSION_SYNC_ENCRYPTION_KEY in the environment",
    });
  });

  test("in a file beside the configuration, without the line end that editors add", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "encryption_key_file": "keys/main" }');
    const file = scratch.write("workspace/keys/main", `${SECRET}\r\n`);
    const found = await find(scratch, "encryption_key", { cwd: join(scratch.workspace, "keys") });
    expect(found?.text).toBe(SECRET);
    expect(found).toMatchObject({ source: "file", where: file });
  });

  test("as what a command prints, run in the configuration's folder", async () => {
    const scratch = makeScratch();
    scratch.write("workspace/pass", `${SECRET}\n`);
    scratch.write(CONFIG, '{ "passphrase_command": "cat pass && echo noise >&2" }');
    const found = await find(scratch, "passphrase");
    expect(found?.text).toBe(SECRET);
    expect(found).toMatchObject({ source: "command", where: "passphrase_command" });
  });

  test("in the variable that the configuration names", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "key_id_env": "MY_KEY_ID" }');
    const found = await find(scratch, "key_id", { variables: { MY_KEY_ID: SECRET } });
    expect(found?.text).toBe(SECRET);
    expect(found).toMatchObject({ source: "environment", where: "MY_KEY_ID" });
  });

  test("in the keychain when nothing is configured, which is else not asked", async () => {
    const scratch = makeScratch();
    const keychain = new FakeKeychain();
    const found = await find(scratch, "encryption_key", {}, keychain);
    expect(found?.text).toBe("from-keychain");
    expect(found?.source).toBe("keychain");
    scratch.write(CONFIG, '{ "encryption_key": "configured" }');
    expect((await find(scratch, "encryption_key", {}, keychain))?.text).toBe("configured");
    expect(keychain.asked).toEqual(["encryption_key"]);
  });

  test("nowhere, and that is no error", async () => {
    expect(await find(makeScratch(), "secret_key")).toBeUndefined();
  });
});

describe("two sources for one secret", () => {
  test.each([
    ['{ "secret_key": "a", "secret_key_file": "b" }', ["secret_key in", "secret_key_file in"]],
    [
      '{ "secret_key_env": "A", "secret_key_command": "b" }',
      ["secret_key_command", "secret_key_env"],
    ],
  ])("in %s are refused, naming both", async (text, named) => {
    const scratch = makeScratch();
    scratch.write(CONFIG, text);
    const error = await refusal(find(scratch, "secret_key"));
    expect(error.code).toBe("secret-two-sources");
    for (const name of named) expect(error.message).toContain(name);
  });

  test("of which one is in the environment are refused too, and not shown", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "encryption_key_file": "main" }');
    const variables = { SESSION_SYNC_ENCRYPTION_KEY: SECRET };
    const error = await refusal(find(scratch, "encryption_key", { variables }));
    expect(error.message).toContain("SESSION_SYNC_ENCRYPTION_KEY");
    expect(error.message).toContain("encryption_key_file");
    expect(toldBy(error)).not.toContain(SECRET);
  });

  test("do not hinder another secret", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "secret_key": "a", "secret_key_file": "b", "key_id": "c" }');
    expect((await find(scratch, "key_id"))?.text).toBe("c");
  });
});

describe("a secret's file is refused", () => {
  const withFile = (mode: number, content: string | Uint8Array = SECRET) => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "secret_key_file": "secret" }');
    chmodSync(scratch.write("workspace/secret", content), mode);
    return scratch;
  };

  test.each([0o640, 0o604, 0o660, 0o606, 0o610, 0o601, 0o620])("with mode %o", async (mode) => {
    const error = await refusal(find(withFile(mode), "secret_key"));
    expect(error.code).toBe("secret-file");
    expect(error.message).toContain(`mode ${mode.toString(8)}`);
    expect(toldBy(error)).not.toContain(SECRET);
  });

  test.each([0o600, 0o400])("not with mode %o", async (mode) => {
    expect((await find(withFile(mode), "secret_key"))?.text).toBe(SECRET);
  });

  test("not for its mode on Windows, which has none", async () => {
    const asked = { platform: "win32", variables: { USERPROFILE: "/" } } as const;
    expect((await find(withFile(0o666), "secret_key", asked))?.text).toBe(SECRET);
  });

  test("for its target's mode when it is a link", async () => {
    const scratch = withFile(0o644);
    scratch.write(CONFIG, '{ "secret_key_file": "link" }');
    symlinkSync(join(scratch.workspace, "secret"), join(scratch.workspace, "link"));
    expect((await refusal(find(scratch, "secret_key"))).message).toContain("mode 644");
  });

  test("when it is not there, with its whole path", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "secret_key_file": "missing" }');
    const error = await refusal(find(scratch, "secret_key"));
    expect(error.message).toContain(join(scratch.workspace, "missing"));
    expect(error.message).toContain("it does not exist");
  });

  test("when it is empty, or only a line end", async () => {
    expect((await refusal(find(withFile(0o600, ""), "secret_key"))).message).toContain("empty");
    expect((await refusal(find(withFile(0o600, "\n"), "secret_key"))).message).toContain("empty");
  });

  test("when it is larger than 64 KiB, and not when it is as large", async () => {
    const large = withFile(0o600, "x".repeat(64 * 1024 + 1));
    expect((await refusal(find(large, "secret_key"))).message).toContain("larger than 65536 bytes");
    const full = withFile(0o600, "x".repeat(64 * 1024));
    expect((await find(full, "secret_key"))?.text).toHaveLength(64 * 1024);
  });

  test("when it is a folder or a pipe that nobody writes to, without waiting", async () => {
    const scratch = makeScratch();
    scratch.write(CONFIG, '{ "secret_key_file": ".", "key_id_file": "pipe" }');
    execFileSync("mkfifo", ["-m", "600", join(scratch.workspace, "pipe")]);
    for (const which of ["secret_key", "key_id"] as const) {
      expect((await refusal(find(scratch, which))).message).toContain("not a regular file");
    }
  });
});

describe("a secret's command is refused", () => {
  const run = async (command: string, limitMs = 30_000) =>
    refusal(runSecretCommand(command, { key: "secret_key_command", folder: "/", limitMs }));

  test.each([
    [`echo ${SECRET}; echo ${SECRET} >&2; exit 3`, "it ended with code 3"],
    [`echo ${SECRET} >&2`, "it printed nothing"],
    ["echo", "it printed nothing"],
    [`echo ${SECRET}; kill -9 $$`, "it was ended by SIGKILL"],
    ["head -c 70000 /dev/zero", "it printed more than 65536 bytes"],
    ["exec cat /dev/zero", "it printed more than 65536 bytes"],
    ["this-command-is-not-there-at-all", "it ended with code 127"],
  ])("when it is `%s`, naming the key and how it ended: %s", async (command, reason) => {
    const error = await run(command);
    expect(error.code).toBe("secret-command");
    expect(error.facts).toEqual({ key: "secret_key_command", reason });
    expect(toldBy(error)).not.toContain(SECRET);
  });

  test("when it does not end in time, its children too, and nobody waits for them", async () => {
    const file = join(makeScratch().folder, "pid");
    const error = await run(`sleep 600 & echo $! > ${file}; sleep 600`, 500);
    expect(error.message).toContain("longer than 0.5 seconds");
    await expect.poll(() => isRunning(Number(readFileSync(file, "utf8")))).toBe(false);
  });

  test("when it leaves something behind that keeps its output open, which is ended too", async () => {
    const file = join(makeScratch().folder, "pid");
    expect((await run(`sleep 600 & echo $! > ${file}`, 500)).message).toContain("longer than");
    await expect.poll(() => isRunning(Number(readFileSync(file, "utf8")))).toBe(false);
  });

  test("when its folder is gone", async () => {
    const gone = { key: "secret_key_command", folder: "/not-there-at-all" };
    expect((await refusal(runSecretCommand("true", gone))).message).toContain(
      "it could not be started",
    );
  });

  test("and it cannot wait for an answer: its input is empty", async () => {
    expect((await run("cat")).facts).toMatchObject({ reason: "it printed nothing" });
  });
});

test("a variable that is named and not set is refused by both names", async () => {
  const scratch = makeScratch();
  scratch.write(CONFIG, '{ "secret_key_env": "NOT_SET_ANYWHERE" }');
  const error = await refusal(find(scratch, "secret_key"));
  expect(error.facts).toEqual({ key: "secret_key_env", variable: "NOT_SET_ANYWHERE" });
});

test("no way of printing a found secret shows it", () => {
  const found = new FoundSecret(SECRET, "file", "/the/file");
  const printed = [
    inspect(found, { depth: null, showHidden: true, getters: true }),
    inspect({ inside: [found] }, { depth: null }),
    JSON.stringify({ inside: found }),
    `${String(found)}${[found].join()}`,
    JSON.stringify(Object.entries(found)),
    JSON.stringify(structuredClone(found)),
    inspect(new Error("x", { cause: found })),
  ].join("\n");
  expect(printed).not.toContain(SECRET);
  expect(found.text).toBe(SECRET);
});
