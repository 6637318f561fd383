/** The limits of docs/format.md §11 that hold inside documents; checked before anything is built. */

/** Entries of a leaf, children of a node, ids of an id list. */
export const MAX_PAGE_ITEMS = 256;
/** Chunks, or lists of them, that an entry names itself. */
export const MAX_IDS_IN_ENTRY = 64;
/** Chunk rows of one index file. */
export const MAX_INDEX_ROWS = 200_000;
/** Twelve digits in an entry's name. */
export const MAX_SEQ = 999_999_999_999;

export const MAX_PACK_BYTES = 64 * 2 ** 20;
export const MAX_FRAMES = 65_535;
export const MAX_FRAME_RAW_BYTES = 8 * 2 ** 20;
