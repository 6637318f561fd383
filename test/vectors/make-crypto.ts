/**
 * Writes test/vectors/crypto/*.json: `node test/vectors/make-crypto.ts`. Everything follows from
 * labels, so a second run writes the same bytes; test/crypto/vectors.test.ts compares.
 *
 * Each file holds `valid` and `invalid` cases; an invalid one says under `reason` why it must fail,
 * and under `error` which error it is here.
 */
import { argon2Sync, createCipheriv, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import {
  base64,
  bytesFrom,
  cat,
  chunkId,
  gcm,
  hkdf,
  lp,
  mac,
  number,
  purposeKey,
  rawFrame,
  runFrame,
  saltOf,
  sealFile,
  sha,
  type Bytes,
  type FileSpec,
  type Frame,
  type Lie,
  type Secrets,
} from "../crypto/reference.ts";

export interface VectorFile {
  readonly about: string;
  readonly valid: readonly object[];
  readonly invalid: readonly object[];
}

const secrets: Secrets = {
  rk: bytesFrom("repository key", 32),
  repository: bytesFrom("repository", 16),
};
const stranger: Secrets = {
  rk: bytesFrom("another repository key", 32),
  repository: bytesFrom("another repository", 16),
};
const shownSecrets = { rk: base64(secrets.rk), repository: base64(secrets.repository) };

export function makeCryptoVectors(): Record<string, VectorFile> {
  return {
    keys: keys(),
    slot: slots(),
    "repository-file": repositoryFiles(),
    "content-id": contentIds(),
    padding: padding(),
    "sealed-pack": packs(),
    "sealed-document": documents(),
    "signed-entry": entries(),
    "local-seal": localSeals(),
    cut: cuts(),
  };
}

// --- keys ---

const PURPOSES =
  "content-id cut tree-cut file-data file-meta format-mac local-state anchor ride".split(" ");

function keys(): VectorFile {
  const version = { device: "0123456789abcdef", seq: 42, sha: base64(sha(lp("an entry"))) };
  const valid = [secrets, stranger].map((one) => ({
    rk: base64(one.rk),
    repository: base64(one.repository),
    purposes: Object.fromEntries(PURPOSES.map((name) => [name, base64(purposeKey(one, name))])),
    fingerprint: spoken(mac(one.rk, Buffer.from("session-sync/1 fingerprint"))),
    version,
    anchor: spoken(
      mac(
        purposeKey(one, "anchor"),
        lp(version.device),
        number(version.seq, 8),
        sha(lp("an entry")),
      ),
    ),
  }));
  const good = base64(secrets.rk);
  const invalid = [
    { text: good.slice(0, -4), reason: "30 bytes" },
    { text: base64(bytesFrom("long", 33)), reason: "33 bytes" },
    { text: good.replace("=", ""), reason: "its padding is missing" },
    { text: `${good}\n\n`, reason: "more than one newline" },
    { text: ` ${good}`, reason: "a space before it" },
    { text: secrets.rk.toString(), reason: "not base64" },
    { text: Buffer.from(secrets.rk).toString("hex"), reason: "hexadecimal" },
    { text: "", reason: "empty" },
  ].map((one) => ({ ...one, error: "key-malformed" }));
  return { about: "purpose keys, fingerprint, anchor; texts that are no raw key", valid, invalid };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The first 80 bits, in groups of four. */
function spoken(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.subarray(0, 10).toString("hex")}`);
  let text = "";
  for (let i = 0; i < 16; i++) {
    text = ALPHABET.charAt(Number(bits & 31n)) + (i > 0 && i % 4 === 0 ? "-" : "") + text;
    bits >>= 5n;
  }
  return text;
}

// --- slots ---

type Fields = Record<string, unknown>;
type SlotSecret = { kind: "raw"; key: string } | { kind: "passphrase"; text: string };

/** Sorted keys, no space: enough of canonical JSON for these ASCII fields. */
function canonical(fields: unknown): string {
  if (typeof fields !== "object" || fields === null) return JSON.stringify(fields);
  const members = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${canonical(value)}`);
  return `{${members.join(",")}}`;
}

