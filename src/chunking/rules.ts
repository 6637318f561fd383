/**
 * What each cut rule means in numbers (docs/format.md §4).
 *
 * Invariant: the numbers never change. Another number is another rule: a file cut twice, before and
 * after, would share no chunk, and every bucket would be uploaded anew.
 */
import type { CutRule } from "../base/cut-rule.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** A file up to here is one chunk, whatever it holds. */
export const SMALL_FILE_BYTES = 64 * KIB;

/** Pages of a fixed size, as a database writes them. */
export interface PageCut {
  readonly kind: "pages";
  readonly pageBytes: number;
}

/** Cut where the content says so. One place in 2^filterBits is proposed. */
export interface ContentCut {
  readonly kind: "content";
  readonly minBytes: number;
  readonly averageBytes: number;
  readonly maxBytes: number;
  readonly filterBits: number;
}

/** A small file is a page that is never full: the same code, and no way to exceed the limit. */
const SMALL: PageCut = { kind: "pages", pageBytes: SMALL_FILE_BYTES };

const SQLITE: PageCut = { kind: "pages", pageBytes: 16 * KIB };

/** Over this, small pages cost more in the index than they save in the bucket. */
const BIG_SQLITE_FILE_BYTES = GIB;
const BIG_SQLITE: PageCut = { kind: "pages", pageBytes: 64 * KIB };

const TEXT: ContentCut = {
  kind: "content",
  minBytes: 32 * KIB,
  averageBytes: 64 * KIB,
  maxBytes: 256 * KIB,
  filterBits: 12,
};

const OTHER: ContentCut = {
  kind: "content",
  minBytes: 512 * KIB,
  averageBytes: MIB,
  maxBytes: 4 * MIB,
  filterBits: 15,
};

export function cutFor(rule: CutRule, fileSize: number): PageCut | ContentCut {
  switch (rule) {
    case "small":
      return SMALL;
    case "sqlite":
      return fileSize > BIG_SQLITE_FILE_BYTES ? BIG_SQLITE : SQLITE;
    case "text":
      return TEXT;
    case "other":
      return OTHER;
  }
}
