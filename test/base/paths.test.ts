import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError, IntegrityError } from "../../src/base/errors.ts";
import {
  comparePaths,
  diskPath,
  isUtf8Path,
  parseAskedPath,
  parseRelPath,
  pathBytes,
  shown,
  textOfBytes,
} from "../../src/base/paths.ts";

const RUNS = { seed: 20260401, numRuns: 2000 };

/** Bytes in which characters, halves of characters and lone surrogates meet. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }).map((raw) => Buffer.from(raw)),
      fc.string({ unit: "binary", maxLength: 3 }).map((text) => Buffer.from(text)),
      fc.constantFrom(
        ...["eda080", "edb280", "efbfbd", "f09f98", "c3", "a9", "c0af", "61"].map(ofHex),
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

function ofHex(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

describe("any bytes of a disk", () => {
  test("become text and the same bytes again", () => {
    fc.assert(
      fc.property(bytes, (name) => {
        expect(pathBytes(textOfBytes(name))).toEqual(name);
      }),
      RUNS,
    );
  });

  test("are well-formed text exactly where they are UTF-8", () => {
    fc.assert(
      fc.property(bytes, (name) => {
        const utf8 = Buffer.from(name.toString()).equals(name);
        expect(isUtf8Path(textOfBytes(name))).toBe(utf8);
        expect(diskPath(textOfBytes(name))).toEqual(utf8 ? name.toString() : name);
      }),
      RUNS,
    );
  });

  test("are ordered as bytes", () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        const order = comparePaths(textOfBytes(left), textOfBytes(right));
        expect(Math.sign(order)).toBe(Buffer.compare(left, right));
      }),
      RUNS,
    );
  });

  test("never become the text of other bytes", () => {
    expect(textOfBytes(ofHex("c3"))).toBe("\udcc3");
    expect(textOfBytes(ofHex("edb280"))).toBe("\udced\udcb2\udc80");
    expect(textOfBytes(ofHex("efbfbd"))).toBe("\ufffd");
    expect(textOfBytes(ofHex("efbfbdff"))).toBe("\ufffd\udcff");
    expect(textOfBytes(ofHex("efbbbf61"))).toBe("\ufeffa");
  });
});

const REFUSED = [
  ...[
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "./a",
    "../a",
    "a/..",
    "a/./b",
    "a/../b",
    "a\0",
    "\0",
  ],
  ...["a/../../etc/passwd", "\udcff/.."],
];

describe("a path from a repository", () => {
  test.each(REFUSED)("is never %j", (path) => {
    expect(() => parseRelPath(path)).toThrow(IntegrityError);
  });

  test.each([
    "a",
    "...",
    ".hidden",
    "..a",
    "a..",
    "a b",
    "C:\\x",
    "-rf",
    "~",
    "\udcff",
    "a/\udcff",
  ])("may be %j", (path) => {
    expect(parseRelPath(path)).toBe(path);
  });

  test.each([
    "\ud800",
    "a\udc00",
    "\udc7f",
    "\udd00",
    "\udcc3\udca9",
    "\udc61",
    "\ud800\udcff\udcff\ud800",
  ])("is never %j, a second spelling of bytes that have one", (path) => {
    expect(() => parseRelPath(path)).toThrow(IntegrityError);
  });

  test("has one text for the same bytes", () => {
    const text = fc.string({
      unit: fc.integer({ min: 1, max: 0xffff }).map((c) => String.fromCharCode(c)),
    });
    fc.assert(
      fc.property(text, (path) => {
        const accepted = accepts(path);
        if (accepted) expect(textOfBytes(pathBytes(path))).toBe(path);
      }),
      RUNS,
    );
  });
});

test.each(REFUSED)(
  "a path that somebody asked for is not %j, and that is a matter of asking",
  (path) => {
    expect(() => parseAskedPath(path)).toThrow(InputError);
  },
);

describe("a path in a message", () => {
  test("moves no cursor and turns no text around", () => {
    expect(shown("a\u001b[2Jb\u202ec\n\u009bd\udcff")).toBe(
      "a\\u{1b}[2Jb\\u{202e}c\\u{a}\\u{9b}d\\u{dcff}",
    );
  });

  test("is as long as a person reads", () => {
    expect(shown("x".repeat(1000))).toHaveLength(200);
    expect(shown("é 漢")).toBe("é 漢");
  });

  test("is never cut inside a character", () => {
    expect(shown(`${"x".repeat(198)}😀😀`).isWellFormed()).toBe(true);
  });
});

function accepts(path: string): boolean {
  try {
    parseRelPath(path);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(IntegrityError);
    return false;
  }
}
