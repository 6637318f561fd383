import { describe, expect, test } from "vitest";
import { parseWhen } from "../../src/operations/when.ts";

const NOW = new Date(2026, 3, 10, 12, 0, 0).getTime();
const local = (...parts: [number, number, number, number, number, number, number]): number =>
  new Date(...parts).getTime();

describe("times as people write them", () => {
  test.each([
    ["2026-04-01T16:30:00Z", Date.UTC(2026, 3, 1, 16, 30, 0, 999)],
    ["2026-04-01T16-30-00Z", Date.UTC(2026, 3, 1, 16, 30, 0, 999)],
    ["2026-04-01T16:30:00+02:00", Date.UTC(2026, 3, 1, 14, 30, 0, 999)],
    ["2026-04-01T16:30:00.123Z", Date.UTC(2026, 3, 1, 16, 30, 0, 999)],
    ["2026-04-01 16:30", local(2026, 3, 1, 16, 30, 59, 999)],
    ["2026-04-01", local(2026, 3, 1, 23, 59, 59, 999)],
    ["today 9:05", local(2026, 3, 10, 9, 5, 59, 999)],
    ["yesterday 18:00", local(2026, 3, 9, 18, 0, 59, 999)],
    ["yesterday", local(2026, 3, 9, 23, 59, 59, 999)],
    ["3h ago", NOW - 3 * 3_600_000],
    ["90 minutes ago", NOW - 90 * 60_000],
    ["2 days ago", NOW - 2 * 86_400_000],
    ["1w ago", NOW - 7 * 86_400_000],
  ])("%s", (text, ms) => {
    expect(parseWhen(text, NOW)).toBe(ms);
  });

  test.each([
    ...["", "soon", "2026-02-30", "2026-13-01", "2026-04-01T25:00:00Z", "2026-04-01 16:60"],
    ...["ago", "h ago", "-3h ago", "1e3h ago", "today 24:00", "2026-04-01T16:30:00+25:00"],
    ...["9".repeat(10_000), "2026-04-01T16:30:00Z; rm -rf /"],
  ])("%s is not a time", (text) => {
    expect(parseWhen(text, NOW)).toBeUndefined();
  });

  test("a time on a day when the clocks change is a time of that day", () => {
    expect(new Date(parseWhen("2026-03-29 02:30", NOW)!).getDate()).toBe(29);
  });
});