function makeSlot(secret: SlotSecret, change: Fields = {}, changeAfter: Fields = {}): string {
  const salt = bytesFrom(`slot salt ${secret.kind}`, 32);
  const argon = { m: 19_456, p: 1, t: 1 };
  const kdf = secret.kind === "raw" ? "raw" : "argon2id";
  const okm = hkdf(ikmOf(secret, salt, argon), salt, cat(lp("session-sync/1 slot"), lp(kdf)), 64);
  const head = {
    ...(kdf === "argon2id" ? { argon } : {}),
    commitment: base64(okm.subarray(32)),
    created: "2026-04-01T16:30:00.000Z",
    kdf,
    repository: base64(secrets.repository),
    salt: base64(salt),
    version: 1,
    ...change,
  };
  const aad = Buffer.from(canonical(head));
  const wrapped = base64(gcm(okm.subarray(0, 32), Buffer.alloc(12), aad, secrets.rk));
  return canonical({ ...head, wrapped, ...changeAfter });
}

function ikmOf(
  secret: SlotSecret,
  salt: Bytes,
  argon: { m: number; p: number; t: number },
): Buffer {
  if (secret.kind === "raw") return Buffer.from(secret.key, "base64");
  return argon2Sync("argon2id", {
    message: Buffer.from(secret.text.normalize("NFKC")),
    nonce: salt,
    memory: argon.m,
    parallelism: argon.p,
    passes: argon.t,
    tagLength: 32,
  });
}

function slots(): VectorFile {
  const raw: SlotSecret = { kind: "raw", key: base64(bytesFrom("raw slot key", 32)) };
  const otherRaw: SlotSecret = { kind: "raw", key: base64(bytesFrom("other slot key", 32)) };
  // A ligature, a full-width letter and a decomposed accent: NFKC makes "fiAé" of them.
  const phrase: SlotSecret = { kind: "passphrase", text: "ﬁＡe\u0301 correct horse" };
  const samePhrase: SlotSecret = { kind: "passphrase", text: "fiA\u00e9 correct horse" };
  const otherPhrase: SlotSecret = { kind: "passphrase", text: "correct horse" };
  const argon = (m: number, p: number, t: number): Fields => ({ argon: { m, p, t } });
  const bad = (
    secret: SlotSecret,
    slot: string,
    reason: string,
    error = "slot-damaged",
  ): object => ({ slot, secret, reason, error });
  return {
    about: "key slots, raw and argon2id (m in KiB; small here), as the bytes of their JSON",
    valid: [
      { name: "raw", slot: makeSlot(raw), secret: raw, ...shownSecrets },
      { name: "argon2id", slot: makeSlot(phrase), secret: phrase, ...shownSecrets },
      {
        name: "the same passphrase in another Unicode form",
        slot: makeSlot(phrase),
        secret: samePhrase,
        ...shownSecrets,
      },
      {
        name: "a field of a later version is bound and kept",
        slot: makeSlot(raw, { later: "kept" }),
        secret: raw,
        ...shownSecrets,
      },
    ],
    invalid: [
      bad(otherRaw, makeSlot(raw), "another key: the commitment differs", "other-secret"),
      bad(otherPhrase, makeSlot(phrase), "another passphrase", "other-secret"),
      bad(phrase, makeSlot(raw), "a passphrase for a raw slot", "other-secret"),
      bad(raw, makeSlot(phrase), "a raw key for an argon2id slot", "other-secret"),
      bad(
        raw,
        makeSlot(raw, {}, { wrapped: base64(bytesFrom("wrapped", 48)) }),
        "the commitment matches but the tag does not",
      ),
      bad(
        raw,
        makeSlot(raw, {}, { created: "2027-04-01T16:30:00.000Z" }),
        "a bound field was changed",
      ),
      bad(raw, makeSlot(raw, {}, { later: "added" }), "a field was added"),
      bad(
        raw,
        makeSlot(raw, {}, { repository: base64(stranger.repository) }),
        "moved to another repository",
      ),
      bad(raw, makeSlot(raw, {}, { wrapped: base64(bytesFrom("short", 47)) }), "wrapped is short"),
      bad(raw, makeSlot(raw, { salt: base64(bytesFrom("short", 16)) }), "the salt is short"),
      bad(raw, makeSlot(raw, { kdf: "scrypt" }), "a kdf that does not exist"),
      bad(raw, makeSlot(raw, argon(19_456, 1, 1)), "a raw slot has no argon"),
      bad(raw, makeSlot(raw, { version: 2 }), "an unknown version, named", "format-too-new"),
      bad(raw, makeSlot(raw, { version: 0 }), "a version that never was"),
      bad(raw, ` ${makeSlot(raw)}`, "not canonical JSON"),
      bad(raw, `${makeSlot(raw).slice(0, -1)},"version":1}`, "a member twice"),
      bad(raw, "[]", "not an object"),
      bad(phrase, makeSlot(phrase, { argon: undefined }), "an argon2id slot without argon"),
      bad(phrase, makeSlot(phrase, argon(19_455, 1, 1)), "m under 19 MiB: guessing is cheap"),
      bad(phrase, makeSlot(phrase, argon(1_048_577, 1, 1)), "m over 1 GiB"),
      bad(phrase, makeSlot(phrase, argon(19_456, 17, 1)), "p over 16"),
      bad(phrase, makeSlot(phrase, argon(19_456, 0, 1)), "p of 0"),
      bad(phrase, makeSlot(phrase, argon(19_456, 1, 33)), "t over 32"),
      bad(phrase, makeSlot(phrase, argon(19_456, 1, 0)), "t of 0"),
    ],
  };
}

