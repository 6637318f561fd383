/**
 * Names in a folder. Text is cheap, so bytes are asked for only where a listing shows U+FFFD, the
 * sign that a name was not UTF-8; such names keep their odd bytes as surrogates (base/paths.ts).
 */
import { readdirSync } from "node:fs";
import type { DiskPath } from "../base/disk.ts";
import { comparePaths, textOfBytes } from "../base/paths.ts";

export interface Named {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

/** In no particular order. A folder that is not there or refuses throws the system's error. */
export function namesIn(folder: DiskPath): Named[] {
  const listed = readdirSync(folder, { withFileTypes: true });
  if (!listed.some(({ name }) => name.includes("\ufffd"))) {
    return listed.map((entry) => named(entry.name, entry));
  }
  const exact = readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
  return exact.map((entry) => named(textOfBytes(entry.name), entry));
}

/** Sorts in place, by bytes. The built-in order is that order, and faster, but for surrogates. */
export function sortNames(names: string[]): string[] {
  const plain = names.every((name) => !/[\ud800-\udfff]/.test(name));
  return plain ? names.sort() : names.sort(comparePaths);
}

function named(name: string, kind: { isDirectory(): boolean; isFile(): boolean }): Named {
  return { name, isFolder: kind.isDirectory(), isFile: kind.isFile() };
}
