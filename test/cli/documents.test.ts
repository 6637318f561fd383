/** What `--json` prints: programs read it, so every member has its name and place. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { documentOf, makePlace } from "./place.ts";

const number = expect.any(Number) as number;
const text = expect.any(String) as string;
const VERSION = expect.stringMatching(/^[0-9a-f]{16}-\d+$/) as string;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string;

test("now: one document, and nothing else on stdout", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "hello");
  const ended = await run(["now", "--json"]);
  expect(documentOf(ended)).toEqual({
    version: VERSION,
    unchanged: false,
    files: { total: 1, added: 1, changed: 0, removed: 0 },
    bytes: { scanned: 5, new: number, uploaded: number, stored: number },
    requests: { put: number, get: number, list: number, delete: 0, head: number },
    durationMs: number,
    unsteady: [],
  });
  const again = documentOf(await run(["now", "--json"]));
  expect(again).toMatchObject({ unchanged: true, requests: { put: 0 }, bytes: { uploaded: 0 } });
});

test("now --dry-run: what would change", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "hello");
  expect(documentOf(await run(["now", "--dry-run", "--json"]))).toEqual({
    files: { total: 1, added: 1, changed: 0, removed: 0 },
    bytes: { scanned: 5 },
    changes: { added: ["a.md"], changed: [], removed: [] },
  });
});

test("versions: rows, newest first", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "1");
  await run(["now"]);
  write("workspace/a.md", "22");
  await run(["now", "--note", "second"]);
  const row = {
    version: VERSION,
    time: TIME,
    device: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    files: 1,
    bytes: number,
    uploaded: number,
    added: number,
    changed: number,
    removed: 0,
    pinned: false,
    suspicious: false,
  };
  expect(documentOf(await run(["versions", "--json"]))).toEqual([
    { ...row, bytes: 2, note: "second" },
    { ...row, bytes: 1 },
  ]);
});

test("restore: what was done, and the plan where nothing was", async () => {
  const { run, write, root } = makePlace();
  write("workspace/a.md", "hello");
  await run(["now"]);
  const to = join(root, "to");
  expect(documentOf(await run(["restore", "--json", "--to", to]))).toEqual({
    version: VERSION,
    to,
    applied: true,
    files: { created: 1, changed: 0, kept: 0, removed: 0 },
    bytes: 5,
    verified: 1,
  });
  expect(
    documentOf(await run(["restore", "--json", "--dry-run", "--to", join(root, "no")])),
  ).toEqual({
    version: VERSION,
    to: join(root, "no"),
    applied: false,
    files: { created: 1, changed: 0, kept: 0, removed: 0 },
    bytes: 5,
    verified: 0,
    needsYes: false,
    steps: [{ action: "create", kind: "file", path: "a.md" }],
  });
  expect(existsSync(join(root, "no"))).toBe(false);
});

test("status: health first", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "hello");
  await run(["now"]);
  expect(documentOf(await run(["status", "--json"]))).toMatchObject({
    health: "good",
    place: text,
    fingerprint: text,
    anchor: text,
    versions: 1,
    lastVersion: { version: VERSION, files: 1 },
    lastSeen: TIME,
    workspaceBytes: 5,
    waitingBytes: 0,
    stale: false,
    suspicious: false,
    unsteady: [],
    findings: [],
    lastRun: { verb: "now", exit: 0 },
    records: { register: 1 },
  });
});

describe("the other verbs", () => {
  test("check, key, config and log have a document each", async () => {
    const { run, write, workspace, stateDir } = makePlace();
    write("workspace/a.md", "hello");
    const made = documentOf(await run(["init", "--json"]));
    expect(made).toMatchObject({
      created: true,
      key: "key-file",
      place: stateDir.embeddedRepository,
    });
    await run(["now"]);
    const checked = documentOf(await run(["check", "--read-data", "--json"]));
    expect(checked).toEqual({ versions: 1, packs: 2, bytesRead: number, findings: [] });
    const shown = documentOf(await run(["key", "show", "--json"]));
    expect(shown).toMatchObject({
      fingerprint: made["fingerprint"],
      source: "key-file",
      slot: { kdf: "raw" },
    });
    const got = documentOf(await run(["config", "get", "retention_days", "--json"]));
    expect(got).toEqual({ key: "retention_days", value: 30, source: "default" });
    const at = documentOf(await run(["config", "path", "--json"]));
    expect(at).toEqual({ file: join(workspace, "session-sync-config.json"), exists: false });
    expect(documentOf(await run(["config", "schema", "--json"]))).toHaveProperty(
      "properties.bucket",
    );
    expect(documentOf(await run(["log", "--json"]))).toMatchObject([
      { verb: "check" },
      { verb: "now" },
      { verb: "init" },
    ]);
  });

  test("an error is a document with its code, and its words are on stderr all the same", async () => {
    const { run } = makePlace();
    const ended = await run(["status", "--json"]);
    expect(ended.code).toBe(10);
    expect(documentOf(ended)).toEqual({
      error: { code: "nothing-saved-yet", message: text, hint: text, exit: 10 },
    });
    expect(ended.stderr).toContain("session-sync: nothing of this workspace was saved yet.\n  → ");
  });
});
