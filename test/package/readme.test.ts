/**
 * What README.md tells people to type works, typed as it stands there: its first command in a fresh
 * copy of the repository, and the rest with the packed tarball installed in an empty folder.
 */
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const REPOSITORY = join(import.meta.dirname, "../..");
const readme = readFileSync(join(REPOSITORY, "README.md"), "utf8");

/** The lines of the blocks of shell commands, without their comments. */
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .map((line) => line.replace(/\s+# .*$/, "").trim())
  .filter((line) => line !== "");

let root: string;
let home: string;
let npmCache: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "session-sync-readme-")));
  home = join(root, "home");
  mkdirSync(home);
  npmCache = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim();
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A new user's: their home is empty. npm alone keeps what this machine's owner told it. */
function environment(extraPath: readonly string[]): NodeJS.ProcessEnv {
  const npmOptions = {
    npm_config_userconfig: join(homedir(), ".npmrc"),
    npm_config_cache: npmCache,
  };
  return {
    ...process.env,
    ...npmOptions,
    PATH: [...extraPath, process.env["PATH"] ?? ""].join(delimiter),
    HOME: home,
    XDG_STATE_HOME: join(home, ".local/state"),
    SESSION_SYNC_KEYCHAIN: "false",
    NO_COLOR: "1",
  };
}

function shell(
  command: string,
  options: { cwd: string; path?: readonly string[] },
): SpawnSyncReturns<string> {
  const env = environment(options.path ?? []);
  return spawnSync("sh", ["-c", command], {
    cwd: options.cwd,
    env,
    encoding: "utf8",
    timeout: 300_000,
  });
}

/** The files that git tracks or would: what a clone has. */
function copyOfTheRepository(): string {
  const copy = join(root, "copy");
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", list, { cwd: REPOSITORY, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(REPOSITORY, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(REPOSITORY, file), join(copy, file));
  }
  return copy;
}

test("the first command of the README backs up the example in a fresh copy", () => {
  const [first] = commands;
  expect(first).toBe("npm ci && npm start -- now --workspace examples/workspace");
  const run = shell(first!, { cwd: copyOfTheRepository() });
  expect(run.stdout + run.stderr).toContain("Saved version");
  expect(run.status).toBe(0);
});

test("the README's test command is the one that CI runs", () => {
  expect(commands).toContain("npm ci && npm test");
  expect(readFileSync(join(REPOSITORY, ".ci/run"), "utf8")).toContain("\nnpm ci && npm test\n");
});

describe("the packed tarball, installed in an empty folder", () => {
  let project: string;
  let bin: string[];

  beforeAll(() => {
    project = join(root, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "private": true }');
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", root], {
      cwd: REPOSITORY,
      encoding: "utf8",
    });
    const tarball = join(root, packed.trim().split("\n").at(-1) ?? "");
    execFileSync("npm", ["install", "--no-audit", "--no-fund", tarball], {
      cwd: project,
      stdio: "pipe",
    });
    // The Node that runs this test stands for the one that a user has.
    bin = [join(project, "node_modules/.bin"), dirname(process.execPath)];
    const workspace = join(home, ".openclaw/workspace");
    mkdirSync(join(workspace, "memory"), { recursive: true });
    writeFileSync(join(workspace, "MEMORY.md"), "# Memory\n");
    writeFileSync(join(workspace, "memory/today.md"), "frost\n");
    mkdirSync(join(home, "notes"));
  });

  test("holds what a user needs and none of the sources or tests", () => {
    const installed = join(project, "node_modules/session-sync-cloud");
    const names = readdirSync(installed);
    expect(names).toEqual(
      expect.arrayContaining(["dist", "docs", "rescue", "README.md", "LICENSE"]),
    );
    for (const name of ["src", "test", "bench", ".ci"]) expect(names).not.toContain(name);
  });

  test("is a library too", () => {
    const script =
      'import("session-sync-cloud").then((all) => console.log(Object.keys(all).sort().join(" ")))';
    const run = shell(`node -e '${script}'`, { cwd: project, path: bin });
    expect(run.stdout).toContain("backup");
    expect(run.stdout).toContain("restore");
  });

  test("does every command of the README, in the README's order", () => {
    const ours = commands.filter((line) => line.startsWith("session-sync "));
    expect(ours.length).toBeGreaterThan(6);
    const cwd = join(home, ".openclaw/workspace");
    for (const line of ours) {
      if (line.includes("--undo")) restoreOverAChange(cwd);
      const run = shell(line.replace("/mnt/backup", join(root, "backup")), { cwd, path: bin });
      const told = `${line}\n${run.stdout}${run.stderr}`;
      // In a test, no version is as old as yesterday.
      const isTooOld = line.includes("yesterday");
      expect(run.status, told).toBe(isTooOld ? 2 : 0);
      if (isTooOld) expect(told).toContain("no version");
    }
    expect(readFileSync(join(home, "restored/memory/today.md"), "utf8")).toBe("frost\n");
  });

  function restoreOverAChange(cwd: string): void {
    writeFileSync(join(cwd, "MEMORY.md"), "# Changed\n");
    const run = shell("session-sync restore latest --yes", { cwd, path: bin });
    expect(run.status, run.stdout + run.stderr).toBe(0);
  }
});