// --- the object `format` ---

function repositoryFiles(): VectorFile {
  const make = (change: Fields = {}, after: Fields = {}, by = secrets): string => {
    const claims = {
      magic: "SSC1",
      minReader: 1,
      repository: base64(secrets.repository),
      version: 1,
      ...change,
    };
    const tag = mac(purposeKey(by, "format-mac"), Buffer.from(canonical(claims)));
    return canonical({ ...claims, mac: base64(tag), ...after });
  };
  const damaged = (file: string, reason: string, error = "repository-file-damaged"): object => ({
    file,
    ...shownSecrets,
    reason,
    error,
  });
  const strangers = { rk: stranger.rk, repository: secrets.repository };
  return {
    about: "the object `format`, and its mac",
    valid: [
      { name: "plain", file: make(), ...shownSecrets },
      { name: "with a field of later", file: make({ later: "kept" }), ...shownSecrets },
    ],
    invalid: [
      damaged(make({}, {}, strangers), "the mac is of another repository key"),
      damaged(make({}, { later: "added" }), "a field was added without the key"),
      damaged(make({ repository: base64(stranger.repository) }), "another repository"),
      damaged(make({ magic: "SSC2" }), "another magic"),
      damaged(make({}, { mac: "" }), "no mac"),
      damaged(make({ version: 2 }), "an unknown version, named", "format-too-new"),
      damaged(
        make({ version: 2, minReader: 2 }),
        "for later readers only, named",
        "format-too-new",
      ),
      damaged(make({ minReader: 0 }), "a reader that never was"),
      damaged(`${make()}\n`, "not canonical JSON"),
    ],
  };
}

// --- chunk ids and padding ---

function contentIds(): VectorFile {
  const plaintexts = [Buffer.from("remember the milk\n"), Buffer.alloc(1), bytesFrom("chunk", 200)];
  const row = (kind: number, plaintext: Bytes): object => ({
    kind,
    plaintext: base64(plaintext),
    id: base64(chunkId(secrets, kind, plaintext)),
    ...shownSecrets,
  });
  const milk = base64(plaintexts[0]!);
  const wrong = (kind: number, plaintext: string, reason: string): object => ({
    kind,
    plaintext,
    id: base64(chunkId(secrets, 1, plaintexts[0]!)),
    ...shownSecrets,
    reason,
    error: "the ids differ",
  });
  return {
    about: "chunk ids: HMAC-SHA256(content-id key, u8 kind ‖ u64 length ‖ SHA-256(plaintext))",
    valid: plaintexts.flatMap((plaintext) => [row(1, plaintext), row(2, plaintext)]),
    invalid: [
      wrong(2, milk, "the kind is part of the id"),
      wrong(1, base64(Buffer.from("remember the milk")), "one byte less"),
    ],
  };
}

