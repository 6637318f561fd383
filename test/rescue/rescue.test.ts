/** The independent reader in Python gives back, byte for byte, what this program stored. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { passphraseSecret, type SlotSecret } from "../../src/crypto/key-slot.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { backup } from "../../src/operations/backup.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { World } from "../operations/world.ts";

/** Debian's, which has the modules that rescue/README.md asks for. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = join(import.meta.dirname, "../../rescue/restore.py");

let world: World;
let repository: string;
let keyFile: string;

beforeEach(async () => {
  world = new World();
  repository = join(world.root, "repository");
  keyFile = join(world.root, "key");
  world.store = new FolderStore(realDisk, repository, world.clock);
  writeFileSync(keyFile, `${world.secret}\n`, { mode: 0o600 });
  fillWorkspace();
  await backup(world.session(), { note: "the first" });
});
afterEach(() => {
  world.remove();
});

/** Every kind of entry and of cutting rule. */
function fillWorkspace(): void {
  world.write("MEMORY.md", "# Memory\n");
  world.write("memory/empty.md", "");
  world.write("memory/ünïcode 北京 🦞.md", "names\n");
  world.write("memory/transcript.jsonl", '{"role":"user","text":"hello there"}\n'.repeat(40_000));
  const noise = Buffer.alloc(6 * 1024 * 1024);
  for (let at = 0, state = 1; at < noise.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise.writeUInt32LE(state, at);
  }
  world.write("memory/noise.bin", noise);
  writeFileSync(
    Buffer.concat([Buffer.from(`${world.workspace}/memory/odd-`), Buffer.from([0xff])]),
    "odd",
  );
  mkdirSync(join(world.workspace, "an empty folder"));
  symlinkSync("MEMORY.md", join(world.workspace, "link.md"));
  linkSync(join(world.workspace, "MEMORY.md"), join(world.workspace, "memory", "second-name.md"));
  chmodSync(join(world.workspace, "memory", "empty.md"), 0o640);
  utimesSync(join(world.workspace, "MEMORY.md"), 1_700_000_000, 1_700_000_000.123);
}

function rescue(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(PYTHON, [SCRIPT, repository, ...args], { encoding: "utf8" });
}

/** Everything about a tree that a restore gives back, by path as bytes. */
function describeTree(root: string | Buffer, within = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(root, { encoding: "buffer" })) {
    const full = Buffer.concat([Buffer.from(root), Buffer.from("/"), name]);
    const path = `${within}${name.toString("latin1")}`;
    const stat = lstatSync(full, { bigint: true });
    const content = stat.isFile() ? readFileSync(full).toString("base64") : "";
    const target = stat.isSymbolicLink() ? readlinkSync(full) : "";
    const time = String(stat.mtimeNs);
    const links = stat.isDirectory() ? "" : String(stat.nlink);
    found[path] = [stat.mode, links, time, target, content].join("|");
    if (stat.isDirectory()) Object.assign(found, describeTree(full, `${path}/`));
  }
  return found;
}

test("a version comes back byte for byte, with modes, times, links and odd names", () => {
  const to = join(world.root, "rescued");
  const run = rescue("--key-file", keyFile, "--to", to);
  expect(run).toMatchObject({
    status: 0,
    stderr: expect.not.stringContaining("Traceback") as string,
  });
  expect(describeTree(to)).toEqual(describeTree(world.workspace));
});

test("an older version is listed and comes back as it was", async () => {
  const before = describeTree(world.workspace);
  world.write("MEMORY.md", "# Another memory\n");
  rmSync(join(world.workspace, "memory", "empty.md"));
  await backup(world.session());
  const list = rescue("--key-file", keyFile, "--list");
  expect(list.stdout.trim().split("\n").length).toBeGreaterThanOrEqual(2);
  expect(list.stdout).toContain("the first");
  const to = join(world.root, "rescued");
  expect(rescue("--key-file", keyFile, "--version", "2", "--to", to).status).toBe(0);
  expect(describeTree(to)).toEqual(before);
});

test("index files that are lost are not needed", () => {
  rmSync(join(repository, "index"), { recursive: true });
  const to = join(world.root, "rescued");
  rescue("--key-file", keyFile, "--to", to);
  expect(describeTree(to)).toEqual(describeTree(world.workspace));
});

test("a passphrase opens it too", async () => {
  const other = new World();
  try {
    const folder = join(other.root, "repository");
    other.store = new FolderStore(realDisk, folder, other.clock);
    other.write("MEMORY.md", "behind a passphrase\n");
    const secret = async (): Promise<SlotSecret> => passphraseSecret("pâté de mémoire");
    await backup({ ...other.session(), secretFor: secret, makeKey: secret });
    writeFileSync(keyFile, "pâté de mémoire\n");
    const to = join(other.root, "rescued");
    const run = spawnSync(PYTHON, [SCRIPT, folder, "--passphrase-file", keyFile, "--to", to]);
    expect(run.stderr.toString()).toBe("");
    expect(readFileSync(join(to, "MEMORY.md"), "utf8")).toBe("behind a passphrase\n");
  } finally {
    other.remove();
  }
});

test("a wrong key is said in words and writes nothing", () => {
  writeFileSync(keyFile, Buffer.alloc(32, 1).toString("base64"));
  const to = join(world.root, "rescued");
  const run = rescue("--key-file", keyFile, "--to", to);
  expect(run.status).toBe(12);
  expect(run.stdout + run.stderr).not.toContain("Traceback");
  expect(() => readdirSync(to)).toThrow();
});

test("damaged packs cost only the files in them, and never give wrong bytes", () => {
  const packs = execFileSync("find", [join(repository, "packs"), "-type", "f"], {
    encoding: "utf8",
  });
  const sizes = packs
    .trim()
    .split("\n")
    .map((path) => ({ path, size: readFileSync(path).length }));
  const { path } = sizes.sort((a, b) => b.size - a.size)[0]!;
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
  const to = join(world.root, "rescued");
  const run = rescue("--key-file", keyFile, "--to", to);
  expect(run.status).toBe(1);
  const original = describeTree(world.workspace);
  const rescued = describeTree(to);
  const whole = Object.keys(original).filter((name) => rescued[name] === original[name]);
  expect(whole.length).toBeGreaterThan(5);
  for (const [name, value] of Object.entries(rescued)) expect(original[name]).toBe(value);
});

test("the script is one file of at most 300 lines, so that a person can check it", () => {
  const script = readFileSync(SCRIPT, "utf8");
  expect(script.trimEnd().split("\n").length).toBeLessThanOrEqual(300);
  expect(
    readdirSync(join(import.meta.dirname, "../../rescue")).filter((name) => name.endsWith(".py")),
  ).toEqual(["restore.py"]);
});
