import { expect, test } from "vitest";
import { parseChunkId } from "../../src/base/ids.ts";
import { parseRelPath } from "../../src/base/paths.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import type { Entry } from "../../src/format/entry.ts";
import { cutGroups } from "../../src/format/tree-shape.ts";
import { decodeIdList, encodeIdList, encodePage } from "../../src/format/tree.ts";
import { ids } from "./cases/case.ts";

const dir = (path: string): Entry => ({ kind: "dir", path: parseRelPath(path), mtime: "0" });
const chunkIds = (count: number) => ids(count).map(parseChunkId);

test("a page out of order is our own mistake, and never written", () => {
  const page = (...paths: string[]) => ({ kind: "leaf", entries: paths.map(dir) }) as const;
  expect(() => encodePage(page("b", "a"))).toThrow();
  expect(() => encodePage(page("a", "a"))).toThrow();
  expect(() => encodePage(page("a", "b"))).not.toThrow();
});

test("a page of more than 256 entries is never written", () => {
  const entries = Array.from({ length: 257 }, (_, i) => dir(String(i).padStart(3, "0")));
  expect(() => encodePage({ kind: "leaf", entries })).toThrow();
});

test("a list of ids is nothing but the ids", () => {
  const list = chunkIds(3);
  expect(encodeIdList(list).toString("hex")).toBe(
    list.map((id) => Buffer.from(id, "base64").toString("hex")).join(""),
  );
});

test.each([0, 257])("a list of %i ids is never written, and refused", (count) => {
  expect(() => encodeIdList(chunkIds(count))).toThrow();
  expect(() => decodeIdList(Buffer.alloc(count * 32), "ids")).toThrow(IntegrityError);
});

test("the keyed function is asked only where a group may end, which is where it costs", () => {
  let asked = 0;
  cutGroups(Array.from({ length: 100 }), () => asked++ > 1e9);
  expect(asked).toBe(100 - 15);
});

test("one entry more moves only the nearest boundary", () => {
  const before = Array.from({ length: 2000 }, (_, i) => i * 10);
  const after = before.toSpliced(1000, 0, 9995);
  const groups = (items: number[]) => cutGroups(items, (i) => (i / 10) % 40 === 0).map(String);
  const known = new Set(groups(before));
  const fresh = groups(after).filter((group) => !known.has(group));
  expect(groups(after).length).toBeGreaterThan(40);
  expect(fresh.length).toBeLessThanOrEqual(2);
});
