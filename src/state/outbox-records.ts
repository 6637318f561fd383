/** What the outbox's journal says, and what follows from it: the state of everything that waits. */
import type { Json } from "../base/canonical-json.ts";
import { IntegrityError } from "../base/errors.ts";
import { parseEntrySha, parsePackId, type EntrySha, type PackId } from "../base/ids.ts";
import type { PackTable } from "../base/pack-table.ts";
import { Fields } from "./fields.ts";
import type { RecordCodec } from "./journal.ts";
import { decodePackNote, encodePackNote } from "./pack-note.ts";

export interface NotedEntry {
  readonly name: string;
  readonly sha: EntrySha;
  readonly seq: number;
  readonly size: number;
}

export type OutboxRecord =
  | { readonly type: "ready"; readonly table: PackTable; readonly atMs: number }
  | { readonly type: "uploaded"; readonly pack: PackId }
  | { readonly type: "prepared"; readonly entry: NotedEntry }
  | { readonly type: "committed" }
  | { readonly type: "skipped"; readonly seq: number };

export interface PendingPack {
  readonly table: PackTable;
  /** ready: its bytes wait here. uploaded: the store has them; only the table is kept. */
  readonly state: "ready" | "uploaded";
  readonly readyAtMs: number;
}

/** A line may stand twice, when the disk failed to acknowledge the first one: that changes nothing. */
export class Waiting {
  readonly packs = new Map<PackId, PendingPack>();
  entry: NotedEntry | undefined;
  /** Numbers given up since the last committed entry. */
  readonly skipped = new Set<number>();

  apply(record: OutboxRecord): void {
    switch (record.type) {
      case "ready": {
        const { table, atMs } = record;
        this.packs.set(table.id, { table, state: "ready", readyAtMs: atMs });
        return;
      }
      case "uploaded": {
        const pack = this.packs.get(record.pack);
        if (pack) this.packs.set(record.pack, { ...pack, state: "uploaded" });
        return;
      }
      case "prepared":
        this.entry = record.entry;
        return;
      case "committed":
        // The entry that stands now lists every number that was given up before it.
        this.entry = undefined;
        this.skipped.clear();
        return;
      case "skipped":
        this.skipped.add(record.seq);
        if (this.entry?.seq === record.seq) this.entry = undefined;
        return;
    }
  }

  /** The shortest journal that says the same, but for these packs. */
  recordsWithout(packs: ReadonlySet<PackId>): OutboxRecord[] {
    const records: OutboxRecord[] = [];
    for (const { table, state, readyAtMs } of this.packs.values()) {
      if (packs.has(table.id)) continue;
      records.push({ type: "ready", table, atMs: readyAtMs });
      if (state === "uploaded") records.push({ type: "uploaded", pack: table.id });
    }
    for (const seq of this.skipped) records.push({ type: "skipped", seq });
    if (this.entry) records.push({ type: "prepared", entry: this.entry });
    return records;
  }
}

export const outboxCodec: RecordCodec<OutboxRecord> = { encode, decode };

const WHAT = "the outbox's journal";

function encode(record: OutboxRecord): Json {
  switch (record.type) {
    case "ready":
      return { type: "ready", at: record.atMs, table: encodePackNote(record.table) };
    case "uploaded":
      return { type: "uploaded", pack: record.pack };
    case "prepared": {
      const { name, sha, seq, size } = record.entry;
      return { type: "prepared", name, sha, seq, size };
    }
    case "committed":
      return { type: "committed" };
    case "skipped":
      return { type: "skipped", seq: record.seq };
  }
}

function decode(json: Json): OutboxRecord {
  const fields = new Fields(json, WHAT);
  const type = fields.text("type");
  switch (type) {
    case "ready":
      return { type, atMs: fields.count("at"), table: decodePackNote(fields.object("table")) };
    case "uploaded":
      return { type, pack: parsePackId(fields.text("pack")) };
    case "prepared":
      return { type, entry: decodeEntry(fields) };
    case "committed":
      return { type };
    case "skipped":
      return { type, seq: fields.count("seq") };
    default:
      throw new IntegrityError("json-malformed", { what: WHAT });
  }
}

function decodeEntry(fields: Fields): NotedEntry {
  return {
    name: fields.text("name"),
    sha: parseEntrySha(fields.text("sha")),
    seq: fields.count("seq"),
    size: fields.count("size"),
  };
}
