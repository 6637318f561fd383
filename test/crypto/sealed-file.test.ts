import { describe, expect, test } from "vitest";
import { IntegrityError } from "../../src/base/errors.ts";
import { parsePackId } from "../../src/base/ids.ts";
import { Opener } from "../../src/crypto/opener.ts";
import { addAll, key, otherKey, readPack, sealer } from "./fixtures.ts";
import { base64, bytesFrom, sha } from "./reference.ts";

/** No pad floor: the file is as small as its contents let it be. */
const SMALL = { compressionLevel: 3, padFloorBytes: 0 };
const chunks = [bytesFrom("one", 40), Buffer.alloc(400, "two "), bytesFrom("three", 30)];
const json = Buffer.from(JSON.stringify({ root: base64(bytesFrom("root", 32)), seq: 7 }));

function smallPack(): { bytes: Buffer; padAt: number } {
  const builder = sealer().startPack(1, SMALL);
  addAll(builder, chunks);
  const padAt = builder.sealedBytes - 32;
  const { sealed, table } = builder.finish();
  const [frame] = table.frames;
  return { bytes: Buffer.from(sealed), padAt: padAt - (frame!.rawLength - (frame!.length - 16)) };
}

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[bit >> 3]! ^= 1 << (bit & 7);
  return damaged;
}

describe("a pack", () => {
  test("every flipped bit is refused, but for the pad, whose flips its name shows", async () => {
    const { bytes, padAt } = smallPack();
    const opener = new Opener(key);
    const tailAt = bytes.length - 32;
    expect(padAt).toBeLessThanOrEqual(tailAt);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = flipped(bytes, bit);
      const inPad = bit >> 3 >= padAt && bit >> 3 < tailAt;
      if (inPad) {
        expect((await readPack(opener, 1, damaged)).chunks, `bit ${bit}`).toEqual(chunks);
        expect(sha(damaged).equals(sha(bytes))).toBe(false);
      } else {
        await expect(readPack(opener, 1, damaged), `bit ${bit}`).rejects.toThrow(IntegrityError);
      }
    }
  });

  test("every truncation and every extension is refused", async () => {
    const { bytes } = smallPack();
    const opener = new Opener(key);
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      await expect(readPack(opener, 1, cut), `${length} bytes`).rejects.toThrow(IntegrityError);
    }
    const longer = Buffer.concat([bytes, Buffer.alloc(32)]);
    await expect(readPack(opener, 1, longer)).rejects.toThrow(IntegrityError);
  });

  test("another repository's key and another kind do not open it", async () => {
    const { bytes } = smallPack();
    const tampered = { code: "object-tampered" };
    await expect(readPack(new Opener(otherKey), 1, bytes)).rejects.toMatchObject(tampered);
    await expect(readPack(new Opener(key), 2, bytes)).rejects.toMatchObject(tampered);
  });

  test("a frame opens only in its own file, at its own place, at its own length", async () => {
    const opener = new Opener(key);
    const pack = (): { table: Awaited<ReturnType<typeof readPack>>["table"]; frames: Buffer[] } => {
      const builder = sealer().startPack(1, SMALL);
      addAll(builder, [bytesFrom("left", 400_000), bytesFrom("right", 700_000)]);
      const { sealed, table } = builder.finish();
      const frames = table.frames.map(({ offset, length }) =>
        Buffer.from(sealed.subarray(offset, offset + length)),
      );
      return { table, frames };
    };
    const [one, two] = [pack(), pack()];
    expect(one.frames).toHaveLength(2);
    expect(opener.openFrame(one.table, 0, one.frames[0]!, "p")).toEqual(bytesFrom("left", 400_000));
    const wrong: [string, () => unknown][] = [
      ["another file's", () => opener.openFrame(one.table, 0, two.frames[0]!, "p")],
      ["another place", () => opener.openFrame(one.table, 1, one.frames[0]!, "p")],
      ["no such frame", () => opener.openFrame(one.table, 2, one.frames[0]!, "p")],
      ["cut short", () => opener.openFrame(one.table, 0, one.frames[0]!.subarray(1), "p")],
      ["nothing", () => opener.openFrame(one.table, 0, Buffer.alloc(0), "p")],
      ["other kind", () => opener.openFrame({ ...one.table, kind: 2 }, 0, one.frames[0]!, "p")],
    ];
    for (const [how, open] of wrong) expect(open, how).toThrow(IntegrityError);
  });

  test("an index that lies about a frame gets nothing, and nothing is allocated for it", async () => {
    const { bytes } = smallPack();
    const opener = new Opener(key);
    const { table } = await readPack(opener, 1, bytes);
    const [row] = table.frames;
    const ciphertext = bytes.subarray(row!.offset, row!.offset + row!.length);
    const lies = [
      { rawLength: row!.rawLength - 1 },
      { rawLength: 2 ** 32 },
      { rawLength: 0 },
      { rawLength: Number.NaN },
      { codec: 0 as const },
      { length: row!.length + 1 },
    ];
    for (const lie of lies)
      expect(() =>
        opener.openFrame({ ...table, frames: [{ ...row!, ...lie }] }, 0, ciphertext, "p"),
      ).toThrow(IntegrityError);
    for (const header of [{ commit: table.salt }, { salt: table.commit }, { commit: "" }])
      expect(() => opener.openFrame({ ...table, ...header }, 0, ciphertext, "p")).toThrow(
        IntegrityError,
      );
  });

  test("three ranges are read for the table, none outside the file", async () => {
    const { bytes } = smallPack();
    const ranges: number[][] = [];
    const read = (offset: number, length: number): Uint8Array => {
      ranges.push([offset, length]);
      return bytes.subarray(offset, offset + length);
    };
    const id = parsePackId(base64(sha(bytes)));
    await new Opener(key).openTable(1, { id, size: bytes.length, read }, "p");
    expect(ranges.slice(0, 2)).toEqual([
      [0, 71],
      [bytes.length - 32, 32],
    ]);
    expect(ranges).toHaveLength(3);
  });

  test("a size that no pack has is refused before anything is read", async () => {
    const read = (): Uint8Array => expect.fail("it was read");
    const id = parsePackId(base64(sha(Buffer.alloc(0))));
    for (const size of [0, 118, 64 * 2 ** 20 + 1, 2 ** 40])
      await expect(new Opener(key).openTable(1, { id, size, read }, "p")).rejects.toThrow(
        IntegrityError,
      );
  });

  test("a store's own error passes through unchanged", async () => {
    const down = new Error("the store is down");
    const read = (): Promise<Uint8Array> => Promise.reject(down);
    const id = parsePackId(base64(sha(Buffer.alloc(0))));
    await expect(new Opener(key).openTable(1, { id, size: 4096, read }, "p")).rejects.toBe(down);
  });
});

