/** How we know that a file is unchanged without opening it. */
import type { BigIntStats } from "node:fs";

/**
 * The kernel's clock for these times moves in steps of some milliseconds. A file that is written
 * twice within one step, to the same size, keeps its signature; whoever remembers signatures must
 * not trust one whose times are about as young as the moment it was taken.
 */
export interface FileSignature {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
}

export function signatureOf(stat: BigIntStats): FileSignature {
  const { size, mtimeNs, ctimeNs, ino } = stat;
  return { size: Number(size), mtimeNs, ctimeNs, inode: ino };
}

export function signatureText({ size, mtimeNs, ctimeNs, inode }: FileSignature): string {
  return [size, mtimeNs, ctimeNs, inode].join(":");
}

export function sameSignature(left: FileSignature, right: FileSignature): boolean {
  return signatureText(left) === signatureText(right);
}

export const PERMISSIONS = 0o7777;
