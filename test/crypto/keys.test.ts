import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parseDeviceId, parseEntrySha } from "../../src/base/ids.ts";
import { groupedBase32 } from "../../src/crypto/base32.ts";
import { passphraseSecret, rawSecret } from "../../src/crypto/key-slot.ts";
import { newRepositoryId, PURPOSES, RepositoryKey } from "../../src/crypto/keys.ts";
import { LocalSeal } from "../../src/crypto/local-seal.ts";
import { Opener } from "../../src/crypto/opener.ts";
import { DeviceKey } from "../../src/crypto/signature.ts";
import { randomBytesOf } from "../../src/crypto/tokens.ts";
import { key, keyFrom, otherKey, sealer, secrets } from "./fixtures.ts";
import { base64, bytesFrom, purposeKey } from "./reference.ts";

test("importing a repository key wipes the bytes it came from", () => {
  const bytes = Buffer.from(secrets.rk);
  const imported = RepositoryKey.fromBytes(bytes, key.repository);
  expect(bytes).toEqual(Buffer.alloc(32));
  expect(imported.fingerprint()).toBe(key.fingerprint());
});

test("a repository key has 32 bytes", () => {
  for (const length of [0, 16, 31, 33])
    expect(() => RepositoryKey.fromBytes(Buffer.alloc(length), key.repository)).toThrow(/32 bytes/);
});

test("every purpose has a key of its own, different in every repository", () => {
  const sameRk = keyFrom({ rk: secrets.rk, repository: bytesFrom("elsewhere", 16) });
  const keys = [key, otherKey, sameRk].flatMap((one) =>
    PURPOSES.map((name) => base64(one.purpose(name).export())),
  );
  expect(new Set(keys).size).toBe(3 * PURPOSES.length);
});

test("generated keys, repositories and device keys are never the same twice", async () => {
  const repositories = [newRepositoryId(), newRepositoryId()];
  expect(repositories[0]).not.toBe(repositories[1]);
  const keys = repositories.map((id) => RepositoryKey.generate(id).fingerprint());
  expect(keys[0]).not.toBe(keys[1]);
  const devices = [await DeviceKey.generate(), await DeviceKey.generate()];
  expect(devices[0]!.device).not.toBe(devices[1]!.device);
  expect(randomBytesOf(16)).not.toEqual(randomBytesOf(16));
});

test("an anchor tells device, number and hash apart", () => {
  const sha = parseEntrySha(base64(bytesFrom("sha", 32)));
  const device = parseDeviceId("0123456789abcdef");
  const anchors = [
    key.anchor({ device, seq: 1, sha }),
    key.anchor({ device, seq: 2, sha }),
    key.anchor({ device: parseDeviceId("0123456789abcdee"), seq: 1, sha }),
    key.anchor({ device, seq: 1, sha: parseEntrySha(base64(bytesFrom("other", 32))) }),
    otherKey.anchor({ device, seq: 1, sha }),
  ];
  expect(new Set(anchors).size).toBe(anchors.length);
  for (const anchor of anchors) expect(anchor).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
});

test("base32 is RFC 4648's", () => {
  expect(groupedBase32(Buffer.from("fooba"))).toBe("MZXW-6YTB");
  expect(groupedBase32(Buffer.alloc(10, 0xff))).toBe("7777-7777-7777-7777");
});

describe("nothing that prints an object shows a secret", async () => {
  const rawKey = bytesFrom("raw", 32);
  const seed = bytesFrom("seed", 32);
  const phrase = "correct horse battery staple";
  const hidden = [secrets.rk, rawKey, seed, Buffer.from(phrase)];
  hidden.push(...PURPOSES.map((name) => purposeKey(secrets, name)));
  key.fingerprint();
  PURPOSES.forEach((name) => key.purpose(name));
  const objects = {
    "a repository key": key,
    "a device key": await DeviceKey.fromSeed(seed),
    "a local seal": new LocalSeal(key),
    "a sealer": sealer(),
    "a pack builder": sealer().startPack(1, { compressionLevel: 3, padFloorBytes: 0 }),
    "an opener": new Opener(key),
    "a raw secret": rawSecret(base64(rawKey)),
    "a passphrase": passphraseSecret(phrase),
  };

  test.each(Object.entries(objects))("%s", (_, object) => {
    const shown = [
      inspect(object, { showHidden: true, depth: 20, maxArrayLength: null, getters: false }),
      JSON.stringify(object),
      Reflect.apply(String, undefined, [object]),
    ].join("\n");
    for (const secret of hidden)
      for (const form of spellings(Buffer.from(secret))) expect(shown).not.toContain(form);
  });
});

/** As text, in hexadecimal and base64, and as inspect and JSON list bytes. */
function spellings(secret: Buffer): string[] {
  const listed = [...secret.subarray(0, 8)];
  return [
    secret.toString("latin1"),
    secret.toString("hex").slice(0, 16),
    secret.toString("base64").slice(0, 12),
    listed.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
    listed.join(","),
    listed.join(", "),
  ];
}
