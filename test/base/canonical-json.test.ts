import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeCanonicalJson,
  decodeJson,
  encodeJson,
  MAX_JSON_DEPTH,
  MAX_JSON_TOKENS,
  type Json,
} from "../../src/base/canonical-json.ts";
import { IntegrityError } from "../../src/base/errors.ts";

const RUNS = { seed: 20260401, numRuns: 500 };

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((number) => number + 0),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string({ unit: "binary" }), fc.nat(20).map(String), fc.constant("__proto__")),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
})).value;

const decode = (text: string): Json => decodeCanonicalJson(Buffer.from(text), "a test");

// The vectors of test/vectors/format/canonical-json.json run in test/format/vectors.test.ts.
describe("what is written", () => {
  test("is read as the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(decodeCanonicalJson(encodeJson(value), "a test")).toEqual(value);
        expect(decodeJson(encodeJson(value), "a test")).toEqual(value);
      }),
      RUNS,
    );
  });

  test("is JSON that anybody reads", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(encodeJson(value).toString())).toEqual(value);
      }),
      RUNS,
    );
  });

  test("has its members in the order of their UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.constant(0)), (value) => {
        const names = Object.keys(value).map((name) => Buffer.from(name));
        const sorted = names
          .sort((left, right) => Buffer.compare(left, right))
          .map((name) => `${JSON.stringify(name.toString())}:0`);
        expect(encodeJson(value).toString()).toBe(`{${sorted.join(",")}}`);
      }),
      RUNS,
    );
  });
});

describe("what the format does not have is never written", () => {
  test.each([
    ["a fraction", 1.5],
    ["NaN", NaN],
    ["infinity", Infinity],
    ["2^53", 2 ** 53],
    ["a lone surrogate", "\ud800"],
    ["an odd byte of a path", ["a\udc80"]],
    ["a lone surrogate as a name", { "\udc80": 1 }],
  ] satisfies [string, Json][])("%s", (_, value) => {
    expect(() => encodeJson(value)).toThrow(RangeError);
    expect(() => encodeJson({ b: 1, a: value })).toThrow(RangeError);
  });

  test("a member that is undefined, which would be lost", () => {
    const value: object = { a: undefined };
    expect(() => encodeJson(value as Json)).toThrow(RangeError);
    expect(() => encodeJson([undefined as unknown as Json])).toThrow(RangeError);
    expect(() => encodeJson(new Array<Json>(2))).toThrow(RangeError);
  });

  test("minus zero, which is zero", () => {
    expect(encodeJson(-0).toString()).toBe("0");
  });
});

describe("a hostile document", () => {
  test("cannot end the stack, neither read nor written", () => {
    for (const depth of [MAX_JSON_DEPTH + 1, 1_000_000]) {
      expect(() => decode("[".repeat(depth) + "]".repeat(depth))).toThrow(IntegrityError);
      expect(() => decode('{"":'.repeat(depth) + "0" + "}".repeat(depth))).toThrow(IntegrityError);
      expect(() => decodeJson(Buffer.from("[".repeat(depth)), "a test")).toThrow(IntegrityError);
    }
    let deep: Json = 0;
    for (let i = 0; i <= MAX_JSON_DEPTH; i++) deep = { a: deep };
    expect(() => encodeJson(deep)).toThrow(RangeError);
  });

  test("cannot become far more than it is", () => {
    const items = (count: number): string => `[${"1,".repeat(count - 1)}1]`;
    expect(decode(items(MAX_JSON_TOKENS))).toHaveLength(MAX_JSON_TOKENS);
    expect(() => decode(items(MAX_JSON_TOKENS + 1))).toThrow(IntegrityError);
  });

  test("cannot reach the prototype", () => {
    const value = decode('{"__proto__":{"polluted":1}}') as Record<string, Json>;
    expect(value["polluted"]).toBeUndefined();
    expect(Object.getPrototypeOf({}) as object).not.toHaveProperty("polluted");
    expect(encodeJson(value).toString()).toBe('{"__proto__":{"polluted":1}}');
  });

  test("is named in the error, its cause is kept", () => {
    const bytes = Buffer.from('{"a":1.5}');
    expect(() => decodeCanonicalJson(bytes, "index 7")).toThrow(/^index 7 is not/);
    expect(() => decodeCanonicalJson(bytes, "index 7")).toThrow(
      expect.objectContaining({ code: "json-malformed", cause: expect.any(RangeError) as unknown }),
    );
  });
});

test("notes of this machine may stand in any order, but hold nothing the format does not have", () => {
  const note = (text: string): Json => decodeJson(Buffer.from(text), "a note");
  expect(note(' {"b":1, "a":2}')).toEqual({ a: 2, b: 1 });
  for (const text of ["1.5", "[9007199254740992]", "{", ""]) {
    expect(() => note(text)).toThrow(IntegrityError);
  }
});
