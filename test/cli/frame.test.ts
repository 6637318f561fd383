import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { documentOf, MAIN, makePlace } from "./place.ts";

describe("a Node that is too old", () => {
  const script = stripTypeScriptTypes(readFileSync(MAIN, "utf8"));

  test("is told in one line and one hint, and nothing of ours is loaded", async () => {
    const { root, write, run } = makePlace();
    const pretend = write(
      "pretend.mjs",
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } });`,
    );
    write("package.json", '{"type":"module"}');
    const main = write("main.js", script);
    const through = [process.execPath, "--import", pretend, main];
    const ended = await run([], { cwd: root, through });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(
      /^session-sync: this is Node 18\.20\.4, .*\.\n {2}→ install .*\n$/,
    );
  });

  test("is one that package.json's engines do not name", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
      engines: { node: string };
    };
    expect(engines.node).toBe(">=24.16.0 <25 || >=26.1.0");
    expect(script).toContain("major === 24 && minor >= 16");
    expect(script).toContain("major === 26 && minor >= 1");
  });

  test("can parse the one file that it is given, whatever Node this machine has", async () => {
    const { root, write, run } = makePlace();
    write("package.json", '{"type":"module"}');
    const main = write("main.js", script);
    for (const node of nodesOnPath()) {
      const ended = await run([], { cwd: root, through: [node, main] });
      expect(ended.stderr, node).not.toContain("SyntaxError");
      expect(ended.code, node).not.toBe(0);
    }
  });
});

/** Other versions than the one that runs the tests; there may be none. */
function nodesOnPath(): string[] {
  const folders = (process.env["PATH"] ?? "")
    .split(":")
    .filter((each) => !each.includes("node_modules"));
  return [...new Set(folders.map((folder) => join(folder, "node")))].filter((node) => {
    try {
      const version = execFileSync(node, ["--version"], { encoding: "utf8" });
      return Number(/^v(\d+)/.exec(version)?.[1]) < 24;
    } catch {
      return false;
    }
  });
}

describe("a line that cannot be understood", () => {
  const cases: [why: string, args: string[], words: RegExp][] = [
    ["a verb that was mistyped", ["nwo"], /no command nwo\.\n.*`session-sync now`/],
    ["an alias that was mistyped", ["bakcup"], /`session-sync backup`/],
    ["a verb of a group", ["key", "shwo"], /no command shwo\.\n.*`session-sync key show`/],
    ["an option", ["now", "--dryrun"], /no option --dryrun\.\n.*--dry-run/],
    ["a missing operand", ["config", "get"], /missing required argument.*\n.*config get --help/],
    ["one operand too many", ["status", "now"], /too many arguments/],
    ["an option without its value", ["restore", "--to"], /argument missing/],
    ["a length of time", ["status", "--max-age", "soon"], /soon is not a length of time/],
    ["a percentage", ["check", "--read-data=101"], /from 0 to 100, and 101 is not that/],
    ["two that exclude each other", ["restore", "--undo", "--to", "x"], /cannot be used with/],
  ];

  test.each(cases)("%s is refused with the way out, and 2", async (_why, args, words) => {
    const { run, write } = makePlace();
    write("workspace/a.md", "a");
    if (["status", "check"].includes(args[0]!)) await run(["now"]);
    const ended = await run(args);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).toMatch(/^ {2}→ /m);
  });

  test("is refused as a document too, where one was asked for", async () => {
    const { run } = makePlace();
    const document = documentOf(await run(["nwo", "--json"]));
    expect(document).toEqual({
      error: {
        code: "command-unknown",
        message: expect.any(String) as string,
        hint: expect.any(String) as string,
        exit: 2,
      },
    });
  });

  test("of no words at all shows the help on stderr", async () => {
    const ended = await makePlace().run([]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain("Usage: session-sync");
  });

  test("moves no cursor, whatever bytes it holds", async () => {
    const ended = await makePlace().run(["\u001b[2Jnow"]);
    expect(ended.stderr).not.toContain("\u001b");
  });
});

test("help and the version are data, and no failure", async () => {
  const { run } = makePlace();
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  const help = await run(["restore", "--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  for (const option of ["--to", "--path", "--delete", "--undo", "--yes", "--json"]) {
    expect(help.stdout).toContain(option);
  }
});

test("verbs of features that are still to come are not there", async () => {
  const { run } = makePlace();
  const { stdout } = await run(["--help"]);
  for (const verb of ["prune", "diff", "watch", "dashboard", "mcp"]) {
    expect(stdout).not.toMatch(new RegExp(`^ {2}${verb}\\b`, "m"));
  }
});

test("options for all verbs may stand before and after the verb", async () => {
  const { run, write, workspace, home } = makePlace();
  write("workspace/a.md", "a");
  const cwd = home;
  const before = await run(["--json", "--workspace", workspace, "now"], { cwd });
  const after = await run(["now", "--workspace", workspace, "--json"], { cwd });
  expect(documentOf(after)).toMatchObject({
    version: documentOf(before)["version"],
    unchanged: true,
  });
});

test("a configuration with a misspelt key is refused with the nearest one, and no value", async () => {
  const { run, write } = makePlace();
  const value = "hunter2-hunter2";
  write("workspace/session-sync-config.json", `{ "encryption_kye": "${value}" }`);
  const ended = await run(["now", "-v"]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/line 1: there is no key encryption_kye\.\n.*use encryption_key,/);
  expect(ended.stderr).not.toContain(value);
});

test("a variable of ours that nobody knows is told, and the run goes on", async () => {
  const { run, write } = makePlace();
  write("workspace/a.md", "a");
  const ended = await run(["now"], { variables: { SESSION_SYNC_RETENTON_DAYS: "3" } });
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain("SESSION_SYNC_RETENTION_DAYS");
});

test("a bug of ours is one line and one hint, and its stack only with -v", async () => {
  const { run, write } = makePlace();
  const broken = write(
    "broken.mjs",
    `JSON.parse = () => { throw new SyntaxError("secret text"); };`,
  );
  const variables = { NODE_OPTIONS: `--import=${broken}` };
  const ended = await run(["log", "--json"], { variables });
  expect(ended.code).toBe(1);
  expect(documentOf(ended)).toMatchObject({ error: { code: "bug", exit: 1 } });
  expect(ended.stderr.split("\n")).toHaveLength(3);
  const verbose = await run(["log", "-v"], { variables });
  expect(verbose.stderr).toMatch(/^ {4}at /m);
  expect(ended.stdout + ended.stderr + verbose.stderr).not.toContain("secret text");
});

test("an installation that is not whole says so", async () => {
  const { run, write, root } = makePlace();
  write("package.json", '{"type":"module"}');
  const main = write("main.js", stripTypeScriptTypes(readFileSync(MAIN, "utf8")));
  const ended = await run([], { cwd: root, through: [process.execPath, main] });
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toMatch(/^session-sync: this installation .*\n {2}→ .*\n$/);
});

test("the workspace in use, and how it was chosen, is always said", async () => {
  const { run, write, root, workspace } = makePlace();
  write("workspace/session-sync-config.json", "{}");
  write("workspace/sub/a.md", "a");
  const said = async (args: string[], cwd = workspace) => (await run(args, { cwd })).stderr;
  expect(await said(["config", "path"], join(workspace, "sub"))).toBe(
    `Workspace ${workspace} (the nearest folder with a configuration)\n`,
  );
  expect(await said(["config", "path", "--workspace", workspace], root)).toContain(
    "named by --workspace",
  );
  writeFileSync(join(root, "other.json"), "{}");
  expect(await said(["config", "path", "--config", join(root, "other.json")], root)).toContain(
    "the current folder",
  );
});
