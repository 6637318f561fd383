import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { toBase64 } from "../../src/base/bytes.ts";
import { parseContentSha } from "../../src/base/ids.ts";
import type { RelPath } from "../../src/base/paths.ts";
import { sha256 } from "../../src/base/sha256.ts";
import { isOpenSomewhere } from "../../src/files/database-use.ts";
import { isRefusedByWindows } from "../../src/files/name-folding.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { RestoreTarget, type NewFile } from "../../src/files/restore-target.ts";
import { ABSENT } from "../../src/files/standing.ts";
import { plant, scratchFolders } from "./fixtures.ts";

const newFolder = scratchFolders();
let root: string;
let target: RestoreTarget;
let draws = 0;

beforeEach(() => {
  root = join(newFolder(), "root");
  target = newTarget();
});

function newTarget(): RestoreTarget {
  return new RestoreTarget(realDisk, root, (count) => Buffer.alloc(count, ++draws));
}

const rel = (path: string): RelPath => path as RelPath;

function content(text: string | Buffer, more: Partial<NewFile> = {}): NewFile {
  const bytes = Buffer.from(text);
  return {
    bytes: pieces([bytes]),
    size: bytes.length,
    sha256: parseContentSha(toBase64(sha256(bytes))),
    mode: 0o640,
    mtimeNs: 1_000_000_000_123_000_000n,
    sparse: false,
    ...more,
  };
}

