import {
  base64,
  id,
  ids,
  refused,
  refusedText,
  twice,
  valid,
  type Members,
  type VectorFile,
} from "./case.ts";

const DEVICE = "0123456789abcdef";
const OTHER = "fedcba9876543210";
const ID = "id-malformed";

const head: Members = {
  skipped: [],
  serverDate: "2026-04-01T16:30:00.000Z",
  seq: 2,
  seen: {},
  prev: id("entry 1"),
  localDate: "2026-04-01T16:30:00.123Z",
  device: DEVICE,
};

const stats: Members = {
  storedBytes: 4096,
  removed: 1,
  newBytes: 12,
  files: 3,
  durationMs: 250,
  dedupSavedBytes: 0,
  compressionSavedBytes: 7,
  changed: 2,
  bytes: 40,
  added: 1,
};

const manifest: Members = {
  ...head,
  workspaceHint: "workspace",
  unsteady: [],
  tool: "session-sync 1.0.0",
  stats,
  root: id("root"),
  retention: { retention_days: 30 },
  purpose: "backup",
  packsNew: [{ size: 4096, sha256: id("pack") }],
  indexes: [id("index")],
};

const seen = (device: string, seq: unknown, sha: unknown = id("seen")): Members => ({
  seen: { [device]: { sha, seq } },
});

export const manifests: VectorFile = {
  about: "the plaintext of a manifest (docs/format.md, 6.2 and 6.3)",
  valid: [
    valid("a version", manifest),
    valid("a checkpoint", { ...manifest, purpose: "checkpoint" }),
    valid("a safety version", { ...manifest, purpose: "safety" }),
    valid("a note", { ...manifest, note: "before the move" }),
    valid("a suspicion", { ...manifest, suspicious: { reasons: ["much is gone"] } }),
    valid("files that would not hold still", {
      ...manifest,
      unsteady: ["a/log", { pathBytes: base64(0xff) }],
    }),
    valid("other devices", { ...manifest, ...seen(OTHER, 999_999_999_999) }),
    valid("numbers given up", { ...manifest, seq: 9, skipped: [3, 7, 8] }),
    valid("a leap day", { ...manifest, serverDate: "2028-02-29T23:59:59.999Z" }),
    valid("members that are not known are kept, at every level", {
      ...manifest,
      later: 1,
      stats: { ...stats, later: 2 },
      packsNew: [{ size: 1, sha256: id("pack"), later: 3 }],
      suspicious: { reasons: [], later: 4 },
      seen: { [OTHER]: { sha: id("seen"), seq: 1, later: 5 } },
    }),
  ],
  invalid: [
    refused("no object", [], "an entry is an object"),
    refused("another device", { ...manifest, device: "me" }, "16 hexadecimal digits", ID),
    refused(
      "a device in upper case",
      { ...manifest, device: DEVICE.toUpperCase() },
      "lower case",
      ID,
    ),
    refused("number 0", { ...manifest, seq: 0, prev: null }, "numbers begin at 1"),
    refused("a number of 13 digits", { ...manifest, seq: 1_000_000_000_000 }, "12 digits at most"),
    refused("a number in text", { ...manifest, seq: "2" }, "a number"),
    refused("entry 1 with a predecessor", { ...manifest, seq: 1 }, "prev is null in entry 1"),
    refused("entry 2 without one", { ...manifest, prev: null }, "prev is null only in entry 1"),
    refused(
      "entry 1 without the member",
      { ...manifest, seq: 1, prev: undefined },
      "null is written",
    ),
    refused("a predecessor in hex", { ...manifest, prev: "00".repeat(32) }, "base64", ID),
    refused(
      "a date without milliseconds",
      { ...manifest, serverDate: "2026-04-01T16:30:00Z" },
      "milliseconds exactly",
    ),
    refused(
      "a date with microseconds",
      { ...manifest, localDate: "2026-04-01T16:30:00.000000Z" },
      "milliseconds exactly",
    ),
    refused("another zone", { ...manifest, localDate: "2026-04-01T16:30:00.000+02:00" }, "UTC"),
    refused(
      "30 February",
      { ...manifest, serverDate: "2026-02-30T00:00:00.000Z" },
      "a day that exists",
    ),
    refused(
      "hour 24",
      { ...manifest, serverDate: "2026-04-01T24:00:00.000Z" },
      "an hour that exists",
    ),
    refused("a date in ms", { ...manifest, serverDate: 1775061000000 }, "a text"),
    refused("has seen itself", { ...manifest, ...seen(DEVICE, 1) }, "other devices only"),
    refused("has seen no device", { ...manifest, ...seen("me", 1) }, "16 hexadecimal digits", ID),
    refused("has seen number 0", { ...manifest, ...seen(OTHER, 0) }, "numbers begin at 1"),
    refused("has seen no hash", { ...manifest, ...seen(OTHER, 1, null) }, "a hash", ID),
    refused("has seen a list", { ...manifest, seen: [] }, "an object"),
    refused("gave up itself", { ...manifest, skipped: [2] }, "earlier numbers only"),
    refused("gave up 0", { ...manifest, skipped: [0] }, "numbers begin at 1"),
    refused("gave up out of order", { ...manifest, seq: 9, skipped: [4, 3] }, "ascending"),
    refused("gave up one twice", { ...manifest, seq: 9, skipped: [3, 3] }, "each once"),
    refused("gave up a text", { ...manifest, skipped: ["1"] }, "numbers"),
    refused("no root", { ...manifest, root: undefined }, "a version has a root", ID),
    refused("another purpose", { ...manifest, purpose: "fun" }, "one of three"),
    refused("no stats", { ...manifest, stats: undefined }, "stats are there"),
    refused("a negative count", { ...manifest, stats: { ...stats, files: -1 } }, "not negative"),
    refused("a count less", { ...manifest, stats: { ...stats, files: undefined } }, "all ten"),
    refused("a note that is null", { ...manifest, note: null }, "absent where there is none"),
    refused("indexes in hex", { ...manifest, indexes: ["00".repeat(32)] }, "base64", ID),
    refused("a pack without a size", { ...manifest, packsNew: [{ sha256: id("pack") }] }, "a size"),
    refused("retention as a list", { ...manifest, retention: [] }, "an object"),
    refused(
      "a path out among unsteady",
      { ...manifest, unsteady: ["../a"] },
      "no part is ..",
      "path-refused",
    ),
    refused(
      "UTF-8 in bytes among unsteady",
      { ...manifest, unsteady: [{ pathBytes: "YQ==" }] },
      "one form",
    ),
    refused(
      "text in an object among unsteady",
      { ...manifest, unsteady: [{ path: "a" }] },
      "one form",
    ),
    refused("a number among unsteady", { ...manifest, unsteady: [1] }, "paths"),
    refused(
      "more than bytes among unsteady",
      { ...manifest, unsteady: [{ pathBytes: base64(0xff), later: 1 }] },
      "one form",
    ),
    refusedText("the root twice", twice(manifest, `"root":"${id("x")}"`), "no name twice"),
  ],
};

