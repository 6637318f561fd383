import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/config/environment.ts";

const read = (variables: Record<string, string>, platform: NodeJS.Platform = "linux") =>
  readEnvironment({ HOME: "/home/me", ...variables }, platform);

describe("the state directory", () => {
  test.each<readonly [string, NodeJS.Platform, Record<string, string>, string]>([
    ["Linux", "linux", {}, "/home/me/.local/state/session-sync"],
    ["Linux", "linux", { XDG_STATE_HOME: "/state" }, "/state/session-sync"],
    ["Linux", "linux", { XDG_STATE_HOME: "relative" }, "/home/me/.local/state/session-sync"],
    ["macOS", "darwin", {}, "/home/me/Library/Application Support/session-sync"],
    [
      "macOS",
      "darwin",
      { XDG_STATE_HOME: "/state" },
      "/home/me/Library/Application Support/session-sync",
    ],
    ["Windows", "win32", { LOCALAPPDATA: "/local" }, "/local/session-sync"],
    ["Windows", "win32", { USERPROFILE: "/me" }, "/me/AppData/Local/session-sync"],
  ])("on %s (%s) with %j is %s", (_name, platform, variables, folder) => {
    expect(read(variables, platform).stateFolder).toBe(folder);
  });

  test("is what SESSION_SYNC_STATE_DIR says, on every system", () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      const variables = { SESSION_SYNC_STATE_DIR: "/mine", XDG_STATE_HOME: "/state" };
      expect(read(variables, platform).stateFolder).toBe("/mine");
    }
  });
});

test("what a terminal says is read, and nonsense in it is not", () => {
  expect(read({ NO_COLOR: "1", CI: "true", TERM: "dumb", COLUMNS: "80" })).toMatchObject({
    noColor: true,
    ci: true,
    terminal: "dumb",
    columns: 80,
  });
  expect(read({ NO_COLOR: "", CI: "false", COLUMNS: "wide" })).toMatchObject({
    noColor: false,
    ci: false,
    terminal: undefined,
    columns: undefined,
  });
});

test("every variable with our prefix that nobody knows is warned about, others are not", () => {
  const { warnings } = read({
    SESSION_SYNC_STATE_DIRECTORY: "/x",
    session_sync_bucket: "x",
    SESSION_SYNC_BUCKET: "x",
    SESSION_SYNC_STATE_DIR: "/x",
    SESSION_SYNCED: "x",
    BUCKET: "x",
  });
  expect(warnings.map(({ facts }) => facts)).toEqual([
    { variable: "SESSION_SYNC_STATE_DIRECTORY", nearest: "SESSION_SYNC_STATE_DIR" },
    { variable: "session_sync_bucket", nearest: "SESSION_SYNC_BUCKET" },
  ]);
});

test("a name that every object has is no variable", () => {
  expect(read({}).variable("constructor")).toBeUndefined();
  expect(read({}).variable("__proto__")).toBeUndefined();
});

test("printing the environment shows no value of a variable that may be a secret", () => {
  const environment = read({ SESSION_SYNC_SECRET_KEY: "S3CR3T", MY_KEY: "S3CR3T" });
  expect(environment.setting("secret_key")).toBe("S3CR3T");
  expect(environment.variable("MY_KEY")).toBe("S3CR3T");
  expect(inspect(environment, { depth: null, showHidden: true })).not.toContain("S3CR3T");
  expect(JSON.stringify(environment)).not.toContain("S3CR3T");
});