async function* pieces(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

describe("a file", () => {
  test("gets its content, mode and time, and the folders above it", async () => {
    expect(await target.placeFile(rel("a/b/c.md"), content("text"), ABSENT)).toBe("done");
    const stat = statSync(join(root, "a/b/c.md"), { bigint: true });
    expect(readFileSync(join(root, "a/b/c.md"), "utf8")).toBe("text");
    expect(Number(stat.mode) & 0o7777).toBe(0o640);
    expect((stat.mtimeNs + 500n) / 1000n).toBe(1_000_000_000_123_000n);
    expect(readdirSync(join(root, "a/b"))).toEqual(["c.md"]);
  });

  test("whose content does not come out right never gets its name, and leaves nothing", async () => {
    for (const wrong of [
      { size: 3 },
      { bytes: pieces([Buffer.from("tex")]) },
      { bytes: pieces([Buffer.from("texT")]) },
    ]) {
      const placed = target.placeFile(rel("a.md"), content("text", wrong), ABSENT);
      await expect(placed).rejects.toMatchObject({ code: "restore-content-differs" });
    }
    expect(readdirSync(root)).toEqual([]);
  });

  test("is not put over what came in between", async () => {
    plant(root, { "a.md": "somebody's" });
    expect(await target.placeFile(rel("a.md"), content("text"), ABSENT)).toBe("changed");
    expect(readFileSync(join(root, "a.md"), "utf8")).toBe("somebody's");
    expect(readdirSync(root)).toEqual(["a.md"]);
  });

  test.each([
    [
      "its content",
      () => {
        writeFileSync(join(root, "a.md"), "edited");
      },
    ],
    [
      "its time alone",
      () => {
        utimesSync(join(root, "a.md"), 7, 7);
      },
    ],
    [
      "another file under its name",
      () => {
        rmSync(join(root, "a.md"));
        writeFileSync(join(root, "a.md"), "before");
      },
    ],
    [
      "nothing any more",
      () => {
        rmSync(join(root, "a.md"));
      },
    ],
    [
      "a folder",
      () => {
        rmSync(join(root, "a.md"));
        mkdirSync(join(root, "a.md"));
      },
    ],
    [
      "a log beside it",
      () => {
        writeFileSync(join(root, "a.md-wal"), "log");
      },
    ],
  ])("is not replaced when it has become %s", async (_, change) => {
    plant(root, { "a.md": "before" });
    const before = target.look(rel("a.md"));
    change();
    const names = readdirSync(root);
    expect(await target.placeFile(rel("a.md"), content("text"), before)).toBe("changed");
    expect(target.remove(rel("a.md"), before)).toBe("changed");
    expect(readdirSync(root)).toEqual(names);
  });

  test("that is one of several names is replaced though another name was just cut off", async () => {
    plant(root, { a: "both" });
    linkSync(join(root, "a"), join(root, "b"));
    const [a, b] = [target.look(rel("a")), target.look(rel("b"))];
    expect(await target.placeFile(rel("a"), content("new a"), a)).toBe("done");
    expect(await target.placeFile(rel("b"), content("new b"), b)).toBe("done");
    expect(readFileSync(join(root, "b"), "utf8")).toBe("new b");
  });

  test("has holes where there were long runs of zeros, whatever the pieces are cut like", async () => {
    const parts = [
      Buffer.from("start"),
      Buffer.alloc(1_000_000),
      Buffer.alloc(300_001),
      Buffer.from("middle"),
      Buffer.alloc(5000),
      Buffer.from("x"),
      Buffer.alloc(2_000_000),
    ];
    const all = Buffer.concat(parts);
    const wanted = content(all, { sparse: true, bytes: pieces(parts) });
    expect(await target.placeFile(rel("holes"), wanted, ABSENT)).toBe("done");
    expect(readFileSync(join(root, "holes")).equals(all)).toBe(true);
    expect(statSync(join(root, "holes")).blocks * 512).toBeLessThan(200_000);
  });
});

describe("a link on the way", () => {
  let outside: string;
  beforeEach(() => {
    outside = newFolder();
    plant(outside, { kept: "kept", "deep/": "" });
    mkdirSync(root);
    symlinkSync(outside, join(root, "a"));
  });

  test("is seen for what it is", () => {
    expect(target.look(rel("a/kept"))).toEqual({ kind: "blocked", by: "a", as: "symlink" });
    expect(target.look(rel("a/deep/x"))).toEqual({ kind: "blocked", by: "a", as: "symlink" });
  });

  test("stops every step, and nothing behind it is touched", async () => {
    const before = lstatSync(join(outside, "kept"));
    const blocked = target.look(rel("a/kept"));
    for (const seen of [ABSENT, blocked]) {
      expect(await target.placeFile(rel("a/kept"), content("evil"), seen)).toBe("changed");
      expect(target.placeSymlink(rel("a/new"), { target: "x", mtimeNs: 0n }, seen)).toBe("changed");
      expect(target.makeFolder(rel("a/deep/new"), seen)).toBe("changed");
      expect(target.placeHardLink(rel("b"), rel("a/kept"), ABSENT)).toBe("changed");
    }
    expect(target.remove(rel("a/kept"), ABSENT)).toBe("changed");
    expect(target.setAttributes(rel("a/kept"), { mode: 0o777, mtimeNs: 0n })).toBe("changed");
    expect(target.setAttributes(rel("a"), { mode: 0o777, mtimeNs: 0n })).toBe("changed");
    expect(lstatSync(join(outside, "kept"))).toEqual(before);
    expect(readdirSync(outside).sort()).toEqual(["deep", "kept"]);
    expect(readdirSync(root)).toEqual(["a"]);
  });

  test("is itself removed or replaced, never what it points to", async () => {
    expect(await target.placeFile(rel("a"), content("file"), target.look(rel("a")))).toBe("done");
    expect(readFileSync(join(root, "a"), "utf8")).toBe("file");
    symlinkSync(join(outside, "kept"), join(root, "b"));
    expect(target.remove(rel("b"), target.look(rel("b")))).toBe("done");
    expect(readFileSync(join(outside, "kept"), "utf8")).toBe("kept");
  });
});

test.each(["../a", "a/../../b", "/a", "", "a//b", "a\0b", "."])(
  "the path %j is refused",
  async (path) => {
    const placed = target.placeFile(rel(path), content("x"), ABSENT);
    await expect(placed).rejects.toMatchObject({ code: "path-refused" });
    expect(() => target.look(rel(path))).toThrow("path");
    expect(() => target.remove(rel(path), ABSENT)).toThrow("path");
    expect(existsSync(root)).toBe(false);
  },
);

test("a link is made with exactly its text, and replaced in one step", () => {
  for (const text of ["../../anywhere", "odd \udcff byte", "plain"]) {
    const before = target.look(rel("l"));
    expect(target.placeSymlink(rel("l"), { target: text, mtimeNs: 5_000_000_000n }, before)).toBe(
      "done",
    );
    expect(target.linkText(rel("l"))).toEqual(
      readlinkSync(join(root, "l"), { encoding: "buffer" }),
    );
  }
  expect(readlinkSync(join(root, "l"))).toBe("plain");
  expect(lstatSync(join(root, "l"), { bigint: true }).mtimeNs).toBe(5_000_000_000n);
});

test("a hard link to what is one file with it already leaves nothing behind", () => {
  plant(root, { a: "both" });
  linkSync(join(root, "a"), join(root, "b"));
  expect(target.placeHardLink(rel("b"), rel("a"), target.look(rel("b")))).toBe("done");
  expect(readdirSync(root).sort()).toEqual(["a", "b"]);
});

test("a folder that is not empty is not removed", () => {
  plant(root, { "a/b": "b" });
  expect(target.remove(rel("a"), target.look(rel("a")))).toBe("changed");
  expect(readFileSync(join(root, "a/b"), "utf8")).toBe("b");
});

test("what a crash left half-written is removed, and nothing that only looks a little like it", async () => {
  const left = ".session-sync-0123456789abcdef.part";
  const others = [
    ".session-sync-0123.part",
    ".session-sync-aside-01-x",
    "session-sync.part",
    `${left}.md`,
  ];
  plant(root, { [left]: "half", [`a/${left}`]: "half", [`b/${left}`]: "half" });
  plant(root, Object.fromEntries(others.map((name) => [name, "kept"])));
  await target.placeFile(rel("a/new"), content("x"), ABSENT);
  expect(readdirSync(root).sort()).toEqual(["a", "b", ...others].sort());
  expect(readdirSync(join(root, "a"))).toEqual(["new"]);
  expect(readdirSync(join(root, "b"))).toEqual([left]);
});

test("a log that is a link is put aside before SQLite could follow it", async () => {
  const outside = newFolder();
  plant(outside, { precious: "precious" });
  const head = Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4080)]);
  mkdirSync(root);
  writeFileSync(join(root, "x.db"), head);
  symlinkSync(join(outside, "precious"), join(root, "x.db-wal"));
  const before = target.look(rel("x.db"));
  expect(await target.placeFile(rel("x.db"), content("new"), before)).toBe("done");
  expect(readFileSync(join(outside, "precious"), "utf8")).toBe("precious");
  expect(readFileSync(join(root, "x.db"), "utf8")).toBe("new");
  expect(existsSync(join(root, "x.db-wal"))).toBe(false);
});

test("what we have open ourselves counts as open", () => {
  plant(root, { a: "a" });
  const standing = target.look(rel("a"));
  if (standing.kind !== "file") throw new Error("a file stands there");
  expect(isOpenSomewhere(standing.stat)).toBe(false);
  const file = realDisk.append(join(root, "a"), 0o600);
  expect(isOpenSomewhere(standing.stat)).toBe(process.platform === "linux");
  file.close();
});

test("names that Windows keeps for itself are known", () => {
  for (const name of ["con", "a/NUL.txt", "com1", "x:y", "a\\b", "dot.", "blank ", "q?"]) {
    expect(isRefusedByWindows(name), name).toBe(true);
  }
  for (const name of ["console", "com10", ".hidden", "a.b/c d", "nulls"]) {
    expect(isRefusedByWindows(name), name).toBe(false);
  }
});