/** Worked by hand from the paper: E = ⌊log2 L⌋, S = ⌊log2 E⌋ + 1, the last E − S bits are 0. */
const PADDED: readonly (readonly [size: number, padded: number, reason: string])[] = [
  [0, 0, "nothing"],
  [1, 1, "E = 0"],
  [2, 2, "E = 1"],
  [9, 10, "E = 3, S = 2: the last bit is 0"],
  [1000, 1024, "E = 9, S = 4: the last 5 bits are 0"],
  [1024, 1024, "a power of two stays"],
  [1025, 1088, "E = 10, S = 4: the last 6 bits are 0"],
  [4097, 4352, "E = 12, S = 4: the last 8 bits are 0"],
  [65_537, 67_584, "E = 16, S = 5: the last 11 bits are 0"],
  [16_777_217, 17_301_504, "E = 24, S = 5: the last 19 bits are 0"],
  [67_108_864, 67_108_864, "the largest pack"],
];

function padding(): VectorFile {
  return {
    about: "PADMÉ sizes",
    valid: PADDED.map(([size, padded, how]) => ({ size, padded, how })),
    invalid: [
      { size: 1025, padded: 1025, reason: "not padded", error: "the sizes differ" },
      { size: 1025, padded: 2048, reason: "to the next power of two", error: "the sizes differ" },
    ],
  };
}

// --- sealed files ---

const TIME = 1_775_000_000_000;
const WHO = {
  random: bytesFrom("drawing 0", 32),
  device: "0123456789abcdef",
  time: TIME,
  pid: 4242,
};
const pad = (count: number): Buffer => bytesFrom("drawing 1", count);

type Parts = Pick<FileSpec, "kind" | "frames" | "chunks"> & { size: number; lie?: Lie };

function fileOf(parts: Parts, by: Secrets = secrets): Buffer {
  return sealFile({ ...by, ...parts, salt: saltOf(parts, WHO), pad });
}

const CHUNKS = [
  bytesFrom("first chunk", 300),
  bytesFrom("second chunk", 100),
  Buffer.alloc(5000, "a"),
];

/** Two chunks share a raw frame, one has a compressed frame of its own. */
function packParts(kind = 1): Parts {
  const [first, second, third] = [CHUNKS[0]!, CHUNKS[1]!, CHUNKS[2]!];
  return {
    kind,
    frames: [rawFrame(cat(first, second)), runFrame(97, third.length)],
    chunks: [
      { id: chunkId(secrets, kind, first), frame: 0, start: 0, length: 300 },
      { id: chunkId(secrets, kind, second), frame: 0, start: 300, length: 100 },
      { id: chunkId(secrets, kind, third), frame: 1, start: 0, length: 5000 },
    ],
    size: 1024,
  };
}

/** One chunk that does not compress: what the Sealer must write byte for byte. */
function rawPackParts(): Parts {
  const chunk = CHUNKS[0]!;
  const id = chunkId(secrets, 1, chunk);
  return {
    kind: 1,
    frames: [rawFrame(chunk)],
    chunks: [{ id, frame: 0, start: 0, length: chunk.length }],
    size: 1024,
  };
}

function packs(): VectorFile {
  const shown = (name: string, parts: Parts, chunks: Bytes[]): object => ({
    name,
    kind: parts.kind,
    file: base64(fileOf(parts)),
    chunks: chunks.map((chunk) => ({ plaintext: base64(chunk) })),
    saltFrom: { ...WHO, random: base64(WHO.random) },
    ...shownSecrets,
  });
  const bad = (file: Buffer, reason: string, error = "object-tampered"): object => ({
    kind: 1,
    file: base64(file),
    ...shownSecrets,
    reason,
    error,
  });
  const lying = (lie: Lie, change: Partial<Parts> = {}): Buffer =>
    fileOf({ ...packParts(), ...change, lie });
  return {
    about: "sealed files of kinds 1 and 2; the chunks, in order",
    valid: [
      shown("raw: one chunk that does not compress", rawPackParts(), CHUNKS.slice(0, 1)),
      shown("two frames, one of them zstd", packParts(), CHUNKS),
      shown("a tree pack", packParts(2), CHUNKS),
      shown("no pad at all", { ...packParts(), size: 0 }, CHUNKS),
    ],
    invalid: [...outside(bad), ...liesAboutPlaces(bad, lying), ...liesAboutContent(bad, lying)],
  };
}

type Bad = (file: Buffer, reason: string, error?: string) => object;
type Lying = (lie: Lie, change?: Partial<Parts>) => Buffer;

function patched(file: Buffer, at: number, bytes: Bytes): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at < 0 ? copy.length + at : at);
  return copy;
}

