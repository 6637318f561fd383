import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { startOfProcess } from "../../src/state/live-process.ts";
import { acquireRunLock } from "../../src/state/single-run-lock.ts";
import { asPlainUser, contentsOf, documentOf, makePlace } from "./place.ts";

test("the first backup needs no configuration, and says where the copy is and what to keep", async () => {
  const { run, write, stateDir } = makePlace();
  write("workspace/memory/today.md", "remember the milk");
  const ended = await run(["now"]);
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^Saved version [0-9a-f]{4}-\d+: 1 added \(\d+\.\d KiB uploaded, \d+ requests\)\n$/,
    ) as string,
  });
  expect(ended.stderr).toContain("the current folder");
  expect(ended.stderr).toContain(`same disk, in ${stateDir.embeddedRepository}`);
  expect(ended.stderr).toContain("session-sync key kit");
  expect(realDisk.stat(stateDir.keyFile)?.mode).toBe(0o600);
});

test("an unchanged workspace makes no version, and is not told about its disk again", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "a");
  await run(["now"]);
  const again = await run(["now"]);
  expect(again).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Nothing new: /) as string,
  });
  expect(again.stderr).not.toContain("same disk");
  expect(documentOf(await run(["versions", "--json"]))).toHaveLength(1);
});

test("what changed becomes a version, and what stands in it comes back byte for byte", async () => {
  const { run, write, root, workspace } = makePlace();
  write("workspace/memory/a.md", "one");
  write(
    "workspace/blob.bin",
    Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3),
  );
  await run(["now"]);
  write("workspace/memory/a.md", "two");
  write("workspace/memory/b.md", "new");
  const changed = await run(["now"]);
  expect(changed.stdout).toMatch(/: 1 changed, 1 added \(/);
  const to = join(root, "elsewhere");
  expect(await run(["restore", "--to", to])).toMatchObject({ code: 0 });
  expect(contentsOf(to)).toEqual(contentsOf(workspace));
});

test("a dry run names what would be saved and makes neither a version nor a repository", async () => {
  const { run, write, stateDir } = makePlace();
  write("workspace/a.md", "a");
  const dry = await run(["now", "--dry-run"]);
  expect(dry).toMatchObject({
    code: 0,
    stdout: "Would save 1 added of 1 file (1 byte)\n  + a.md\n",
  });
  expect(realDisk.stat(stateDir.folder)).toBeUndefined();
});

test("a note is kept with its version", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "a");
  await run(["backup", "--note", "before the move"]);
  expect((await run(["list"])).stdout).toContain("before the move");
});

test("what no include rule takes in is said", async () => {
  const { run, write } = makePlace();
  write("workspace/AGENTS.md", "agents");
  write("workspace/memory/a.md", "a");
  write("workspace/code/main.py", "print()");
  const ended = await run(["now"]);
  expect(ended.stdout).toMatch(/: 2 added/);
  expect(ended.stderr).toMatch(/Not included: 1 file \(code.*\)/);
});

test("a workspace that is not there is refused before anything is made for it", async () => {
  const { run, root, state } = makePlace();
  const missing = await run(["now", "--workspace", join(root, "typo")]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("is not there");
  expect(realDisk.stat(state)).toBeUndefined();
});

test("a file that cannot be read is named, all else is saved, and the run ends with 3", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "a");
  chmodSync(write("workspace/secret.md", "mine"), 0);
  const ended = await run(["now"], { through: asPlainUser });
  expect(ended.code).toBe(3);
  expect(ended.stdout).toMatch(/^Saved version /);
  expect(ended.stderr).toMatch(/secret\.md could not be read/);
});

test("a state folder that cannot be written to is named with the way out", async () => {
  const { run, write, state } = makePlace();
  write("workspace/a.md", "a");
  mkdirSync(state, { mode: 0o500 });
  const ended = await run(["now"], { through: asPlainUser });
  chmodSync(state, 0o700);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(state);
  expect(ended.stderr).toMatch(/^ {2}→ let this user/m);
});

test("a second run at the same time is told who is first, and ends with 11", async () => {
  const { run, write, stateDir } = makePlace();
  write("workspace/a.md", "a");
  await run(["now"]);
  const { pid } = process;
  const start = startOfProcess(realDisk, pid);
  const holder = { pid, host: hostname(), what: "now", startedAtMs: 1, processStart: start };
  const lock = acquireRunLock(realDisk, stateDir.lock, holder, () => true);
  write("workspace/a.md", "b");
  const ended = await run(["now"]);
  lock.release();
  expect(ended.code).toBe(11);
  expect(ended.stderr).toContain(`process ${String(pid)}`);
  expect(await run(["now"])).toMatchObject({ code: 0 });
});

test("a repository that is gone is not silently made anew", async () => {
  const { run, write, stateDir, root } = makePlace();
  write("workspace/a.md", "a");
  await run(["now"]);
  realDisk.rename(stateDir.embeddedRepository, join(root, "taken-away"));
  write("workspace/a.md", "b");
  expect((await run(["now"])).code).toBe(10);
  realDisk.makeFolder(stateDir.embeddedRepository, 0o700);
  const emptied = await run(["now"]);
  expect([10, 20]).toContain(emptied.code);
  expect(realDisk.list(stateDir.embeddedRepository)).toEqual([]);
});

test("a home that holds the state directory does not back up its own repository", async () => {
  const { run, write, home } = makePlace();
  write("home/notes.md", "n");
  const variables = { SESSION_SYNC_STATE_DIR: undefined };
  const first = documentOf(await run(["now", "--json"], { cwd: home, variables }));
  const second = documentOf(await run(["now", "--json"], { cwd: home, variables }));
  expect(first["files"]).toMatchObject({ total: 1 });
  expect(second).toMatchObject({ unchanged: true, files: { total: 1 } });
});

test("one folder is one workspace, whatever link leads to it", async () => {
  const { run, write, root, workspace } = makePlace();
  write("workspace/a.md", "a");
  symlinkSync(workspace, join(root, "link"));
  await run(["now"]);
  const linked = await run(["now", "--workspace", join(root, "link"), "--json"]);
  expect(documentOf(linked)).toMatchObject({ unchanged: true });
});

test("with -q a run that succeeds prints nothing at all", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "a");
  expect(await run(["now", "-q"])).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("a pipe that closes early is no error", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "a");
  await run(["now"]);
  const through = ["sh", "-c", 'set -o pipefail 2>/dev/null; "$@" | true', "sh"];
  const ended = await run(["versions"], { through });
  expect(ended.stderr).not.toContain("EPIPE");
});

test("every run leaves a line in the workspace's log, also one that fails", async () => {
  const { run, write, workspace } = makePlace();
  write("workspace/memory/a.md", "a");
  await run(["now"]);
  await run(["now", "--json"], { variables: { SESSION_SYNC_PATH: join(workspace, "..", "gone") } });
  const log = documentOf(await run(["log", "--json"]));
  expect(log).toMatchObject([
    { verb: "now", exit: 10, code: expect.any(String) as string },
    { verb: "now", exit: 0, files: 1 },
  ]);
  writeFileSync(join(workspace, "memory/sync-log.jsonl"), "not json\n");
  expect(await run(["log"])).toMatchObject({ code: 0, stdout: "No run is in the log yet\n" });
});
