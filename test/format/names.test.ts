import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDeviceId, parseIndexId, parsePackId } from "../../src/base/ids.ts";
import {
  entryName,
  formatName,
  indexName,
  LOG_PREFIX,
  logPrefix,
  packName,
  parseEntryName,
  parseIndexName,
  parsePackName,
  parseSlotName,
  parseVersionName,
  slotName,
} from "../../src/format/names.ts";
import type { names } from "./cases/names.ts";
import { vectorUrl } from "./make-vectors.ts";

const vectors = JSON.parse(readFileSync(vectorUrl("names"), "utf8")) as typeof names;
const device = parseDeviceId("0123456789abcdef");
const at = { device, seq: 2, serverDate: "2026-04-01T16:30:00.000Z", kind: "v" } as const;

test.each(vectors.valid)("$name is written and read", ({ name, means }) => {
  switch (means.kind) {
    case "format":
      expect(formatName).toBe(name);
      return;
    case "slot":
      expect([slotName(means.slot), parseSlotName(name)]).toEqual([name, means.slot]);
      return;
    case "pack":
      expect([packName(parsePackId(means.id)), parsePackName(name)]).toEqual([name, means.id]);
      return;
    case "index":
      expect([indexName(parseIndexId(means.id)), parseIndexName(name)]).toEqual([name, means.id]);
      return;
    case "v":
    case "r": {
      const { serverDate, ...parts } = { ...means, device: parseDeviceId(means.device) };
      expect(entryName({ ...parts, serverDate })).toBe(name);
      expect(parseEntryName(name)).toMatchObject({ name, ...parts });
    }
  }
});

test.each(vectors.invalid)("$name is nobody's name: $reason", ({ name }) => {
  for (const parse of [parseSlotName, parsePackName, parseIndexName, parseEntryName]) {
    expect(parse(name)).toBeUndefined();
  }
});

test("no name is taken for one of another kind", () => {
  const parsers = [parseSlotName, parsePackName, parseIndexName, parseEntryName];
  for (const { name, means } of vectors.valid) {
    const readers = parsers.filter((parse) => parse(name) !== undefined);
    expect(readers).toHaveLength(means.kind === "format" ? 0 : 1);
  }
});

test("a device's entries stand below its prefix, in the order of their numbers", () => {
  const name = (seq: number): string => entryName({ ...at, seq });
  expect(name(1).startsWith(logPrefix(device))).toBe(true);
  expect(logPrefix(device).startsWith(LOG_PREFIX)).toBe(true);
  expect([name(10), name(9), name(100)].sort()).toEqual([name(9), name(10), name(100)]);
});

describe("a name that nobody could read back is never made", () => {
  test.each([0, -1, 1.5, NaN, 1_000_000_000_000])("of number %d", (seq) => {
    expect(() => entryName({ ...at, seq })).toThrow();
  });

  test.each(["", "2026-04-01", "2026-02-30T00:00:00.000Z"])("of the date %o", (serverDate) => {
    expect(() => entryName({ ...at, serverDate })).toThrow();
  });

  test.each(["", "../format", "00112233445566FF"])("of the slot %o", (slot) => {
    expect(() => slotName(slot)).toThrow();
  });
});

describe("a version's name", () => {
  test("is device and number", () => {
    expect(parseVersionName("0123456789abcdef-12")).toEqual({ device, seq: 12 });
  });

  test.each([
    "12",
    "0123-12",
    "0123456789abcdef-0",
    "0123456789abcdef-012",
    "0123456789abcdef-12 ",
  ])("is never %o", (text) => {
    expect(parseVersionName(text)).toBeUndefined();
  });
});
