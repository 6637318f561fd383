import { linkSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeDurably, type Disk } from "../../src/base/disk.ts";
import { scratchFolders } from "./fixtures.ts";
import { POWER_CUT_MODES, PowerCut, PowerCutDisk, survives } from "./power-cut-disk.ts";

const scratch = scratchFolders();

interface Written {
  readonly sync?: boolean;
  readonly syncFolder?: boolean;
}

function write(disk: Disk, path: string, text: string, { sync, syncFolder }: Written = {}): void {
  const file = disk.create(path, 0o600);
  file.write(Buffer.from(text));
  if (sync) file.sync();
  file.close();
  if (syncFolder) disk.syncFolder(join(path, ".."));
}

const DURABLE = { sync: true, syncFolder: true };
const text = (path: string): string => readFileSync(path, "utf8");

describe("counting and failing", () => {
  test("every call that changes something is counted, and no other", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    const path = join(folder, "file");
    const file = disk.create(path, 0o600);
    file.write(Buffer.from("x"));
    file.skip(1);
    file.sync();
    file.close();
    expect(disk.calls).toBe(4);
    disk.append(path, 0o600).close();
    disk.rename(path, join(folder, "renamed"));
    disk.link(join(folder, "renamed"), join(folder, "second"));
    disk.makeFolder(join(folder, "a/b"), 0o700);
    disk.makeLink(Buffer.from("x"), join(folder, "link"));
    disk.setMode(join(folder, "second"), 0o600);
    disk.setTime(join(folder, "second"), 0n);
    disk.syncFolder(folder);
    disk.remove(join(folder, "link"));
    expect(disk.calls).toBe(13);
    disk.read(path);
    disk.readRange(path, 0, 1);
    disk.stat(path);
    disk.readLink(path);
    disk.list(folder);
    expect(disk.calls).toBe(13);
  });

  test("the n-th changing call fails before it took effect, and every call after it", () => {
    const folder = scratch();
    const disk = new PowerCutDisk({ failAt: 1, mode: "kept" });
    const file = disk.create(join(folder, "file"), 0o600);
    expect(() => {
      file.write(Buffer.from("x"));
    }).toThrow(PowerCut);
    expect(disk.isDown).toBe(true);
    expect(() => {
      file.sync();
    }).toThrow(PowerCut);
    expect(() => disk.list(folder)).toThrow(PowerCut);
    expect(() => disk.read(join(folder, "file"))).toThrow(PowerCut);
    file.close();
    disk.restorePower();
    expect(disk.read(join(folder, "file"))).toHaveLength(0);
    write(disk, join(folder, "more"), "more");
    expect(disk.isDown).toBe(false);
  });

  test("work that a power cut ended did not survive, however deep the cut lies in its error", async () => {
    const cut = new PowerCut("cut");
    const failing = (error: unknown) => (): never => {
      throw error as Error;
    };
    expect(await survives(() => "done")).toBe(true);
    expect(await survives(failing(cut))).toBe(false);
    expect(await survives(async () => Promise.reject(cut))).toBe(false);
    const deep = new Error("outer", { cause: new Error("inner", { cause: cut }) });
    expect(await survives(failing(deep))).toBe(false);
    expect(await survives(failing(new AggregateError([new Error("other"), cut])))).toBe(false);
    expect(await survives(failing(new SuppressedError(new Error("x"), cut)))).toBe(false);
    await expect(survives(failing(new Error("a bug")))).rejects.toThrow("a bug");
  });
});

describe("what was synced is there after every kind of power cut", () => {
  test.each(POWER_CUT_MODES)("%s", (mode) => {
    const folder = scratch();
    const disk = new PowerCutDisk({ mode });
    disk.makeFolder(join(folder, "a/b"), 0o700);
    disk.syncFolder(folder);
    disk.syncFolder(join(folder, "a"));
    write(disk, join(folder, "a/b/file"), "content", DURABLE);
    write(disk, join(folder, "gone"), "gone", DURABLE);
    disk.makeLink(Buffer.from("target"), join(folder, "link"));
    disk.link(join(folder, "a/b/file"), join(folder, "second"));
    disk.setMode(join(folder, "second"), 0o640);
    disk.setTime(join(folder, "second"), 5_000_000_000n);
    disk.remove(join(folder, "gone"));
    disk.syncFolder(folder);
    disk.restorePower();
    expect(readdirSync(folder)).toEqual(["a", "link", "second"]);
    expect(text(join(folder, "a/b/file"))).toBe("content");
    const { mtimeMs, mode: kept, nlink } = statSync(join(folder, "second"));
    expect([mtimeMs, kept & 0o777, nlink]).toEqual([5000, 0o640, 2]);
  });
});

