import { describe, expect, test } from "vitest";
import { parseEntrySha, parsePackId } from "../../src/base/ids.ts";
import { DeviceKey } from "../../src/crypto/signature.ts";
import {
  recogniseEntry,
  recogniseSealed,
  spooledFrom,
  type SpoolSource,
} from "../../src/crypto/spooled.ts";
import { addAll, key, sealer } from "./fixtures.ts";
import { base64, bytesFrom, sha } from "./reference.ts";

const damaged = expect.objectContaining({ code: "spool-damaged" }) as Error;
const packIdOf = (bytes: Uint8Array): ReturnType<typeof parsePackId> =>
  parsePackId(base64(sha(bytes)));

const sourceOf = (bytes: Uint8Array): SpoolSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});

/** Larger than one piece of reading. */
const builder = sealer().startPack(1, { compressionLevel: 1, padFloorBytes: 0 });
addAll(
  builder,
  [1, 2, 3].map((i) => bytesFrom(`chunk ${i}`, 600_000)),
);
const { sealed: pack, table } = builder.finish();

describe("what comes back from the outbox", () => {
  test("is sealed again when it is what was sealed", () => {
    expect(recogniseSealed(Buffer.from(pack), table.id)).toEqual(Buffer.from(pack));
    const spooled = spooledFrom(sourceOf(pack), table.id);
    expect(spooled.size).toBe(pack.length);
    expect(spooled.read(100, 50)).toEqual(pack.subarray(100, 150));
  });

  test("is refused after any change, a missing end, or a longer one", () => {
    const changes = [0, 70, pack.length >> 1, pack.length - 1].map((at) => {
      const copy = Buffer.from(pack);
      copy[at]! ^= 1;
      return copy;
    });
    changes.push(Buffer.from(pack.subarray(0, -1)), Buffer.concat([pack, Buffer.alloc(1)]));
    changes.push(Buffer.alloc(0));
    for (const bytes of changes) {
      expect(() => recogniseSealed(bytes, table.id)).toThrow(damaged);
      expect(() => spooledFrom(sourceOf(bytes), table.id)).toThrow(damaged);
    }
  });

  test("is refused when the disk gives fewer bytes than it promised, now or later", () => {
    const short = { size: pack.length, read: () => pack.subarray(0, 10) };
    expect(() => spooledFrom(short, table.id)).toThrow(damaged);
    let end = pack.length;
    const spooled = spooledFrom(
      {
        size: end,
        read: (offset, length) => pack.subarray(offset, Math.min(end, offset + length)),
      },
      table.id,
    );
    end = 100;
    expect(() => spooled.read(90, 20)).toThrow(damaged);
  });

  test("is never plaintext, whatever its hash", () => {
    for (const plain of [bytesFrom("diary", 5000), Buffer.alloc(0), Buffer.from("SSC1SSCE")]) {
      expect(() => recogniseSealed(plain, packIdOf(plain))).toThrow(damaged);
      expect(() => spooledFrom(sourceOf(plain), packIdOf(plain))).toThrow(damaged);
      const sha256 = parseEntrySha(base64(sha(plain)));
      expect(() => recogniseEntry(plain, sha256)).toThrow(damaged);
    }
  });

  test("an entry is recognised with its signature, and not without", async () => {
    const device = await DeviceKey.fromSeed(bytesFrom("seed", 32));
    const document = sealer().sealDocument(4, Buffer.from("{}"));
    const entry = device.signEntry(key.repository, "log/x", document);
    const shaOf = (bytes: Uint8Array): ReturnType<typeof parseEntrySha> =>
      parseEntrySha(base64(sha(bytes)));
    expect(recogniseEntry(entry, shaOf(entry))).toBe(entry);
    expect(() => recogniseEntry(document, shaOf(document))).toThrow(damaged);
  });
});
