import fc from "fast-check";
import { expect, test } from "vitest";
import { LocalSeal } from "../../src/crypto/local-seal.ts";
import { FixedSalts, key, otherKey } from "./fixtures.ts";

const seal = new LocalSeal(key);
const notes = Buffer.from("notes/secret plan.md");

test("a local document comes back under its name, also when it is empty", () => {
  for (const plaintext of [notes, Buffer.alloc(0), Buffer.alloc(100_000, "x")])
    expect(seal.open("cache", seal.seal("cache", plaintext))).toEqual(plaintext);
});

test("it does not show what is inside, and never looks the same twice", () => {
  const [one, two] = [
    Buffer.from(seal.seal("cache", notes)),
    Buffer.from(seal.seal("cache", notes)),
  ];
  expect(one.includes("secret")).toBe(false);
  expect(one.subarray(0, 32).equals(two.subarray(0, 32))).toBe(false);
  expect(one.subarray(32).equals(two.subarray(32))).toBe(false);
});

test("a generator that repeats itself does not make two documents share a key", () => {
  const saltOf = (name: string, text: string): string =>
    Buffer.from(new LocalSeal(key, new FixedSalts()).seal(name, Buffer.from(text)))
      .subarray(0, 32)
      .toString("hex");
  expect(new Set([saltOf("a", "1"), saltOf("a", "2"), saltOf("b", "1")]).size).toBe(3);
});

test("what is damaged, cut, renamed or another repository's is not opened", () => {
  const bytes = Buffer.from(seal.seal("cache", notes));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = Buffer.from(bytes);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(seal.open("cache", damaged), `bit ${bit}`).toBeUndefined();
  }
  for (let length = 0; length < bytes.length; length++)
    expect(seal.open("cache", bytes.subarray(0, length)), `${length} bytes`).toBeUndefined();
  expect(seal.open("witness", bytes)).toBeUndefined();
  expect(new LocalSeal(otherKey).open("cache", bytes)).toBeUndefined();
});

test("arbitrary bytes are not ours, and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(seal.open("cache", bytes)).toBeUndefined();
    }),
    { seed: 20260401, numRuns: 500 },
  );
});
