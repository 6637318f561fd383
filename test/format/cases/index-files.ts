import {
  id,
  ids,
  refused,
  refusedText,
  twice,
  valid,
  type Members,
  type VectorFile,
} from "./case.ts";

const raw: Members = { rawLength: 100, offset: 71, length: 116, codec: 0 };
const packed: Members = { rawLength: 5000, offset: 187, length: 1016, codec: 1 };
const chunk: Members = { start: 0, length: 60, id: id("chunk"), frame: 0 };
const pack: Members = {
  size: 2048,
  sha256: id("pack"),
  salt: id("salt"),
  kind: 1,
  frames: [raw, packed],
  commit: id("commit"),
  chunks: [
    chunk,
    { ...chunk, start: 60, length: 40 },
    { ...chunk, frame: 1, start: 4999, length: 1 },
  ],
};

const index = (change: Members = {}): Members => ({
  supersedes: [],
  packs: [{ ...pack, ...change }],
});
const frames = (...rows: unknown[]): Members => index({ frames: rows, chunks: [] });
const chunks = (...rows: unknown[]): Members => index({ chunks: rows });

const MIB = 2 ** 20;
const ID = "id-malformed";

/** Exactly the frames, the table and the tail: 71 + 116 + 1016, 2 × 13 + 3 × 44 + 16, 32. */
const SMALLEST = 71 + 116 + 1016 + 26 + 132 + 16 + 32;

export const indexFiles: VectorFile = {
  about: "the plaintext of an index file (docs/format.md, 7)",
  valid: [
    valid("nothing", { supersedes: [], packs: [] }),
    valid("a pack", index()),
    valid("a pack of the file list", index({ kind: 2 })),
    valid("a pack without padding", index({ size: SMALLEST })),
    valid("a pack without chunks", index({ frames: [], chunks: [] })),
    valid("the same pack twice", { supersedes: [], packs: [pack, pack] }),
    valid("others are superseded", { supersedes: ids(3, "index"), packs: [] }),
    valid("members that are not known are kept", { ...index({ later: 1 }), later: [] }),
    valid("a frame of 8 MiB", frames({ rawLength: 8 * MIB, offset: 71, length: 17, codec: 1 })),
  ],
  invalid: [
    refused("a list", [pack], "an index is an object"),
    refused("no packs", { supersedes: [] }, "a list of packs"),
    refused("no supersedes", { packs: [] }, "a list of indexes"),
    refused("a null for a pack", { supersedes: [], packs: [null] }, "packs are objects"),
    refused("an id that is none", { supersedes: ["x"], packs: [] }, "index ids", ID),
    refused("kind 3", index({ kind: 3 }), "kinds 1 and 2 have chunks"),
    refused("kind 0", index({ kind: 0 }), "kinds 1 and 2 have chunks"),
    refused("a pack over 64 MiB", index({ size: 64 * MIB + 1 }), "64 MiB at most"),
    refused(
      "a pack too small for its table",
      index({ size: SMALLEST - 1 }),
      "what it holds has a size",
    ),
    refused("a salt in hex", index({ salt: "00".repeat(32) }), "base64 of 32 bytes"),
    refused("a short commitment", index({ commit: "AA==" }), "base64 of 32 bytes"),
    refused("no id", index({ sha256: undefined }), "a pack has an id", ID),
    refused("a frame too early", frames({ ...raw, offset: 70 }), "the first begins at 71"),
    refused("a frame too late", frames({ ...raw, offset: 72 }), "the first begins at 71"),
    refused("a gap", frames(raw, { ...packed, offset: 188 }), "frames are contiguous"),
    refused("an overlap", frames(raw, { ...packed, offset: 186 }), "frames are contiguous"),
    refused("frames out of order", frames(packed, raw), "offsets ascend"),
    refused("an unknown codec", frames({ ...raw, codec: 2 }), "codec 0 or 1"),
    refused(
      "a raw frame of another length",
      frames({ ...raw, rawLength: 99 }),
      "raw is rawLength + 16",
    ),
    refused(
      "a frame that is only a tag",
      frames({ ...raw, codec: 1, length: 16 }),
      "a frame has content",
    ),
    refused(
      "a frame of nothing",
      frames({ ...raw, rawLength: 0, length: 16 }),
      "a frame has content",
    ),
    refused(
      "a frame over 8 MiB",
      frames({ ...packed, offset: 71, rawLength: 8 * MIB + 1 }),
      "8 MiB at most",
    ),
    refused("a frame row in text", frames({ ...raw, offset: "71" }), "integers"),
    refused("a frame row as a list", frames([0, 116, 71, 100]), "an object"),
    refused("a frame row with more", frames({ ...raw, later: 1 }), "four members"),
    refused("a frame row with less", frames({ ...raw, codec: undefined }), "four members"),
    refused("a chunk in no frame", chunks({ ...chunk, frame: 2 }), "a frame of this pack"),
    refused("a chunk in frame -1", chunks({ ...chunk, frame: -1 }), "a frame of this pack"),
    refused("a chunk in frame length", chunks({ ...chunk, frame: "length" }), "a number"),
    refused("a chunk that ends outside", chunks({ ...chunk, start: 41 }), "inside the frame"),
    refused(
      "a chunk that begins outside",
      chunks({ ...chunk, start: 100, length: 1 }),
      "inside the frame",
    ),
    refused("a chunk of nothing", chunks({ ...chunk, length: 0 }), "a chunk has a byte"),
    refused("a chunk before its frame", chunks({ ...chunk, start: -1 }), "inside the frame"),
    refused(
      "a sum beyond the numbers",
      chunks({ ...chunk, start: 2 ** 53 - 1, length: 2 ** 53 - 1 }),
      "inside the frame",
    ),
    refused("a chunk without an id", chunks({ ...chunk, id: null }), "a chunk has an id", ID),
    refused("a chunk row with more", chunks({ ...chunk, later: 1 }), "four members"),
    refusedText("packs twice", twice(index(), '"packs":[]'), "no name twice"),
  ],
};
