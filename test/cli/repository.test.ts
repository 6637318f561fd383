/** Other repositories than the one that needs no configuration: connecting, keys, and what can be lost. */
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentsOf, documentOf, makePlace, type Place } from "./place.ts";
import { onTerminal } from "./terminal.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 8).toString("base64");

/** A second machine: another home and state, and what it has of the first one is the folder. */
const secondMachine = ({ root }: Pick<Place, "root">): Record<string, string> => ({
  SESSION_SYNC_STATE_DIR: join(root, "state-2"),
  HOME: join(root, "home-2"),
});

async function saved(): Promise<Place & { readonly bucket: string; readonly keyFile: string }> {
  const place = makePlace();
  const bucket = join(place.root, "bucket");
  const keyFile = place.write("key", `${KEY}\n`);
  const config = { provider: "local", path: "../bucket", encryption_key_file: "../key" };
  place.write("workspace/session-sync-config.json", JSON.stringify(config));
  place.write("workspace/memory/a.md", "a");
  expect(await place.run(["init"])).toMatchObject({ code: 0 });
  expect(await place.run(["now"])).toMatchObject({ code: 0 });
  return { ...place, bucket, keyFile };
}

test("where a place is configured and empty, only init makes a repository", async () => {
  const { run, write, root } = makePlace();
  write("workspace/session-sync-config.json", '{ "path": "../bucket" }');
  mkdirSync(join(root, "bucket"));
  for (const verb of ["now", "status", "versions", "restore", "check"]) {
    const ended = await run([verb]);
    expect(ended.code, verb).toBe(10);
    expect(ended.stderr).toContain("session-sync init");
  }
  expect(await run(["init"])).toMatchObject({ code: 0 });
  expect(await run(["now"])).toMatchObject({ code: 0 });
});

test("a configuration that says nothing of a place needs an init too", async () => {
  const { run, write } = makePlace();
  write("workspace/session-sync-config.json", '{ "exclude": ["*.tmp"] }');
  const ended = await run(["now"]);
  expect(ended.code).toBe(10);
  expect(ended.stderr).toContain("session-sync init");
  expect(await run(["init"])).toMatchObject({ code: 0 });
  expect(await run(["now"])).toMatchObject({ code: 0 });
});

test("the kit is shown to a person who makes a repository, and to no pipe", async () => {
  const place = makePlace();
  expect((await onTerminal(place, ["init"], "\n")).stdout).toContain("BEGIN SESSION-SYNC KIT");
  const piped = await place.run(["init"]);
  expect(piped.stdout + piped.stderr).not.toContain("BEGIN SESSION-SYNC KIT");
});

test("a folder that is not mounted is told apart from an empty one, and nothing is made there", async () => {
  const { run, bucket } = await saved();
  rmSync(bucket, { recursive: true });
  const ended = await run(["now"]);
  expect(ended.code).toBe(10);
  expect(ended.stderr).toMatch(/mount or create it/);
  expect(existsSync(bucket)).toBe(false);
});

test("before the first backup every look says so, and how to make one", async () => {
  const { run, state } = makePlace();
  for (const args of [
    ["status"],
    ["versions"],
    ["restore"],
    ["check"],
    ["key", "show"],
    ["key", "kit"],
  ]) {
    const ended = await run(args);
    expect(ended, args.join(" ")).toMatchObject({ code: 10, stdout: "" });
    expect(ended.stderr).toContain("session-sync now");
  }
  expect(existsSync(state)).toBe(false);
});