/** What somebody without the key can do. */
function outside(bad: Bad): object[] {
  const file = fileOf(packParts());
  const twin = fileOf({ ...packParts(), frames: [rawFrame(bytesFrom("twin", 400))], chunks: [] });
  const even = { ...packParts(), frames: [1, 2].map((n) => rawFrame(bytesFrom(`even ${n}`, 50))) };
  const frames = fileOf({ ...even, chunks: [] });
  const swapped = cat(frames.subarray(137, 203), frames.subarray(71, 137));
  return [
    bad(patched(file, 0, Buffer.from("SSC2")), "another magic"),
    bad(patched(file, -4, Buffer.from("SSCF")), "another end"),
    bad(patched(file, 4, Buffer.of(2)), "an unknown version, named", "format-too-new"),
    bad(patched(file, 5, Buffer.of(7)), "an unknown kind, named", "format-too-new"),
    bad(patched(file, 6, Buffer.of(1)), "a reserved mode, named", "format-too-new"),
    bad(patched(file, 5, Buffer.of(2)), "a data pack that says it is a tree pack"),
    bad(fileOf(packParts(2)), "a tree pack in place of a data pack"),
    bad(patched(file, 7, bytesFrom("salt", 32)), "another salt"),
    bad(patched(file, 39, bytesFrom("commit", 32)), "another commitment"),
    bad(fileOf(packParts(), stranger), "another repository's file"),
    bad(
      fileOf(packParts(), { rk: secrets.rk, repository: stranger.repository }),
      "the same key under another repository's name",
    ),
    bad(patched(file, 71, twin.subarray(71, 487)), "a frame of another file"),
    bad(patched(frames, 71, swapped), "two frames in another order"),
    bad(patched(file, -32, twin.subarray(-32)), "another file's trailer"),
    bad(file.subarray(0, -1), "cut short by one byte"),
    bad(file.subarray(0, 71), "only its header"),
    bad(cat(file, Buffer.alloc(1)), "one byte too long"),
    bad(Buffer.alloc(0), "empty"),
  ];
}

/** True tags over places that do not add up. */
function liesAboutPlaces(bad: Bad, lying: Lying): object[] {
  const overlapping = lying({ rows: (rows) => (rows[1]!.offset = 71) });
  return [
    bad(lying({ gap: 1 }), "a gap between the last frame and the table"),
    bad(lying({ trailer: (t) => (t.tocOffset += 1) }), "the table lies elsewhere"),
    bad(lying({ trailer: (t) => (t.tocOffset = 4) }), "the table lies in the header"),
    bad(lying({ trailer: (t) => (t.tocOffset = 0xffffff00) }), "the table lies outside the file"),
    bad(lying({ trailer: (t) => (t.tocLength += 1) }), "a table of no whole number of rows"),
    bad(lying({ trailer: (t) => (t.tocLength = 3) }), "a table shorter than its tag"),
    bad(lying({ trailer: (t) => (t.tocLength = 0xffffffff) }), "a table of 4 GiB"),
    bad(
      lying({ trailer: (t) => (t.tocLength = 16 + 26 + 44 * 1_000_001) }),
      "more than 1,000,000 chunks",
    ),
    bad(lying({ trailer: (t) => (t.frames = 3) }), "more frames than there are"),
    bad(lying({ trailer: (t) => (t.frames = 65_536) }), "more than 65,535 frames"),
    bad(overlapping, "frames that overlap"),
    bad(lying({ rows: (rows) => (rows[0]!.offset = 72) }), "the first frame is not at 71"),
    bad(lying({ rows: (rows) => rows.reverse() }), "rows that do not ascend"),
    bad(lying({ rows: (rows) => (rows[1]!.length += 1) }), "a frame that reaches into the table"),
  ];
}

