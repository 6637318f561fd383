import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { Fields } from "../../src/state/fields.ts";
import { Journal, type RecordCodec } from "../../src/state/journal.ts";
import { fillingDisk, temporaryFolders } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();

const words: RecordCodec<string> = {
  encode: (word) => ({ word }),
  decode: (json) => {
    return new Fields(json, "a word").text("word");
  },
};

const open = (path: string): Journal<string> => Journal.open(realDisk, path, words);

function journalOf(...records: string[]): string {
  const path = join(temporaryFolder(), "journal");
  const journal = open(path);
  for (const record of records) journal.append(record);
  return path;
}

test("what was appended is there when it is opened again, in order", () => {
  const journal = open(journalOf("one", "zwei\n\u2028", "三"));
  expect(journal.records).toEqual(["one", "zwei\n\u2028", "三"]);
  expect(journal.damaged).toBe(false);
});

test("a new one is empty, and only its owner may read it", () => {
  const path = join(temporaryFolder(), "journal");
  expect(open(path).records).toEqual([]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a last line torn at any byte is ignored, and what is appended then is not lost behind it", () => {
  const path = journalOf("one", "two");
  const whole = readFileSync(path);
  const first = whole.indexOf("\n") + 1;
  for (let length = first; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    const torn = open(path);
    expect(torn.records, `torn after ${String(length)} bytes`).toEqual(["one"]);
    expect(torn.damaged).toBe(false);
    torn.append("three");
    expect(open(path).records, `torn after ${String(length)} bytes`).toEqual(["one", "three"]);
  }
});

test("a last line of which the disk kept only zeros, or only its end, is ignored", () => {
  const path = journalOf("one", "two");
  const whole = readFileSync(path);
  const first = whole.indexOf("\n") + 1;
  writeFileSync(path, Buffer.from(whole).fill(0, first));
  expect(open(path)).toMatchObject({ records: ["one"], damaged: false });
  writeFileSync(path, Buffer.from(whole).fill(0, first, first + 5));
  expect(open(path)).toMatchObject({ records: ["one"], damaged: false });
});

test("a bad line in the middle stops the reading there, and says so", () => {
  const path = journalOf("one", "two", "three", "four");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("two", "twa"));
  const damaged = open(path);
  expect(damaged.records).toEqual(["one"]);
  expect(damaged.damaged).toBe(true);
  damaged.append("five");
  expect(open(path)).toMatchObject({ records: ["one", "five"], damaged: false });
});

test("a bit flipped anywhere in a line costs that line", () => {
  const path = journalOf("one", "two");
  const whole = readFileSync(path);
  const first = whole.indexOf("\n") + 1;
  for (let bit = first * 8; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, flipped);
    expect(open(path).records, `bit ${String(bit)}`).toEqual(["one"]);
  }
});

test("a line that another release wrote counts as damage, even with a good checksum", () => {
  const path = journalOf("one");
  Journal.open(realDisk, path, { ...words, encode: () => ["not", "a", "word"] }).append("two");
  open(path).append("three");
  expect(open(path).records).toEqual(["one", "three"]);
});

test("after a failed append the next one stands on a whole line", () => {
  const path = journalOf("one");
  const { disk, fillAfter } = fillingDisk(/journal$/);
  const journal = Journal.open(disk, path, words);
  fillAfter(7);
  expect(() => {
    journal.append("two");
  }).toThrow("the disk is full");
  journal.append("three");
  journal.append("four");
  expect(open(path)).toMatchObject({ records: ["one", "three", "four"], damaged: false });
});

test("replacing is all or nothing", () => {
  const path = journalOf("one", "two");
  const { disk, fillAfter } = fillingDisk(/journal/);
  const journal = Journal.open(disk, path, words);
  fillAfter(3);
  expect(() => {
    journal.replace(["three"]);
  }).toThrow("the disk is full");
  expect(open(path).records).toEqual(["one", "two"]);
  journal.replace(["three"]);
  journal.append("four");
  expect(open(path).records).toEqual(["three", "four"]);
});
