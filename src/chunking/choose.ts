/**
 * Which rule cuts a file (docs/format.md §4). By the bytes that are there now and nothing else: not
 * by name, and not by how it was cut last time, so that two devices cut the same file alike.
 */
import type { CutRule } from "../base/cut-rule.ts";
import { SMALL_FILE_BYTES } from "./rules.ts";

/** How much of a file's beginning is looked at. */
export const HEAD_BYTES = 8192;

const SQLITE_MAGIC = Buffer.from("SQLite format 3\0", "latin1");

/** `head`: the file's first `HEAD_BYTES`, or all of it when it is shorter. */
export function chooseRule(head: Uint8Array, size: number): CutRule {
  if (size <= SMALL_FILE_BYTES) return "small";
  if (SQLITE_MAGIC.equals(head.subarray(0, SQLITE_MAGIC.length))) return "sqlite";
  return head.subarray(0, HEAD_BYTES).includes(0) ? "other" : "text";
}
