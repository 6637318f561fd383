import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Selection, type Verdict } from "../../src/files/selection.ts";
import { plant, scratchFolders } from "./fixtures.ts";

const scratch = scratchFolders();

/** Judges from the top down, as a scan does. A path with a slash at its end is a folder. */
function judge(start: Selection, path: string): Verdict {
  const parts = path.split("/").filter((part) => part !== "");
  let selection = start;
  for (let depth = 1; ; depth++) {
    const isFolder = depth < parts.length || path.endsWith("/");
    const verdict = selection.judge(parts.slice(0, depth).join("/"), isFolder);
    if (depth === parts.length || verdict === "outside" || verdict === "excluded") return verdict;
    selection = selection.below(verdict);
  }
}

const including = (...include: string[]): Selection => Selection.of({ include, exclude: [] });
const excluding = (...exclude: string[]): Selection => Selection.of({ include: [], exclude });

describe("include", () => {
  test("no pattern means everything", () => {
    expect(judge(including(), "any/thing")).toBe("in");
  });

  test("a path is in when it matches, or a folder above it does", () => {
    const memory = including("memory/", "/*.md");
    expect(judge(memory, "memory/")).toBe("in");
    expect(judge(memory, "memory/a/b.txt")).toBe("in");
    expect(judge(memory, "MEMORY.md")).toBe("in");
    expect(judge(memory, "notes/a.md")).toBe("outside");
    expect(judge(memory, "memory")).toBe("outside");
  });

  test("case is told apart, as the filesystem does", () => {
    expect(judge(including("memory/"), "Memory/x")).toBe("outside");
  });

  test("folders are passed only on the way to something that a pattern may match", () => {
    const deep = including("/notes/*/2026?/x.md", "logs/**/kept.txt", "plain/file");
    expect(judge(deep, "notes/")).toBe("passage");
    expect(judge(deep, "notes/a/")).toBe("passage");
    expect(judge(deep, "notes/a/20261/")).toBe("passage");
    expect(judge(deep, "notes/a/2026/")).toBe("outside");
    expect(judge(deep, "notes/a/20261/x.md")).toBe("in");
    expect(judge(deep, "notes/a/20261/x.md.d/")).toBe("outside");
    expect(judge(deep, "logs/any/depth/at/all/")).toBe("passage");
    expect(judge(deep, "logs/any/depth/kept.txt")).toBe("in");
    expect(judge(deep, "plain/file")).toBe("in");
    expect(judge(deep, "plain/other/")).toBe("outside");
    expect(judge(deep, "elsewhere/")).toBe("outside");
  });

  test("a pattern that matches at any depth opens every folder", () => {
    for (const pattern of ["*.md", "notes/", "a[/]b/c.md", "a\\/b", "**/x"]) {
      expect(judge(including(pattern), "any/folder/"), pattern).toBe("passage");
    }
  });

  test("comments, empty lines and negations open nothing", () => {
    const selection = including("# x/y", "", "  ", "/a/b", "!/c/d");
    expect(judge(selection, "c/")).toBe("outside");
    expect(judge(selection, "x/")).toBe("outside");
    expect(judge(selection, "a/")).toBe("passage");
  });

  test("a negation takes out what an earlier pattern let in, but not from a folder that is in", () => {
    const selection = including("*.md", "!secret.md", "memory/");
    expect(judge(selection, "secret.md")).toBe("outside");
    expect(judge(selection, "other.md")).toBe("in");
    expect(judge(selection, "memory/secret.md")).toBe("in");
  });
});

