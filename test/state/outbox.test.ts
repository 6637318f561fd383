import {
  appendFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { toBase64, type Sealed } from "../../src/base/bytes.ts";
import type { Disk } from "../../src/base/disk.ts";
import { parseEntrySha } from "../../src/base/ids.ts";
import type { PackTable } from "../../src/base/pack-table.ts";
import { sha256 } from "../../src/base/sha256.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { Outbox, type PreparedEntry } from "../../src/state/outbox.ts";
import { fixedClock, sealedBytes } from "../store/fixtures.ts";
import { fillingDisk, tableOf, temporaryFolders } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();
const first = sealedBytes("the first pack, sealed");
const second = sealedBytes("the second pack");

let folder: string;

beforeEach(() => {
  folder = join(temporaryFolder(), "outbox");
});

const open = (disk: Disk = realDisk): Outbox => Outbox.open(disk, folder, fixedClock);
const files = (suffix: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(suffix));

function spool(outbox: Outbox, body: Sealed): PackTable {
  const table = tableOf(body);
  outbox.spoolPack(body, table);
  return table;
}

function entryOf(seq: number, bytes: Sealed): PreparedEntry & { bytes: Sealed } {
  const sha = parseEntrySha(toBase64(sha256(bytes)));
  return { name: `log/0123456789abcdef/${String(seq)}`, sha, seq, bytes };
}

const statesOf = (outbox: Outbox): string[] => outbox.pendingPacks().map(({ state }) => state);

function contentOf(outbox: Outbox, { id }: PackTable): string {
  const body = outbox.packBody(id);
  return Buffer.from(body.read(0, body.size)).toString();
}

describe("a spooled pack", () => {
  test("is there after a restart, table, bytes and time", () => {
    const table = spool(open(), first);
    const outbox = open();
    expect(outbox.pendingPacks()).toEqual([{ table, state: "ready", readyAtMs: fixedClock.now() }]);
    expect(contentOf(outbox, table)).toBe("the first pack, sealed");
    expect(Buffer.from(outbox.packBody(table.id).read(4, 5)).toString()).toBe("first");
    expect(outbox.bytesWaiting).toBe(first.length);
    expect(outbox.findings).toEqual([]);
  });

  test("lies in files that only their owner may read", () => {
    spool(open(), first);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test("keeps its table, not its bytes, once it is uploaded", () => {
    const outbox = open();
    const table = spool(outbox, first);
    spool(outbox, second);
    outbox.uploaded(table.id);
    for (const each of [outbox, open()]) {
      expect(statesOf(each)).toEqual(["uploaded", "ready"]);
      expect(each.pendingPacks()[0]?.table).toEqual(table);
      expect(each.bytesWaiting).toBe(second.length);
      expect(() => each.packBody(table.id)).toThrow("has a body here");
    }
    expect(files(".pack")).toHaveLength(1);
  });

  test("is forgotten when it is settled, and no sooner; the others stay", () => {
    const outbox = open();
    const tables = [spool(outbox, first), spool(outbox, second)];
    for (const { id } of tables) outbox.uploaded(id);
    outbox.settle([tables[0]!.id]);
    expect(
      open()
        .pendingPacks()
        .map(({ table }) => table),
    ).toEqual([tables[1]]);
    open().settle([tables[1]!.id]);
    expect(open().pendingPacks()).toEqual([]);
  });

  test("that is settled without an upload loses its bytes too", () => {
    const outbox = open();
    outbox.settle([spool(outbox, first).id]);
    expect(files(".pack")).toEqual([]);
    expect(open().pendingPacks()).toEqual([]);
  });

  test("is not ready when its bytes could not be written", () => {
    const { disk, fillAfter } = fillingDisk(/pack/);
    const outbox = open(disk);
    fillAfter(5);
    expect(() => spool(outbox, first)).toThrow("the disk is full");
    expect(outbox.pendingPacks()).toEqual([]);
    expect(open().pendingPacks()).toEqual([]);
    expect(readdirSync(folder)).toEqual(["journal"]);
  });

  test("whose table does not fit its bytes is our own mistake", () => {
    expect(() => {
      open().spoolPack(first, tableOf(second));
    }).toThrow("the table is of these bytes");
  });
});

describe("what a crash left", () => {
  test("bodies without a line in the journal are deleted", () => {
    spool(open(), first);
    for (const name of ["ab.pack", "ab.pack.tmp", "ab.entry", "journal.tmp"]) {
      writeFileSync(join(folder, name), "half of it");
    }
    const outbox = open();
    expect(statesOf(outbox)).toEqual(["ready"]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("a ready pack whose bytes are gone, or fewer, is given up and reported once", () => {
    const outbox = open();
    const tables = [spool(outbox, first), spool(outbox, second)];
    const [gone = "", short = ""] = files(".pack");
    realDisk.remove(join(folder, gone));
    truncateSync(join(folder, short), 3);
    const lost = open();
    expect(lost.pendingPacks()).toEqual([]);
    const packs = lost.findings.map(({ code, facts }) => [code, facts["pack"]]);
    expect(packs).toEqual(tables.map(({ id }) => ["outbox-pack-lost", id]));
    expect(files(".pack")).toEqual([]);
    expect(open().findings).toEqual([]);
  });

  test("bytes that vanish while they are read are an error, never a shorter pack", () => {
    const outbox = open();
    const body = outbox.packBody(spool(outbox, first).id);
    truncateSync(join(folder, files(".pack")[0]!), 3);
    expect(() => body.read(0, body.size)).toThrow(
      expect.objectContaining({ code: "outbox-pack-lost" }),
    );
  });

  test("an uploaded pack whose bytes came back is still uploaded", () => {
    const outbox = open();
    const { id } = spool(outbox, first);
    const [file = ""] = files(".pack");
    outbox.uploaded(id);
    writeFileSync(join(folder, file), first);
    expect(statesOf(open())).toEqual(["uploaded"]);
    expect(files(".pack")).toEqual([]);
  });

  test("a torn last line is ignored", () => {
    const table = spool(open(), first);
    appendFileSync(join(folder, "journal"), '01234567 {"type":"upl');
    const outbox = open();
    expect(outbox.findings).toEqual([]);
    expect(contentOf(outbox, table)).toBe("the first pack, sealed");
  });

  test("a damaged journal is reported, and what stands before the damage is kept", () => {
    const outbox = open();
    const table = spool(outbox, first);
    spool(outbox, second);
    outbox.prepareEntry(entryOf(3, sealedBytes("entry")));
    const journal = join(folder, "journal");
    const text = readFileSync(journal, "utf8");
    const line = text.indexOf("\n") + 1;
    writeFileSync(journal, `${text.slice(0, line)}!${text.slice(line + 1)}`);
    const damaged = open();
    expect(damaged.findings.map(({ code }) => code)).toEqual(["outbox-damaged"]);
    expect(damaged.pendingPacks().map(({ table: each }) => each)).toEqual([table]);
    expect(damaged.pendingEntry()).toBeUndefined();
    expect(open().findings).toEqual([]);
  });

  test("a line that stands twice, because the disk did not acknowledge the first, changes nothing", () => {
    const outbox = open();
    const table = spool(outbox, first);
    outbox.prepareEntry(entryOf(3, sealedBytes("entry")));
    outbox.uploaded(table.id);
    outbox.skipEntry();
    const journal = join(folder, "journal");
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    writeFileSync(journal, lines.map((line) => `${line}\n${line}\n`).join(""));
    const again = open();
    expect(statesOf(again)).toEqual(["uploaded"]);
    expect(again.skipped).toEqual([3]);
  });
});

describe("the prepared entry", () => {
  const entry = entryOf(3, sealedBytes("a signed entry"));

  test("is there after a restart, until it is committed", () => {
    open().prepareEntry(entry);
    const pending = open().pendingEntry();
    expect(pending).toMatchObject({ name: entry.name, sha: entry.sha, seq: 3 });
    expect(Buffer.from(pending!.bytes).toString()).toBe("a signed entry");
    open().entryCommitted();
    expect(open().pendingEntry()).toBeUndefined();
    expect(readdirSync(folder)).toEqual(["journal"]);
  });

  test("keeps its number from a second one", () => {
    const outbox = open();
    outbox.prepareEntry(entry);
    expect(() => {
      open().prepareEntry(entryOf(3, sealedBytes("another")));
    }).toThrow("one entry at a time");
  });

  test("leaves its number in `skipped` when it is given up, until a later one is committed", () => {
    open().prepareEntry(entry);
    open().skipEntry();
    open().prepareEntry(entryOf(4, sealedBytes("the next")));
    expect(open().skipped).toEqual([3]);
    open().skipEntry();
    open().prepareEntry(entryOf(5, sealedBytes("the one after")));
    expect(open().skipped).toEqual([3, 4]);
    open().entryCommitted();
    expect(open().skipped).toEqual([]);
    expect(open().pendingEntry()).toBeUndefined();
  });

  test("whose bytes are gone is given up, its number is not", () => {
    open().prepareEntry(entry);
    truncateSync(join(folder, files(".entry")[0]!), 3);
    for (const outbox of [open(), open()]) {
      expect(outbox.pendingEntry()).toBeUndefined();
      expect(outbox.skipped).toEqual([3]);
    }
    expect(files(".entry")).toEqual([]);
  });

  test("does not disturb the packs, nor they it", () => {
    const outbox = open();
    const table = spool(outbox, first);
    outbox.uploaded(table.id);
    outbox.prepareEntry(entry);
    outbox.settle([table.id]);
    expect(open().pendingEntry()?.seq).toBe(3);
    spool(outbox, second);
    outbox.entryCommitted();
    expect(statesOf(open())).toEqual(["ready"]);
  });

  test("can only be committed or given up when there is one", () => {
    expect(() => {
      open().entryCommitted();
    }).toThrow("an entry was prepared");
    expect(() => {
      open().skipEntry();
    }).toThrow("an entry was prepared");
  });
});

test("when nothing waits any more the journal is empty", () => {
  const outbox = open();
  const tables = [spool(outbox, first), spool(outbox, second)];
  for (const { id } of tables) outbox.uploaded(id);
  outbox.prepareEntry(entryOf(3, sealedBytes("entry")));
  outbox.entryCommitted();
  expect(statesOf(outbox)).toEqual(["uploaded", "uploaded"]);
  outbox.settle(tables.map(({ id }) => id));
  expect(readFileSync(join(folder, "journal"), "utf8")).toBe("");
  expect(readdirSync(folder)).toEqual(["journal"]);
});

test("the journal does not grow with what is settled while something else waits", () => {
  const outbox = open();
  spool(outbox, first);
  const size = statSync(join(folder, "journal")).size;
  for (let round = 0; round < 20; round++) {
    const { id } = spool(outbox, sealedBytes(`pack ${String(round)}`));
    outbox.uploaded(id);
    outbox.settle([id]);
  }
  expect(statSync(join(folder, "journal")).size).toBe(size);
});