const first: Members = { ...head, seq: 1, prev: null };
const record = (type: string, fields: Members = {}): Members => ({ ...head, ...fields, type });
const VERSION = `${DEVICE}-12`;
const packs = ids(2, "pack");
const gone: Members = { seq: 3, sha: id("gone"), prev: id("before"), device: DEVICE };
const key = id("public key");

export const records: VectorFile = {
  about: "the plaintext of a record (docs/format.md, 6.2 and 6.4)",
  valid: [
    valid("register", { ...first, type: "register", name: "laptop", publicKey: key }),
    valid("revoke", record("revoke", { revoked: OTHER, lastSeq: 7, lastSha: id("last") })),
    valid("beat", record("beat")),
    valid("candidates", record("candidates", { packs })),
    valid("mark", record("mark", { packs })),
    valid("sweep", record("sweep", { packs, indexes: ids(1, "index") })),
    valid("forget", record("forget", { versions: [gone], reason: "retention" })),
    valid("pin", record("pin", { version: VERSION })),
    valid("unpin", record("unpin", { version: VERSION })),
    valid("accept", record("accept", { version: VERSION })),
    valid("note", record("note", { version: VERSION, text: "the good one" })),
    valid("accept-rollback", record("accept-rollback", { what: "the bucket was restored" })),
    valid("drill", record("drill", { version: VERSION, files: 3, bytes: 40, ok: true })),
    valid("slot-removed", record("slot-removed", { slot: "00112233445566ff" })),
    valid("a type that is not known", record("dance", { steps: [1, { two: 3 }], version: 9 })),
    valid("a type that means something to JavaScript", record("constructor")),
    valid("a type called unknown", record("unknown", { name: "mark", fields: {} })),
    valid("members that are not known are kept", record("pin", { version: VERSION, later: 1 })),
    valid(
      "in a forgotten version too",
      record("forget", { versions: [{ ...gone, later: 1 }], reason: "" }),
    ),
  ],
  invalid: [
    refused("no type", head, "a record has a type"),
    refused("a type that is a number", { ...head, type: 1 }, "a text"),
    refused(
      "register later",
      record("register", { name: "laptop", publicKey: key }),
      "entry 1 alone",
    ),
    refused(
      "a short key",
      { ...first, type: "register", name: "a", publicKey: "AA==" },
      "32 bytes",
    ),
    refused(
      "a key in hex",
      { ...first, type: "register", name: "a", publicKey: "00".repeat(32) },
      "base64",
    ),
    refused("no name", { ...first, type: "register", publicKey: key }, "a device has a name"),
    refused(
      "revoke without a device",
      record("revoke", { lastSeq: 7, lastSha: id("last") }),
      "revoked",
      ID,
    ),
    refused(
      "revoke from 0",
      record("revoke", { revoked: OTHER, lastSeq: 0, lastSha: id("last") }),
      "numbers begin at 1",
    ),
    refused("mark without packs", record("mark"), "a list of packs"),
    refused("mark of no id", record("mark", { packs: ["all"] }), "pack ids", ID),
    refused("sweep without indexes", record("sweep", { packs }), "a list of indexes"),
    refused("forget as an object", record("forget", { versions: gone, reason: "" }), "a list"),
    refused(
      "forget of number 3 without prev",
      record("forget", { versions: [{ ...gone, prev: null }], reason: "" }),
      "the chain stays checkable",
    ),
    refused("forget without a reason", record("forget", { versions: [gone] }), "a reason"),
    refused("a version cut short", record("pin", { version: "0123-12" }), "a full name"),
    refused("a version with zeros", record("pin", { version: `${DEVICE}-012` }), "one form"),
    refused(
      "a version as an object",
      record("pin", { version: { device: DEVICE, seq: 12 } }),
      "a text",
    ),
    refused(
      "a drill neither good nor bad",
      record("drill", { version: VERSION, files: 3, bytes: 40, ok: 1 }),
      "true or false",
    ),
    refused(
      "a slot as a path",
      record("slot-removed", { slot: "../../../format" }),
      "16 hexadecimal digits",
    ),
    refused(
      "a broken head under an unknown type",
      { ...record("dance"), seq: 0 },
      "numbers begin at 1",
    ),
    refusedText("the type twice", twice(record("beat"), '"type":"mark"'), "no name twice"),
  ],
};
