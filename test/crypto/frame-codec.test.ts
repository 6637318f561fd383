import { expect, test, vi } from "vitest";
import { decodeFrame, encodeFrame } from "../../src/crypto/frame-codec.ts";
import { bytesFrom, runFrame } from "./reference.ts";

/** How many bytes zstd gave, at most, whatever was done with them. */
const given = vi.hoisted(() => ({ most: 0 }));

vi.mock("node:zlib", async (importActual) => {
  const actual = await importActual<typeof import("node:zlib")>();
  const zstdDecompressSync: typeof actual.zstdDecompressSync = (...args) => {
    const raw = actual.zstdDecompressSync(...args);
    given.most = Math.max(given.most, raw.length);
    return raw;
  };
  return { ...actual, zstdDecompressSync };
});

test("a bomb is stopped at the length that was promised", () => {
  const bomb = runFrame(0, 64 * 2 ** 20).stored;
  const small = runFrame(0, 8_000_000).stored;
  for (const rawLength of [1, 1000, 7_999_999]) {
    expect(decodeFrame({ codec: 1, stored: bomb }, rawLength)).toBeUndefined();
    expect(decodeFrame({ codec: 1, stored: small }, rawLength)).toBeUndefined();
  }
  expect(given.most).toBe(0);
  expect(decodeFrame({ codec: 1, stored: small }, 8_000_000)).toEqual(Buffer.alloc(8_000_000));
});

test("a frame that wants a window over 8 MiB does not get it", () => {
  // Frame header: no content size, window descriptor 14 << 3 = 16 MiB; then one run of 10 bytes.
  const wide = Buffer.from("28b52ffd00" + "70" + "530000" + "61", "hex");
  const narrow = Buffer.from("28b52ffd00" + "68" + "530000" + "61", "hex");
  expect(decodeFrame({ codec: 1, stored: narrow }, 10)).toEqual(Buffer.alloc(10, "a"));
  expect(decodeFrame({ codec: 1, stored: wide }, 10)).toBeUndefined();
});

test("every level gives a frame that says how much is in it", () => {
  const raw = Buffer.concat([Buffer.alloc(70_000, "some words "), bytesFrom("tail", 100)]);
  for (let level = 1; level <= 19; level++) {
    const { codec, stored } = encodeFrame(raw, level);
    expect([codec, stored.length < 2000]).toEqual([1, true]);
    expect(Buffer.from(stored.subarray(0, 4)).toString("hex")).toBe("28b52ffd");
    expect(stored[4]! >> 5, "single segment, content size of 4 bytes").toBe(0b101);
    expect(Buffer.from(stored).readUInt32LE(5)).toBe(raw.length);
  }
});
