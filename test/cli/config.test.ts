import { readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documentOf, makePlace, type Place } from "./place.ts";
import { onTerminal } from "./terminal.ts";

const CONFIG = "workspace/session-sync-config.json";

test("config set keeps comments, says what it refuses, and makes the file for its owner alone", async () => {
  const { run, read, write, workspace } = makePlace();
  expect(await run(["config", "set", "retention_days", "60"])).toMatchObject({ code: 0 });
  expect(statSync(join(workspace, "session-sync-config.json")).mode & 0o777).toBe(0o600);
  write(CONFIG, '{\n  // a year\n  "retention_days": 365\n}\n');
  await run(["config", "set", "exclude", "drafts/,*.tmp"]);
  expect(read(CONFIG)).toContain("// a year");
  expect((await run(["config", "get", "exclude"])).stdout).toBe(
    '["drafts/","*.tmp"]  (from the file)\n',
  );
  const typo = await run(["config", "set", "retention_dys", "1"]);
  expect(typo.code).toBe(2);
  expect(typo.stderr).toContain("retention_days");
  expect((await run(["config", "set", "retention_days", "soon"])).code).toBe(2);
  await run(["config", "unset", "exclude"]);
  expect((await run(["config", "get", "exclude"])).stdout).toBe("[]  (by default)\n");
});

test("a secret on a command line is refused, and a set one is not shown", async () => {
  const { run, write } = makePlace();
  const key = Buffer.alloc(32, 9).toString("base64");
  expect((await run(["config", "set", "encryption_key", key])).code).toBe(2);
  write(CONFIG, JSON.stringify({ encryption_key: key }));
  const got = await run(["config", "get", "encryption_key"]);
  expect(got.code).toBe(0);
  expect(got.stdout + got.stderr).not.toContain(key);
});

test("where the file is a link, what it points to is edited", async () => {
  const { run, write, read, workspace, root } = makePlace();
  write("dotfiles/sync.json", "{}\n", 0o640);
  symlinkSync(join(root, "dotfiles/sync.json"), join(workspace, "session-sync-config.json"));
  await run(["config", "set", "retention_days", "60"]);
  expect(read("dotfiles/sync.json")).toContain("60");
  expect(statSync(join(root, "dotfiles/sync.json")).mode & 0o777).toBe(0o640);
});

/** An agent, or anybody who can write in the workspace, points it to a place of their own. */
async function tampered(): Promise<Place> {
  const place = makePlace();
  place.write("workspace/a.md", "private");
  await place.run(["now"]);
  const marker = join(place.root, "ran");
  const config = { path: "../theirs", encryption_key_command: `touch ${marker}; echo x` };
  place.write(CONFIG, JSON.stringify(config));
  place.write("workspace/a.md", "more");
  return place;
}

test("a changed place or key source is not used until a person has confirmed it", async () => {
  const { run, root, stateDir } = await tampered();
  for (const verb of ["now", "status", "restore", "check"]) {
    const ended = await run([verb]);
    expect(ended.code, verb).toBe(2);
    expect(ended.stderr).toContain("config trust");
    expect(ended.stderr).toContain("path:");
  }
  expect(() => statSync(join(root, "ran"))).toThrow();
  expect(() => statSync(join(root, "theirs"))).toThrow();
  expect(stateDir).toBeTruthy();
});

test("only a person on a terminal can confirm it, and only by saying yes", async () => {
  const place = await tampered();
  const { run, write } = place;
  expect((await run(["config", "trust"], { input: "y\n" })).code).toBe(2);
  expect((await onTerminal(place, ["config", "trust"], "n\n")).code).toBe(2);
  expect((await run(["now"])).code).toBe(2);
  write(CONFIG, '{ "path": "../theirs" }');
  const confirmed = await onTerminal(place, ["config", "trust"], "y\n");
  expect(confirmed.code).toBe(0);
  expect(confirmed.stdout).toContain('path: (not set) → "');
  // Trusted now, and yet no repository is made there by itself.
  expect((await run(["now"])).code).toBe(10);
});

test("a change that decides nothing needs no confirmation, nor does what the environment says", async () => {
  const { run, write, root } = makePlace();
  write("workspace/a.md", "a");
  await run(["now"]);
  write(CONFIG, '{ "retention_days": 60, "exclude": ["*.tmp"] }');
  expect(await run(["now"])).toMatchObject({ code: 0 });
  const variables = { SESSION_SYNC_PATH: join(root, "elsewhere") };
  expect((await run(["now"], { variables })).code).toBe(10);
  expect(await run(["now"])).toMatchObject({ code: 0 });
});

test("what the environment said once is not missed when it says it no more", async () => {
  const { run, write, variables } = makePlace();
  write("workspace/a.md", "a");
  expect(variables["SESSION_SYNC_KEYCHAIN"]).toBe("false");
  await run(["now"]);
  // With a keychain that cannot be asked: only the confirmation is in question here.
  write(CONFIG, '{ "keychain": false }');
  const ended = await run(["now"], { variables: { SESSION_SYNC_KEYCHAIN: undefined } });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("keychain: true → false");
  write(CONFIG, "{}");
  expect(await run(["status"])).toMatchObject({ code: 0 });
});

test("a configuration that other users can read, with a secret in it, is warned about", async () => {
  const { run, write } = makePlace();
  const key = Buffer.alloc(32, 9).toString("base64");
  write("workspace/a.md", "a");
  write(CONFIG, JSON.stringify({ path: "../bucket", encryption_key: key }), 0o644);
  const ended = await run(["init"]);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stderr).toContain("chmod 600");
  expect(readFileSync(join(process.cwd(), "package.json"), "utf8")).not.toContain(key);
  expect(documentOf(await run(["now", "--json"]))).toMatchObject({ unchanged: false });
});
