import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeDurably } from "../../src/base/disk.ts";
import { pathBytes } from "../../src/base/paths.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { asOrdinaryUser, onOwnFilesystem, scratchFolders, thrownBy } from "./fixtures.ts";

const scratch = scratchFolders();

function write(path: string, text: string): void {
  const file = realDisk.create(path, 0o600);
  file.write(Buffer.from(text));
  file.close();
}

describe("reading", () => {
  test("what is not there reads as undefined, and lists as nothing", () => {
    const nothing = join(scratch(), "nothing");
    expect(realDisk.read(nothing)).toBeUndefined();
    expect(realDisk.readRange(nothing, 0, 1)).toBeUndefined();
    expect(realDisk.stat(nothing)).toBeUndefined();
    expect(realDisk.readLink(nothing)).toBeUndefined();
    expect(realDisk.list(nothing)).toEqual([]);
  });

  test("what would lie below a file is not there either", () => {
    const file = join(scratch(), "file");
    write(file, "x");
    expect(realDisk.read(join(file, "below"))).toBeUndefined();
    expect(realDisk.stat(join(file, "below"))).toBeUndefined();
  });

  test("a range is exact, and short only at the end of the file", () => {
    const path = join(scratch(), "file");
    write(path, "0123456789");
    expect(realDisk.readRange(path, 3, 4)?.toString()).toBe("3456");
    expect(realDisk.readRange(path, 8, 100)?.toString()).toBe("89");
    expect(realDisk.readRange(path, 50, 3)?.toString()).toBe("");
  });

  test("a link is not followed", () => {
    const folder = scratch();
    write(join(folder, "secret"), "secret");
    symlinkSync("secret", join(folder, "link"));
    expect(realDisk.stat(join(folder, "link"))?.kind).toBe("symlink");
    expect(realDisk.readLink(join(folder, "link"))?.toString()).toBe("secret");
    expect(() => realDisk.read(join(folder, "link"))).toThrow(/could not be read/);
    expect(() => realDisk.append(join(folder, "link"), 0o600)).toThrow(/could not be read/);
  });

  test("a named pipe does not hold us up", () => {
    const pipe = join(scratch(), "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    expect(realDisk.stat(pipe)?.kind).toBe("other");
    expect(realDisk.read(pipe)).toHaveLength(0);
  });

  test("names are listed in the order of their bytes, whatever bytes they are", () => {
    const folder = scratch();
    const names = ["b", "a", "é", "\u{10000}", "\uffee", "\ufffd", "odd\udcff", "odd\udc80\udcfe"];
    for (const name of names) writeFileSync(pathBytes(join(folder, name)), name);
    const listed = realDisk.list(folder);
    expect(listed).toEqual(names.toSorted((x, y) => Buffer.compare(pathBytes(x), pathBytes(y))));
    for (const name of listed) expect(realDisk.read(join(folder, name))).toBeDefined();
  });
});

describe("writing", () => {
  test("an existing name is refused, and its file stays as it was", () => {
    const path = join(scratch(), "file");
    write(path, "first");
    expect(thrownBy(() => realDisk.create(path, 0o600))).toMatchObject({ code: "disk-name-taken" });
    expect(readFileSync(path, "utf8")).toBe("first");
  });

  test("appending goes on where the file ends", () => {
    const path = join(scratch(), "file");
    for (const text of ["one ", "two"]) {
      const file = realDisk.append(path, 0o600);
      file.write(Buffer.from(text));
      file.sync();
      file.close();
    }
    expect(readFileSync(path, "utf8")).toBe("one two");
  });

  test.each(["create", "append"] as const)("skipping after %s leaves a hole of zeros", (open) => {
    const path = join(scratch(), "file");
    const file = realDisk[open](path, 0o600);
    file.write(Buffer.from("a"));
    file.skip(1_000_000);
    file.write(Buffer.from("b"));
    file.skip(10);
    file.sync();
    file.close();
    const bytes = readFileSync(path);
    expect(bytes).toHaveLength(1_000_012);
    expect(bytes[0]).toBe(0x61);
    expect(bytes[1_000_001]).toBe(0x62);
    expect(bytes.subarray(1, 1_000_001).every((byte) => byte === 0)).toBe(true);
    expect(statSync(path).blocks * 512).toBeLessThan(100_000);
  });

  test("after closing, nothing is written to whatever got the descriptor", () => {
    const path = join(scratch(), "file");
    const file = realDisk.create(path, 0o600);
    file.close();
    file.close();
    expect(() => {
      file.write(Buffer.from("x"));
    }).toThrow("isOpen");
    expect(readFileSync(path)).toHaveLength(0);
  });

  test("a full disk is said in words", () => {
    const file = realDisk.append("/dev/full", 0o600);
    const error = thrownBy(() => {
      file.write(Buffer.from("x"));
    });
    file.close();
    expect(error).toMatchObject({ code: "disk-full", facts: { path: "/dev/full" } });
  });

  test("a disk that fills up in the middle of a write says so, and keeps no more than there was room for", () => {
    const script = `
      import { realDisk } from ${JSON.stringify(join(import.meta.dirname, "../../src/files/real-disk.ts"))};
      const file = realDisk.create(process.argv[1] + "/file", 0o600);
      try { file.write(Buffer.alloc(3_000_000, 1)); } catch (error) { console.log(error.code); }
      console.log(realDisk.stat(process.argv[1] + "/file").size);`;
    const result = onOwnFilesystem(scratch(), script);
    if (result === "not permitted") return;
    const [code, size] = result.split("\n");
    expect(code).toBe("disk-full");
    expect(Number(size)).toBeGreaterThan(0);
    expect(Number(size)).toBeLessThan(3_000_000);
  });

  test("without permission nothing is written, and the error says why", async () => {
    const folder = scratch();
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o555 });
    chmodSync(closed, 0o555);
    await asOrdinaryUser(() => {
      const error = thrownBy(() => realDisk.create(join(closed, "x"), 0o600));
      expect(error).toMatchObject({ code: "disk-denied" });
    });
    expect(realDisk.list(closed)).toEqual([]);
  });

  test("a name that is too long is refused in words", () => {
    const error = thrownBy(() => realDisk.create(join(scratch(), "x".repeat(300)), 0o600));
    expect(error).toMatchObject({ code: "disk-name-refused" });
  });

  test("a durable write leaves the whole content and no temporary file", () => {
    const folder = scratch();
    const names = { folder, path: join(folder, "state"), temporary: join(folder, "state.new") };
    writeFileSync(names.temporary, "left by a crash");
    writeDurably(realDisk, names, Buffer.from("content"));
    expect(realDisk.list(folder)).toEqual(["state"]);
    expect(readFileSync(names.path, "utf8")).toBe("content");
    expect(statSync(names.path).mode & 0o777).toBe(0o600);
  });
});

