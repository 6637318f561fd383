/** Anything the format can say, for properties. Names come in every form a disk can have. */
import fc from "fast-check";
import { toBase64 } from "../../src/base/bytes.ts";
import type { JsonObject } from "../../src/base/canonical-json.ts";
import { CUT_RULES } from "../../src/base/cut-rule.ts";
import {
  chunkIdOf,
  parseContentSha,
  parseDeviceId,
  parseEntrySha,
  parseIndexId,
  parsePackId,
} from "../../src/base/ids.ts";
import type { FrameRow } from "../../src/base/pack-table.ts";
import { comparePaths, parseRelPath, textOfBytes, type RelPath } from "../../src/base/paths.ts";
import { FILE_FLAGS, type Entry, type FileContent } from "../../src/format/entry.ts";
import type { IndexedPack, IndexFile } from "../../src/format/index-file.ts";
import type { LogRecord, Manifest, RecordBody } from "../../src/format/log-entry.ts";
import type { TreePage } from "../../src/format/tree.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const chunkId = bytes32.map(chunkIdOf);
const packId = bytes32.map((bytes) => parsePackId(toBase64(bytes)));
const indexId = bytes32.map((bytes) => parseIndexId(toBase64(bytes)));
const entrySha = bytes32.map((bytes) => parseEntrySha(toBase64(bytes)));
const contentSha = bytes32.map((bytes) => parseContentSha(toBase64(bytes)));
const base64 = fc.uint8Array({ maxLength: 40 }).map(toBase64);
const text = fc.string({ unit: "binary", maxLength: 20 });
const count = fc.maxSafeNat();
const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 });
const hex16 = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((raw) => Buffer.from(raw).toString("hex"));
const device = hex16.map(parseDeviceId);

const part = fc
  .oneof(text, bytes.map(textOfBytes), fc.constantFrom("a", "é", "\uffee", "😀", "..."))
  .map((name) => name.replaceAll(/[/\0]/g, "_"))
  .filter((name) => name !== "" && name !== "." && name !== "..");

export const relPath: fc.Arbitrary<RelPath> = fc
  .array(part, { minLength: 1, maxLength: 3 })
  .map((parts) => parseRelPath(parts.join("/")));

/** Names that no structure has, so that they are unknown everywhere; `__proto__` among them. */
const other = fc.dictionary(
  fc.oneof(
    text.map((name) => `x${name}`),
    fc.constantFrom("__proto__", "constructor", "10", "9"),
  ),
  fc.jsonValue({ depthSize: "small", noUnicodeString: false }).map(integersOnly),
  { minKeys: 1, maxKeys: 3 },
) as fc.Arbitrary<JsonObject>;

const optional = <Value>(name: string, value: fc.Arbitrary<Value>): fc.Arbitrary<object> =>
  fc.option(value, { nil: undefined }).map((each) => (each === undefined ? {} : { [name]: each }));

function integersOnly(value: unknown): unknown {
  const shown = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "number" ? Math.trunc(each % 2 ** 53) + 0 : each,
  );
  return JSON.parse(shown.toWellFormed()) as unknown;
}

const merged = <Result extends object>(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<Result> =>
  fc.tuple(...parts).map((each) => Object.assign({}, ...each) as Result);

const content: fc.Arbitrary<FileContent> = fc
  .tuple(
    fc.constantFrom("chunks", "chunkLists", "chunkListLists"),
    fc.array(chunkId, { minLength: 1, maxLength: 64 }),
  )
  .map(([form, ids]) => ({ [form]: ids }) as unknown as FileContent);

const base = merged(
  fc.record({
    path: relPath,
    mtime: fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n }).map(String),
  }),
  optional("mode", fc.integer({ min: 0, max: 0o7777 })),
  optional("xattrs", fc.dictionary(text, base64, { minKeys: 1, maxKeys: 3 })),
  optional("other", other),
);

const file = merged(
  base,
  fc.record({
    kind: fc.constant("file"),
    size: fc.integer({ min: 64, max: Number.MAX_SAFE_INTEGER }),
    sha256: contentSha,
    rule: fc.constantFrom(...CUT_RULES),
    content,
    flags: fc.subarray([...FILE_FLAGS]),
  }),
  optional(
    "otherFlags",
    fc
      .uniqueArray(
        text.map((flag) => `x${flag}`),
        { minLength: 1, maxLength: 3 },
      )
      .map((flags) => flags.sort(comparePaths)),
  ),
);

const linkText = fc
  .oneof(text, bytes.map(textOfBytes))
  .map((target) => target.replaceAll("\0", "_"))
  .filter((target) => target !== "");

export const entry: fc.Arbitrary<Entry> = fc.oneof(
  file,
  merged(base, fc.record({ kind: fc.constant("dir") })),
  merged(base, fc.record({ kind: fc.constant("symlink"), target: linkText })),
  merged<Entry>(base, fc.record({ kind: fc.constant("hardlink"), target: relPath })).filter(
    (each) => each.kind === "hardlink" && comparePaths(each.target, each.path) < 0,
  ),
) as fc.Arbitrary<Entry>;

const sorted = <Item>(
  item: fc.Arbitrary<Item>,
  path: (item: Item) => RelPath,
  least: number,
): fc.Arbitrary<Item[]> =>
  fc
    .uniqueArray(item, { selector: path, minLength: least, maxLength: 20 })
    .map((items) => items.sort((left, right) => comparePaths(path(left), path(right))));

const child = merged<Extract<TreePage, { kind: "node" }>["children"][number]>(
  fc.record({ bytes: count, files: count, firstPath: relPath, id: chunkId }),
  optional("other", other),
);

