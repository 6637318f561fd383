/** A folder tree as data, byte for byte, so that two of them can be compared with one `toEqual`. */
import { lstatSync, lutimesSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sha256 } from "../../src/base/sha256.ts";

export interface Seen {
  readonly kind: string;
  readonly content: string;
  readonly mode: number;
  /** In microseconds: what node can set. */
  readonly mtimeUs: bigint;
  /** The first of the names that are one file. */
  readonly sameAs?: string;
}

/** Names are latin1, one character a byte, so that odd ones are seen too. */
export function treeOf(root: string): Record<string, Seen> {
  const tree: Record<string, Seen> = {};
  look(Buffer.from(root), "", { tree, inodes: new Map() });
  return tree;
}

/** Only names and what is in them. */
export function contentsOf(root: string): Record<string, string> {
  const files = Object.entries(treeOf(root)).filter(([, { kind }]) => kind !== "dir");
  return Object.fromEntries(files.map(([name, { content }]) => [name, content]));
}

interface Found {
  readonly tree: Record<string, Seen>;
  readonly inodes: Map<bigint, string>;
}

function look(folder: Buffer, prefix: string, found: Found): void {
  const names = readdirSync(folder, { encoding: "buffer" }).sort((a, b) => a.compare(b));
  for (const bytes of names) {
    const path = Buffer.concat([folder, Buffer.from("/"), bytes]);
    const name = prefix + bytes.toString("latin1");
    found.tree[name] = seenAt(path, name, found);
    if (found.tree[name].kind === "dir") look(path, `${name}/`, found);
  }
}

function seenAt(path: Buffer, name: string, { inodes }: Found): Seen {
  const stat = lstatSync(path, { bigint: true });
  const seen = { mode: Number(stat.mode) & 0o7777, mtimeUs: (stat.mtimeNs + 500n) / 1000n };
  if (stat.isDirectory()) return { kind: "dir", content: "", ...seen };
  if (stat.isSymbolicLink()) {
    return { kind: "symlink", content: readlinkSync(path, "latin1"), ...seen };
  }
  const first = inodes.get(stat.ino);
  inodes.set(stat.ino, first ?? name);
  const bytes = readFileSync(path);
  const content = bytes.length < 200 ? bytes.toString("latin1") : sha256(bytes).toString("hex");
  return { kind: "file", content, ...seen, ...(first === undefined ? {} : { sameAs: first }) };
}

/**
 * Gives everything a time in whole milliseconds, links included. node sets times 120 ns off at most,
 * so these come back the same in microseconds.
 */
export function roundTimes(root: string): void {
  for (const name of Object.keys(treeOf(root)).reverse()) {
    const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);
    const seconds =
      Math.round(Number(lstatSync(path, { bigint: true }).mtimeNs / 1_000_000n)) / 1000;
    // As text, because node takes a negative number for "now".
    lutimesSync(path, String(seconds), String(seconds));
  }
}
