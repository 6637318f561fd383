import { describe, expect, test } from "vitest";
import { toBase64 } from "../../src/base/bytes.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import {
  chunkIdOf,
  idBytes,
  parseChunkId,
  parseContentSha,
  parseDeviceId,
  parseEntrySha,
  parseIndexId,
  parsePackId,
  parseRepositoryId,
  versionName,
} from "../../src/base/ids.ts";

const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i));
const good = bytes.toString("base64");

describe.each([parseChunkId, parsePackId, parseIndexId, parseEntrySha, parseContentSha])(
  "an id of 32 bytes, read by %o,",
  (parse) => {
    test("is its canonical base64", () => {
      expect(parse(good)).toBe(good);
      expect(idBytes(parse(good))).toEqual(bytes);
    });

    test.each([
      ["nothing", undefined],
      ["null", null],
      ["a number", 7],
      ["an object that says it is one", { toString: () => good }],
      ["empty", ""],
      ["hex", bytes.toString("hex")],
      ["31 bytes", toBase64(bytes.subarray(1))],
      ["33 bytes", toBase64(Buffer.concat([bytes, bytes.subarray(31)]))],
      ["without padding", good.slice(0, -1)],
      ["the url alphabet", good.replaceAll("/", "_").replaceAll("+", "-")],
      ["with a space", ` ${good.slice(1)}`],
      ["with a line end", `${good}\n`],
      ["unused bits that are not zero", `${good.slice(0, -2)}B=`],
    ])("is never %s", (_, text) => {
      expect(() => parse(text)).toThrow(IntegrityError);
    });
  },
);

test("what we computed ourselves has the right length too", () => {
  expect(chunkIdOf(bytes)).toBe(good);
  expect(() => chunkIdOf(bytes.subarray(1))).toThrow(IntegrityError);
});

test("a repository's id is 16 bytes", () => {
  const id = toBase64(bytes.subarray(16));
  expect(parseRepositoryId(id)).toBe(id);
  expect(() => parseRepositoryId(good)).toThrow(IntegrityError);
});

test.each([
  "",
  "0123456789ABCDEF",
  "0123456789abcde",
  "0123456789abcdef0",
  "0123456789abcdeg",
  "0123456789abcdef\n",
  1,
])("a device is never %j", (text) => {
  expect(() => parseDeviceId(text)).toThrow(IntegrityError);
});

test("a version is called by its device and number", () => {
  expect(versionName({ device: parseDeviceId("0123456789abcdef"), seq: 12 })).toBe(
    "0123456789abcdef-12",
  );
});

test("a wrong id is shown in part: it may be anything, and long", () => {
  expect(() => parseChunkId("x".repeat(10_000))).toThrow(/^"x{80}" is not an id$/);
});
