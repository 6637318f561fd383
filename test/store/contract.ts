/** What every store promises (src/store/store.ts). A store's test file calls this with a way to make one. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IntegrityError, InterruptedError } from "../../src/base/errors.ts";
import type { ListOptions, Store } from "../../src/store/store.ts";
import { manyBytes, named, namesOf, sealedBytes, spooled, textOf, unchecked } from "./fixtures.ts";

export interface StoreUnderTest {
  readonly store: Store;
  cleanUp(): void | Promise<void>;
}

export function storeContract(
  kind: string,
  make: () => StoreUnderTest | Promise<StoreUnderTest>,
): void {
  describe(`the contract of ${kind}`, () => {
    let given: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      given = await make();
      store = given.store;
    });

    afterEach(async () => {
      await given.cleanUp();
    });

    async function fill(...names: string[]): Promise<void> {
      for (const name of names) await store.put(named(name), sealedBytes(name));
    }

    test("what was put is read back, sized and listed at once", async () => {
      expect(await store.put(named("packs/ab/abc"), sealedBytes("sealed"))).toBe("stored");
      expect(await textOf(store, "packs/ab/abc")).toBe("sealed");
      expect(await store.size(named("packs/ab/abc"))).toBe(6);
      const listed = [];
      for await (const each of store.list({ prefix: "" })) listed.push(each);
      expect(listed).toEqual([{ name: "packs/ab/abc", size: 6 }]);
    });

    test("an absent name reads as undefined and has no size", async () => {
      await fill("packs/ab/abc");
      expect(await store.get(named("packs/ab/abd"))).toBeUndefined();
      expect(await store.get(named("packs/ac/abc"))).toBeUndefined();
      expect(await store.get(named("index/abc"), { offset: 0, length: 1 })).toBeUndefined();
      expect(await store.size(named("format"))).toBeUndefined();
    });

    test("an empty object is there, and empty", async () => {
      await store.put(named("format"), sealedBytes(""));
      expect(await textOf(store, "format")).toBe("");
      expect(await store.size(named("format"))).toBe(0);
      expect(await namesOf(store)).toEqual(["format"]);
    });

    test("a body that waits on disk arrives whole, however large", async () => {
      const bytes = manyBytes(20 * 1024 * 1024 + 7);
      expect(await store.put(named("packs/ab/large"), spooled(bytes))).toBe("stored");
      const stored = await store.get(named("packs/ab/large"));
      expect(Buffer.from(stored!).equals(bytes)).toBe(true);
    });

    test("the progress of a put ends at the size of the body", async () => {
      const seen: number[] = [];
      const onProgress = (bytes: number): void => void seen.push(bytes);
      await store.put(named("format"), sealedBytes("sealed"), { onProgress });
      expect(seen.at(-1)).toBe(6);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    });

    test("a second put of a name changes nothing", async () => {
      await store.put(named("format"), sealedBytes("first"));
      expect(await store.put(named("format"), sealedBytes("other"))).toBe("exists");
      expect(await textOf(store, "format")).toBe("first");
    });

    test("a put of another size under a name that exists is refused, and changes nothing", async () => {
      await store.put(named("format"), sealedBytes("first"));
      const put = store.put(named("format"), sealedBytes("longer"));
      await expect(put).rejects.toThrow(IntegrityError);
      await expect(put).rejects.toMatchObject({ code: "object-differs" });
      expect(await textOf(store, "format")).toBe("first");
    });

    test("a body that cannot be read leaves nothing under the name", async () => {
      const body = spooled(manyBytes(20_000_000), () => {
        throw new Error("the spool is gone");
      });
      await expect(store.put(named("packs/ab/abc"), body)).rejects.toThrow("the spool is gone");
      expect(await store.get(named("packs/ab/abc"))).toBeUndefined();
      expect(await namesOf(store)).toEqual([]);
      expect(await store.put(named("packs/ab/abc"), sealedBytes("again"))).toBe("stored");
    });

    test("bytes are copied in and out", async () => {
      const body = sealedBytes("sealed");
      await store.put(named("format"), body);
      body.fill(0);
      const first = await store.get(named("format"));
      first!.fill(0);
      expect(await textOf(store, "format")).toBe("sealed");
    });

    test.each([
      [{ offset: 0, length: 3 }, "012"],
      [{ offset: 7, length: 3 }, "789"],
      [{ offset: 8, length: 5 }, "89"],
      [{ offset: 10, length: 5 }, ""],
      [{ offset: 99, length: 1 }, ""],
      [{ offset: 4, length: 0 }, ""],
    ])("the range %j gives what there is of it", async (range, expected) => {
      await store.put(named("format"), sealedBytes("0123456789"));
      const bytes = await store.get(named("format"), range);
      expect(Buffer.from(bytes!).toString()).toBe(expected);
    });

    test("a listing is in the order of the bytes of whole names", async () => {
      const names = [
        "a/b",
        "a-b",
        "a.b",
        "a/B",
        "a0",
        "B",
        "a-b-c/d",
        "a/b-c",
        "Z/z",
        "_/x",
        "-/x",
      ];
      await fill(...names);
      expect(await namesOf(store)).toEqual(names.toSorted());
    });

    const some = ["index/1", "log/a/1", "log/a/2", "log/a-b/1", "log/b/1", "packs/00/x"];
    const listings: [Omit<ListOptions, "signal">, string[]][] = [
      [{ prefix: "log/" }, ["log/a-b/1", "log/a/1", "log/a/2", "log/b/1"]],
      [{ prefix: "log/a" }, ["log/a-b/1", "log/a/1", "log/a/2"]],
      [{ prefix: "log/a/" }, ["log/a/1", "log/a/2"]],
      [{ prefix: "log/a/2" }, ["log/a/2"]],
      [{ prefix: "log/c" }, []],
      [{ prefix: "nothing/here/" }, []],
      [{ prefix: "../" }, []],
      [{ prefix: "/" }, []],
      [{ prefix: "", startAfter: "log/b/1" }, ["packs/00/x"]],
      [{ prefix: "", startAfter: "log/a/" }, ["log/a/1", "log/a/2", "log/b/1", "packs/00/x"]],
      [{ prefix: "log/a/", startAfter: "log/a/1" }, ["log/a/2"]],
      [{ prefix: "log/a/", startAfter: "log/a/1~" }, ["log/a/2"]],
      [{ prefix: "log/a/", startAfter: "log/a/2" }, []],
      [{ prefix: "log/", startAfter: "log/a" }, ["log/a-b/1", "log/a/1", "log/a/2", "log/b/1"]],
      [{ prefix: "log/b/", startAfter: "index" }, ["log/b/1"]],
      [{ prefix: "", startAfter: "zzz" }, []],
    ];

    test("a listing keeps to its prefix and to where it starts", async () => {
      await fill(...some);
      for (const [options, expected] of listings) {
        expect(await namesOf(store, options), JSON.stringify(options)).toEqual(expected);
      }
    });

    test("the folders directly below a prefix are named", async () => {
      await fill("format", ...some);
      const below = (prefix: string): Promise<string[]> =>
        Array.fromAsync(store.listFolders({ prefix }));
      expect(await below("")).toEqual(["index", "log", "packs"]);
      expect(await below("log/")).toEqual(["a-b", "a", "b"]);
      expect(await below("log/a/")).toEqual([]);
      expect(await below("nothing/")).toEqual([]);
      expect(await below("../")).toEqual([]);
    });

    test("a folder whose last object went is not named any more", async () => {
      await fill(...some);
      await store.delete(named("packs/00/x"));
      expect(await Array.fromAsync(store.listFolders({ prefix: "" }))).toEqual(["index", "log"]);
    });

    test("a deleted object is gone, and its neighbours stay", async () => {
      await fill("packs/ab/abc", "packs/ab/abd");
      await store.delete(named("packs/ab/abc"));
      expect(await store.get(named("packs/ab/abc"))).toBeUndefined();
      expect(await namesOf(store)).toEqual(["packs/ab/abd"]);
    });

    test("deleting an absent name succeeds", async () => {
      await store.delete(named("packs/ab/abc"));
      await fill("packs/ab/abc");
      await store.delete(named("packs/ab/abd"));
      expect(await namesOf(store)).toEqual(["packs/ab/abc"]);
    });

    test("a deleted name can be put again", async () => {
      await fill("keys/00");
      await store.delete(named("keys/00"));
      expect(await store.put(named("keys/00"), sealedBytes("longer than before"))).toBe("stored");
    });

    test.each([
      "",
      "/",
      "/format",
      "a//b",
      "a/",
      "..",
      "a/../b",
      "./a",
      ".hidden",
      "a b",
      "a\\b",
      "é",
      "a\0b",
      "C:",
    ])("the name %j is refused by every verb", async (text) => {
      const name = unchecked(text);
      const refused = { code: "object-name-refused" };
      await expect(store.put(name, sealedBytes("x"))).rejects.toMatchObject(refused);
      await expect(store.get(name)).rejects.toMatchObject(refused);
      await expect(store.size(name)).rejects.toMatchObject(refused);
      await expect(store.delete(name)).rejects.toMatchObject(refused);
    });

    test("an aborted signal stops every verb before it does anything", async () => {
      await fill("format");
      const signal = AbortSignal.abort("asked to stop");
      const name = named("format");
      await expect(store.put(named("other"), sealedBytes("x"), { signal })).rejects.toThrow(
        InterruptedError,
      );
      await expect(store.get(name, undefined, { signal })).rejects.toThrow(InterruptedError);
      await expect(store.size(name, { signal })).rejects.toThrow(InterruptedError);
      await expect(store.delete(name, { signal })).rejects.toThrow(InterruptedError);
      await expect(store.now({ signal })).rejects.toThrow(InterruptedError);
      await expect(namesOf(store, { prefix: "", signal })).rejects.toThrow(InterruptedError);
      await expect(Array.fromAsync(store.listFolders({ prefix: "", signal }))).rejects.toThrow(
        InterruptedError,
      );
      expect(await namesOf(store)).toEqual(["format"]);
    });

    test("a put that is aborted in the middle leaves nothing, and can be done again", async () => {
      const bytes = manyBytes(20_000_000);
      const abort = new AbortController();
      const body = spooled(bytes, () => {
        abort.abort();
      });
      const put = store.put(named("packs/ab/abc"), body, { signal: abort.signal });
      await expect(put).rejects.toThrow(InterruptedError);
      expect(await namesOf(store)).toEqual([]);
      expect(await store.put(named("packs/ab/abc"), spooled(bytes))).toBe("stored");
    });

    test("a listing that is aborted in the middle stops there", async () => {
      await fill("a", "b", "c");
      const abort = new AbortController();
      const seen: string[] = [];
      const listing = async (): Promise<void> => {
        for await (const { name } of store.list({ prefix: "", signal: abort.signal })) {
          seen.push(name);
          abort.abort();
        }
      };
      await expect(listing()).rejects.toThrow(InterruptedError);
      expect(seen).toEqual(["a"]);
    });

    test("it tells its own time and where it is", async () => {
      expect(await store.now()).toBeGreaterThan(1_600_000_000_000);
      expect(store.place).not.toBe("");
    });
  });
}
