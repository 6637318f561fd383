import { describe, expect, test } from "vitest";
import { decodeCanonicalJson, encodeJson, type JsonObject } from "../../src/base/canonical-json.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import { parseDeviceId, parseEntrySha } from "../../src/base/ids.ts";
import { textOfBytes } from "../../src/base/paths.ts";
import { decodeLogEntry, encodeLogEntry, type LogEntry } from "../../src/format/log-entry.ts";
import { manifests, records } from "./cases/log.ts";
import { id, type VectorFile } from "./cases/case.ts";

const bytesOf = ({ valid }: VectorFile, name: string): Buffer =>
  Buffer.from(valid.find((each) => each.name === name)!.text);

const json = (file: VectorFile, name: string): JsonObject =>
  decodeCanonicalJson(bytesOf(file, name), name) as JsonObject;

const record = (name: string): LogEntry => decodeLogEntry("r", bytesOf(records, name), name);
const version = (name: string): LogEntry => decodeLogEntry("v", bytesOf(manifests, name), name);

test("the letter of its name says what an entry is, not its content", () => {
  expect(() => decodeLogEntry("v", bytesOf(records, "beat"), "a")).toThrow(IntegrityError);
  expect(() => decodeLogEntry("r", bytesOf(manifests, "a version"), "a")).toThrow(IntegrityError);
  const both = encodeJson({ ...json(manifests, "a version"), type: "beat" });
  expect(decodeLogEntry("v", both, "a")).toMatchObject({
    kind: "version",
    other: { type: "beat" },
  });
  expect(decodeLogEntry("r", both, "a")).toMatchObject({ kind: "record", body: { type: "beat" } });
});

describe("a record of a type that this release does not know", () => {
  test("is kept whole and can be shown", () => {
    expect(record("a type that is not known")).toMatchObject({
      kind: "record",
      body: {
        type: "unknown",
        name: "dance",
        fields: { steps: [1, { two: 3 }], version: 9 },
      },
    });
  });

  test("is never taken for a known one, whatever its fields say", () => {
    const { body } = record("a type called unknown") as Extract<LogEntry, { kind: "record" }>;
    expect(body).toEqual({
      type: "unknown",
      name: "unknown",
      fields: { name: "mark", fields: {} },
    });
  });
});

test("a revoke names the device it revokes beside the one that wrote it", () => {
  const revoke = record("revoke");
  expect(revoke).toMatchObject({
    device: "0123456789abcdef",
    body: { type: "revoke", device: "fedcba9876543210", lastSeq: 7 },
  });
  expect(json(records, "revoke")).toMatchObject({ revoked: "fedcba9876543210" });
});

test("versions are named in records as people name them", () => {
  const version = { device: parseDeviceId("0123456789abcdef"), seq: 12 };
  expect(record("pin")).toMatchObject({ body: { type: "pin", version } });
});

test("entry 1 has no predecessor, and in the JSON says so", () => {
  const first = record("register");
  expect(first).toMatchObject({ seq: 1, prev: null });
  expect(json(records, "register")["prev"]).toBeNull();
});

test("a path that would not hold still may have any bytes", () => {
  expect(version("files that would not hold still")).toMatchObject({
    unsteady: ["a/log", textOfBytes(Buffer.from([0xff]))],
  });
});

test("what other devices wrote is found by device", () => {
  const { seen } = version("other devices");
  expect(seen[parseDeviceId("fedcba9876543210")]).toEqual({
    seq: 999_999_999_999,
    sha: parseEntrySha(id("seen")),
  });
});

test("a device called __proto__ is refused, not set", () => {
  const text = bytesOf(manifests, "other devices").toString();
  const bytes = Buffer.from(text.replace('"fedcba9876543210":', '"__proto__":'));
  expect(() => decodeLogEntry("v", bytes, "a")).toThrow(IntegrityError);
});

test("what a merge or a cache writes again is the entry that was signed", () => {
  for (const file of [manifests, records]) {
    for (const { text } of file.valid) {
      const letter = file === manifests ? "v" : "r";
      expect(encodeLogEntry(decodeLogEntry(letter, Buffer.from(text), "a")).toString()).toBe(text);
    }
  }
});
