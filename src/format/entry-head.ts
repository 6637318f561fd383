/** What every log entry begins with (docs/format.md §6.2): who, when, which number, after what. */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import { parseDeviceId, parseEntrySha, type DeviceId, type EntrySha } from "../base/ids.ts";
import { parseDate } from "./dates.ts";
import { MAX_SEQ } from "./limits.ts";
import { Fields, isCount, type Extensible } from "./shape.ts";

export interface EntryHead {
  readonly device: DeviceId;
  /** The writer's clock; both dates are RFC 3339, UTC, with milliseconds. */
  readonly localDate: string;
  /** null in entry 1 and nowhere else. */
  readonly prev: EntrySha | null;
  /** The newest entry of every other device that the writer knew. */
  readonly seen: Readonly<Record<DeviceId, SeenEntry>>;
  readonly seq: number;
  /** The store's clock. */
  readonly serverDate: string;
  /** Numbers given up, ascending. */
  readonly skipped: readonly number[];
}

export interface SeenEntry extends Extensible {
  readonly seq: number;
  readonly sha: EntrySha;
}

export function encodeHead(head: EntryHead): JsonObject {
  const { device, localDate, prev, seen, seq, serverDate, skipped } = head;
  const seenJson = Object.entries(seen).map(
    ([other, entry]) => [other, encodeSeen(entry)] as const,
  );
  return { device, localDate, prev, seen: Object.fromEntries(seenJson), seq, serverDate, skipped };
}

export function decodeHead(fields: Fields): EntryHead {
  const device = parseDeviceId(fields.take("device"));
  const seq = decodeSeq(fields, "seq");
  return {
    device,
    localDate: decodeDate(fields, "localDate"),
    prev: decodePrev(fields, seq),
    seen: decodeSeen(fields, device),
    seq,
    serverDate: decodeDate(fields, "serverDate"),
    skipped: decodeSkipped(fields, seq),
  };
}

export function decodeSeq(fields: Fields, name: string): number {
  const seq = fields.count(name, MAX_SEQ);
  if (seq >= 1) return seq;
  throw fields.refusal(`"${name}" is 0, and numbers begin at 1`);
}

/** The hash of the entry before `seq`; only the first has none. */
export function decodePrev(fields: Fields, seq: number): EntrySha | null {
  const prev = fields.take("prev");
  if ((prev === null) !== (seq === 1)) throw fields.refusal('"prev" is null in entry 1 alone');
  return prev === null ? null : parseEntrySha(prev);
}

const encodeSeen = ({ seq, sha, other }: SeenEntry): JsonObject => ({ ...other, seq, sha });

function decodeDate(fields: Fields, name: string): string {
  const text = fields.text(name);
  if (parseDate(text) !== undefined) return text;
  throw fields.refusal(`"${name}" is not a date in UTC with milliseconds`);
}

function decodeSeen(fields: Fields, self: DeviceId): Record<DeviceId, SeenEntry> {
  const seen = fields.object("seen");
  const entries = seen.names.map(
    (name) => [parseDeviceId(name), seenEntry(seen.object(name))] as const,
  );
  if (entries.some(([device]) => device === self)) throw fields.refusal("a device has seen itself");
  return Object.fromEntries(entries);
}

function seenEntry(fields: Fields): SeenEntry {
  const seq = decodeSeq(fields, "seq");
  return { seq, sha: parseEntrySha(fields.take("sha")), ...fields.rest() };
}

function decodeSkipped(fields: Fields, seq: number): number[] {
  const skipped = fields.listOf("skipped", (json: Json) => (isCount(json) ? json : 0));
  const ascends = skipped.every((each, i) => each > (skipped[i - 1] ?? 0) && each < seq);
  if (ascends) return skipped;
  throw fields.refusal('"skipped" is not a list of earlier numbers in order');
}