test("init --path writes the configuration for its owner alone and keeps a new key", async () => {
  const { run, write, root, workspace, stateDir } = makePlace();
  write("workspace/a.md", "a");
  const made = documentOf(await run(["init", "--path", "../bucket", "--json"]));
  expect(made).toMatchObject({ created: true, place: join(root, "bucket"), key: "key-file" });
  const file = join(workspace, "session-sync-config.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(stateDir.keyFile).mode & 0o777).toBe(0o600);
  expect(documentOf(await run(["now", "--json"]))).toMatchObject({ files: { total: 1 } });
  expect(await run(["init"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Connected/) as string,
  });
});

test("a wrong key opens nothing, changes nothing and ends with 12", async () => {
  const { run, bucket, keyFile, ...place } = await saved();
  const before = contentsOf(bucket);
  writeFileSync(keyFile, OTHER_KEY);
  for (const variables of [{}, secondMachine(place)]) {
    for (const verb of ["now", "status", "restore"]) {
      const ended = await run([verb], { variables });
      expect(ended.code, verb).toBe(12);
      expect(ended.stdout + ended.stderr).not.toContain(OTHER_KEY);
    }
  }
  expect(contentsOf(bucket)).toEqual(before);
});

test("no key, a malformed one and one that others can read end with 4", async () => {
  const { run, keyFile, ...place } = await saved();
  rmSync(keyFile);
  expect((await run(["status"])).code).toBe(4);
  writeFileSync(keyFile, "not a key");
  expect((await run(["status"])).code).toBe(4);
  writeFileSync(keyFile, KEY);
  chmodSync(keyFile, 0o644);
  expect((await run(["status"])).code).toBe(4);
  place.write("workspace/session-sync-config.json", '{ "path": "../bucket" }');
  const unset = await run(["status"], { variables: secondMachine(place) });
  expect(unset.code).toBe(4);
  expect(unset.stderr).toContain("there is no key to open the repository with");
});

test("two sources for one secret are refused, naming both", async () => {
  const { run } = await saved();
  const ended = await run(["now"], { variables: { SESSION_SYNC_ENCRYPTION_KEY: KEY } });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/SESSION_SYNC_ENCRYPTION_KEY in the environment/);
  expect(ended.stderr).toMatch(/encryption_key_file in /);
});

test("a passphrase opens what it made, on another machine too", async () => {
  const place = makePlace();
  const { run, write, root } = place;
  write("passphrase", "correct horse battery staple\n");
  const variables = {
    SESSION_SYNC_PATH: join(root, "bucket"),
    SESSION_SYNC_PASSPHRASE_FILE: join(root, "passphrase"),
  };
  write("workspace/a.md", "a");
  expect(await run(["init"], { variables })).toMatchObject({ code: 0 });
  await run(["now"], { variables });
  const there = { ...variables, ...secondMachine(place) };
  const to = join(root, "there");
  expect(await run(["restore", "--to", to], { variables: there })).toMatchObject({ code: 0 });
  expect(contentsOf(to)).toEqual({ "a.md": "a" });
});

