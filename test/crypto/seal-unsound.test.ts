/** A machine that computes wrongly: bytes that would not open again never leave src/crypto. */
import type { CipherGCM } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { makeSlot } from "../../src/crypto/key-slot.ts";
import { addAll, key, sealer } from "./fixtures.ts";
import { bytesFrom } from "./reference.ts";

/** Which call, counted from now, takes in or gives out one wrong bit; -1: none. */
const broken = vi.hoisted(() => ({ cipher: -1, zstd: -1, side: "out" }));

function flip<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  bytes[bytes.length >> 1]! ^= 1;
  return bytes;
}

function wrongly<Out extends Uint8Array>(work: (bytes: Uint8Array) => Out, bytes: Uint8Array): Out {
  return broken.side === "in" ? work(flip(Buffer.from(bytes))) : flip(work(bytes));
}

vi.mock("node:crypto", async (importActual) => {
  const actual = await importActual<typeof import("node:crypto")>();
  const createCipheriv = (...args: Parameters<typeof actual.createCipheriv>): CipherGCM => {
    const cipher = actual.createCipheriv(...args) as CipherGCM;
    if (broken.cipher-- !== 0) return cipher;
    const update = cipher.update.bind(cipher) as (bytes: Uint8Array) => Buffer;
    return Object.assign(cipher, { update: (bytes: Uint8Array) => wrongly(update, bytes) });
  };
  return { ...actual, createCipheriv };
});

vi.mock("node:zlib", async (importActual) => {
  const actual = await importActual<typeof import("node:zlib")>();
  const zstdCompressSync: typeof actual.zstdCompressSync = (bytes, options) => {
    const compress = (input: Uint8Array): ReturnType<typeof actual.zstdCompressSync> =>
      actual.zstdCompressSync(input, options);
    return broken.zstd-- === 0 ? wrongly(compress, bytes as Uint8Array) : compress(bytes as Buffer);
  };
  return { ...actual, zstdCompressSync };
});

afterEach(() => {
  Object.assign(broken, { cipher: -1, zstd: -1, side: "out" });
});

const unsound = expect.objectContaining({ code: "seal-unsound" }) as Error;

describe.each(["in", "out"])(
  "one wrong bit %s the works is found before anything leaves",
  (side) => {
    test.each(["frame 0", "frame 1", "the table", "the trailer"].entries().toArray())(
      "%i: encrypting %s",
      (call) => {
        const builder = sealer().startPack(1, { compressionLevel: 3, padFloorBytes: 0 });
        addAll(builder, [bytesFrom("a", 300_000), bytesFrom("b", 900_000)]);
        Object.assign(broken, { side, cipher: call });
        expect(() => builder.finish()).toThrow(unsound);
      },
    );

    test.each([0, 1, 2])("encryption %i of a document", (call) => {
      Object.assign(broken, { side, cipher: call });
      expect(() => sealer().sealDocument(4, Buffer.from("{}"))).toThrow(unsound);
    });

    test.each([0, 1])("compressing frame %i of a document", (call) => {
      Object.assign(broken, { side, zstd: call });
      const text = Array.from({ length: 200_000 }, (_, i) => `line ${i}\n`).join("");
      expect(() => sealer().sealDocument(4, Buffer.from(text))).toThrow(unsound);
    });

    test("wrapping the repository key: a slot that never opens is a lost key", async () => {
      Object.assign(broken, { side, cipher: 0 });
      const secret = { kind: "raw", key: bytesFrom("raw", 32) } as const;
      await expect(makeSlot(key, secret, "2026-04-01T16:30:00.000Z")).rejects.toThrow(unsound);
    });
  },
);
