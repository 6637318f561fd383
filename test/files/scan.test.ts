import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { comparePaths, pathBytes } from "../../src/base/paths.ts";
import { scan, type Scanned, type ScanOptions, type ScanResult } from "../../src/files/scan.ts";
import { asOrdinaryUser, onOwnFilesystem, plant, scratchFolders, thrownBy } from "./fixtures.ts";

const scratch = scratchFolders();

const look = (root: string, options: Partial<ScanOptions> = {}): ScanResult =>
  scan(root, { include: [], exclude: [], followMounts: false, ...options });

const paths = (result: ScanResult): string[] => result.entries.map(({ path }) => path);

function only<Kind extends Scanned["kind"]>(
  result: ScanResult,
  kind: Kind,
): Extract<Scanned, { kind: Kind }>[] {
  return result.entries.filter(
    (entry): entry is Extract<Scanned, { kind: Kind }> => entry.kind === kind,
  );
}

describe("order and parents", () => {
  test("a folder comes before its siblings that sort before a slash, its content after them", () => {
    const root = scratch();
    plant(root, { "a/x": "", "a-b": "", "a.txt": "", a0: "", "a/b/c": "" });
    expect(paths(look(root))).toEqual(["a", "a-b", "a.txt", "a/b", "a/b/c", "a/x", "a0"]);
  });

  test("5,000 files come in the order of the bytes of their paths", () => {
    const root = scratch();
    const letters = ["a", "-", "z", "é", "~", "\u{1f600}", "\uff5e", "B", " ", "!"];
    for (let i = 0; i < 5_000; i++) {
      const at = (place: number): string => letters[Math.floor(i / 10 ** place) % 10] ?? "";
      const folder = `${at(3)}${at(2)}`;
      if (i % 100 === 0) mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, `${at(1)}${at(0)}${i}`), "");
    }
    const found = paths(look(root));
    expect(found.length).toBeGreaterThan(5_000);
    const byBytes = found.toSorted((x, y) => Buffer.compare(pathBytes(x), pathBytes(y)));
    expect(found).toEqual(byBytes);
    expect(new Set(found).size).toBe(found.length);
  });

  test("empty folders are kept", () => {
    const root = scratch();
    plant(root, { "empty/": "" });
    expect(look(root).entries).toMatchObject([{ kind: "dir", path: "empty" }]);
  });

  test("an empty workspace has no entries and no problems", () => {
    const none = { entries: [], outside: { files: 0, examples: [] }, problems: [], unknown: [] };
    expect(look(scratch())).toEqual(none);
  });
});

describe("include and exclude", () => {
  const tree = {
    "memory/a.md": "",
    "memory/deep/b.txt": "",
    "MEMORY.md": "",
    "src/main.ts": "",
    "src/lib/x.ts": "",
    "todo.txt": "",
  };

  test("what is outside is counted without walking it", () => {
    const root = scratch();
    plant(root, tree);
    const result = look(root, { include: ["/memory/", "/*.md"] });
    expect(paths(result)).toEqual([
      "MEMORY.md",
      "memory",
      "memory/a.md",
      "memory/deep",
      "memory/deep/b.txt",
    ]);
    expect(result.outside).toEqual({ files: 2, examples: ["src", "todo.txt"] });
  });

  test("what is excluded is not outside, only gone", () => {
    const root = scratch();
    plant(root, tree);
    const result = look(root, { include: ["memory/"], exclude: ["src/", "*.txt"] });
    expect(paths(result)).toEqual(["memory", "memory/a.md", "memory/deep"]);
    expect(result.outside).toEqual({ files: 1, examples: ["MEMORY.md"] });
  });

  test("the folders on the way to an included file are entries, the others on the way are not", () => {
    const root = scratch();
    plant(root, { "a/b/kept.md": "", "a-z": "", "a/c/x.txt": "", "d/e/x.txt": "" });
    const result = look(root, { include: ["*.md"] });
    expect(paths(result)).toEqual(["a", "a/b", "a/b/kept.md"]);
    expect(result.outside.files).toBe(3);
  });

  test("an excluded folder is not even opened", async () => {
    const root = scratch();
    plant(root, { "closed/": "", x: "" });
    chmodSync(join(root, "closed"), 0);
    await asOrdinaryUser(() => {
      expect(look(root, { exclude: ["closed/"] })).toMatchObject({
        entries: [{ path: "x" }],
        problems: [],
      });
    });
  });

  test("nested .syncignore files are obeyed, and backed up themselves", () => {
    const root = scratch();
    plant(root, {
      ".syncignore": "*.log\nbuild/\n",
      "a/.syncignore": "!keep.log\n",
      "a/keep.log": "",
      "a/x.log": "",
      "b/keep.log": "",
      "build/x": "",
    });
    expect(paths(look(root))).toEqual([".syncignore", "a", "a/.syncignore", "a/keep.log", "b"]);
  });

  test("a .syncignore that is a link or a pipe is no list of patterns", () => {
    const root = scratch();
    plant(root, { "x.log": "", list: "*.log\n", "pipe/x.log": "" });
    symlinkSync("list", join(root, ".syncignore"));
    expect(spawnSync("mkfifo", [join(root, "pipe/.syncignore")]).status).toBe(0);
    expect(paths(look(root))).toEqual([".syncignore", "list", "pipe", "pipe/x.log", "x.log"]);
  });

  test("a .syncignore that cannot be read leaves nothing out, and is a problem", async () => {
    const root = scratch();
    plant(root, { ".syncignore": "x\n", x: "" });
    chmodSync(join(root, ".syncignore"), 0);
    await asOrdinaryUser(() => {
      const result = look(root);
      expect(paths(result)).toEqual([".syncignore", "x"]);
      expect(result.problems).toMatchObject([{ code: "file-unreadable" }]);
    });
  });
});

