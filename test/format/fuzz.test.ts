import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/base/canonical-json.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import { isList } from "../../src/format/shape.ts";
import { decodeIdList } from "../../src/format/tree.ts";
import { canonical, type VectorFile } from "./cases/case.ts";
import { recoders, type Recode } from "./codecs.ts";
import { vectorUrl } from "./make-vectors.ts";

const SEED = 20260401;
const DOCUMENTS = 3000;
/** Pages of 256 entries make long texts and find nothing more. */
const LONGEST = 4000;

describe(`whatever the bytes are, seed ${SEED}`, () => {
  test.each(Object.entries<Recode>(recoders))("%s is read exactly, or refused", (name, recode) => {
    const random = new Lottery(SEED);
    const { valid } = JSON.parse(readFileSync(vectorUrl(name), "utf8")) as VectorFile;
    const seeds = valid.filter(({ text }) => text.length < LONGEST);
    let accepted = 0;
    for (let i = 0; i < DOCUMENTS; i++) {
      const { text } = random.of(seeds);
      const bytes = i % 2 === 0 ? bentBytes(text, random) : bentJson(text, random);
      if (survives(recode, bytes, `document ${i}: ${bytes.toString("latin1")}`)) accepted++;
    }
    // Otherwise the mutations are too wild to reach the checks behind the first.
    expect(accepted).toBeGreaterThan(10);
    expect(accepted).toBeLessThan(DOCUMENTS);
  });

  test("a list of ids is whole, or refused", () => {
    for (let length = 0; length < 300 * 32; length += 7) {
      const fits = length % 32 === 0 && length >= 32 && length <= 256 * 32;
      const read = (): unknown => decodeIdList(Buffer.alloc(length, 1), "ids");
      if (fits) expect(read()).toHaveLength(length / 32);
      else expect(read).toThrow(IntegrityError);
    }
  });
});

/** What is accepted has one form: it must come back byte for byte. */
function survives(recode: Recode, bytes: Buffer, what: string): boolean {
  let again: Buffer;
  try {
    again = recode(bytes);
  } catch (error) {
    expect(error, what).toBeInstanceOf(IntegrityError);
    return false;
  }
  expect(again.toString("latin1"), what).toBe(bytes.toString("latin1"));
  return true;
}

function bentBytes(text: string, random: Lottery): Buffer {
  let bytes = Buffer.from(text);
  for (let times = random.below(3) + 1; times > 0; times--) {
    const at = random.below(bytes.length + 1);
    const end = at + random.below(8);
    const inside = random.of<Buffer>([
      Buffer.alloc(0),
      Buffer.from([random.below(256)]),
      Buffer.from(random.of(['"', ",", "{", "}", "[]", ":", "\\", "-", "0", "1e9", "null"])),
      bytes.subarray(at, end),
      bytes.subarray(at, random.below(bytes.length + 1)),
    ]);
    const rest = bytes.subarray(random.of([at, at + inside.length, end]));
    bytes = Buffer.concat([bytes.subarray(0, at), inside, rest]);
  }
  return bytes;
}

/** Still canonical, so that it passes the first check: one value somewhere inside is another. */
function bentJson(text: string, random: Lottery): Buffer {
  const json = JSON.parse(text) as Json;
  return Buffer.from(canonical(bend(json, random)));
}

function bend(json: Json, random: Lottery): unknown {
  if (random.below(6) === 0 || typeof json !== "object" || json === null) return random.of(HOSTILE);
  return isList(json) ? bendList(json, random) : bendObject(json, random);
}

function bendList(list: readonly Json[], random: Lottery): unknown[] {
  const at = random.below(list.length + 1);
  if (random.below(4) === 0) return [...list.slice(0, at), random.of(HOSTILE), ...list.slice(at)];
  if (random.below(4) === 0) return [...list, ...list.slice(at)];
  return list.map((each, i) => (i === at ? bend(each, random) : each));
}

function bendObject(json: JsonObject, random: Lottery): object {
  const members = Object.entries(json);
  const at = random.below(members.length + 1);
  const [name, value] = members[at] ?? [random.of(NAMES), null];
  const bent = random.below(5) === 0 ? undefined : bend(value, random);
  return Object.fromEntries([...members, [random.below(8) === 0 ? random.of(NAMES) : name, bent]]);
}

const HOSTILE: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 15, 16, 64, 256, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)],
  ...["", "a", "..", "/", "a\0", "é", "\u2028", "0", "-0", "1e3", "x".repeat(300), "AAAA"],
  ...["A".repeat(43) + "=", `${"0".repeat(16)}-1`, "2026-04-01T16:30:00.000Z"],
  ...[[], {}, [[]], [{}], { a: 1 }, Array.from({ length: 300 }, () => 0), { pathBytes: "/w==" }],
];

const NAMES = [
  ...["path", "pathBytes", "target", "targetBytes", "firstPath", "kind", "type", "chunks", "flags"],
  ...["__proto__", "constructor", "toString", "length", "0", "10", "later", ""],
];

/** mulberry32: small, and the same everywhere. */
class Lottery {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}
