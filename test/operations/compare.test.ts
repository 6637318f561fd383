import { expect, test } from "vitest";
import { parseContentSha } from "../../src/base/ids.ts";
import { parseRelPath } from "../../src/base/paths.ts";
import type { Entry } from "../../src/format/entry.ts";
import { compareEntries, countChanges, pathsOf } from "../../src/operations/compare.ts";

function file(path: string, content = "a"): Entry {
  return {
    kind: "file",
    path: parseRelPath(path),
    mtime: "1",
    size: 1,
    sha256: parseContentSha(Buffer.alloc(32, content).toString("base64")),
    rule: "small",
    content: { chunks: [] },
    flags: [],
  };
}

const folder = (path: string, mtime: string): Entry => ({
  kind: "dir",
  path: parseRelPath(path),
  mtime,
});

test("added, changed and removed paths are told apart", () => {
  const before = [file("a"), file("b"), file("c")];
  const after = [file("a"), file("b", "changed"), file("d")];
  expect(pathsOf(compareEntries(before, after))).toEqual({
    added: ["d"],
    changed: ["b"],
    removed: ["c"],
  });
});

test("an entry that became another kind is changed", () => {
  expect(pathsOf(compareEntries([file("a")], [folder("a", "1")])).changed).toEqual(["a"]);
});

test("a folder's own time is no difference, its mode is", () => {
  const before = [folder("a", "1"), { ...folder("b", "1"), mode: 0o755 }];
  const after = [folder("a", "2"), { ...folder("b", "1"), mode: 0o700 }];
  expect(pathsOf(compareEntries(before, after)).changed).toEqual(["b"]);
});

test("names are compared in the order of their bytes, astral characters included", () => {
  const before = [file("a"), file("a-b"), file("a/b"), file("\uff5e"), file("\u{1f600}")];
  expect(pathsOf(compareEntries(before, before.slice(1)))).toEqual({
    added: [],
    changed: [],
    removed: ["a"],
  });
  expect(pathsOf(compareEntries(before.slice(0, 4), before)).added).toEqual(["\u{1f600}"]);
});

test("from nothing everything is added, to nothing everything is removed", () => {
  expect(pathsOf(compareEntries([], [file("a")])).added).toEqual(["a"]);
  expect(pathsOf(compareEntries([file("a")], [])).removed).toEqual(["a"]);
});

test("people count files and links, not the folders they lie in", () => {
  const changes = compareEntries([], [folder("a", "1"), file("a/b")]);
  expect(countChanges(changes)).toEqual({ added: 1, changed: 0, removed: 0 });
});