describe("never backed up, whatever the config says", () => {
  test("our own files, at every depth, and .git", () => {
    const root = scratch();
    const own = [
      "sync-dashboard.html",
      "sync-log.jsonl",
      "sync-log.1.jsonl",
      "sync-log.2026-04-01.jsonl",
      "session-sync-config.json",
      "session-sync-config.jsonc",
      ".session-sync-restore-1",
      ".session-sync-new/x",
      ".git/config",
    ];
    for (const name of own) plant(root, { [name]: "", [`memory/${name}`]: "" });
    plant(root, {
      "memory/.syncignore": "!sync-log.jsonl\n",
      "sync-log.jsonl.md": "",
      ".gitignore": "",
    });
    const result = look(root, {
      include: ["*", "!nothing"],
      exclude: ["!sync-log.jsonl", "!.git/"],
    });
    expect(paths(result)).toEqual([
      ".gitignore",
      "memory",
      "memory/.syncignore",
      "sync-log.jsonl.md",
    ]);
    expect(result.outside.files).toBe(0);
  });

  test("SQLite's side files, but only beside a database", () => {
    const root = scratch();
    new DatabaseSync(join(root, "real.db")).exec("CREATE TABLE t (a)");
    for (const name of ["real.db", "notes", "alone"]) {
      for (const suffix of ["-wal", "-shm", "-journal"]) plant(root, { [name + suffix]: "" });
    }
    plant(root, { notes: "no database" });
    const sides = (name: string): string[] => [`${name}-journal`, `${name}-shm`, `${name}-wal`];
    expect(paths(look(root))).toEqual([...sides("alone"), "notes", ...sides("notes"), "real.db"]);
  });
});