export const page: fc.Arbitrary<TreePage> = fc.oneof(
  merged<TreePage>(
    fc.record({ kind: fc.constant("leaf"), entries: sorted(entry, ({ path }) => path, 0) }),
    optional("other", other),
  ),
  merged<TreePage>(
    fc.record({
      kind: fc.constant("node"),
      children: sorted(child, ({ firstPath }) => firstPath, 1),
    }),
    optional("other", other),
  ),
);

export const idList = fc.array(chunkId, { minLength: 1, maxLength: 256 });

const date = fc
  .date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((each) => each.toISOString());
const seq = fc.integer({ min: 2, max: 999_999_999_999 });

const SELF = parseDeviceId("0123456789abcdef");

const head = merged(
  fc.record({
    device: fc.constant(SELF),
    localDate: date,
    prev: entrySha,
    seen: fc.dictionary(
      hex16.filter((each) => each !== SELF),
      merged(fc.record({ seq, sha: entrySha }), optional("other", other)),
      { maxKeys: 3 },
    ),
    seq: fc.integer({ min: 1000, max: 999_999_999_999 }),
    serverDate: date,
    skipped: fc
      .uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 5 })
      .map((numbers) => numbers.sort((left, right) => left - right)),
  }),
);

const STATS = [
  ...["added", "bytes", "changed", "compressionSavedBytes", "dedupSavedBytes"],
  ...["durationMs", "files", "newBytes", "removed", "storedBytes"],
];

export const manifest: fc.Arbitrary<Manifest> = merged(
  head,
  fc.record({
    kind: fc.constant("version"),
    indexes: fc.array(indexId, { maxLength: 3 }),
    packsNew: fc.array(
      merged(fc.record({ sha256: packId, size: count }), optional("other", other)),
      { maxLength: 3 },
    ),
    purpose: fc.constantFrom("backup", "checkpoint", "safety"),
    retention: other,
    root: chunkId,
    stats: merged(
      fc.record(Object.fromEntries(STATS.map((name) => [name, count]))),
      optional("other", other),
    ),
    tool: text,
    unsteady: fc.array(relPath, { maxLength: 3 }),
    workspaceHint: text,
  }),
  optional("note", text),
  optional("suspicious", fc.record({ reasons: fc.array(text, { maxLength: 3 }) })),
  optional("other", other),
);

const version = fc.record({ device, seq });
const packs = fc.array(packId, { maxLength: 3 });

const body = fc.oneof(
  fc.record({ type: fc.constant("revoke"), device, lastSeq: seq, lastSha: entrySha }),
  fc.record({ type: fc.constant("beat") }),
  fc.record({ type: fc.constantFrom("candidates", "mark"), packs }),
  fc.record({ type: fc.constant("sweep"), packs, indexes: fc.array(indexId, { maxLength: 3 }) }),
  fc.record({
    type: fc.constant("forget"),
    versions: fc.array(
      merged(fc.record({ device, prev: entrySha, seq, sha: entrySha }), optional("other", other)),
      { maxLength: 3 },
    ),
    reason: text,
  }),
  fc.record({ type: fc.constantFrom("pin", "unpin", "accept"), version }),
  fc.record({ type: fc.constant("note"), version, text }),
  fc.record({ type: fc.constant("accept-rollback"), what: text }),
  fc.record({ type: fc.constant("drill"), version, files: count, bytes: count, ok: fc.boolean() }),
  fc.record({ type: fc.constant("slot-removed"), slot: hex16 }),
  fc.record({
    type: fc.constant("unknown"),
    name: text.map((name) => `x${name}`),
    fields: fc.oneof(other, fc.constant({})),
  }),
) as fc.Arbitrary<RecordBody>;

/** What an unknown type does not know is already in its `fields`. */
export const record: fc.Arbitrary<LogRecord> = fc
  .tuple(head, body, optional("other", other))
  .map(([first, said, unknown]) => {
    const rest = said.type === "unknown" ? {} : unknown;
    return { ...first, kind: "record", body: said, ...rest } as LogRecord;
  });

/** Frames one behind the other, chunks inside them, a pack that is large enough for all of it. */
const pack: fc.Arbitrary<IndexedPack> = fc
  .record({
    id: packId,
    kind: fc.constantFrom(1 as const, 2 as const),
    salt: bytes32.map(toBase64),
    commit: bytes32.map(toBase64),
    rawLengths: fc.array(fc.integer({ min: 2, max: 2 ** 20 }), { maxLength: 5 }),
    codec: fc.constantFrom(0 as const, 1 as const),
    chunkIds: fc.array(chunkId, { maxLength: 5 }),
    padding: fc.nat(10_000),
    unknown: optional("other", other),
  })
  .map(({ rawLengths, codec, chunkIds, padding, unknown, ...fixed }) => {
    let offset = 71;
    const frames: FrameRow[] = rawLengths.map((rawLength) => {
      const length = codec === 0 ? rawLength + 16 : Math.ceil(rawLength / 2) + 16;
      offset += length;
      return { codec, offset: offset - length, length, rawLength };
    });
    const chunks = frames.flatMap(({ rawLength }, frame) =>
      chunkIds.map((id, i) => ({ id, frame, start: i % rawLength, length: 1 })),
    );
    const size = offset + frames.length * 13 + chunks.length * 44 + 48 + padding;
    return { ...fixed, size, frames, chunks, ...unknown };
  });

export const indexFile: fc.Arbitrary<IndexFile> = merged(
  fc.record({
    packs: fc.array(pack, { maxLength: 3 }),
    supersedes: fc.array(indexId, { maxLength: 3 }),
  }),
  optional("other", other),
);
