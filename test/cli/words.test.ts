import { expect, test } from "vitest";
import { parseDeviceId } from "../../src/base/ids.ts";
import { displayWidth, facts, fit, table } from "../../src/cli/columns.ts";
import {
  formatAge,
  formatBytes,
  formatLeft,
  formatTime,
  formatVersion,
  parseDuration,
} from "../../src/cli/words.ts";

test("sizes have one decimal and never show a thousand of a unit where the next one fits", () => {
  const shown = [0, 1, 1023, 1024, 42_189, 1024 ** 2 - 1, 1024 ** 2, 3.5 * 1024 ** 3, 2 ** 52];
  expect(shown.map(formatBytes)).toEqual([
    "0 bytes",
    "1 byte",
    "1,023 bytes",
    "1.0 KiB",
    "41.2 KiB",
    "1.0 MiB",
    "1.0 MiB",
    "3.5 GiB",
    "4096.0 TiB",
  ]);
});

test("times are local and carry their offset", () => {
  const shown = formatTime("2026-04-01T16:30:00Z");
  expect(shown).toMatch(/^2026-04-0[12] \d\d:\d\d [+-]\d\d:\d\d$/);
  expect(Date.parse(shown.replace(" ", "T").replace(" ", ""))).toBe(Date.UTC(2026, 3, 1, 16, 30));
});

test("ages and what is left grow from unit to unit", () => {
  const MINUTE = 60_000;
  const ages = [
    -5,
    0,
    59_999,
    MINUTE,
    59 * MINUTE,
    60 * MINUTE,
    47 * 60 * MINUTE,
    48 * 60 * MINUTE,
  ];
  expect(ages.map(formatAge)).toEqual([
    "just now",
    "just now",
    "just now",
    "1 minute ago",
    "59 minutes ago",
    "1 hour ago",
    "47 hours ago",
    "2 days ago",
  ]);
  expect([0, 400, 7000, 750_000, 11_100_000].map(formatLeft)).toEqual([
    "0:00",
    "0:01",
    "0:07",
    "12:30",
    "3:05:00",
  ]);
});

test("lengths of time are a number and a unit, and nothing else", () => {
  expect(["90m", "26h", " 7d ", "2 w"].map(parseDuration)).toEqual([
    5_400_000, 93_600_000, 604_800_000, 1_209_600_000,
  ]);
  for (const text of ["", "h", "1", "-1h", "1.5h", "1 fortnight", "9999999h", "1h1m"]) {
    expect(() => parseDuration(text), text).toThrow(
      expect.objectContaining({ code: "duration-malformed" }),
    );
  }
});

test("a short version name is still a start of the whole one", () => {
  const device = parseDeviceId("3f2a00112233aabb");
  expect(formatVersion({ device, seq: 12 })).toBe("3f2a-12");
});

test("wide characters take two columns and accents none", () => {
  expect(displayWidth("memory")).toBe(6);
  expect(displayWidth("记忆")).toBe(4);
  expect(displayWidth("e\u0301te\u0301")).toBe(3);
  expect(displayWidth("🦞 ok")).toBe(5);
});

test("what does not fit is cut before the last column, never in the middle of a character", () => {
  expect(fit("memory", 6)).toBe("memory");
  expect(fit("memory", 5)).toBe("memo…");
  expect(fit("记忆体", 5)).toBe("记忆…");
  expect(fit("记忆体", 4)).toBe("记…");
  for (let columns = 0; columns < 8; columns++) {
    expect(displayWidth(fit("a记b忆c体", columns))).toBeLessThanOrEqual(columns);
  }
});

test("columns stand below each other, with wide characters too", () => {
  const columns = [
    { title: "NAME" },
    { title: "SIZE", align: "right" },
    { title: "NOTE" },
  ] as const;
  const rows = [
    ["记忆", "1", "first"],
    ["a", "1024", ""],
  ];
  expect(table(columns, rows, Infinity)).toEqual([
    "NAME  SIZE  NOTE",
    "记忆     1  first",
    "a     1024",
  ]);
  for (const line of table(columns, rows, 12)) expect(displayWidth(line)).toBeLessThanOrEqual(12);
  expect(
    facts([
      ["a", "1"],
      ["bcd", "2"],
    ]),
  ).toEqual(["  a    1", "  bcd  2"]);
  expect(facts([])).toEqual([]);
});
