/** What a backup costs is behaviour: requests, bytes on the way, files opened. */
import * as fs from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { RecordingStore } from "../store/recording.ts";
import { World } from "./world.ts";

vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  return { ...original, openSync: vi.fn(original.openSync) };
});

const MIB = 1024 * 1024;

let world: World;
let store: RecordingStore;
beforeEach(() => {
  world = new World();
  store = new RecordingStore(world.store);
});
afterEach(() => {
  world.remove();
});

function openedFiles(): string[] {
  return vi
    .mocked(fs.openSync)
    .mock.calls.map(([path]) => String(path))
    .filter((path) => path.startsWith(world.workspace));
}

async function backUpAgain(): Promise<void> {
  store.reset();
  vi.mocked(fs.openSync).mockClear();
  await backup(world.session(store));
}

test("an unchanged workspace makes two LISTs and nothing else, and opens no file", async () => {
  for (let n = 0; n < 50; n++) world.write(`memory/${String(n)}.md`, `note ${String(n)}`);
  await backup(world.session());
  expect(openedFiles()).toHaveLength(50);
  await backUpAgain();
  expect(store.requests.map(({ verb }) => verb)).toEqual(["list", "list"]);
  expect(openedFiles()).toEqual([]);
});

test("one changed small file costs at most four PUTs, and only that file is opened", async () => {
  for (let n = 0; n < 200; n++) world.write(`memory/${String(n)}.md`, `note ${String(n)}`);
  await backup(world.session());
  world.write("memory/7.md", "another note");
  await backUpAgain();
  expect(store.count("put")).toBeLessThanOrEqual(4);
  expect(openedFiles()).toEqual([join(world.workspace, "memory/7.md")]);
  expect(store.bytesUp).toBeLessThan(40_000);
});

test("a transcript of 64 MB that grows by 42 KB uploads less than 120 KB", async () => {
  const lines = transcript(64_000_000);
  world.write("session.jsonl", lines);
  await backup(world.session());
  world.write("session.jsonl", Buffer.concat([lines, transcript(42_000, 99)]));
  await backUpAgain();
  expect(store.bytesUp).toBeLessThan(120_000);
  expect(store.count("put")).toBeLessThanOrEqual(4);
});

test("a database of 67 MiB that gains 200 rows uploads less than 2.5 MiB", async () => {
  const database = new DatabaseSync(join(world.workspace, "memory.sqlite"));
  database.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB)");
  insertRows(database, { from: 0, count: 60_000 });
  expect(fs.statSync(join(world.workspace, "memory.sqlite")).size).toBeGreaterThan(67 * MIB);
  await backup(world.session());
  insertRows(database, { from: 60_000, count: 200 });
  await backUpAgain();
  database.close();
  expect(store.bytesUp).toBeLessThan(2.5 * MIB);
});

/** Lines as agents write them: much of each is like the one before, and ids differ. */
function transcript(bytes: number, seed = 1): Buffer {
  const next = numbers(seed);
  const words = Array.from({ length: 2000 }, () => next().toString(36));
  const lines: string[] = [];
  for (let size = 0; size < bytes;) {
    const text = Array.from({ length: 60 }, () => words[next() % words.length]).join(" ");
    const line = `{"type":"message","id":"${next().toString(16)}","role":"assistant","text":"${text}"}\n`;
    lines.push(line);
    size += line.length;
  }
  return Buffer.from(lines.join(""));
}

/** Random keys, so that every insertion also touches pages of the key's own index. */
function insertRows(
  database: DatabaseSync,
  { from, count }: { from: number; count: number },
): void {
  const next = numbers(from + 1);
  const insert = database.prepare("INSERT INTO notes VALUES (?, ?, ?)");
  database.exec("BEGIN");
  for (let id = from; id < from + count; id++) {
    const body = Buffer.alloc(1024);
    for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(next(), at);
    insert.run(id, `${next().toString(16)}-${String(id)}`, body);
  }
  database.exec("COMMIT");
}

/** xorshift32. */
function numbers(seed: number): () => number {
  let state = seed * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
