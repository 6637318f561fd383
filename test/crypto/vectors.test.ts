import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDeviceId, parseEntrySha, parseRepositoryId } from "../../src/base/ids.ts";
import { ContentIds } from "../../src/crypto/content-id.ts";
import { makeCutPrf, makeTreeCut } from "../../src/crypto/cut-prf.ts";
import { openSlot, parseRawKey, type SlotSecret } from "../../src/crypto/key-slot.ts";
import { PURPOSES, RepositoryKey } from "../../src/crypto/keys.ts";
import { LocalSeal } from "../../src/crypto/local-seal.ts";
import { Opener } from "../../src/crypto/opener.ts";
import { padmeSize } from "../../src/crypto/padding.ts";
import { parseRepositoryFile, verifyRepositoryFile } from "../../src/crypto/repository-file.ts";
import { DeviceKey, verifyEntry } from "../../src/crypto/signature.ts";
import { recogniseSealed } from "../../src/crypto/spooled.ts";
import { parseIndexId } from "../../src/base/ids.ts";
import { makeCryptoVectors, vectorText } from "../vectors/make-crypto.ts";
import { FixedSalts, identity, ids, readPack, sealer } from "./fixtures.ts";
import { base64, sha, unbase64 } from "./reference.ts";

/** One case of a vector file: which fields it has depends on the file. */
type Case = Readonly<Record<string, unknown>>;
interface Cases {
  readonly valid: Case[];
  readonly invalid: Case[];
}

const folder = new URL("../vectors/crypto/", import.meta.url);
const load = (name: string): Cases =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Cases;

const text = (value: unknown): string => {
  expect(value).toBeTypeOf("string");
  return value as string;
};
const bytes = (value: unknown): Buffer => unbase64(text(value));
const keyOf = (one: Case): RepositoryKey =>
  RepositoryKey.fromBytes(bytes(one["rk"]), parseRepositoryId(one["repository"]));
const reason = (one: Case): string => text(one["reason"]);

/** The code of what is thrown, or what came out. */
async function outcome(action: () => unknown): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

test.each(Object.entries(makeCryptoVectors()))(
  "the vectors of %s are as generated",
  (name, file) => {
    expect(readFileSync(new URL(`${name}.json`, folder), "utf8")).toBe(vectorText(file));
  },
);

describe("keys", () => {
  const { valid, invalid } = load("keys");

  test.each(valid)("purpose keys, fingerprint and anchor of $repository", (one) => {
    const key = keyOf(one);
    const version = one["version"] as { device: string; seq: number; sha: string };
    const purposes = PURPOSES.map((name) => [name, base64(key.purpose(name).export())]);
    expect(Object.fromEntries(purposes)).toEqual(one["purposes"]);
    expect(key.fingerprint()).toBe(one["fingerprint"]);
    const [device, entry] = [parseDeviceId(version.device), parseEntrySha(version.sha)];
    expect(key.anchor({ device, seq: version.seq, sha: entry })).toBe(one["anchor"]);
  });

  test.each(invalid)("no raw key: $reason", async (one) => {
    expect(await outcome(() => parseRawKey(text(one["text"])))).toBe(one["error"]);
  });
});

describe("slots", () => {
  const { valid, invalid } = load("slot");
  const secretOf = (one: Case): SlotSecret => {
    const secret = one["secret"] as { kind: "raw" | "passphrase"; key: string; text: string };
    return secret.kind === "raw"
      ? { kind: "raw", key: parseRawKey(secret.key) }
      : { kind: "passphrase", text: secret.text };
  };
  const open = (one: Case): unknown => openSlot(Buffer.from(text(one["slot"])), secretOf(one));

  test.each(valid)("$name opens", async (one) => {
    const opened = (await open(one)) as RepositoryKey;
    expect(opened.repository).toBe(one["repository"]);
    expect(opened.fingerprint()).toBe(keyOf(one).fingerprint());
  });

  test.each(invalid)("refused: $reason", async (one) => {
    expect(await outcome(() => open(one)), reason(one)).toBe(one["error"]);
  });
});

describe("the object format", () => {
  const { valid, invalid } = load("repository-file");
  const verify = (one: Case): void => {
    verifyRepositoryFile(keyOf(one), Buffer.from(text(one["file"])));
  };

  test.each(valid)("$name is accepted", (one) => {
    expect(parseRepositoryFile(Buffer.from(text(one["file"])))).toEqual({
      repository: one["repository"],
      version: 1,
      minReader: 1,
    });
    verify(one);
  });

  test.each(invalid)("refused: $reason", async (one) => {
    expect(
      await outcome(() => {
        verify(one);
      }),
    ).toBe(one["error"]);
  });
});

