import {
  base64,
  id,
  refused,
  refusedText,
  twice,
  valid,
  type Members,
  type VectorFile,
} from "./case.ts";

const entry = (path: string): Members => ({ path, mtime: "0", kind: "dir" });
const oddEntry = (...bytes: number[]): Members => ({
  pathBytes: base64(...bytes),
  mtime: "0",
  kind: "dir",
});
const child = (firstPath: string): Members => ({
  id: id(firstPath),
  firstPath,
  files: 3,
  bytes: 99,
});
const paths = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String(i).padStart(3, "0"));

const leaf = (...names: string[]): Members => ({ entries: names.map(entry) });
const node = (...names: string[]): Members => ({ children: names.map(child) });

export const pages: VectorFile = {
  about: "pages of the file list (docs/format.md, 5): leaves and nodes",
  valid: [
    valid("an empty workspace", leaf()),
    valid("a leaf", leaf("a", "a/b", "b")),
    valid("256 entries", leaf(...paths(256))),
    valid(
      "order by bytes: a folder's content stands behind a-b and a.b",
      leaf("a", "a-b", "a.b", "a/b", "ab"),
    ),
    valid("order by bytes, not by UTF-16", leaf("z", "é", "\uffee", "😀")),
    valid("names that are not UTF-8 among others", {
      entries: [entry("a"), oddEntry(0x61, 0x80), entry("aé"), oddEntry(0x61, 0xff), entry("b")],
    }),
    valid("a node", node("a", "b/c")),
    valid("a node of one child", node("a")),
    valid("256 children", node(...paths(256))),
    valid("a child whose first path is not UTF-8", {
      children: [{ ...child("a"), firstPath: undefined, firstPathBytes: base64(0xff) }],
    }),
    valid("members that are not known are kept", {
      children: [{ ...child("a"), later: 1 }],
      later: "2",
    }),
  ],
  invalid: [
    refused("an entry alone", entry("a"), "entries or children"),
    refused("a list", [entry("a")], "a page is an object"),
    refused("both", { ...leaf("a"), ...node("b") }, "entries or children, not both"),
    refused("a node without children", node(), "a node has children"),
    refused("257 entries", leaf(...paths(257)), "256 at most"),
    refused("257 children", node(...paths(257)), "256 at most"),
    refused("entries as an object", { entries: {} }, "a list"),
    refused("a null among entries", { entries: [null] }, "a list of entries"),
    refused("entries out of order", leaf("b", "a"), "paths ascend"),
    refused("a path twice", leaf("a", "a"), "no path twice"),
    refused("order by UTF-16", leaf("😀", "\uffee"), "order by bytes"),
    refused("order by parts", leaf("a", "a/b", "a-b"), "order by the bytes of the whole path"),
    refused(
      "odd bytes out of order",
      { entries: [oddEntry(0xff), oddEntry(0x80)] },
      "order by bytes",
    ),
    refused("children out of order", node("b", "a"), "first paths ascend"),
    refused("a child twice", node("a", "a"), "first paths ascend"),
    refused(
      "a child without an id",
      { children: [{ ...child("a"), id: undefined }] },
      "a child has an id",
      "id-malformed",
    ),
    refused(
      "a child without a path",
      { children: [{ ...child("a"), firstPath: undefined }] },
      "a child has a first path",
    ),
    refused(
      "a child with a path out",
      { children: [child("../a")] },
      "no part is ..",
      "path-refused",
    ),
    refused(
      "a count below 0",
      { children: [{ ...child("a"), files: -1 }] },
      "counts are not negative",
    ),
    refused("bytes in text", { children: [{ ...child("a"), bytes: "9" }] }, "a sum is a number"),
    refusedText("entries twice", twice(leaf("a"), '"entries":[]'), "no name twice"),
  ],
};
