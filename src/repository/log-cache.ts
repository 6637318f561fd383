/** The verified log entries, kept on this machine, sealed: a run reads only what is new. */
import type { Json } from "../base/canonical-json.ts";

import { EngineError } from "../base/errors.ts";
import { parseEntrySha } from "../base/ids.ts";
import { decodeLogEntry, encodeLogEntry } from "../format/log-entry.ts";
import { parseEntryName } from "../format/names.ts";
import { Fields, isList } from "../format/shape.ts";
import { loadDocument, saveDocument } from "../state/local-document.ts";
import type { Context } from "./context.ts";
import { LogBook, type KnownEntry } from "./log-book.ts";
import type { Keys } from "./keys.ts";

const DOCUMENT = "log";

/** An empty book where nothing is kept, or what is kept is not ours: the store has it all. */
export function loadBook({ disk, state }: Context, { localSeal }: Keys): LogBook {
  const book = new LogBook();
  const rows = loadDocument(disk, state.logCache, DOCUMENT, localSeal);
  if (!isList(rows)) return book;
  try {
    for (const row of rows) book.add(decodeRow(row));
    return book;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return new LogBook();
  }
}

export function saveBook({ disk, state }: Context, { localSeal }: Keys, book: LogBook): void {
  const rows = book.devices.flatMap((device) => book.allOf(device)).map(encodeRow);
  saveDocument(disk, state.logCache, DOCUMENT, rows, localSeal);
}

function encodeRow({ name, sha, entry }: KnownEntry): Json {
  return { name, sha, text: encodeLogEntry(entry).toString("utf8") };
}

function decodeRow(row: Json): KnownEntry {
  const fields = new Fields(row, DOCUMENT);
  const at = parseEntryName(fields.text("name"));
  if (at === undefined) throw fields.refusal("a name that no entry has");
  const entry = decodeLogEntry(at.kind, Buffer.from(fields.text("text")), at.name);
  return { name: at.name, sha: parseEntrySha(fields.text("sha")), entry };
}