describe("names", () => {
  test("a second name is given only where none is", () => {
    const folder = scratch();
    write(join(folder, "a"), "a");
    write(join(folder, "taken"), "taken");
    expect(realDisk.link(join(folder, "a"), join(folder, "b"))).toBe(true);
    expect(realDisk.link(join(folder, "a"), join(folder, "taken"))).toBe(false);
    expect(realDisk.stat(join(folder, "b"))?.links).toBe(2);
    expect(readFileSync(join(folder, "taken"), "utf8")).toBe("taken");
  });

  test("a rename replaces what was there; one of nothing is refused", () => {
    const folder = scratch();
    write(join(folder, "new"), "new");
    write(join(folder, "old"), "old");
    realDisk.rename(join(folder, "new"), join(folder, "old"));
    expect(realDisk.list(folder)).toEqual(["old"]);
    expect(readFileSync(join(folder, "old"), "utf8")).toBe("new");
    const error = thrownBy(() => {
      realDisk.rename(join(folder, "none"), join(folder, "old"));
    });
    expect(error).toMatchObject({ code: "disk-absent" });
  });

  test("removing takes a file, a link but not its target, an empty folder, or nothing", () => {
    const folder = scratch();
    write(join(folder, "kept"), "kept");
    symlinkSync("kept", join(folder, "link"));
    mkdirSync(join(folder, "empty"));
    mkdirSync(join(folder, "full"));
    write(join(folder, "full", "x"), "x");
    for (const name of ["link", "empty", "none"]) realDisk.remove(join(folder, name));
    expect(
      thrownBy(() => {
        realDisk.remove(join(folder, "full"));
      }),
    ).toMatchObject({ code: "disk-name-taken" });
    expect(realDisk.list(folder)).toEqual(["full", "kept"]);
  });

  test("a folder comes with its parents, and may be there already", () => {
    const folder = scratch();
    for (let twice = 0; twice < 2; twice++) realDisk.makeFolder(join(folder, "a/b/c"), 0o700);
    expect(realDisk.stat(join(folder, "a/b/c"))?.kind).toBe("folder");
    realDisk.syncFolder(join(folder, "a/b"));
  });

  test("a link may point to any bytes", () => {
    const path = join(scratch(), "link");
    const target = Buffer.from([0x2e, 0x2f, 0xff, 0x0a]);
    realDisk.makeLink(target, path);
    expect(readlinkSync(path, { encoding: "buffer" })).toEqual(target);
    expect(realDisk.readLink(path)).toEqual(target);
  });
});

describe("modes and times", () => {
  test("the mode of a link is nobody's: the file that it points to keeps its own", () => {
    const folder = scratch();
    write(join(folder, "target"), "x");
    symlinkSync("target", join(folder, "link"));
    realDisk.setMode(join(folder, "link"), 0o777);
    expect(realDisk.stat(join(folder, "target"))?.mode).toBe(0o600);
    realDisk.setMode(join(folder, "target"), 0o4751);
    expect(realDisk.stat(join(folder, "target"))?.mode).toBe(0o4751);
  });

  test("a link gets its own time, and its target keeps its own", () => {
    const folder = scratch();
    write(join(folder, "target"), "x");
    const before = lstatSync(join(folder, "target"), { bigint: true }).mtimeNs;
    symlinkSync("target", join(folder, "link"));
    realDisk.setTime(join(folder, "link"), 1_000_000_000n);
    expect(realDisk.stat(join(folder, "link"))?.mtimeNs).toBe(1_000_000_000n);
    expect(realDisk.stat(join(folder, "target"))?.mtimeNs).toBe(before);
  });

  test("a time comes back within 120 ns, before 1970 too, and is the same when set again", () => {
    const path = join(scratch(), "file");
    write(path, "x");
    const times = [0n, -1n, -1_500_000_000n, -1_234_567_890_123_456_789n];
    for (let i = 0n; i < 200n; i++) times.push(1_775_000_000_000_000_000n + i * 8_675_309_123n);
    for (const time of times) {
      realDisk.setTime(path, time);
      const kept = realDisk.stat(path)?.mtimeNs ?? 0n;
      const offNs = kept > time ? kept - time : time - kept;
      expect(offNs, String(time)).toBeLessThanOrEqual(120n);
      realDisk.setTime(path, kept);
      expect(realDisk.stat(path)?.mtimeNs, String(time)).toBe(kept);
    }
  });
});
