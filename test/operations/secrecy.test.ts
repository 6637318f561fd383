/** Nothing of the workspace leaves the process unsealed (Invariant I5). */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { HostileStore } from "../store/hostile.ts";
import { World } from "./world.ts";

const CONTENT = "the-secret-content-of-a-note";
const FILE = "a-telling-file-name";
const FOLDER = "a-telling-folder";
const NOTE = "a-telling-version-note";

let store: HostileStore;
let world: World;
beforeEach(async () => {
  store = new HostileStore();
  world = new World({ store });
  world.write(`${FOLDER}/${FILE}.md`, CONTENT);
  for (let n = 0; n < 137; n++) world.write(`${FOLDER}/${String(n)}.md`, `${CONTENT} ${String(n)}`);
  await backup(world.session(), { note: NOTE });
});
afterEach(() => {
  world.remove();
});

/** The ways in which bytes are usually written. */
function encodings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const utf16 = Buffer.from(buffer.toString("latin1"), "utf16le");
  return [
    buffer.toString("latin1"),
    buffer.toString("hex"),
    buffer.toString("hex").toUpperCase(),
    buffer.toString("base64").replace(/=+$/, "").slice(0, -1),
    buffer.toString("base64url").slice(0, -1),
    encodeURIComponent(buffer.toString("latin1")),
    utf16.toString("latin1"),
  ];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test("no content, name or note of the workspace is found in any object or object name", () => {
  for (const name of store.names()) {
    const haystack = `${name}\n${store.bytes(name).toString("latin1")}`;
    for (const needle of [CONTENT, FILE, FOLDER, NOTE, "workspace", "testbox"]) {
      for (const form of encodings(Buffer.from(needle))) expect(haystack).not.toContain(form);
    }
  }
});

test("the number of files shows in no object: public objects say only what the format declares", () => {
  const readable = store.names().filter((name) => /^(format|keys\/)/.test(name));
  const text = readable.map((name) => store.bytes(name).toString("utf8")).join("\n");
  expect(text).not.toMatch(/\b13[78]\b/);
  const members = readable.flatMap((name) =>
    Object.keys(JSON.parse(store.bytes(name).toString()) as object),
  );
  expect([...new Set(members)].sort()).toEqual([
    "commitment",
    "created",
    "kdf",
    "mac",
    "magic",
    "minReader",
    "repository",
    "salt",
    "version",
    "wrapped",
  ]);
});

test("the key is found in no object and in no file of the state directory", () => {
  const key = Buffer.from(world.secret, "base64");
  const texts = [
    ...store.names().map((name) => store.bytes(name).toString("latin1")),
    ...filesBelow(world.stateFolder).map((path) => readFileSync(path, "latin1")),
  ];
  for (const form of encodings(key)) for (const text of texts) expect(text).not.toContain(form);
});

test("no content and no name of a file is found in the state directory", () => {
  for (const path of filesBelow(world.stateFolder)) {
    const text = readFileSync(path, "latin1");
    for (const needle of [CONTENT, FILE, FOLDER, NOTE]) expect(text, path).not.toContain(needle);
  }
});

test("two backups of the same content share no run of sealed bytes", async () => {
  const otherStore = new HostileStore();
  const other = new World({ store: otherStore });
  try {
    other.write(`${FOLDER}/${FILE}.md`, CONTENT);
    await backup(other.session());
    const hex = (from: HostileStore): string[] =>
      from.names("packs/").map((name) => from.bytes(name).toString("hex"));
    const [mine = ""] = hex(store);
    const theirs = hex(otherStore).join("\n");
    for (let at = 14; at + 32 < 2000; at += 32)
      expect(theirs).not.toContain(mine.slice(at, at + 32));
  } finally {
    other.remove();
  }
});
