import { expect, test } from "vitest";
import { padmeSize } from "../../src/crypto/padding.ts";

test("padding only adds, never more than 12 %, and padding twice changes nothing", () => {
  for (let size = 0; size < 5000; size++) {
    const padded = padmeSize(size);
    expect(padded).toBeGreaterThanOrEqual(size);
    expect(padded - size).toBeLessThanOrEqual(size * 0.12);
    expect(padmeSize(padded)).toBe(padded);
  }
});

test("sizes up to 64 MiB fall into a few hundred classes, and stay within 64 MiB", () => {
  const classes = new Set<number>();
  for (let size = 1; size <= 2 ** 26; size += 7919) classes.add(padmeSize(size));
  expect(classes.size).toBeLessThan(600);
  expect(Math.max(...classes)).toBeLessThanOrEqual(2 ** 26);
});
