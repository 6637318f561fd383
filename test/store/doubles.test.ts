import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import { PowerCut } from "../files/power-cut-disk.ts";
import { storeContract } from "./contract.ts";
import { CrashingStore } from "./crashing.ts";
import { fixedClock, manyBytes, named, namesOf, sealedBytes, spooled, textOf } from "./fixtures.ts";
import { RecordingStore } from "./recording.ts";

const inMemory = (): MemoryStore => new MemoryStore(fixedClock);

storeContract("a recording store", () => ({
  store: new RecordingStore(inMemory()),
  cleanUp: () => {},
}));

describe("a recording store", () => {
  test("counts requests by verb and name, and the bytes that travel", async () => {
    const store = new RecordingStore(inMemory());
    await store.put(named("packs/ab/abc"), spooled(manyBytes(1000)));
    await store.put(named("index/1"), sealedBytes("sealed"));
    await store.get(named("packs/ab/abc"), { offset: 0, length: 10 });
    await store.get(named("absent"));
    await store.size(named("index/1"));
    await namesOf(store, { prefix: "log/" });
    await store.delete(named("index/1"));
    expect(store.count("put")).toBe(2);
    expect(store.names("put", "packs/")).toEqual(["packs/ab/abc"]);
    expect(store.names("list")).toEqual(["log/"]);
    expect(store.requests.map(({ verb }) => verb).join(" ")).toBe(
      "put put get get size list delete",
    );
    expect([store.bytesUp, store.bytesDown]).toEqual([1006, 10]);
  });

  test("a listing costs one request for every 1,000 names", async () => {
    const memory = inMemory();
    const store = new RecordingStore(memory);
    const cost = async (names: number): Promise<number> => {
      while (memory.objects.size < names) {
        memory.objects.set(named(`n${String(memory.objects.size)}`), sealedBytes(""));
      }
      store.reset();
      await namesOf(store);
      return store.count("list");
    };
    expect(await cost(0)).toBe(1);
    expect(await cost(1000)).toBe(1);
    expect(await cost(1001)).toBe(2);
    expect(await cost(2001)).toBe(3);
  });
});

describe("a crashing store", () => {
  const put = (store: CrashingStore, name: string): Promise<string> =>
    store.put(named(name), sealedBytes(name));

  test("fails at its call before it took effect, and at every later one until the power is back", async () => {
    const store = new CrashingStore(inMemory(), { failAt: 1, when: "before" });
    await put(store, "first");
    expect(store.isDown).toBe(false);
    await expect(put(store, "second")).rejects.toThrow(PowerCut);
    expect(store.isDown).toBe(true);
    await expect(namesOf(store)).rejects.toThrow(PowerCut);
    await expect(store.now()).rejects.toThrow(PowerCut);
    store.restorePower();
    expect(await namesOf(store)).toEqual(["first"]);
  });

  test("fails at its call after it took effect", async () => {
    const store = new CrashingStore(inMemory(), { failAt: 1, when: "after" });
    await put(store, "first");
    await expect(put(store, "second")).rejects.toThrow(PowerCut);
    await expect(store.delete(named("first"))).rejects.toThrow(PowerCut);
    store.restorePower();
    expect(await textOf(store, "second")).toBe("second");
    expect(await namesOf(store)).toEqual(["first", "second"]);
  });
});