describe("a document", () => {
  test("every flipped bit outside the pad, and every truncation, is refused", () => {
    const bytes = sealer().sealDocument(4, json);
    const opener = new Opener(key);
    const open = (damaged: Uint8Array) => (): Buffer => opener.openDocument(4, damaged, "d");
    expect(bytes.length, "the pad floor; the pad is most of it").toBe(1024);
    const unread: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = flipped(bytes, bit);
      try {
        expect(opener.openDocument(4, damaged, "d")).toEqual(json);
        unread.push(bit >> 3);
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(IntegrityError);
      }
    }
    const firstUnread = Math.min(...unread);
    expect(firstUnread).toBeGreaterThan(71 + 16 + 13 + 16 + 16);
    expect(new Set(unread).size, "one run, up to the tail").toBe(1024 - 32 - firstUnread);
    for (let length = 0; length < bytes.length; length++)
      expect(open(bytes.subarray(0, length)), `${length} bytes`).toThrow(IntegrityError);
  });

  test("it opens only as its own kind, for its own repository", () => {
    const bytes = sealer().sealDocument(4, json);
    for (const kind of [3, 5, 6] as const)
      expect(() => new Opener(key).openDocument(kind, bytes, "d")).toThrow(IntegrityError);
    expect(() => new Opener(otherKey).openDocument(4, bytes, "d")).toThrow(IntegrityError);
  });

  test("a reader that has seen hundreds of files still opens each of them", () => {
    const files = Array.from({ length: 200 }, (_, i) => Buffer.from(`{"n":${i}}`));
    const sealed = files.map((file) => sealer().sealDocument(4, file));
    const opener = new Opener(key);
    for (const round of [1, 2])
      for (const [i, file] of files.entries())
        expect(opener.openDocument(4, sealed[i]!, `round ${round}`)).toEqual(file);
  });

  test("a forgery and a damage are told in the same words", () => {
    const bytes = sealer().sealDocument(4, json);
    const messages = [7, 40, 75, 995, 1022].map((byte) => {
      try {
        return new Opener(key).openDocument(4, flipped(bytes, byte * 8), "log/x").length;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(new Set(messages)).toEqual(
      new Set(["log/x does not open with this key: it is damaged, forged, or belongs elsewhere"]),
    );
  });
});
