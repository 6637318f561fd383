import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { quoteJson5 } from "../../src/config/openclaw.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

const chosen = ({ load, folder }: Scratch, variables: Record<string, string> = {}) => {
  const { workspace, chosenBy } = load({ cwd: folder, variables });
  return chosenBy === "openclaw" ? workspace : undefined;
};

describe("OpenClaw's workspace", () => {
  test("is the one that openclaw.json names, even where nothing is there yet to restore into", () => {
    const scratch = makeScratch();
    scratch.write(
      "home/.openclaw/openclaw.json",
      `// JSON5, as people write it
      {
        agents: { defaults: { workspace: '~/agent', model: "a/b", /* 0x10 */ }, },
        "url": "https://example.com", // not a comment inside the text
      }`,
    );
    expect(chosen(scratch)).toBe(join(scratch.home, "agent"));
  });

  test("is the main agent's where agents have their own, and all of them are known", () => {
    const scratch = makeScratch();
    scratch.write(
      "home/.openclaw/openclaw.json",
      JSON.stringify({
        agents: {
          defaults: { workspace: "/shared" },
          entries: { other: { workspace: "/other" }, main: { workspace: scratch.workspace } },
        },
      }),
    );
    expect(chosen(scratch)).toBe(scratch.workspace);
    expect(scratch.load({ workspace: "/other" }).isOpenClaw).toBe(true);
    expect(scratch.load({ workspace: "/stranger" }).isOpenClaw).toBe(false);
  });

  test.each([
    [
      "a list of agents",
      { agents: { list: [{ id: "x" }, { id: "y", default: true, workspace: "/y" }] } },
    ],
    ["the older form", { agent: { workspace: "/y" } }],
  ])("is found in %s", (_name, config) => {
    const scratch = makeScratch();
    scratch.write("home/.openclaw/openclaw.json", JSON.stringify(config));
    expect(chosen(scratch)).toBe("/y");
  });

  test("is the usual folder where no file names one, if that folder exists", () => {
    const scratch = makeScratch();
    expect(chosen(scratch)).toBeUndefined();
    scratch.write("home/.openclaw/openclaw.json", '{ "gateway": {} }');
    expect(chosen(scratch)).toBeUndefined();
    mkdirSync(join(scratch.home, ".openclaw", "workspace"));
    expect(chosen(scratch)).toBe(join(scratch.home, ".openclaw", "workspace"));
  });

  test("follows OpenClaw's own variables", () => {
    const scratch = makeScratch();
    scratch.write("state/openclaw.json", '{ agents: { defaults: { workspace: "/by-state" } } }');
    const file = scratch.write("c.json", '{ agents: { defaults: { workspace: "/by-config" } } }');
    scratch.write("home/.openclaw-work/workspace/AGENTS.md", "");
    const state = join(scratch.folder, "state");
    expect(chosen(scratch, { OPENCLAW_STATE_DIR: state })).toBe("/by-state");
    expect(chosen(scratch, { OPENCLAW_STATE_DIR: state, OPENCLAW_CONFIG_PATH: file })).toBe(
      "/by-config",
    );
    expect(chosen(scratch, { OPENCLAW_WORKSPACE_DIR: "/by-variable" })).toBe("/by-variable");
    expect(chosen(scratch, { OPENCLAW_PROFILE: "work" })).toBe(
      join(scratch.home, ".openclaw-work", "workspace"),
    );
    expect(chosen(scratch, { OPENCLAW_PROFILE: "../../etc" })).toBeUndefined();
  });

  test("is recognised through a link to it", () => {
    const scratch = makeScratch();
    scratch.write(
      "home/.openclaw/openclaw.json",
      JSON.stringify({ agents: { defaults: { workspace: scratch.workspace } } }),
    );
    const link = join(scratch.folder, "link");
    symlinkSync(scratch.workspace, link);
    expect(scratch.load({ workspace: link }).isOpenClaw).toBe(true);
  });

  test.each([
    ["no object", "[]"],
    ["empty", ""],
    ["nested absurdly", "[".repeat(100_000)],
  ])("is not known from an openclaw.json that is %s, and that is said", (_name, text) => {
    const scratch = makeScratch();
    const file = scratch.write("home/.openclaw/openclaw.json", text);
    const loaded = scratch.load();
    expect(loaded.chosenBy).toBe("current-folder");
    expect(loaded.warnings).toMatchObject([{ code: "openclaw-unreadable", facts: { file } }]);
  });

  test.each([
    "{ agents: { defaults: { workspace: 7 } } }",
    '{ agents: { defaults: { workspace: "" } } }',
    '{ agents: { defaults: { workspace: "${WHERE}/x" } } }',
    '{ agents: { list: [null, 3, "x"], entries: [] } }',
    "{ agents: null, agent: [] }",
  ])("is not guessed from %s", (text) => {
    const scratch = makeScratch();
    scratch.write("home/.openclaw/openclaw.json", text);
    expect(chosen(scratch)).toBeUndefined();
  });
});

test("any JSON reads the same before and after the quoting of JSON5", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parse(quoteJson5(text))).toEqual(parse(text));
    }),
    { seed: 20_260_401, numRuns: 200 },
  );
});

test.each([
  ["{a: 'b'}", { a: "b" }],
  [
    `{'it\\'s': "a 'quoted' word", n: -1.5e3, t: true, z: null}`,
    { "it's": "a 'quoted' word", n: -1500, t: true, z: null },
  ],
  [`{a: 'say "hi"', $b_1: ['//x', "/* y */"],}`, { a: 'say "hi"', $b_1: ["//x", "/* y */"] }],
])("%s is read as JSON5", (text, value) => {
  expect(parse(quoteJson5(text))).toEqual(value);
});
