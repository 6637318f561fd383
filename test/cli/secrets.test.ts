/** No secret in anything that is printed, kept or sent, in whatever encoding. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makePlace, type Place } from "./place.ts";

/** Bytes of every kind, so that each encoding has something to escape. */
const KEY = Buffer.from("fb0f7eff3e3f00a1b2c3d4e5f60718293a4b5c6d7e8f90a1fbefbe2b2f3d7e80", "hex");

function encodingsOf(key: Buffer): Buffer[] {
  const base64 = key.toString("base64");
  const texts = [
    base64,
    base64.replace(/=+$/, ""),
    key.toString("base64url"),
    key.toString("hex"),
    key.toString("hex").toUpperCase(),
    encodeURIComponent(base64),
    encodeURIComponent(base64).toLowerCase(),
    JSON.stringify([...key]).slice(1, -1),
  ];
  // The middle of the key at each of base64's three alignments, as inside of a longer text.
  const inside = [0, 1, 2].map((shift) => {
    return Buffer.concat([Buffer.alloc(shift), key])
      .toString("base64")
      .slice(8, 36);
  });
  return [key, ...[...texts, ...inside].map((text) => Buffer.from(text))];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function leaksOf(key: Buffer, { root, printed }: Place, keptIn: readonly string[]): string[] {
  const places = filesBelow(root)
    .filter((file) => !keptIn.includes(file))
    .map((file): [string, Buffer] => [
      file,
      Buffer.concat([Buffer.from(file), readFileSync(file)]),
    ]);
  const outputs = printed.map((text, i): [string, Buffer] => [
    `output ${String(i)}`,
    Buffer.from(text),
  ]);
  return [...places, ...outputs]
    .filter(([, bytes]) => encodingsOf(key).some((encoded) => bytes.includes(encoded)))
    .map(([name]) => name);
}

test("the encodings that are looked for find what they should", () => {
  const place = { ...makePlace(), printed: encodingsOf(KEY).slice(1).map(String) };
  expect(leaksOf(KEY, place, [])).toHaveLength(place.printed.length);
});

/** Everything that can be done, and everything that can go wrong, each with all that it has to say. */
async function wholeSession({ run, write, root, workspace }: Place): Promise<void> {
  write("workspace/memory/a.md", "a".repeat(5000));
  const codes: (number | null)[] = [];
  for (const verbose of [[], ["-v"], ["--json"]]) {
    const all = async (...args: string[]) => codes.push((await run([...args, ...verbose])).code);
    await all("init");
    await all("now", "--note", "a note");
    await all("now");
    await all("now", "--dry-run");
    write("workspace/memory/a.md", String(codes.length));
    await all("now");
    await all("restore");
    await all("restore", "2", "--yes");
    await all("restore", "--undo");
    await all("restore", "--to", join(root, `to-${String(codes.length)}`));
    await all("check", "--read-data");
    for (const verb of ["status", "versions", "log"]) await all(verb);
    await all("key", "show");
    await all("config", "get", "encryption_key");
    await all("config", "get", "encryption_key_file");
    await all("config", "trust");
    await all("now", "--workspace", join(workspace, "nowhere"));
    await all("status", "--mistyped");
  }
  expect(new Set(codes)).toEqual(new Set([0, 2]));
}

test("a key from a file is in no output, not in the state, the repository or the workspace", async () => {
  const place = makePlace();
  const { run, write, root } = place;
  const keyFile = write("key", KEY.toString("base64"));
  write(
    "workspace/session-sync-config.json",
    JSON.stringify({ path: "../bucket", encryption_key_file: keyFile }),
  );
  await wholeSession(place);
  // Damage, so that errors with causes are printed.
  for (const file of filesBelow(join(root, "bucket"))) writeFileSync(file, "damaged");
  rmSync(place.state, { recursive: true });
  for (const verb of ["status", "now", "check", "restore"]) await run([verb, "-v"]);
  expect(leaksOf(KEY, place, [keyFile])).toEqual([]);
});

test("a key from the environment is kept nowhere", async () => {
  const place = makePlace();
  const variables = {
    SESSION_SYNC_ENCRYPTION_KEY: KEY.toString("base64"),
    SESSION_SYNC_PATH: join(place.root, "bucket"),
  };
  const inEnvironment: Place = {
    ...place,
    run: (args, options) => place.run(args, { ...options, variables }),
  };
  await wholeSession(inEnvironment);
  expect(leaksOf(KEY, place, [])).toEqual([]);
});

test("a generated key is in the file that keeps it, and in the kit that was asked for", async () => {
  const place = makePlace();
  await wholeSession(place);
  const { keyFile } = place.stateDir;
  const key = Buffer.from(readFileSync(keyFile, "utf8"), "base64");
  expect(key).toHaveLength(32);
  expect(leaksOf(key, place, [keyFile])).toEqual([]);
  const kit = join(place.root, "kit.txt");
  await place.run(["key", "kit", "--out", kit]);
  await place.run(["restore", "--from-kit", `${kit}.missing`, "-v"]);
  const torn = place.write("torn.txt", readFileSync(kit, "utf8").replace(/^(.{60}).{8}/gm, "$1"));
  await place.run(["restore", "--from-kit", torn, "-v"]);
  expect(leaksOf(key, place, [keyFile, kit, torn])).toEqual([]);
});

test("a key that is not one is not repeated", async () => {
  const place = makePlace();
  const { run, write, root } = place;
  const nearly = KEY.toString("base64").replace("=", "!");
  const variables = { SESSION_SYNC_PATH: join(root, "bucket") };
  write("workspace/a.md", "a");
  await run(["init", "-v"], { variables: { ...variables, SESSION_SYNC_ENCRYPTION_KEY: nearly } });
  write("workspace/session-sync-config.json", `{ "encryption_key": "${nearly}", }, }`);
  await run(["init", "-v"], { variables });
  write(
    "workspace/session-sync-config.json",
    `{ "encryption_key_command": "echo ${nearly}; exit 3" }`,
  );
  await run(["init", "-v"], { variables });
  expect(place.printed.join("")).not.toContain(nearly.slice(8, 30));
});
