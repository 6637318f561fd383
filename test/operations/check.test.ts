import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { check, type Finding } from "../../src/operations/check.ts";
import { HostileStore } from "../store/hostile.ts";
import { World } from "./world.ts";

let store: HostileStore;
let world: World;
beforeEach(async () => {
  store = new HostileStore();
  world = new World({ store });
  for (let n = 0; n < 40; n++) world.write(`memory/${String(n)}.md`, `note ${String(n)}`);
  await backup(world.session());
  world.write("memory/new.md", "new");
  await backup(world.session());
});
afterEach(() => {
  world.remove();
});

const codes = (findings: readonly Finding[]): string[] => findings.map(({ error }) => error.code);

test("a sound repository has no findings, read whole or not", async () => {
  const structure = await check(world.session());
  expect(structure).toMatchObject({ findings: [], versions: 2, packs: 4, bytesRead: 0 });
  const whole = await check(world.session(), { readDataPercent: 100 });
  expect(whole.findings).toEqual([]);
  expect(whole.bytesRead).toBeGreaterThan(4 * 4000);
});

test("a pack that is gone is named, with the versions that need it", async () => {
  const [pack] = store.names("packs/");
  store.drop(pack!);
  const { findings } = await check(world.session());
  expect(codes(findings)).toContain("chunk-missing");
  expect(findings.flatMap(({ affects }) => affects).length).toBeGreaterThan(0);
});

test("a pack that was cut short is found without reading it", async () => {
  const pack = store.names("packs/")[0]!;
  store.alter(pack, (bytes) => bytes.subarray(0, -1));
  expect(codes((await check(world.session())).findings)).toContain("object-tampered");
});

test("a single flipped bit anywhere in a pack is found by reading the data", async () => {
  const pack = store.names("packs/")[0]!;
  const size = store.bytes(pack).length;
  for (const at of [0, 5, 71, 100, size - 40, size - 1]) {
    store.flip(pack, at);
    const { findings } = await check(world.session(), { readDataPercent: 100 });
    expect(codes(findings), `byte ${String(at)}`).toContain("object-tampered");
    store.flip(pack, at);
  }
});

test("a lost index is told of, and everything is found again through the packs' own tables", async () => {
  for (const name of store.names("index/")) store.drop(name);
  world.stateFolder += "-2";
  const { findings } = await check(world.session());
  expect(codes(findings)).toEqual(["index-incomplete"]);
});

test("a log entry that is gone, or was put back to an older state, is a rollback", async () => {
  const newest = store.names("log/").at(-1)!;
  store.drop(newest);
  const { findings } = await check(world.session());
  expect(codes(findings)).toContain("rollback-suspected");
});

test("a changed log entry is noticed by a machine that has never seen it", async () => {
  store.flip(store.names("log/").at(-1)!, 80);
  world.stateFolder += "-2";
  expect((await check(world.session())).findings.length).toBeGreaterThan(0);
});

test("a lost format and slot are named by check, and put back by the next backup that writes", async () => {
  store.drop("format");
  for (const name of store.names("keys/")) store.drop(name);
  const lost = await check(world.session());
  expect(codes(lost.findings)).toEqual(["object-missing", "object-missing"]);
  world.write("memory/more.md", "more");
  await backup(world.session());
  expect((await check(world.session())).findings).toEqual([]);
});
