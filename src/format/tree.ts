/**
 * Pages of the file list (docs/format.md §5): a leaf of entries or a node of children, and the lists
 * of raw ids in which the chunks of a large file stand.
 *
 * Invariant: paths ascend strictly within a page, so no path stands twice and a search can halve it.
 */
import assert from "node:assert/strict";
import {
  decodeCanonicalJson,
  encodeJson,
  type Json,
  type JsonObject,
} from "../base/canonical-json.ts";
import { chunkIdOf, idBytes, parseChunkId, type ChunkId } from "../base/ids.ts";
import { comparePaths, parseRelPath, type RelPath } from "../base/paths.ts";
import { decodeEntry, encodeEntry, type Entry } from "./entry.ts";
import { MAX_PAGE_ITEMS } from "./limits.ts";
import { Fields, malformed, nameField, type Extensible } from "./shape.ts";

export type TreePage = Leaf | Node;

export interface Leaf extends Extensible {
  readonly kind: "leaf";
  readonly entries: readonly Entry[];
}

export interface Node extends Extensible {
  readonly kind: "node";
  readonly children: readonly TreeChild[];
}

export interface TreeChild extends Extensible {
  /** Sizes of the files below it, added up. */
  readonly bytes: number;
  /** Entries of kind file below it. */
  readonly files: number;
  readonly firstPath: RelPath;
  readonly id: ChunkId;
}

export function encodePage(page: TreePage): Buffer {
  const paths = page.kind === "leaf" ? page.entries.map(pathOf) : page.children.map(firstPathOf);
  assert(paths.length <= MAX_PAGE_ITEMS && isAscending(paths), "a page holds 256 paths in order");
  return encodeJson(
    page.kind === "leaf"
      ? { ...page.other, entries: page.entries.map(encodeEntry) }
      : { ...page.other, children: page.children.map(encodeChild) },
  );
}

export function decodePage(bytes: Uint8Array, what: string): TreePage {
  const fields = new Fields(decodeCanonicalJson(bytes, what), what);
  if (fields.has("entries") === fields.has("children")) {
    throw fields.refusal('it has both "entries" and "children", or neither');
  }
  return fields.has("entries") ? decodeLeaf(fields, what) : decodeNode(fields, what);
}

export function encodeIdList(ids: readonly ChunkId[]): Buffer {
  assert(ids.length >= 1 && ids.length <= MAX_PAGE_ITEMS);
  return Buffer.concat(ids.map(idBytes));
}

export function decodeIdList(bytes: Uint8Array, what: string): ChunkId[] {
  const count = bytes.length / ID_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_PAGE_ITEMS) {
    throw malformed(what, "it is not a list of up to 256 ids");
  }
  return Array.from({ length: count }, (_, i) =>
    chunkIdOf(bytes.subarray(i * ID_BYTES, (i + 1) * ID_BYTES)),
  );
}

const ID_BYTES = 32;

function encodeChild({ bytes, files, firstPath, id, other }: TreeChild): JsonObject {
  return { ...other, bytes, files, ...nameField("firstPath", firstPath), id };
}

function decodeLeaf(fields: Fields, what: string): Leaf {
  const entries = fields.listOf("entries", (json) => decodeEntry(json, what), MAX_PAGE_ITEMS);
  if (!isAscending(entries.map(pathOf))) throw fields.refusal("its entries are out of order");
  return { kind: "leaf", entries, ...fields.rest() };
}

function decodeNode(fields: Fields, what: string): Node {
  const children = fields.listOf("children", (json) => decodeChild(json, what), MAX_PAGE_ITEMS);
  if (children.length === 0) throw fields.refusal("a node has no children");
  if (!isAscending(children.map(firstPathOf)))
    throw fields.refusal("its children are out of order");
  return { kind: "node", children, ...fields.rest() };
}

function decodeChild(json: Json, what: string): TreeChild {
  const fields = new Fields(json, what);
  return {
    bytes: fields.count("bytes"),
    files: fields.count("files"),
    firstPath: parseRelPath(fields.name("firstPath")),
    id: parseChunkId(fields.take("id")),
    ...fields.rest(),
  };
}

const pathOf = ({ path }: Entry): RelPath => path;
const firstPathOf = ({ firstPath }: TreeChild): RelPath => firstPath;

function isAscending(paths: readonly RelPath[]): boolean {
  let previous: RelPath | undefined;
  for (const path of paths) {
    if (previous !== undefined && comparePaths(previous, path) >= 0) return false;
    previous = path;
  }
  return true;
}
