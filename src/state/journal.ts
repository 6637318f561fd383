/**
 * A list of records that only grows, each durable once `append` returns: one line of JSON each, with
 * a CRC-32 in front.
 *
 * A last line that a power cut left torn was never acknowledged to anybody and is dropped. A bad line
 * before good ones is damage: reading stops there, because what came after may build on what is lost.
 * Either way the file is put in order before anything is appended, so that a new line never hides
 * behind a broken one.
 */
import { crc32 } from "node:zlib";
import { decodeJson, type Json } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import { IntegrityError } from "../base/errors.ts";
import { writeStateFile } from "./state-file.ts";

export interface RecordCodec<Entry> {
  encode(record: Entry): Json;
  /** Throws IntegrityError; such a line counts as a bad one. */
  decode(json: Json): Entry;
}

export class Journal<Entry> {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #codec: RecordCodec<Entry>;
  #damaged = false;
  #records: readonly Entry[] = [];
  #inOrder = false;

  private constructor(disk: Disk, path: string, codec: RecordCodec<Entry>) {
    this.#disk = disk;
    this.#path = path;
    this.#codec = codec;
  }

  static open<Entry>(disk: Disk, path: string, codec: RecordCodec<Entry>): Journal<Entry> {
    const journal = new Journal(disk, path, codec);
    journal.#records = journal.#putInOrder();
    return journal;
  }

  /** As they stood when the journal was opened. */
  get records(): readonly Entry[] {
    return this.#records;
  }

  /** Records were lost that had been acknowledged. */
  get damaged(): boolean {
    return this.#damaged;
  }

  append(record: Entry): void {
    if (!this.#inOrder) this.#putInOrder();
    this.#inOrder = false;
    const file = this.#disk.append(this.#path, 0o600);
    try {
      file.write(lineOf(this.#codec.encode(record)));
      file.sync();
    } finally {
      file.close();
    }
    this.#inOrder = true;
  }

  /** All or nothing: these records instead of those that stood there. */
  replace(records: readonly Entry[]): void {
    const lines = records.map((record) => lineOf(this.#codec.encode(record)));
    writeStateFile(this.#disk, this.#path, Buffer.concat(lines));
    this.#inOrder = true;
  }

  /** Drops what cannot be read; the rest is durable, and a next line can follow. */
  #putInOrder(): readonly Entry[] {
    const bytes = this.#disk.read(this.#path);
    const { records, goodBytes, damaged } = readLines(bytes ?? Buffer.alloc(0), this.#codec);
    this.#damaged ||= damaged;
    if (bytes === undefined || goodBytes < bytes.length) {
      writeStateFile(this.#disk, this.#path, bytes?.subarray(0, goodBytes) ?? Buffer.alloc(0));
    }
    this.#inOrder = true;
    return records;
  }
}

interface GoodLines<Entry> {
  readonly records: Entry[];
  readonly goodBytes: number;
  readonly damaged: boolean;
}

function readLines<Entry>(bytes: Buffer, codec: RecordCodec<Entry>): GoodLines<Entry> {
  const records: Entry[] = [];
  let goodBytes = 0;
  while (goodBytes < bytes.length) {
    const end = bytes.indexOf(NEWLINE, goodBytes);
    const record = end < 0 ? undefined : readLine(bytes.subarray(goodBytes, end), codec);
    if (record === undefined) return { records, goodBytes, damaged: isFollowed(bytes, end) };
    records.push(record.value);
    goodBytes = end + 1;
  }
  return { records, goodBytes, damaged: false };
}

const NEWLINE = 0x0a;
const CRC_DIGITS = 8;
/** The checksum and a space. */
const HEAD_BYTES = CRC_DIGITS + 1;

function lineOf(json: Json): Buffer {
  const text = JSON.stringify(json);
  return Buffer.from(`${headOf(Buffer.from(text))}${text}\n`);
}

/** undefined: torn or damaged. */
function readLine<Entry>(line: Buffer, codec: RecordCodec<Entry>): { value: Entry } | undefined {
  const text = line.subarray(HEAD_BYTES);
  if (line.toString("latin1", 0, HEAD_BYTES) !== headOf(text)) return undefined;
  try {
    return { value: codec.decode(decodeJson(text, "journal")) };
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

/** Every line is synced before the next is begun: only a line that nothing follows can be torn. */
function isFollowed(bytes: Buffer, lineEnd: number): boolean {
  return lineEnd >= 0 && lineEnd + 1 < bytes.length;
}

function headOf(text: Uint8Array): string {
  return `${crc32(text).toString(16).padStart(CRC_DIGITS, "0")} `;
}