function liesAboutContent(bad: Bad, lying: Lying): object[] {
  const run = runFrame(97, 5000);
  const second = (frame: Frame): Buffer => lying({}, { frames: [packParts().frames[0]!, frame] });
  const third = (change: Partial<{ frame: number; start: number; length: number }>): Buffer => {
    const chunks = packParts().chunks.map((chunk, i) =>
      i === 2 ? { ...chunk, ...change } : chunk,
    );
    return lying({}, { chunks });
  };
  const doubled = { ...run, stored: cat(run.stored, run.stored) };
  return [
    bad(lying({ rows: (rows) => (rows[0]!.codec = 1) }), "the table names another codec"),
    bad(lying({ rows: (rows) => (rows[1]!.rawLength = 4999) }), "the table names another length"),
    bad(second({ ...run, codec: 2 }), "a codec that does not exist"),
    bad(second({ ...run, rawLength: 8_388_609 }), "a frame over 8 MiB"),
    bad(second({ codec: 0, rawLength: 0, stored: Buffer.alloc(0) }), "an empty frame"),
    bad(second({ ...rawFrame(bytesFrom("raw", 50)), rawLength: 5000 }), "a raw frame too short"),
    bad(second({ ...run, rawLength: 5001 }), "zstd gives less than it should"),
    bad(
      lying(
        {},
        {
          frames: [packParts().frames[0]!, runFrame(97, 8_388_608)].map((frame) =>
            frame.codec === 1 ? { ...frame, rawLength: 5000 } : frame,
          ),
        },
      ),
      "zstd gives more than it should",
    ),
    bad(second({ ...doubled, rawLength: 5000 }), "something follows the zstd frame"),
    bad(second({ ...run, stored: bytesFrom("no zstd", 20) }), "not zstd"),
    bad(third({ frame: 2 }), "a chunk in a frame that does not exist"),
    bad(third({ start: 1 }), "a chunk that ends outside its frame"),
    bad(third({ start: 0xffffffff, length: 2 }), "a chunk whose end wraps around 32 bits"),
    bad(third({ length: 0 }), "an empty chunk"),
  ];
}

function documents(): VectorFile {
  const json = Buffer.from('{"note":"remember the milk"}');
  const parts = (kind: number, frames: Frame[]): Parts => ({
    kind,
    frames,
    chunks: [],
    size: 1024,
  });
  const shown = (name: string, kind: number, frames: Frame[], plaintext: Bytes): object => ({
    name,
    kind,
    file: base64(fileOf(parts(kind, frames))),
    plaintext: base64(plaintext),
    saltFrom: { ...WHO, random: base64(WHO.random) },
    ...shownSecrets,
  });
  const plain = parts(4, [rawFrame(json)]);
  const bad = (file: Buffer, reason: string, error = "object-tampered"): object => ({
    kind: 4,
    file: base64(file),
    ...shownSecrets,
    reason,
    error,
  });
  const id = chunkId(secrets, 1, json);
  const nine = Array.from({ length: 9 }, () => runFrame(32, 8_388_608));
  return {
    about: "sealed files of kinds 3 to 6, each one document",
    valid: [
      ...[3, 4, 5, 6].map((kind) => shown(`kind ${kind}`, kind, [rawFrame(json)], json)),
      shown(
        "frames are joined",
        4,
        [rawFrame(json), runFrame(32, 3000)],
        cat(json, Buffer.alloc(3000, 32)),
      ),
    ],
    invalid: [
      bad(fileOf(parts(5, [rawFrame(json)])), "a record in place of a manifest"),
      bad(patched(fileOf(plain), 4, Buffer.of(9)), "version 9, named", "format-too-new"),
      bad(fileOf(plain, stranger), "another repository's"),
      bad(
        fileOf({ ...plain, chunks: [{ id, frame: 0, start: 0, length: 1 }] }),
        "a document has no chunk rows",
      ),
      bad(fileOf({ ...parts(4, nine), size: 8192 }), "a document over 64 MiB"),
      bad(fileOf(plain).subarray(0, -1), "cut short"),
    ],
  };
}

// --- signed entries ---

const NAME = "log/0123456789abcdef/000000000042-20260401T163000Z-v";