describe("exclude", () => {
  test("what is excluded is out, whatever is included", () => {
    const selection = Selection.of({ include: ["memory/"], exclude: ["*.tmp", "/memory/cache/"] });
    expect(judge(selection, "memory/a.tmp")).toBe("excluded");
    expect(judge(selection, "memory/cache/x")).toBe("excluded");
    expect(judge(selection, "memory/a/cache/x")).toBe("in");
    expect(judge(selection, "memory/a.md")).toBe("in");
  });

  test("a negation brings back, but not out of an excluded folder", () => {
    const selection = excluding("*.log", "!keep.log", "build/", "!build/keep.log");
    expect(judge(selection, "a/x.log")).toBe("excluded");
    expect(judge(selection, "a/keep.log")).toBe("in");
    expect(judge(selection, "build/keep.log")).toBe("excluded");
  });

  test("the config has the last word over a .syncignore", () => {
    const selection = excluding("secret/", "!public.txt").within("", "!secret/\npublic.txt\n*.tmp");
    expect(judge(selection, "secret/x")).toBe("excluded");
    expect(judge(selection, "public.txt")).toBe("in");
    expect(judge(selection, "a.tmp")).toBe("excluded");
  });

  test("a deeper .syncignore has the last word over one further up, and holds only below itself", () => {
    const selection = excluding().within("", "*.log\n/top.txt").within("a", "!keep.log\n/here.txt");
    expect(judge(selection, "a/x.log")).toBe("excluded");
    expect(judge(selection, "a/b/keep.log")).toBe("in");
    expect(judge(selection, "keep.log")).toBe("excluded");
    expect(judge(selection, "top.txt")).toBe("excluded");
    expect(judge(selection, "a/top.txt")).toBe("in");
    expect(judge(selection, "a/here.txt")).toBe("excluded");
    expect(judge(selection, "a/b/here.txt")).toBe("in");
  });

  test("a byte-order mark, Windows line ends and comments do no harm", () => {
    const selection = excluding().within("a", "\ufeff*.tmp\r\n# comment\r\n\r\n!\r\n*.bak\r\n");
    expect(judge(selection, "a/x.tmp")).toBe("excluded");
    expect(judge(selection, "a/x.bak")).toBe("excluded");
    expect(judge(selection, "a/# comment")).toBe("in");
  });

  test("a folder's name means itself, also when it reads like a pattern", () => {
    for (const folder of [
      "a*",
      "[ab]",
      "!x",
      "#x",
      "a ",
      "back\\slash",
      "new\nline",
      "odd\udcff",
    ]) {
      const selection = excluding().within(folder, "*.tmp\n/only/\n");
      expect(judge(selection, `${folder}/x.tmp`), folder).toBe("excluded");
      expect(judge(selection, `${folder}/deep/x.tmp`), folder).toBe("excluded");
      expect(judge(selection, `${folder}/only/x`), folder).toBe("excluded");
      expect(judge(selection, "other/x.tmp"), folder).toBe("in");
      expect(judge(selection, "ab/only/x"), folder).toBe("in");
    }
  });

  test("odd names are judged, never refused", () => {
    const selection = Selection.of({ include: ["*"], exclude: ["*.tmp"] });
    const odd = [
      "..x",
      "...",
      ".a",
      "C:",
      "a:b",
      "a\\b",
      "~",
      "\u{1f600}",
      "a\nb",
      "\udc80",
      "-",
      " ",
    ];
    for (const name of odd) {
      expect(judge(selection, name), name).toBe("in");
      expect(judge(selection, `${name}/x`), name).toBe("in");
      expect(judge(selection, `${name}.tmp`), name).toBe("excluded");
    }
  });

  test("malformed patterns leave everything else as it is", () => {
    const selection = excluding(
      "[",
      "a\\",
      "[z-a]",
      "\\",
      "!",
      "(",
      "*.tmp",
      "[[:nonsense:]]",
      "{a,b}",
    );
    expect(judge(selection, "x.tmp")).toBe("excluded");
    expect(judge(selection, "x.md")).toBe("in");
  });

  test("asked about more paths than the package remembers, it answers the same", () => {
    const selection = excluding("*.tmp");
    for (let i = 0; i < 25_000; i++) {
      expect(selection.judge(`f${i}.${i % 2 ? "tmp" : "md"}`, false)).toBe(
        i % 2 ? "excluded" : "in",
      );
    }
  });
});

test("nested files mean what git makes of them", () => {
  const root = scratch();
  const ignores = {
    "": "*.log\n!keep.log\n/build/\ndocs/*.txt\n**/cache\na/**/z\nsp ace\\ \n",
    sub: "/x\n!*.log\ny/\n*.tmp \n!important/\n\\!bang\n\\#hash\n",
    "sub/deep": "*\n!*.md\n!*/\n",
  };
  const names = ["x", "y/f", "keep.log", "a.log", "b.tmp", "c.md", "!bang", "#hash", "cache/f"];
  const more = [
    "docs/n.txt",
    "docs/d/n.txt",
    "build/f",
    "a/b/c/z",
    "a/z",
    "sp ace ",
    "important/f",
  ];
  const folders = ["", "sub/", "sub/deep/", "sub/deep/er/", "other/"];
  const paths = folders.flatMap((folder) => [...names, ...more].map((name) => folder + name));
  plant(root, Object.fromEntries(paths.map((path) => [path, ""])));
  let selection = excluding();
  for (const [folder, text] of Object.entries(ignores)) {
    plant(root, { [`${folder}/.gitignore`]: text });
    selection = selection.within(folder, text);
  }
  execFileSync("git", ["init", "-q", root]);
  const ours = paths.filter((path) => judge(selection, path) === "in").sort();
  const list = ["-C", root, "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore"];
  const theirs = execFileSync("git", list, { encoding: "utf8" }).split("\0");
  expect(ours).toEqual(theirs.filter((path) => paths.includes(path)).sort());
});
