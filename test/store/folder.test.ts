import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Disk } from "../../src/base/disk.ts";
import { DiskError } from "../../src/base/errors.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { storeContract } from "./contract.ts";
import { fixedClock, manyBytes, named, namesOf, sealedBytes, spooled, textOf } from "./fixtures.ts";

let folder: string;
let store: FolderStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-store-"));
  store = new FolderStore(realDisk, folder, fixedClock);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Lays something down as a stranger would. */
function lay(name: string, content = "laid by hand"): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function refusal(code: string): Error {
  return Object.assign(new Error(code), { errno: -1, code });
}

/** For tests that ask nothing about power cuts: a real sync takes milliseconds. */
const hastyDisk: Disk = {
  ...realDisk,
  syncFolder: () => {},
  create: (path, mode) => {
    const file = realDisk.create(path, mode);
    return {
      write: (bytes) => {
        file.write(bytes);
      },
      skip: (count) => {
        file.skip(count);
      },
      sync: () => {},
      close: () => {
        file.close();
      },
    };
  },
};

function noLinks(code: string): Disk {
  return {
    ...hastyDisk,
    link: () => {
      throw new DiskError("disk-denied", { path: "it", reason: code }, refusal(code));
    },
  };
}

storeContract("a store in a folder", () => {
  const own = mkdtempSync(join(tmpdir(), "folder-store-"));
  return {
    store: new FolderStore(realDisk, own, fixedClock),
    cleanUp: () => {
      rmSync(own, { recursive: true });
    },
  };
});

storeContract("a store in a folder without hard links", () => {
  const own = mkdtempSync(join(tmpdir(), "folder-store-"));
  return {
    store: new FolderStore(noLinks("ENOTSUP"), own, fixedClock),
    cleanUp: () => {
      rmSync(own, { recursive: true });
    },
  };
});

describe("the folder itself", () => {
  const absent = { code: "folder-missing" };

  test("one that is not there is an error, never an empty repository", async () => {
    const unmounted = new FolderStore(realDisk, join(folder, "mnt"), fixedClock);
    await expect(unmounted.put(named("format"), sealedBytes("x"))).rejects.toMatchObject(absent);
    await expect(unmounted.get(named("format"))).rejects.toMatchObject(absent);
    await expect(unmounted.size(named("log/a/1"))).rejects.toMatchObject(absent);
    await expect(unmounted.delete(named("format"))).rejects.toMatchObject(absent);
    await expect(namesOf(unmounted)).rejects.toMatchObject(absent);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a file in its place is an error", async () => {
    const file = new FolderStore(realDisk, lay("file"), fixedClock);
    await expect(file.get(named("format"))).rejects.toMatchObject(absent);
  });

  test("init makes it, with its parents, for its owner alone", async () => {
    const made = new FolderStore(realDisk, join(folder, "a/b"), fixedClock);
    await made.prepare();
    await made.prepare();
    await made.put(named("format"), sealedBytes("x"));
    expect(statSync(join(folder, "a/b")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "a/b/format")).mode & 0o777).toBe(0o600);
  });

  test("it may be reached through a link", async () => {
    mkdirSync(join(folder, "disk"));
    symlinkSync(join(folder, "disk"), join(folder, "link"));
    const linked = new FolderStore(realDisk, join(folder, "link"), fixedClock);
    await linked.put(named("packs/ab/abc"), sealedBytes("sealed"));
    expect(await textOf(linked, "packs/ab/abc")).toBe("sealed");
    expect(await namesOf(linked)).toEqual(["packs/ab/abc"]);
  });

  test("a full disk says so in words, and the next put succeeds", async () => {
    let full = true;
    const disk: Disk = {
      ...realDisk,
      create: (path, mode) => {
        const file = realDisk.create(path, mode);
        if (!full) return file;
        const write = (): never => {
          throw new DiskError("disk-full", { path: "it", reason: "ENOSPC" }, refusal("ENOSPC"));
        };
        const close = (): void => {
          file.close();
        };
        return { write, skip: write, sync: write, close };
      },
    };
    const small = new FolderStore(disk, folder, fixedClock);
    const put = (): Promise<string> => small.put(named("packs/ab/abc"), sealedBytes("sealed"));
    await expect(put()).rejects.toMatchObject({ code: "disk-full" });
    expect(readdirSync(join(folder, "packs/ab"))).toEqual([]);
    full = false;
    expect(await put()).toBe("stored");
  });

  test("a refusal that has nothing to do with links is not taken for a lack of them", async () => {
    const refusing = new FolderStore(noLinks("EIO"), folder, fixedClock);
    await expect(refusing.put(named("format"), sealedBytes("x"))).rejects.toThrow(DiskError);
    expect(await namesOf(store)).toEqual([]);
  });
});