function entries(): VectorFile {
  const seed = bytesFrom("device seed", 32);
  const privateKey = createPrivateKey({
    key: cat(Buffer.from("302e020100300506032b657004220420", "hex"), seed),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const publicKey = spki.subarray(-32);
  const sealed = fileOf({ kind: 4, frames: [rawFrame(Buffer.from("{}"))], chunks: [], size: 0 });
  const message = (repository: Bytes, name: string, label = "session-sync/1 log"): Buffer =>
    cat(lp(label), repository, lp(name), sha(sealed));
  const signed = (about: Buffer): Buffer => cat(sealed, sign(null, about, privateKey));
  const good = signed(message(secrets.repository, NAME));
  const at = {
    repository: shownSecrets.repository,
    name: NAME,
    publicKey: base64(publicKey),
  };
  const bad = (object: Buffer, reason: string, change: object = {}): object => ({
    object: base64(object),
    ...at,
    ...change,
    reason,
    error: "entry-forged",
  });
  return {
    about: "log entries: sealed file ‖ Ed25519 signature; device = first 16 hex of SHA-256(key)",
    valid: [
      {
        seed: base64(seed),
        ...at,
        device: sha(publicKey).toString("hex").slice(0, 16),
        sealed: base64(sealed),
        object: base64(good),
      },
    ],
    invalid: [
      bad(good, "under another name", { name: NAME.replace(/v$/, "r") }),
      bad(good, "in another repository", { repository: base64(stranger.repository) }),
      bad(good, "another device's key", { publicKey: base64(bytesFrom("public key", 32)) }),
      bad(good, "a public key of 31 bytes", { publicKey: base64(publicKey.subarray(1)) }),
      bad(good, "a public key of small order", { publicKey: base64(Buffer.alloc(32)) }),
      bad(
        signed(message(secrets.repository, NAME, "session-sync/1 ride")),
        "signed as another thing",
      ),
      bad(signed(sealed), "signed without its place"),
      bad(patched(good, 100, bytesFrom("flip", 1)), "the sealed file was changed"),
      bad(patched(good, -1, bytesFrom("flip", 1)), "the signature was changed"),
      bad(good.subarray(0, -1), "cut short"),
      bad(good.subarray(0, 63), "shorter than a signature"),
    ],
  };
}

// --- local documents and cutting ---

function localSeals(): VectorFile {
  const name = "witness.json";
  const plaintext = Buffer.from('{"seen":1}');
  const random = bytesFrom("drawing 0", 32);
  const salt = sha(cat(random, sha(cat(lp(name), plaintext))));
  const seal = (by: Secrets): Buffer => {
    const fresh = hkdf(purposeKey(by, "local-state"), salt, cat(lp("local"), by.repository), 32);
    return cat(salt, gcm(fresh, Buffer.alloc(12), cat(lp("local"), lp(name)), plaintext));
  };
  const sealed = base64(seal(secrets));
  const bad = (reason: string, change: object): object => ({
    name,
    sealed,
    ...change,
    ...shownSecrets,
    reason,
    error: "undefined",
  });
  return {
    about: "documents of the state directory",
    valid: [
      { name, random: base64(random), sealed, plaintext: base64(plaintext), ...shownSecrets },
    ],
    invalid: [
      bad("under another name", { name: "outbox.json" }),
      bad("another repository's", { sealed: base64(seal(stranger)) }),
      bad("one byte changed", { sealed: base64(patched(seal(secrets), 33, bytesFrom("flip", 1))) }),
      bad("shorter than a salt", { sealed: base64(salt.subarray(1)) }),
      bad("shorter than a tag", { sealed: base64(salt) }),
    ],
  };
}

function cuts(): VectorFile {
  const aes = (block: Bytes): Buffer =>
    createCipheriv("aes-256-ecb", purposeKey(secrets, "cut"), null).update(block);
  const prf = (before: Bytes): number => aes(sha(before).subarray(0, 16)).readUInt32BE();
  const tree = (bytes: Bytes): number => mac(purposeKey(secrets, "tree-cut"), bytes)[31]! % 64;
  const inputs = [Buffer.alloc(0), Buffer.from("MEMORY.md"), bytesFrom("before", 1024)];
  const rows = inputs.map((input) => ({
    input: base64(input),
    cut: prf(input),
    treeCut: tree(input),
    ...shownSecrets,
  }));
  return {
    about: "cut: first u32 of AES-256(cut key, SHA-256(input)[0:16]); treeCut: last HMAC byte & 63",
    valid: rows,
    invalid: [
      {
        ...rows[2],
        input: base64(inputs[2]!.subarray(1)),
        reason: "one byte less before the place",
        error: "the numbers differ",
      },
    ],
  };
}

export const vectorText = (file: VectorFile): string => `${JSON.stringify(file, null, 2)}\n`;

if (import.meta.main)
  for (const [name, file] of Object.entries(makeCryptoVectors()))
    writeFileSync(new URL(`crypto/${name}.json`, import.meta.url), vectorText(file));
