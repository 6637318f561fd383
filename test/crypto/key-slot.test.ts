import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError, IntegrityError, KeyError } from "../../src/base/errors.ts";
import {
  makeSlot,
  openSlot,
  parseRawKey,
  passphraseSecret,
  rawSecret,
} from "../../src/crypto/key-slot.ts";
import { RepositoryKey } from "../../src/crypto/keys.ts";
import { FixedSalts, key, secrets } from "./fixtures.ts";
import { base64, bytesFrom, gcm, unbase64 } from "./reference.ts";

const CREATED = "2026-04-01T16:30:00.000Z";
const CHEAP = { m: 19_456, p: 1, t: 1 };
const raw = rawSecret(base64(bytesFrom("raw", 32)));
const phrase = passphraseSecret("correct horse");

const fieldsOf = (slot: Uint8Array): Record<string, unknown> =>
  JSON.parse(Buffer.from(slot).toString()) as Record<string, unknown>;

test("a slot gives back the repository key that went in", async () => {
  for (const secret of [raw, phrase]) {
    const opened = await openSlot(await makeSlot(key, secret, CREATED, CHEAP), secret);
    expect(opened).toBeInstanceOf(RepositoryKey);
    expect((opened as RepositoryKey).fingerprint()).toBe(key.fingerprint());
    expect((opened as RepositoryKey).repository).toBe(key.repository);
  }
});

test("a passphrase costs 256 MiB and three passes unless somebody says otherwise", async () => {
  const slot = fieldsOf(await makeSlot(key, phrase, CREATED));
  expect(slot["argon"]).toEqual({ m: 262_144, p: 4, t: 3 });
});

test("a slot shows nothing but its public fields, and its salt is never the same twice", async () => {
  const [one, two] = [await makeSlot(key, raw, CREATED), await makeSlot(key, raw, CREATED)];
  const names = ["commitment", "created", "kdf", "repository", "salt", "version", "wrapped"];
  expect(Object.keys(fieldsOf(one))).toEqual(names);
  expect(Buffer.from(one).includes(base64(secrets.rk).slice(0, 20))).toBe(false);
  for (const name of ["salt", "commitment", "wrapped"])
    expect(fieldsOf(one)[name]).not.toBe(fieldsOf(two)[name]);
});

test("even a generator that repeats itself gives two slots different keys", async () => {
  const salts = await Promise.all(
    [CREATED, "2026-04-01T16:30:00.001Z"].map((created) =>
      makeSlot(key, raw, created, CHEAP, new FixedSalts()),
    ),
  );
  expect(fieldsOf(salts[0]!)["salt"]).not.toBe(fieldsOf(salts[1]!)["salt"]);
});

describe("a wrong secret is told apart from damage", () => {
  test("another secret of either kind is just another secret", async () => {
    const other = [rawSecret(base64(bytesFrom("other", 32))), passphraseSecret("Correct horse")];
    for (const secret of [raw, phrase]) {
      const slot = await makeSlot(key, secret, CREATED, CHEAP);
      for (const wrong of [...other, secret === raw ? phrase : raw])
        expect(await openSlot(slot, wrong)).toBe("other-secret");
    }
  });

  test("no flipped bit of a slot gives a key, and one in what is wrapped is damage", async () => {
    const slot = Buffer.from(await makeSlot(key, raw, CREATED));
    const wrappedAt = slot.indexOf('"wrapped"');
    const outcomes = new Set<string>();
    for (let bit = 0; bit < slot.length * 8; bit++) {
      const damaged = Buffer.from(slot);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const found = await openSlot(damaged, raw).catch((error: unknown) => {
        expect(error, `bit ${bit}`).toBeInstanceOf(IntegrityError);
        return (error as IntegrityError).code;
      });
      if (found instanceof RepositoryKey) expect.fail(`bit ${bit} gave a key`);
      if (bit >> 3 >= wrappedAt) expect(found, `bit ${bit}`).toBe("slot-damaged");
      outcomes.add(found);
    }
    expect(outcomes).toEqual(new Set(["slot-damaged", "other-secret", "format-too-new"]));
  });

  test("every truncation of a slot is damage", async () => {
    const slot = await makeSlot(key, raw, CREATED);
    for (let length = 0; length < slot.length; length++)
      await expect(openSlot(slot.subarray(0, length), raw), `${length}`).rejects.toMatchObject({
        code: "slot-damaged",
      });
  });

  test("a slot that asks for more memory than there is costs nothing", async () => {
    const slot = Buffer.from(await makeSlot(key, phrase, CREATED, CHEAP)).toString();
    for (const m of ["1048577", "4294967295", "9007199254740991"]) {
      const greedy = Buffer.from(slot.replace('"m":19456', `"m":${m}`));
      await expect(openSlot(greedy, phrase)).rejects.toMatchObject({ code: "slot-damaged" });
    }
  });

  test("a slot longer than any slot is not even parsed", async () => {
    const slot = Buffer.from(await makeSlot(key, raw, CREATED)).toString();
    const long = Buffer.from(slot.replace("{", `{"a":"${"a".repeat(20_000)}",`));
    for (const secret of [raw, rawSecret(base64(bytesFrom("other", 32)))])
      await expect(openSlot(long, secret)).rejects.toMatchObject({ code: "slot-damaged" });
  });
});

