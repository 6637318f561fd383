import { describe, expect, test } from "vitest";
import { asBuffer, lp, toBase64, toHex, u32, u64 } from "../../src/base/bytes.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("integers are big-endian and never wrap", () => {
  test("u32", () => {
    expect(hex(u32(0x01020304))).toBe("01020304");
    expect(hex(u32(2 ** 32 - 1))).toBe("ffffffff");
    expect(() => u32(2 ** 32)).toThrow(RangeError);
    expect(() => u32(-1)).toThrow(RangeError);
  });

  test("u64, beyond 32 bits", () => {
    expect(hex(u64(2 ** 53 - 1))).toBe("001fffffffffffff");
    expect(() => u64(-1)).toThrow(RangeError);
    expect(() => u64(1.5)).toThrow(RangeError);
  });
});

describe("lp", () => {
  test("says the length in bytes, not in characters", () => {
    expect(hex(lp("é"))).toBe("00000002c3a9");
    expect(hex(lp(""))).toBe("00000000");
    expect(hex(lp(Buffer.from([1, 2])))).toBe("000000020102");
  });

  test("tells apart what would be the same joined", () => {
    expect(Buffer.concat([lp("ab"), lp("c")])).not.toEqual(Buffer.concat([lp("a"), lp("bc")]));
  });
});

test("a view is encoded, not the memory around it", () => {
  const view = new Uint8Array([0, 1, 2, 3, 255]).subarray(1, 3);
  expect([toHex(view), toBase64(view)]).toEqual(["0102", "AQI="]);
});

test("asBuffer shares the memory", () => {
  const bytes = new Uint8Array([0, 1, 2]).subarray(1);
  asBuffer(bytes)[0] = 9;
  expect([...bytes]).toEqual([9, 2]);
});
