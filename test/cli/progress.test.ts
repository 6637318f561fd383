import { expect, test } from "vitest";
import { displayWidth } from "../../src/cli/columns.ts";
import { ProgressDisplay } from "../../src/cli/progress.ts";

const WIPE = "\r\u001b[2K";
const MIB = 1024 * 1024;

function makeScreen({ isTerminal, columns = 80 }: { isTerminal: boolean; columns?: number }) {
  const written: string[] = [];
  const clock = { ms: 5000, now: () => 0, monotonic: () => clock.ms };
  const write = (text: string): void => void written.push(text);
  const display = new ProgressDisplay({ isTerminal, columns: () => columns, write }, clock);
  return { written, clock, display };
}

test("a run that is over at once shows nothing", () => {
  const { written, clock, display } = makeScreen({ isTerminal: true });
  display.show({ step: "read", files: { done: 1, total: 2 } });
  clock.ms += 200;
  display.show({ step: "read", files: { done: 2, total: 2 } });
  display.wipe();
  expect(written).toEqual([]);
});

test("a terminal's line is drawn at most ten times a second and is gone at the end", () => {
  const { written, clock, display } = makeScreen({ isTerminal: true });
  for (let done = 0; done < 1000; done++) {
    clock.ms += 2;
    display.show({ step: "read", files: { done, total: 1000 } });
  }
  display.wipe();
  display.wipe();
  expect(written.length).toBeLessThanOrEqual(21);
  expect(written[0]).toMatch(/Reading {2}█*░* {2}\d+\/1000 files/);
  expect(written.slice(0, -1).every((text) => text.startsWith(WIPE))).toBe(true);
  expect(written.at(-1)).toBe(WIPE);
});

test("elsewhere it is a plain line each five seconds, with nothing that moves a cursor", () => {
  const { written, clock, display } = makeScreen({ isTerminal: false });
  for (let i = 0; i < 120; i++) {
    clock.ms += 100;
    display.show({ step: "verify", files: { done: i, total: 120 } });
  }
  display.wipe();
  expect(written).toHaveLength(2);
  expect(written.join("")).toMatch(
    /^Verifying {2}\d+\/120 files.*\nVerifying {2}\d+\/120 files.*\n$/,
  );
  expect(written.join("")).not.toContain("\u001b");
});

test("reading and uploading by turns is one piece of work: sums, rate and time left go on", () => {
  const { written, clock, display } = makeScreen({ isTerminal: true });
  for (let pack = 1; pack <= 4; pack++) {
    display.show({ step: "read", files: { done: pack * 10, total: 80 } });
    clock.ms += 1000;
    display.show({ step: "upload", bytes: { done: 8 * MIB, total: 16 * MIB } });
    clock.ms += 1000;
    display.show({ step: "upload", bytes: { done: 16 * MIB, total: 16 * MIB } });
  }
  expect(written.at(-1)).toBe(
    `${WIPE}Uploading  █████░░░░░  40/80 files  8.0 MiB/s  0:08 left  64.0 MiB sent`,
  );
});

test("a restore knows how much there is", () => {
  const { written, clock, display } = makeScreen({ isTerminal: true });
  const bytes = { done: 0, total: 100 * MIB };
  display.show({ step: "download", files: { done: 0, total: 3 }, bytes });
  clock.ms += 4000;
  display.show({
    step: "download",
    files: { done: 1, total: 3 },
    bytes: { ...bytes, done: 20 * MIB },
  });
  expect(written.at(-1)).toBe(
    `${WIPE}Restoring  ██░░░░░░░░  1/3 files  20.0 MiB/100.0 MiB  5.0 MiB/s  0:16 left`,
  );
});

test("a narrow terminal is never filled to its last column, where the line would wrap", () => {
  for (const columns of [80, 40, 20, 5, 1]) {
    const { written, clock, display } = makeScreen({ isTerminal: true, columns });
    display.show({ step: "download", files: { done: 1, total: 99_999 }, bytes: { done: 1 } });
    clock.ms += 60_000;
    display.show({ step: "download", files: { done: 9999, total: 99_999 }, bytes: { done: MIB } });
    for (const line of written) {
      expect(displayWidth(line.slice(WIPE.length))).toBeLessThan(Math.max(columns, 1));
    }
  }
});