describe("what a stranger may have laid into the folder", () => {
  const notPlain = { code: "object-not-plain" };
  let outside: string;

  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), "outside-"));
    writeFileSync(join(outside, "abc"), "not yours");
  });

  afterEach(() => {
    expect(readdirSync(outside)).toEqual(["abc"]);
    expect(readFileSync(join(outside, "abc"), "utf8")).toBe("not yours");
    rmSync(outside, { recursive: true });
  });

  async function everyVerbRefuses(name: string): Promise<void> {
    await expect(store.get(named(name))).rejects.toMatchObject(notPlain);
    await expect(store.get(named(name), { offset: 0, length: 1 })).rejects.toMatchObject(notPlain);
    await expect(store.size(named(name))).rejects.toMatchObject(notPlain);
    await expect(store.put(named(name), sealedBytes("not yours"))).rejects.toMatchObject(notPlain);
    await expect(store.delete(named(name))).rejects.toMatchObject(notPlain);
  }

  test("a link under an object's name is never followed, and never passed over", async () => {
    mkdirSync(join(folder, "packs"));
    symlinkSync(join(outside, "abc"), join(folder, "packs/abc"));
    await everyVerbRefuses("packs/abc");
    await expect(namesOf(store)).rejects.toMatchObject(notPlain);
  });

  test("a dangling link under an object's name is not absent, and nothing is written through it", async () => {
    symlinkSync(join(outside, "new"), join(folder, "format"));
    await everyVerbRefuses("format");
  });

  test("a link in place of a folder is never followed, and never passed over", async () => {
    symlinkSync(outside, join(folder, "packs"));
    await everyVerbRefuses("packs/abc");
    await expect(namesOf(store)).rejects.toMatchObject(notPlain);
    await expect(namesOf(store, { prefix: "packs/" })).rejects.toMatchObject(notPlain);
    const folders = Array.fromAsync(store.listFolders({ prefix: "packs/" }));
    await expect(folders).rejects.toMatchObject(notPlain);
  });

  test("a folder in place of an object, or an object in place of a folder, is reported", async () => {
    mkdirSync(join(folder, "format"));
    await everyVerbRefuses("format");
    lay("packs/ab");
    await everyVerbRefuses("packs/ab/abc");
  });

  test("names that no object can have are none of the repository's", async () => {
    await store.put(named("format"), sealedBytes("x"));
    for (const name of [".DS_Store", "a (copy)", ".Trash/format", "é"]) lay(name);
    symlinkSync(outside, join(folder, "lost+found"));
    expect(await namesOf(store)).toEqual(["format"]);
    expect(await Array.fromAsync(store.listFolders({ prefix: "" }))).toEqual([]);
  });

  test("a link under the temporary name is replaced, not followed", async () => {
    symlinkSync(join(outside, "abc"), join(folder, ".tmp-format"));
    await store.put(named("format"), sealedBytes("sealed"));
    expect(await textOf(store, "format")).toBe("sealed");
    expect(readdirSync(folder)).toEqual(["format"]);
  });
});

describe("temporary files", () => {
  test("what a crash left of an object is not listed, and goes with the object's next put", async () => {
    lay("packs/ab/.tmp-abc", "half of it");
    expect(await namesOf(store)).toEqual([]);
    expect(await Array.fromAsync(store.listFolders({ prefix: "" }))).toEqual([]);
    await store.put(named("packs/ab/abc"), sealedBytes("sealed"));
    expect(await textOf(store, "packs/ab/abc")).toBe("sealed");
    expect(readdirSync(join(folder, "packs/ab"))).toEqual(["abc"]);
  });

  test("one that a crash left beside its finished object goes too, and the object stays", async () => {
    await store.put(named("packs/ab/abc"), sealedBytes("sealed"));
    linkSync(join(folder, "packs/ab/abc"), join(folder, "packs/ab/.tmp-abc"));
    expect(await store.put(named("packs/ab/abc"), sealedBytes("sealed"))).toBe("exists");
    expect(readdirSync(join(folder, "packs/ab"))).toEqual(["abc"]);
    expect(await textOf(store, "packs/ab/abc")).toBe("sealed");
  });

  test("of two machines that put one name at once, none gives it to the other's half-written file", async () => {
    let pieces = 0;
    const body = spooled(manyBytes(20_000_000), () => {
      if (++pieces < 2) return;
      rmSync(join(folder, ".tmp-format"));
      lay(".tmp-format", "the other's first bytes");
    });
    const put = store.put(named("format"), body);
    await expect(put).rejects.toMatchObject({ code: "folder-contended", retryable: true });
    expect(existsSync(join(folder, "format"))).toBe(false);
    expect(readFileSync(join(folder, ".tmp-format"), "utf8")).toBe("the other's first bytes");
  });

  test("whoever comes second to a name while both write leaves the first object as it is", async () => {
    const body = spooled(manyBytes(9), () => {
      lay("format", "the first");
    });
    expect(await store.put(named("format"), body)).toBe("exists");
    expect(await textOf(store, "format")).toBe("the first");
    expect(readdirSync(folder)).toEqual(["format"]);
  });
});

test("the folder and the memory store agree on any sequence of puts, deletes and listings", async () => {
  const part = fc.constantFrom("a", "a-", "a.", "a0", "Z", "_");
  const folders = fc.array(part, { maxLength: 2 });
  // Folders never end in f and files always do: no name is both.
  const name = fc.tuple(folders, part).map(([path, file]) => [...path, `${file}f`].join("/"));
  const anyText = fc.oneof(
    name,
    folders.map((path) => path.map((each) => `${each}/`).join("")),
  );
  const step = fc.oneof(
    fc.record({ verb: fc.constant("put" as const), name }),
    fc.record({ verb: fc.constant("delete" as const), name }),
    fc.record({ verb: fc.constant("list" as const), prefix: anyText, startAfter: anyText }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const own = mkdtempSync(join(tmpdir(), "folder-store-"));
      const pair = [
        new MemoryStore(fixedClock),
        new FolderStore(realDisk, own, fixedClock),
      ] as const;
      for (const each of steps) {
        const [memory, disk] = await Promise.all(
          pair.map(async (one) => {
            if (each.verb === "put") return one.put(named(each.name), sealedBytes(each.name));
            if (each.verb === "delete") return one.delete(named(each.name));
            const { prefix, startAfter } = each;
            const below = prefix === "" || prefix.endsWith("/") ? prefix : "";
            const found = await Array.fromAsync(one.listFolders({ prefix: below }));
            return [await namesOf(one, { prefix, startAfter }), found];
          }),
        );
        expect(disk).toEqual(memory);
      }
      rmSync(own, { recursive: true });
    }),
    { numRuns: 150, seed: 20260401 },
  );
});