describe("content that was not synced", () => {
  test.each([
    ["lost", "kept "],
    ["names kept", "kept "],
    ["zeroed", "kept \0\0\0\0"],
    ["torn", "kept un"],
    ["kept", "kept unsy"],
  ] as const)("%s: a file that was synced in the middle reads %j", (mode, expected) => {
    const folder = scratch();
    const path = join(folder, "file");
    const disk = new PowerCutDisk({ mode });
    const file = disk.create(path, 0o600);
    file.write(Buffer.from("kept "));
    file.sync();
    disk.syncFolder(folder);
    file.write(Buffer.from("un"));
    file.write(Buffer.from("sy"));
    file.close();
    disk.restorePower();
    expect(text(path)).toBe(expected);
  });

  test("an append that was not synced is lost, and the rest of the file is not", () => {
    const path = join(scratch(), "log");
    writeFileSync(path, "old");
    const disk = new PowerCutDisk();
    const file = disk.append(path, 0o600);
    file.write(Buffer.from(" new"));
    file.close();
    disk.restorePower();
    expect(text(path)).toBe("old");
  });

  test("a second append does not make the first one durable, but a sync of it does", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    for (const [name, sync] of [
      ["a", false],
      ["b", true],
    ] as const) {
      writeFileSync(join(folder, name), "0");
      for (const last of [false, true]) {
        const file = disk.append(join(folder, name), 0o600);
        file.write(Buffer.from("1"));
        if (last && sync) file.sync();
        file.close();
      }
    }
    disk.restorePower();
    expect(text(join(folder, "a"))).toBe("0");
    expect(text(join(folder, "b"))).toBe("011");
  });

  test("holes are lost and kept like bytes", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    const file = disk.create(join(folder, "file"), 0o600);
    file.skip(1000);
    file.sync();
    file.skip(1000);
    file.close();
    disk.syncFolder(folder);
    disk.restorePower();
    expect(statSync(join(folder, "file")).size).toBe(1000);
  });

  test("a file that may not be written to loses its content too", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    const file = disk.create(join(folder, "file"), 0o400);
    file.write(Buffer.from("content"));
    file.close();
    disk.syncFolder(folder);
    disk.restorePower();
    expect(text(join(folder, "file"))).toBe("");
    expect(statSync(join(folder, "file")).mode & 0o777).toBe(0o400);
  });

  test.each(["rename", "link"] as const)("the empty file after a %s is seen", (verb) => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    write(disk, join(folder, "temporary"), "content");
    disk[verb](join(folder, "temporary"), join(folder, "final"));
    if (verb === "link") disk.remove(join(folder, "temporary"));
    disk.syncFolder(folder);
    disk.restorePower();
    expect(readdirSync(folder)).toEqual(["final"]);
    expect(text(join(folder, "final"))).toBe("");
  });
});

describe("names in a folder that was not synced", () => {
  test("a new file is lost, though its content was synced", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    write(disk, join(folder, "file"), "content", { sync: true });
    disk.restorePower();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a removed file is back with its content, its mode and its other names", () => {
    const folder = scratch();
    writeFileSync(join(folder, "a"), "content", { mode: 0o640 });
    linkSync(join(folder, "a"), join(folder, "b"));
    const disk = new PowerCutDisk();
    disk.remove(join(folder, "a"));
    expect(readdirSync(folder)).toEqual(["b"]);
    disk.restorePower();
    expect(text(join(folder, "a"))).toBe("content");
    expect(statSync(join(folder, "a")).ino).toBe(statSync(join(folder, "b")).ino);
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o640);
  });

  test("a rename over a file gives both back", () => {
    const folder = scratch();
    writeFileSync(join(folder, "new"), "new");
    writeFileSync(join(folder, "final"), "old");
    const disk = new PowerCutDisk();
    disk.rename(join(folder, "new"), join(folder, "final"));
    expect(text(join(folder, "final"))).toBe("new");
    disk.restorePower();
    expect([text(join(folder, "new")), text(join(folder, "final"))]).toEqual(["new", "old"]);
  });

  test("a rename between folders holds when the folder it leads to is synced, not the other", () => {
    for (const [synced, expected] of [
      ["to", "to"],
      ["from", "from"],
    ] as const) {
      const folder = scratch();
      const disk = new PowerCutDisk();
      for (const name of ["from", "to"]) disk.makeFolder(join(folder, name), 0o700);
      disk.syncFolder(folder);
      write(disk, join(folder, "from/file"), "content", DURABLE);
      disk.rename(join(folder, "from/file"), join(folder, "to/file"));
      disk.syncFolder(join(folder, synced));
      disk.restorePower();
      expect(readdirSync(join(folder, expected)), synced).toEqual(["file"]);
    }
  });

  test("a file moved out of a folder that was never synced stays where it was moved to", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    disk.makeFolder(join(folder, "temporary"), 0o700);
    write(disk, join(folder, "temporary/file"), "content", { sync: true });
    disk.rename(join(folder, "temporary/file"), join(folder, "final"));
    disk.syncFolder(folder);
    disk.restorePower();
    expect(text(join(folder, "final"))).toBe("content");
  });

  test("a new folder is lost with all that was synced in it", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    disk.makeFolder(join(folder, "a/b"), 0o700);
    write(disk, join(folder, "a/b/file"), "content", DURABLE);
    disk.syncFolder(join(folder, "a"));
    disk.restorePower();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a removed folder is back with what was removed from it", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    disk.makeFolder(join(folder, "a"), 0o700);
    disk.syncFolder(folder);
    write(disk, join(folder, "a/file"), "content", DURABLE);
    disk.remove(join(folder, "a/file"));
    disk.remove(join(folder, "a"));
    disk.restorePower();
    expect(text(join(folder, "a/file"))).toBe("content");
  });

  test("links, modes and times go back", () => {
    const folder = scratch();
    symlinkSync("before", join(folder, "link"));
    writeFileSync(join(folder, "file"), "x", { mode: 0o600 });
    const disk = new PowerCutDisk();
    disk.setTime(join(folder, "file"), 1_000_000_000n);
    disk.syncFolder(folder);
    disk.setTime(join(folder, "file"), 2_000_000_000n);
    disk.setMode(join(folder, "file"), 0o644);
    disk.remove(join(folder, "link"));
    disk.makeLink(Buffer.from("after"), join(folder, "link"));
    disk.restorePower();
    expect(disk.readLink(join(folder, "link"))?.toString()).toBe("before");
    expect(disk.stat(join(folder, "file"))).toMatchObject({ mode: 0o600, mtimeNs: 1_000_000_000n });
  });

  test("many changes of one name go back to the first state, or to the last that was synced", () => {
    const folder = scratch();
    const path = join(folder, "file");
    const disk = new PowerCutDisk();
    for (let round = 0; round < 6; round++) {
      write(disk, `${path}.new`, `round ${round}`, { sync: true });
      disk.rename(`${path}.new`, path);
      if (round === 3) disk.syncFolder(folder);
      if (round === 4) disk.remove(path);
    }
    disk.restorePower();
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(text(path)).toBe("round 3");
  });

  test("what survived one power cut is what the next one starts from", () => {
    const folder = scratch();
    const disk = new PowerCutDisk({ mode: "names kept" });
    write(disk, join(folder, "a"), "lost");
    disk.restorePower();
    expect(text(join(folder, "a"))).toBe("");
    write(disk, join(folder, "b"), "b", DURABLE);
    disk.restorePower();
    expect(readdirSync(folder)).toEqual(["a", "b"]);
    expect(text(join(folder, "b"))).toBe("b");
  });
});

