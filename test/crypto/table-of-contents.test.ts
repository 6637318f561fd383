/** Limits that would need files of many megabytes to reach through a real one. */
import { describe, expect, test } from "vitest";
import { chunkIdOf } from "../../src/base/ids.ts";
import {
  encodeTocPlace,
  encodeToc,
  parseToc,
  parseTocPlace,
} from "../../src/crypto/table-of-contents.ts";
import { bytesFrom } from "./reference.ts";

const SIZE = 64 * 2 ** 20;
const place = (
  frames: number,
  chunks: number,
): { tocOffset: number; tocLength: number; frames: number } => ({
  tocOffset: 71 + frames * 17,
  tocLength: 16 + 13 * frames + 44 * chunks,
  frames,
});
const parse = (one: ReturnType<typeof place>, kind: 1 | 2 | 3, size = SIZE): unknown =>
  parseTocPlace(encodeTocPlace(one), kind, size);

describe("counts", () => {
  test("a pack has up to a million chunks and 65,535 frames", () => {
    expect(parse(place(65_535, 1_000_000), 1)).toEqual(place(65_535, 1_000_000));
    expect(parse(place(1, 1_000_001), 2)).toBeUndefined();
    expect(parse(place(65_536, 1), 1)).toBeUndefined();
  });

  test("a document has no chunks", () => {
    expect(parse(place(2, 0), 3)).toEqual(place(2, 0));
    expect(parse(place(2, 1), 3)).toBeUndefined();
  });

  test("the table ends before the tail", () => {
    const one = place(1, 1);
    const end = one.tocOffset + one.tocLength;
    expect(parse(one, 1, end + 32)).toEqual(one);
    expect(parse(one, 1, end + 31)).toBeUndefined();
  });
});

test("parsing gives back what encoding took, and only frames that follow each other", () => {
  const frames = [
    { codec: 0 as const, offset: 71, length: 116, rawLength: 100 },
    { codec: 1 as const, offset: 187, length: 40, rawLength: 8_388_608 },
  ];
  const chunks = [{ id: chunkIdOf(bytesFrom("id", 32)), frame: 1, start: 8_388_600, length: 8 }];
  const bytes = encodeToc({ frames, chunks });
  const where = { tocOffset: 227, tocLength: bytes.length + 16, frames: 2 };
  expect(parseToc(bytes, where)).toEqual({ frames, chunks });
  expect(parseToc(bytes, { ...where, tocOffset: 228 })).toBeUndefined();
  for (const [first, second] of [
    [71, 71],
    [72, 188],
    [71, 186],
    [71, 188],
    [111, 71],
  ] as const) {
    const moved = [
      { ...frames[0]!, offset: first },
      { ...frames[1]!, offset: second },
    ];
    expect(parseToc(encodeToc({ frames: moved, chunks }), where), `${first}, ${second}`).toBe(
      undefined,
    );
  }
});
