/** How a file's content was cut into chunks (docs/format.md §4). */
export const CUT_RULES = ["small", "sqlite", "text", "other"] as const;
export type CutRule = (typeof CUT_RULES)[number];

/** Decides at a proposed place: the first four bytes of a keyed function of the 1,024 bytes before it. */
export type CutPrf = (before: Uint8Array) => number;
