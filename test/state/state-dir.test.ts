import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { knownWorkspaces, StateDir } from "../../src/state/state-dir.ts";
import { temporaryFolders } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();
const isText = (value: unknown): boolean => typeof value === "string";

test("a workspace has a folder of its own, for its owner alone, that says whose it is", () => {
  const base = join(temporaryFolder(), "state");
  const state = new StateDir(realDisk, base, "/home/ada/agent");
  state.ensure();
  state.ensure();
  expect(statSync(base).mode & 0o777).toBe(0o700);
  expect(statSync(state.folder).mode & 0o777).toBe(0o700);
  const note = join(state.folder, "workspace.json");
  expect(JSON.parse(readFileSync(note, "utf8"))).toEqual({ workspace: "/home/ada/agent" });
  expect(statSync(note).mode & 0o777).toBe(0o600);
});

test("the folder's name is the first 16 hexadecimal digits of the path's SHA-256", () => {
  const state = new StateDir(realDisk, "/state", "/home/ada/agent");
  expect(state.folder).toBe("/state/workspaces/c445105978b864ab");
});

test("two workspaces share nothing, and every file of one has a name of its own", () => {
  const paths = ["/a", "/b"].flatMap((workspace) => {
    const state = new StateDir(realDisk, "/state", workspace);
    const names = Object.getOwnPropertyNames(StateDir.prototype);
    return names.map((name): unknown => Reflect.get(state, name)).filter(isText);
  });
  expect(paths.length).toBeGreaterThan(25);
  expect(new Set(paths).size).toBe(paths.length);
});

test("every workspace that was ever here can be named, also one whose path is not UTF-8", () => {
  const base = temporaryFolder();
  expect(knownWorkspaces(realDisk, base)).toEqual([]);
  for (const workspace of ["/home/ada/agent", "/srv/\udcff"]) {
    new StateDir(realDisk, base, workspace).ensure();
  }
  const known = knownWorkspaces(realDisk, base).map(({ workspace }) => workspace);
  expect(known.toSorted()).toEqual(["/home/ada/agent", "/srv/\udcff"]);
});

test("a note that cannot be read names no workspace, and is written anew by its owner", () => {
  const base = temporaryFolder();
  const state = new StateDir(realDisk, base, "/home/ada/agent");
  mkdirSync(state.folder, { recursive: true });
  writeFileSync(join(state.folder, "workspace.json"), "{");
  expect(knownWorkspaces(realDisk, base)).toEqual([]);
  state.ensure();
  expect(knownWorkspaces(realDisk, base)).toEqual([
    { workspace: "/home/ada/agent", folder: state.folder },
  ]);
});
