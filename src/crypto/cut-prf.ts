/**
 * The keyed decisions of cutting (docs/format.md §4, §5). An unkeyed filter proposes a place and one
 * of these decides, so that chunk sizes tell an observer nothing about content they can guess.
 */
import { createCipheriv } from "node:crypto";
import type { CutPrf } from "../base/cut-rule.ts";
import { sha256 } from "../base/sha256.ts";
import { hmac } from "./derive.ts";
import type { RepositoryKey } from "./keys.ts";

/** The last byte of the HMAC keeps six bits: a group of the tree ends at one item in 64. */
const TREE_CUT_MASK = 63;

/**
 * First four bytes of AES-256 over one block of hash. Raw AES is a pseudorandom permutation, which
 * is all that is needed here; one cipher object serves for ever, because ECB has no state.
 */
export function makeCutPrf(key: RepositoryKey): CutPrf {
  const cipher = createCipheriv("aes-256-ecb", key.purpose("cut"), null).setAutoPadding(false);
  return (before) => cipher.update(sha256(before).subarray(0, 16)).readUInt32BE(0);
}

/** 0 to 63; a group ends where it is 0. */
export function makeTreeCut(key: RepositoryKey): (bytes: Uint8Array) => number {
  const treeCutKey = key.purpose("tree-cut");
  return (bytes) => hmac(treeCutKey, bytes).readUInt8(31) & TREE_CUT_MASK;
}
