import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IntegrityError } from "../../src/base/errors.ts";
import { Opener } from "../../src/crypto/opener.ts";
import { padmeSize } from "../../src/crypto/padding.ts";
import type { PackBuilder } from "../../src/crypto/sealer.ts";
import { addAll, FixedSalts, identity, ids, key, readPack, sealer } from "./fixtures.ts";
import { base64, bytesFrom, sha } from "./reference.ts";

const KIB = 1024;
const MIB = KIB * KIB;
const OPTIONS = { compressionLevel: 3, padFloorBytes: 4096 };
const SEED = { seed: 20260401 };

const pack = (chunks: readonly Uint8Array[], options = OPTIONS): PackBuilder => {
  const builder = sealer().startPack(1, options);
  addAll(builder, chunks);
  return builder;
};
const rawLengths = (builder: PackBuilder): number[] =>
  builder.finish().table.frames.map((frame) => frame.rawLength);

describe("a pack builder", () => {
  test("gives a table that says exactly what a reader finds in the file", async () => {
    const chunks = [bytesFrom("a", 300_000), Buffer.alloc(900_000, "text "), bytesFrom("c", 1)];
    const { sealed, table } = pack(chunks).finish();
    const found = await readPack(new Opener(key), 1, sealed);
    expect(found.table).toEqual(table);
    expect(found.chunks).toEqual(chunks);
    expect(table.id).toBe(base64(sha(sealed)));
    expect(table.size).toBe(sealed.length);
  });

  test("whatever the chunks, they come back in order and in whole", async () => {
    const chunkList = fc.array(
      fc.record({ size: fc.integer({ min: 1, max: 300_000 }), runs: fc.boolean() }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(chunkList, fc.constantFrom(1, 3, 9), async (list, compressionLevel) => {
        const chunks = list.map(({ size, runs }, i) =>
          runs ? Buffer.alloc(size, `line ${i}\n`) : bytesFrom(`chunk ${i}`, size),
        );
        const { sealed } = pack(chunks, { compressionLevel, padFloorBytes: 1024 }).finish();
        expect((await readPack(new Opener(key), 1, sealed)).chunks).toEqual(chunks);
      }),
      { ...SEED, numRuns: 25 },
    );
  });

  test("a frame is closed before it passes 1 MiB, once it holds 256 KiB", () => {
    const hundreds = Array.from({ length: 21 }, (_, i) => Buffer.alloc(100 * KIB, `${i} `));
    expect(rawLengths(pack(hundreds))).toEqual([1000 * KIB, 1000 * KIB, 100 * KIB]);
    const small = Buffer.alloc(255 * KIB, "s");
    const large = Buffer.alloc(4 * MIB, "l");
    expect(rawLengths(pack([small, large, small]))).toEqual([4 * MIB + 255 * KIB, 255 * KIB]);
    const enough = Buffer.alloc(256 * KIB, "e");
    expect(rawLengths(pack([enough, large]))).toEqual([256 * KIB, 4 * MIB]);
    expect(rawLengths(pack([enough, Buffer.alloc(768 * KIB, "f")]))).toEqual([MIB]);
  });

  test("no frame ever passes 8 MiB, even when it holds little", () => {
    const largest = Buffer.alloc(8 * MIB, "l");
    expect(rawLengths(pack([Buffer.alloc(1, "s"), largest]))).toEqual([1, 8 * MIB]);
    expect(() => pack([Buffer.alloc(8 * MIB + 1)])).toThrow(/8 MiB/);
  });

  test("what does not shrink is stored raw", () => {
    const codecs = (chunk: Buffer): number[] =>
      pack([chunk])
        .finish()
        .table.frames.map((frame) => frame.codec);
    expect(codecs(bytesFrom("random", 5000))).toEqual([0]);
    expect(codecs(Buffer.alloc(5000, "text"))).toEqual([1]);
    expect(codecs(Buffer.from("x"))).toEqual([0]);
  });

  test("copies a chunk before add returns", async () => {
    const builder = sealer().startPack(2, OPTIONS);
    const reused = Buffer.from("first contents");
    builder.add(ids.chunkId(2, reused), reused);
    reused.fill("x");
    const { chunks } = await readPack(new Opener(key), 2, builder.finish().sealed);
    expect(chunks.map(String)).toEqual(["first contents"]);
  });

  test("counts what it holds, and never promises a smaller file than it makes", () => {
    const builder = sealer().startPack(1, { compressionLevel: 3, padFloorBytes: 0 });
    for (let i = 0; i < 30; i++) {
      const chunk = i % 2 === 0 ? bytesFrom(`${i}`, 50_000) : Buffer.alloc(50_000, `${i} `);
      builder.add(ids.chunkId(1, chunk), chunk);
    }
    expect([builder.rawBytes, builder.chunks]).toEqual([1_500_000, 30]);
    const promised = builder.sealedBytes;
    expect(builder.finish().sealed.length).toBeLessThanOrEqual(padmeSize(promised));
  });

  test("a file has a PADMÉ size, and none under the floor", () => {
    for (const [size, padFloorBytes] of [
      [10, 4096],
      [5000, 4096],
      [70_000, 0],
      [10, 5001],
    ] as const) {
      const { sealed, table } = pack([bytesFrom("p", size)], {
        compressionLevel: 3,
        padFloorBytes,
      }).finish();
      expect(padmeSize(sealed.length)).toBe(sealed.length);
      expect(sealed.length).toBeGreaterThanOrEqual(padFloorBytes);
      expect(table.size).toBe(sealed.length);
    }
  });

  test("makes one pack and cannot be used again", () => {
    const builder = pack([Buffer.from("once")]);
    builder.finish();
    expect(() => builder.finish()).toThrow(/finished/);
    expect(() => {
      addAll(builder, [Buffer.from("more")]);
    }).toThrow(/finished/);
  });

  test("refuses what no pack holds: nothing, empty chunks, more than 64 MiB", () => {
    expect(() => pack([]).finish()).toThrow(/empty/);
    expect(() => pack([Buffer.alloc(0)])).toThrow(/1 byte/);
    const builder = sealer().startPack(1, { ...OPTIONS, compressionLevel: 1 });
    const incompressible = bytesFrom("random", 8 * MIB);
    const id = ids.chunkId(1, incompressible);
    for (let i = 0; i < 7; i++) builder.add(id, incompressible);
    expect(() => {
      builder.add(id, incompressible);
    }).toThrow(/full/);
  });
});

describe("a document", () => {
  test.each([0, 1, 15, 1000, MIB - 1, MIB, MIB + 1, 3 * MIB + 7])(
    "of %i bytes comes back",
    (size) => {
      for (const plaintext of [bytesFrom("d", size), Buffer.alloc(size, '{"a":1}')]) {
        const sealed = sealer().sealDocument(3, plaintext);
        expect(new Opener(key).openDocument(3, sealed, "d").equals(plaintext)).toBe(true);
        expect(padmeSize(sealed.length)).toBe(sealed.length);
        expect(sealed.length).toBeGreaterThanOrEqual(1024);
      }
    },
  );

  test("over 64 MiB is not sealed", () => {
    expect(() => sealer().sealDocument(3, Buffer.alloc(64 * MIB + 1))).toThrow(/64 MiB/);
  });
});

describe("secrecy", () => {
  test("nothing of a plaintext appears in the sealed bytes", () => {
    const plaintexts = fc.oneof(
      fc.uint8Array({ minLength: 16, maxLength: 600 }),
      fc.string({ minLength: 16, maxLength: 300 }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(plaintexts, (plaintext) => {
        const packed = pack([plaintext], { compressionLevel: 3, padFloorBytes: 0 }).finish().sealed;
        for (const sealed of [packed, sealer().sealDocument(4, plaintext)]) {
          const haystack = Buffer.from(sealed);
          for (let at = 0; at + 8 <= plaintext.length; at++)
            expect(haystack.includes(Buffer.from(plaintext.subarray(at, at + 8)))).toBe(false);
        }
      }),
      { ...SEED, numRuns: 100 },
    );
  });

  test("neither ids nor counts of chunks appear in the sealed bytes", () => {
    const chunks = Array.from({ length: 50 }, (_, i) => bytesFrom(`chunk ${i}`, 64));
    const sealed = Buffer.from(pack(chunks).finish().sealed);
    for (const chunk of chunks)
      expect(sealed.includes(ids.chunkId(1, chunk), 0, "base64")).toBe(false);
  });

  test("the same contents, sealed twice, share nothing but the public header", () => {
    const [one, two] = [1, 2].map(() => sealer().sealDocument(4, Buffer.from("the same")));
    expect(one!.subarray(0, 7)).toEqual(two!.subarray(0, 7));
    expect(Buffer.from(one!.subarray(7, 39)).equals(two!.subarray(7, 39))).toBe(false);
    const [body, part] = [Buffer.from(one!.subarray(71)), Buffer.from(two!.subarray(71, 87))];
    expect(body.includes(part)).toBe(false);
  });

  test("a cloned machine whose generator repeats itself reuses a salt only for the same bytes", () => {
    const salt = (text: string, kind: 4 | 5 = 4, who = identity): string => {
      const sealed = sealer(new FixedSalts(who)).sealDocument(kind, Buffer.from(text));
      return base64(sealed.subarray(7, 39));
    };
    const later = { ...identity, clock: { ...identity.clock, now: () => 1 } };
    expect(salt("one")).toBe(salt("one"));
    const all = [salt("one"), salt("two"), salt("one", 4, later)];
    all.push(salt("one", 4, { ...identity, pid: 1 }), salt("one", 4, { ...identity, device: "b" }));
    expect(new Set(all).size).toBe(all.length);
  });
});

test("random bytes and edited files give typed errors and nothing else", async () => {
  const real = Buffer.from(
    pack([bytesFrom("real", 100)], { ...OPTIONS, padFloorBytes: 0 }).finish().sealed,
  );
  const edits = fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 4 });
  const edited = edits.map((list) => {
    const copy = Buffer.from(real);
    for (const [at, value] of list) copy[at] = value;
    return copy;
  });
  const inputs = fc.oneof(edited, fc.uint8Array({ maxLength: 400 }));
  const opener = new Opener(key);
  await fc.assert(
    fc.asyncProperty(inputs, async (bytes) => {
      await readPack(opener, 1, bytes).catch((error: unknown) => {
        expect(error).toBeInstanceOf(IntegrityError);
      });
      expect(() => opener.openDocument(4, bytes, "d")).toThrow(IntegrityError);
    }),
    { ...SEED, numRuns: 2000 },
  );
});