describe("names and sizes", () => {
  const idOf = (one: Case): string =>
    new ContentIds(keyOf(one)).chunkId(one["kind"] as 1 | 2, bytes(one["plaintext"]));
  const contentIds = load("content-id");
  const padding = load("padding");
  const cut = load("cut");

  test.each(contentIds.valid)("a chunk of kind $kind is named $id", (one) => {
    expect(idOf(one)).toBe(one["id"]);
  });

  test.each(contentIds.invalid)("another id: $reason", (one) => {
    expect(idOf(one)).not.toBe(one["id"]);
  });

  test.each(padding.valid)("$size is padded to $padded", (one) => {
    expect(padmeSize(one["size"] as number)).toBe(one["padded"]);
  });

  test.each(padding.invalid)("another size: $reason", (one) => {
    expect(padmeSize(one["size"] as number)).not.toBe(one["padded"]);
  });

  test.each(cut.valid)("cuts after $input", (one) => {
    expect(makeCutPrf(keyOf(one))(bytes(one["input"]))).toBe(one["cut"]);
    expect(makeTreeCut(keyOf(one))(bytes(one["input"]))).toBe(one["treeCut"]);
  });

  test.each(cut.invalid)("another cut: $reason", (one) => {
    expect(makeCutPrf(keyOf(one))(bytes(one["input"]))).not.toBe(one["cut"]);
  });
});

describe("sealed packs", () => {
  const { valid, invalid } = load("sealed-pack");
  const read = (one: Case): ReturnType<typeof readPack> =>
    readPack(new Opener(keyOf(one)), one["kind"] as 1 | 2, bytes(one["file"]));

  test.each(valid)("$name: opens, under the ids of its chunks", async (one) => {
    const { table, chunks } = await read(one);
    const expected = one["chunks"] as { plaintext: string }[];
    expect(chunks.map(base64)).toEqual(expected.map((chunk) => chunk.plaintext));
    const names = chunks.map((chunk) => new ContentIds(keyOf(one)).chunkId(table.kind, chunk));
    expect(table.chunks.map((row) => row.id)).toEqual(names);
  });

  test.each(invalid)("refused: $reason", async (one) => {
    expect(await outcome(() => read(one))).toBe(one["error"]);
  });

  test("the sealer writes the raw one byte for byte, salt and pad included", () => {
    const [raw] = valid;
    const [chunk] = raw!["chunks"] as { plaintext: string }[];
    const builder = sealer(new FixedSalts(identity)).startPack(1, {
      compressionLevel: 3,
      padFloorBytes: 1024,
    });
    const plaintext = unbase64(chunk!.plaintext);
    builder.add(ids.chunkId(1, plaintext), plaintext);
    expect(base64(builder.finish().sealed)).toBe(raw!["file"]);
  });
});

describe("sealed documents", () => {
  const { valid, invalid } = load("sealed-document");
  const open = (one: Case): Buffer =>
    new Opener(keyOf(one)).openDocument(one["kind"] as 3, bytes(one["file"]), "a document");

  test.each(valid)("$name opens", (one) => {
    expect(base64(open(one))).toBe(one["plaintext"]);
  });

  test.each(valid.slice(0, 4))("$name is written byte for byte", (one) => {
    const sealing = sealer(new FixedSalts(identity));
    const sealed = sealing.sealDocument(one["kind"] as 3, bytes(one["plaintext"]));
    expect(base64(sealed)).toBe(one["file"]);
  });

  test.each(invalid)("refused: $reason", async (one) => {
    expect(await outcome(() => open(one))).toBe(one["error"]);
  });
});

describe("signed entries", () => {
  const { valid, invalid } = load("signed-entry");
  const verify = (one: Case): Promise<Uint8Array> =>
    verifyEntry(bytes(one["object"]), {
      repository: parseRepositoryId(one["repository"]),
      name: text(one["name"]),
      publicKey: text(one["publicKey"]),
    });

  test.each(valid)("$name is signed byte for byte and verified", async (one) => {
    const device = await DeviceKey.fromSeed(bytes(one["seed"]));
    expect({ device: device.device, publicKey: device.publicKey }).toEqual({
      device: one["device"],
      publicKey: one["publicKey"],
    });
    const file = bytes(one["sealed"]);
    const sealed = recogniseSealed(file, parseIndexId(base64(sha(file))));
    const repository = parseRepositoryId(one["repository"]);
    expect(base64(device.signEntry(repository, text(one["name"]), sealed))).toBe(one["object"]);
    expect(base64(await verify(one))).toBe(one["sealed"]);
  });

  test.each(invalid)("refused: $reason", async (one) => {
    expect(await outcome(() => verify(one))).toBe(one["error"]);
  });
});

describe("local documents", () => {
  const { valid, invalid } = load("local-seal");
  const open = (one: Case): Uint8Array | undefined =>
    new LocalSeal(keyOf(one)).open(text(one["name"]), bytes(one["sealed"]));

  test.each(valid)("$name is sealed byte for byte and opens", (one) => {
    const seal = new LocalSeal(keyOf(one), new FixedSalts());
    expect(base64(seal.seal(text(one["name"]), bytes(one["plaintext"])))).toBe(one["sealed"]);
    expect(base64(open(one)!)).toBe(one["plaintext"]);
  });

  test.each(invalid)("not opened: $reason", (one) => {
    expect(String(open(one))).toBe(one["error"]);
  });
});