test("arbitrary bytes and JSON give typed errors and nothing else", async () => {
  const slot = fieldsOf(await makeSlot(key, raw, CREATED));
  const changed = fc
    .tuple(fc.constantFrom(...Object.keys(slot), "argon", "__proto__"), fc.jsonValue())
    .map(([name, value]) => Buffer.from(JSON.stringify({ ...slot, [name]: value })));
  const inputs = fc.oneof(
    changed,
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array(),
  );
  await fc.assert(
    fc.asyncProperty(inputs, async (bytes) => {
      const found = await openSlot(bytes, raw).catch((error: unknown) => error);
      if (found !== "other-secret" && !(found instanceof RepositoryKey))
        expect(found).toBeInstanceOf(IntegrityError);
    }),
    { seed: 20260401, numRuns: 1000 },
  );
});

describe("secrets as text", () => {
  test("a raw key may end in the newline that openssl prints", () => {
    const key32 = bytesFrom("raw", 32);
    for (const end of ["", "\n", "\r\n"])
      expect(Buffer.from(parseRawKey(base64(key32) + end))).toEqual(key32);
  });

  test("an error about a secret never repeats it", async () => {
    const nearly = base64(bytesFrom("raw", 33));
    const errors: unknown[] = [];
    for (const action of [
      () => parseRawKey(nearly),
      () => makeSlot(key, passphraseSecret(""), CREATED, CHEAP),
      () => makeSlot(key, passphraseSecret("half \ud83d secret"), CREATED, CHEAP),
    ])
      errors.push(
        await Promise.resolve()
          .then(action)
          .catch((error: unknown) => error),
      );
    for (const error of errors) {
      expect(error).toBeInstanceOf(KeyError);
      const shown = error instanceof EngineError ? `${error.message} ${error.hint}` : "";
      expect(shown).not.toMatch(/half|secret \(/);
      expect(shown).not.toContain(nearly.slice(0, 8));
      expect((error as EngineError).facts).toEqual({});
    }
  });

  test("making a slot leaves the caller's own key bytes alone", async () => {
    const mine = { kind: "raw", key: bytesFrom("raw", 32) } as const;
    await makeSlot(key, mine, CREATED);
    expect(mine.key).toEqual(bytesFrom("raw", 32));
  });
});

test("a slot wrapped for another place does not open there", async () => {
  const slot = fieldsOf(await makeSlot(key, raw, CREATED));
  const forged = {
    ...slot,
    wrapped: base64(gcm(bytesFrom("k", 32), Buffer.alloc(12), Buffer.alloc(0), secrets.rk)),
  };
  expect(unbase64(forged.wrapped)).toHaveLength(48);
  await expect(openSlot(Buffer.from(JSON.stringify(forged)), raw)).rejects.toMatchObject({
    code: "slot-damaged",
  });
});