test("a bucket's provider waits for the store that it needs", async () => {
  const { run, write } = makePlace();
  write("workspace/session-sync-config.json", '{ "provider": "s3", "bucket": "agent-memory" }');
  const ended = await run(["now"]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("the provider s3 needs the S3 store");
  expect((await run(["init", "--provider", "backblaze"])).code).toBe(2);
});

test("a repository that shows less than it did ends with 20, and what is there can be restored", async () => {
  const { run, write, bucket, root } = await saved();
  const earlier = join(root, "earlier");
  const { version } = documentOf(await run(["now", "--json"]));
  cpSync(bucket, earlier, { recursive: true });
  write("workspace/memory/a.md", "newer");
  await run(["now"]);
  rmSync(bucket, { recursive: true });
  cpSync(earlier, bucket, { recursive: true });
  write("workspace/memory/a.md", "newest");
  expect((await run(["now"])).code).toBe(20);
  expect((await run(["status"])).code).toBe(20);
  const restored = await run(["restore", String(version), "--to", join(root, "rescued")]);
  expect(restored.stdout).toMatch(/^Restored version /);
  expect(restored.code).toBe(20);
  expect(contentsOf(join(root, "rescued"))).toMatchObject({ "memory/a.md": "a" });
});

test("a workspace goes on in another folder only when its history was taken along", async () => {
  const place = makePlace();
  const { run, write, root, stateDir } = place;
  write("workspace/a.md", "a");
  await run(["now"]);
  const alone = await run(["init", "--path", "../moved"]);
  expect(alone.code).toBe(2);
  expect(alone.stderr).toContain(stateDir.embeddedRepository);
  cpSync(stateDir.embeddedRepository, join(root, "moved"), { recursive: true });
  expect((await run(["init", "--path", "../moved"])).code).toBe(2);
  const asked = await onTerminal(place, ["init", "--path", "../moved"], "y\n");
  expect(asked.code).toBe(0);
  rmSync(stateDir.embeddedRepository, { recursive: true });
  write("workspace/a.md", "b");
  expect(await run(["now"])).toMatchObject({ code: 0 });
  expect(JSON.parse((await run(["versions", "--json"])).stdout)).toHaveLength(2);
});

test("with the kit and the folder, one command makes a new machine", async () => {
  const place = await saved();
  const { run, root, workspace } = place;
  const kit = join(root, "kit.txt");
  expect(await run(["key", "kit", "--out", kit])).toMatchObject({ code: 0 });
  expect(statSync(kit).mode & 0o777).toBe(0o600);
  const options = { variables: secondMachine(place), cwd: root };
  const to = join(root, "machine-2", "workspace");
  expect(await run(["restore", "--from-kit", kit, "--to", to], options)).toMatchObject({ code: 0 });
  expect(contentsOf(to)).toMatchObject({ "memory/a.md": "a" });
  // The new machine goes on from there, with a key of its own keeping.
  place.write("machine-2/workspace/memory/b.md", "b");
  expect(await run(["now", "--workspace", to], options)).toMatchObject({ code: 0 });
  expect(await run(["restore", "--device", "no-such-device"], options)).not.toMatchObject({
    code: 0,
  });
  const back = join(root, "back");
  const names = JSON.parse((await run(["versions", "--json"])).stdout) as { version: string }[];
  expect(await run(["restore", names[0]!.version, "--to", back])).toMatchObject({ code: 0 });
  expect(Object.keys(contentsOf(back)).sort()).toEqual(["memory/a.md", "memory/b.md"]);
  expect(existsSync(join(workspace, "memory/b.md"))).toBe(false);
});

test("a kit is never overwritten, and another repository is not taken for its own", async () => {
  const place = await saved();
  const { run, root, bucket } = place;
  const kit = join(root, "kit.txt");
  await run(["key", "kit", "--out", kit]);
  expect((await run(["key", "kit", "--out", kit])).code).toBe(1);
  rmSync(bucket, { recursive: true });
  mkdirSync(bucket);
  const options = { variables: secondMachine(place), cwd: root };
  const gone = await run(["restore", "--from-kit", kit, "--to", join(root, "m2")], options);
  expect(gone.code).toBe(10);
  expect(contentsOf(bucket)).toEqual({});
  const impostor = {
    ...options.variables,
    SESSION_SYNC_ENCRYPTION_KEY: KEY,
    SESSION_SYNC_PATH: bucket,
  };
  mkdirSync(join(root, "other-workspace"));
  const made = await run(["init"], {
    variables: { ...impostor, SESSION_SYNC_STATE_DIR: join(root, "s3") },
    cwd: join(root, "other-workspace"),
  });
  expect(made.code).toBe(0);
  const refused = await run(["restore", "--from-kit", kit, "--to", join(root, "m3")], options);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("is not the one of the recovery kit");
});

test("status --check ends with 5 when the last sign of life is too old", async () => {
  const { run } = await saved();
  expect(await run(["status", "--check", "--max-age", "26h"])).toMatchObject({ code: 0 });
  const stale = await run(["status", "--check", "--max-age", "0m"]);
  expect(stale.code).toBe(5);
  expect(stale.stdout).toMatch(/^Stale: /);
  expect(await run(["status", "--max-age", "0m"])).toMatchObject({ code: 0 });
});

test("a disk that takes no more fails the run, and the next one completes it", async () => {
  const { run, write, workspace, root } = makePlace();
  const noise = Buffer.alloc(3_000_000);
  for (let i = 0; i < noise.length; i += 4)
    noise.writeUInt32LE(Math.imul(i + 1, 2654435761) >>> 0, i);
  write("workspace/blob.bin", noise);
  // In blocks of 512 bytes: no file may grow beyond 256 KiB.
  const through = ["sh", "-c", 'ulimit -f 512; exec "$@"', "sh"];
  const full = await run(["now"], { through });
  expect(full.code).toBe(1);
  expect(full.stderr).toMatch(/could not be read or written|no space left/);
  expect(await run(["now"])).toMatchObject({ code: 0 });
  await run(["restore", "--to", join(root, "back")]);
  expect(contentsOf(join(root, "back"))).toEqual(contentsOf(workspace));
});
