import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readEnvironment } from "../src/config/environment.ts";
import {
  backup,
  check,
  EngineError,
  listVersions,
  openSession,
  restore,
  status,
} from "../src/index.ts";

test("the library saves a workspace and brings it back, and prints nothing", async () => {
  const root = mkdtempSync(join(tmpdir(), "session-sync-library-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const workspace = join(root, "notes");
  mkdirSync(workspace);
  writeFileSync(join(workspace, "a.md"), "a");
  const variables = {
    HOME: root,
    SESSION_SYNC_STATE_DIR: join(root, "state"),
    SESSION_SYNC_KEYCHAIN: "false",
  };
  const environment = readEnvironment(variables);
  const { session } = openSession({ workspace, environment });
  const { version, unchanged } = await backup(session);
  expect(unchanged).toBe(false);
  const { versions } = await listVersions(session);
  expect(versions.map(({ id }) => id)).toEqual([version]);
  await restore(session, { to: join(root, "back") });
  expect(readFileSync(join(root, "back", "a.md"), "utf8")).toBe("a");
  expect(await check(session)).toMatchObject({ findings: [] });
  expect(await status(session)).toMatchObject({ versions: 1, findings: [] });
  await expect(restore(session, { version: "9999" })).rejects.toBeInstanceOf(EngineError);
});