describe("refusals are those of the real disk", () => {
  test("a taken name, an absent source, a full folder, a folder that is none", () => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    write(disk, join(folder, "file"), "x", DURABLE);
    disk.makeFolder(join(folder, "full"), 0o700);
    write(disk, join(folder, "full/x"), "x", DURABLE);
    const refused = [
      () => disk.create(join(folder, "file"), 0o600),
      () => {
        disk.rename(join(folder, "none"), join(folder, "file"));
      },
      () => {
        disk.rename(join(folder, "file"), join(folder, "full"));
      },
      () => {
        disk.remove(join(folder, "full"));
      },
      () => {
        disk.syncFolder(join(folder, "none"));
      },
      () => {
        disk.syncFolder(join(folder, "file"));
      },
    ];
    for (const refusal of refused) expect(refusal, refusal.toString()).toThrow(/\(E[A-Z]+\)$/);
    expect(disk.link(join(folder, "file"), join(folder, "full/x"))).toBe(false);
    disk.rename(join(folder, "file"), join(folder, "file"));
    expect(text(join(folder, "file"))).toBe("x");
  });
});

describe.each(POWER_CUT_MODES)("a durable write, with what was not synced %s", (mode) => {
  test("leaves the old content or the new, whenever the power fails", async () => {
    for (let failAt = 0; ; failAt++) {
      const folder = scratch();
      writeFileSync(join(folder, "state"), "old");
      const disk = new PowerCutDisk({ failAt, mode });
      const names = { folder, path: join(folder, "state"), temporary: join(folder, "new") };
      const finished = await survives(() => {
        writeDurably(disk, names, Buffer.from("new content"));
      });
      disk.restorePower();
      const found = text(names.path);
      expect(finished ? ["new content"] : ["old", "new content"], `cut at ${failAt}`).toContain(
        found,
      );
      writeDurably(disk, names, Buffer.from("next"));
      expect(readdirSync(folder), `cut at ${failAt}`).toEqual(["state"]);
      if (finished) return;
    }
  });
});

describe("a write that forgets one step is caught", () => {
  const steps = {
    "the sync of the file": { sync: false, syncFolder: true },
    "the sync of the folder": { sync: true, syncFolder: false },
  };
  test.each(Object.entries(steps))("%s", (_, forgetful) => {
    const folder = scratch();
    const disk = new PowerCutDisk();
    write(disk, join(folder, "new"), "content", forgetful);
    disk.rename(join(folder, "new"), join(folder, "final"));
    if (forgetful.syncFolder) disk.syncFolder(folder);
    disk.restorePower();
    expect(readdirSync(folder).map((name) => text(join(folder, name)))).not.toContain("content");
  });
});