describe("kinds", () => {
  test("a file has what tells whether it changed", () => {
    const root = scratch();
    plant(root, { file: "12345" });
    chmodSync(join(root, "file"), 0o4640);
    utimesSync(join(root, "file"), 1, 1_000_000.5);
    const stat = statSync(join(root, "file"), { bigint: true });
    expect(look(root).entries).toEqual([
      {
        kind: "file",
        path: "file",
        mode: 0o4640,
        signature: {
          size: 5,
          mtimeNs: 1_000_000_500_000_000n,
          ctimeNs: stat.ctimeNs,
          inode: stat.ino,
        },
        sparse: false,
      },
    ]);
  });

  test("links are kept as links: to a file, to nothing, to themselves, out of the workspace", () => {
    const root = scratch();
    const targets = { loop: "loop", out: "/etc", dangling: "none", up: "..", "d/back": "../d" };
    plant(root, { "d/": "" });
    for (const [name, target] of Object.entries(targets)) symlinkSync(target, join(root, name));
    const result = look(root);
    const found = only(result, "symlink").map(({ path, target }) => [path, target]);
    expect(Object.fromEntries(found)).toEqual(targets);
    expect(paths(result)).toHaveLength(6);
    expect(result.problems).toEqual([]);
  });

  test("a link's target may be any bytes", () => {
    const root = scratch();
    symlinkSync(Buffer.from([0x61, 0xff, 0x0a]), join(root, "link"));
    expect(look(root).entries).toMatchObject([{ kind: "symlink", target: "a\udcff\n" }]);
  });

  test("of several names of one file the first is the file, the others point to it", () => {
    const root = scratch();
    plant(root, { "b/original": "x", "a/": "", "excluded/": "" });
    for (const name of ["z", "a/first", "excluded/0"])
      linkSync(join(root, "b/original"), join(root, name));
    const result = look(root, { exclude: ["excluded/"] });
    expect(only(result, "file").map(({ path }) => path)).toEqual(["a/first"]);
    expect(only(result, "hardlink")).toMatchObject([
      { path: "b/original", target: "a/first" },
      { path: "z", target: "a/first" },
    ]);
  });

  test("a second name outside of the workspace makes no hard link", () => {
    const root = scratch();
    plant(root, { "in/file": "x" });
    linkSync(join(root, "in/file"), join(root, "other"));
    expect(look(join(root, "in")).entries).toMatchObject([{ kind: "file", path: "file" }]);
  });

  test("a file with holes is sparse, one without is not", () => {
    const root = scratch();
    plant(root, { holes: "", full: "x".repeat(100_000) });
    truncateSync(join(root, "holes"), 10_000_000);
    expect(only(look(root), "file").map(({ path, sparse }) => [path, sparse])).toEqual([
      ["full", false],
      ["holes", true],
    ]);
  });

  test("a pipe, a socket and a device are told and skipped", async () => {
    const root = scratch();
    plant(root, { file: "" });
    expect(spawnSync("mkfifo", [join(root, "pipe")]).status).toBe(0);
    const server = createServer().listen(join(root, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const result = look(root);
    await new Promise((resolve) => server.close(resolve));
    expect(paths(result)).toEqual(["file"]);
    const told = result.problems.map(({ code, facts }) => [code, facts["path"], facts["kind"]]);
    expect(told).toEqual([
      ["kind-skipped", "pipe", "named pipe"],
      ["kind-skipped", "socket", "socket"],
    ]);
    expect(look("/dev", { include: ["/null"] }).problems).toMatchObject([
      { code: "kind-skipped", facts: { path: "null", kind: "device" } },
    ]);
  });

  test("a database says when its side files change, though it does not itself", () => {
    const root = scratch();
    const database = new DatabaseSync(join(root, "live.db"));
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    const before = only(look(root), "file")[0];
    database.exec("INSERT INTO t VALUES (1)");
    const after = only(look(root), "file")[0];
    database.close();
    expect(after?.signature).toEqual(before?.signature);
    expect(before?.sideFiles).toContain("-wal");
    expect(after?.sideFiles).not.toBe(before?.sideFiles);
    expect(only(look(root), "file")[0]).not.toHaveProperty("sideFiles");
  });
});

describe("odd names", () => {
  const names = [
    "new\nline",
    "\u{1f600}",
    "e\u0301",
    "\u00e9",
    "\ufffd",
    "odd\udcff",
    "odd\udc80\udcfe",
    "-rf",
    " ",
    "..x",
    "back\\slash",
    "\u001b[2J",
    "__proto__",
    "x".repeat(255),
  ];

  test("come back as the bytes that the disk knows, files and folders, twins apart", () => {
    const root = scratch();
    for (const name of names) {
      mkdirSync(pathBytes(join(root, name)));
      writeFileSync(pathBytes(join(root, name, `${name.slice(0, 200)}.f`)), "x");
    }
    const expected = names.flatMap((name) => [name, `${name}/${name.slice(0, 200)}.f`]);
    const result = look(root, { include: ["*"], exclude: ["nothing"] });
    expect(paths(result)).toEqual(expected.sort(comparePaths));
    expect(result.problems).toEqual([]);
    for (const path of paths(result)) statSync(pathBytes(join(root, path)));
  });
});

describe("what cannot be read", () => {
  test("an unreadable folder is a problem, and everything else is there", async () => {
    const root = scratch();
    plant(root, { "closed/secret": "", "open/x": "" });
    chmodSync(join(root, "closed"), 0);
    await asOrdinaryUser(() => {
      const result = look(root);
      expect(paths(result)).toEqual(["closed", "open", "open/x"]);
      expect(result.problems).toMatchObject([
        { code: "folder-unreadable", facts: { path: "closed", reason: "EACCES" } },
      ]);
    });
  });

  test("files in a folder that may be listed but not entered are problems, not absent", async () => {
    const root = scratch();
    plant(root, { "listed/x": "" });
    chmodSync(join(root, "listed"), 0o444);
    await asOrdinaryUser(() => {
      expect(look(root).problems).toMatchObject([
        { code: "file-unreadable", facts: { path: "listed/x", reason: "EACCES" } },
      ]);
    });
  });

  test("an unreadable workspace never passes for an empty one", async () => {
    const root = scratch();
    plant(root, { "workspace/x": "" });
    chmodSync(join(root, "workspace"), 0);
    await asOrdinaryUser(() => {
      const error = thrownBy(() => look(join(root, "workspace")));
      expect(error).toMatchObject({ code: "folder-unreadable" });
    });
  });

  test("a workspace that is missing, or no folder, is refused", () => {
    const root = scratch();
    plant(root, { file: "" });
    const refusal = (name: string): unknown => thrownBy(() => look(join(root, name)));
    expect(refusal("none")).toMatchObject({ name: "InputError", code: "workspace-missing" });
    expect(refusal("file/below")).toMatchObject({ name: "InputError", code: "workspace-missing" });
    expect(refusal("file")).toMatchObject({ name: "InputError", code: "workspace-not-a-folder" });
  });

  test("the workspace itself may be named through a link", () => {
    const root = scratch();
    plant(root, { "workspace/x": "" });
    symlinkSync("workspace", join(root, "link"));
    expect(paths(look(join(root, "link")))).toEqual(["x"]);
  });

  test("a signal stops it", () => {
    const error = thrownBy(() => look(scratch(), { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "InterruptedError" });
  });
});

describe("while we look", () => {
  /** The n-th folder that asks for the signal triggers it: a place inside the walk. */
  function atFolder(n: number, work: () => void): AbortSignal {
    let asked = 0;
    return Object.defineProperty(new AbortController().signal, "aborted", {
      get: () => {
        if (asked++ === n) work();
        return false;
      },
    });
  }

  test("files and folders that vanish are simply absent", () => {
    const root = scratch();
    plant(root, { "a/x": "", "b/y": "", z: "" });
    const signal = atFolder(1, () => {
      rmSync(join(root, "b"), { recursive: true });
      rmSync(join(root, "z"));
    });
    const result = look(root, { signal });
    expect(paths(result)).toEqual(["a", "a/x"]);
    expect(result.problems).toEqual([]);
  });

  test("a workspace that vanishes is no smaller workspace", () => {
    const root = scratch();
    plant(root, { "workspace/a/x": "" });
    const signal = atFolder(1, () => {
      rmSync(join(root, "workspace"), { recursive: true });
    });
    const error = thrownBy(() => look(join(root, "workspace"), { signal }));
    expect(error).toMatchObject({ code: "workspace-missing" });
  });
});

describe("other filesystems", () => {
  const script = (followMounts: boolean): string => `
    import { dirname } from "node:path";
    import { writeFileSync } from "node:fs";
    import { scan } from ${JSON.stringify(join(import.meta.dirname, "../../src/files/scan.ts"))};
    const mount = process.argv[1];
    writeFileSync(mount + "/inside", "");
    const found = scan(dirname(mount), { include: [], exclude: [], followMounts: ${followMounts} });
    console.log(JSON.stringify([found.entries.map((e) => e.path), found.problems.map((p) => p.code)]));`;

  test.each([
    [false, [["mount"], ["mount-skipped"]]],
    [true, [["mount", "mount/inside"], []]],
  ])("are entered only when asked for, and never skipped in silence (%s)", (follow, expected) => {
    const root = scratch();
    plant(root, { "mount/": "" });
    const printed = onOwnFilesystem(join(root, "mount"), script(follow));
    if (printed === "not permitted") return;
    expect(JSON.parse(printed)).toEqual(expected);
  });
});
