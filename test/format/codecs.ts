/** Every JSON structure of the format as "bytes in, bytes out", for vectors, properties and fuzzing. */
import { decodeCanonicalJson, encodeJson } from "../../src/base/canonical-json.ts";
import { decodeEntry, encodeEntry } from "../../src/format/entry.ts";
import { decodeIndexFile, encodeIndexFile } from "../../src/format/index-file.ts";
import { decodeLogEntry, encodeLogEntry } from "../../src/format/log-entry.ts";
import { decodePage, encodePage } from "../../src/format/tree.ts";

const WHAT = "a test document";

/** Decodes and encodes again. */
export type Recode = (bytes: Uint8Array) => Buffer;

export const recoders = {
  "canonical-json": (bytes) => encodeJson(decodeCanonicalJson(bytes, WHAT)),
  entry: (bytes) => encodeJson(encodeEntry(decodeEntry(decodeCanonicalJson(bytes, WHAT), WHAT))),
  "index-file": (bytes) => encodeIndexFile(decodeIndexFile(bytes, WHAT)),
  manifest: (bytes) => encodeLogEntry(decodeLogEntry("v", bytes, WHAT)),
  page: (bytes) => encodePage(decodePage(bytes, WHAT)),
  record: (bytes) => encodeLogEntry(decodeLogEntry("r", bytes, WHAT)),
} satisfies Record<string, Recode>;
