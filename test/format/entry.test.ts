import { expect, test } from "vitest";
import { encodeJson, type JsonObject } from "../../src/base/canonical-json.ts";
import { parseChunkId, parseContentSha } from "../../src/base/ids.ts";
import { parseRelPath, pathBytes, textOfBytes } from "../../src/base/paths.ts";
import { decodeEntry, encodeEntry, type FileEntry } from "../../src/format/entry.ts";
import { id, ids } from "./cases/case.ts";

const file: FileEntry = {
  kind: "file",
  path: parseRelPath("a/b.md"),
  mtime: "1",
  size: 12,
  sha256: parseContentSha(id("content")),
  rule: "small",
  content: { chunks: [parseChunkId(id("chunk"))] },
  flags: [],
};

test("a name that is not UTF-8 comes back as the bytes the disk knows", () => {
  const bytes = Buffer.from([0x61, 0xff, 0x2f, 0xc3, 0xa9, 0x80]);
  const json = encodeEntry({ ...file, path: parseRelPath(textOfBytes(bytes)) });
  expect(json).toMatchObject({ pathBytes: bytes.toString("base64") });
  expect(json).not.toHaveProperty("path");
  expect(pathBytes(decodeEntry(json, "entry").path)).toEqual(bytes);
});

test("a link's text is any bytes, and not judged as a path", () => {
  const target = textOfBytes(Buffer.from([0x2f, 0x2e, 0x2e, 0xff]));
  const link = { kind: "symlink", path: file.path, mtime: "0", target } as const;
  expect(decodeEntry(encodeEntry(link), "entry")).toEqual(link);
});

test("flags have one order, however they were set", () => {
  const one = encodeEntry({ ...file, flags: ["unsteady", "sparse"] });
  const other = encodeEntry({ ...file, flags: ["sparse", "unsteady"] });
  expect(one).toEqual(other);
  expect(decodeEntry(one, "entry")).toMatchObject({ flags: ["sparse", "unsteady"] });
});

test("a flag of a later release stands apart from those we know, and is written back", () => {
  const json = encodeEntry({ ...file, flags: ["sparse"], otherFlags: ["later", "zoned"] });
  expect(json["flags"]).toEqual(["later", "sparse", "zoned"]);
  expect(decodeEntry(json, "entry")).toMatchObject({
    flags: ["sparse"],
    otherFlags: ["later", "zoned"],
  });
});

test("a member of a later release is kept and cannot take the place of one we know", () => {
  const json: JsonObject = { ...encodeEntry(file), owner: "me" };
  const entry = decodeEntry(json, "entry");
  expect(entry.other).toEqual({ owner: "me" });
  expect(encodeEntry({ ...entry, other: { owner: "me", path: "elsewhere" } })).toEqual(json);
});

test("members leave in canonical order, so that the fast way through encodeJson is taken", () => {
  const names = Object.keys(
    encodeEntry({ ...file, mode: 0o644, xattrs: { a: "" }, flags: ["sparse"] }),
  );
  expect(names).toEqual([...names].sort());
});

test("more chunks than an entry may name are our own mistake, and never written", () => {
  const content = { chunks: ids(65).map(parseChunkId) };
  expect(() => encodeEntry({ ...file, size: 65, content })).toThrow();
});

test("a name from JSON cannot reach the prototype", () => {
  const json = JSON.parse(
    '{"kind":"dir","mtime":"0","path":"a","__proto__":{"mode":511},"xattrs":{"__proto__":"AA=="}}',
  ) as JsonObject;
  const entry = decodeEntry(json, "entry");
  expect(entry.mode).toBeUndefined();
  expect(Object.getPrototypeOf(entry)).toBe(Object.prototype);
  expect(encodeJson(encodeEntry(entry))).toEqual(encodeJson(json));
});
