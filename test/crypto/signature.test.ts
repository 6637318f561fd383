import { beforeAll, describe, expect, test } from "vitest";
import type { Sealed } from "../../src/base/bytes.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import {
  deviceOfPublicKey,
  DeviceKey,
  splitEntry,
  verifyEntry,
} from "../../src/crypto/signature.ts";
import { key, otherKey, sealer } from "./fixtures.ts";
import { base64, bytesFrom, sha } from "./reference.ts";

const NAME = "log/0123456789abcdef/000000000001-20260401T163000Z-r";
const at = { repository: key.repository, name: NAME };
let device: DeviceKey;
let sealed: Sealed;
let object: Uint8Array;

beforeAll(async () => {
  device = await DeviceKey.fromSeed(bytesFrom("seed", 32));
  sealed = sealer().sealDocument(5, Buffer.from("{}"));
  object = device.signEntry(key.repository, NAME, sealed);
});

test("a device is named by the hash of its public key, and its seed brings it back", async () => {
  expect(device.device).toBe(sha(Buffer.from(device.publicKey, "base64")).toString("hex", 0, 8));
  expect(deviceOfPublicKey(device.publicKey)).toBe(device.device);
  const seed = device.seed();
  expect((await DeviceKey.fromSeed(seed)).publicKey).toBe(device.publicKey);
  seed.fill(0);
  expect(Buffer.from(device.seed()).equals(bytesFrom("seed", 32))).toBe(true);
});

test("an entry is the sealed file, then its signature", async () => {
  expect(object.length).toBe(sealed.length + 64);
  const { publicKey } = device;
  expect(Buffer.from(await verifyEntry(object, { ...at, publicKey })).equals(sealed)).toBe(true);
  expect(splitEntry(object, NAME).sealedFile).toEqual(object.subarray(0, -64));
});

describe("a forged entry is refused", () => {
  const refused = (bytes: Uint8Array, where: Partial<typeof at> = {}): Promise<void> =>
    expect(
      verifyEntry(bytes, { ...at, publicKey: device.publicKey, ...where }),
    ).rejects.toMatchObject({ code: "entry-forged" });

  test("one bit of the signature, or of what it signs, the pad included", async () => {
    const step = 7; // every seventh bit; all of the signature
    for (let bit = 0; bit < object.length * 8; bit += bit < sealed.length * 8 ? step : 1) {
      const damaged = Buffer.from(object);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await refused(damaged);
    }
  });

  test("any truncation or extension", async () => {
    for (let length = 0; length < object.length; length += 13)
      await refused(object.subarray(0, length));
    await refused(object.subarray(0, -1));
    await refused(Buffer.concat([object, Buffer.alloc(1)]));
  });

  test("another name, another repository", async () => {
    await refused(object, { name: NAME.replace("000001", "000002") });
    await refused(object, { name: `${NAME} ` });
    await refused(object, { repository: otherKey.repository });
  });

  test("another device's signature", async () => {
    const other = await DeviceKey.fromSeed(bytesFrom("other seed", 32));
    await refused(other.signEntry(key.repository, NAME, sealed));
  });
});

test("a public key that is none has no device", () => {
  for (const text of ["", "AAAA", base64(bytesFrom("k", 31)), `${device.publicKey}\n`])
    expect(() => deviceOfPublicKey(text)).toThrow(IntegrityError);
});
