import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentsOf, documentOf, makePlace, type Place } from "./place.ts";
import { onTerminal } from "./terminal.ts";

/** Three versions of one file, and another one that stays. */
async function threeVersions(): Promise<Place> {
  const place = makePlace();
  place.write("workspace/keep.md", "kept");
  for (const content of ["one", "two", "three"]) {
    place.write("workspace/a.md", content);
    await place.run(["now"]);
  }
  return place;
}

test("into an empty folder a version comes back at once, with modes and times", async () => {
  const { run, write, root, workspace } = makePlace();
  const file = write("workspace/memory/a.md", "a");
  chmodSync(file, 0o640);
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  await run(["now"]);
  const to = join(root, "new", "place");
  const ended = await run(["restore", "latest", "--to", to]);
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Restored version /) as string,
  });
  expect(contentsOf(to)).toEqual(contentsOf(workspace));
  const { mode, mtimeMs } = statSync(join(to, "memory/a.md"));
  expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_700_000_000_000]);
});

test("over existing files it shows the plan, changes nothing and asks for a yes with 2", async () => {
  const { run, write, read } = await threeVersions();
  write("workspace/a.md", "mine");
  const ended = await run(["restore"]);
  expect(ended.code).toBe(2);
  expect(ended.stdout).toMatch(
    /would:\n {2}replace {2}1 file\n {2}keep {5}1 file\n\n {2}replace {2}a\.md\n$/,
  );
  expect(ended.stderr).toContain("--yes");
  expect(read("workspace/a.md")).toBe("mine");
  const plan = documentOf(await run(["restore", "--json"]));
  expect(plan).toMatchObject({ applied: false, needsYes: true, files: { changed: 1, kept: 1 } });
  expect(read("workspace/a.md")).toBe("mine");
});

test("with a yes what stood there is saved first, and --undo brings it back", async () => {
  const { run, write, read } = await threeVersions();
  write("workspace/a.md", "mine");
  const done = documentOf(await run(["restore", "--yes", "--json"]));
  expect(Object.keys(done)).toEqual([
    "version",
    "to",
    "applied",
    "files",
    "bytes",
    "verified",
    "safetyVersion",
  ]);
  expect(done).toMatchObject({
    applied: true,
    files: { created: 0, changed: 1, kept: 1, removed: 0 },
    verified: 2,
  });
  expect(read("workspace/a.md")).toBe("three");
  expect(await run(["restore", "--undo"])).toMatchObject({ code: 0 });
  expect(read("workspace/a.md")).toBe("mine");
});

test("a person on a terminal is asked, and anything but yes changes nothing", async () => {
  const place = await threeVersions();
  place.write("workspace/a.md", "mine");
  const refused = await onTerminal(place, ["restore"], "\n");
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain("Restore? [y/N]");
  expect(place.read("workspace/a.md")).toBe("mine");
  const asked = await onTerminal(place, ["restore"], "y\n");
  expect(asked.code).toBe(0);
  expect(place.read("workspace/a.md")).toBe("three");
});

test("--no-input and CI ask nobody", async () => {
  const place = await threeVersions();
  place.write("workspace/a.md", "mine");
  const silent = await onTerminal(place, ["restore", "--no-input"], "y\n");
  const ci = await onTerminal(place, ["restore"], "y\n", { CI: "true" });
  expect([silent.code, ci.code]).toEqual([2, 2]);
  expect(place.read("workspace/a.md")).toBe("mine");
});

test("a version is named by its number, its name, a start of it, or a time", async () => {
  const { run, root } = await threeVersions();
  const rows = JSON.parse((await run(["versions", "--json"])).stdout) as {
    version: string;
    time: string;
  }[];
  expect(rows).toHaveLength(3);
  const oldest = rows[2]!.version;
  const [device = "", seq = ""] = oldest.split("-");
  for (const name of [oldest, seq, `${device.slice(0, 3)}-${seq}`]) {
    const to = join(root, `by-${name}`);
    expect(await run(["restore", name, "--to", to])).toMatchObject({ code: 0 });
    expect(readFileSync(join(to, "a.md"), "utf8")).toBe("one");
  }
  const words = await run(["restore", "1h", "ago", "--to", join(root, "by-time")]);
  expect(words.code).toBe(2);
  expect(words.stderr).toContain(
    "no version is called 1h ago, and none is from that time or before",
  );
});

test("only what matches comes back, and what is not there is said", async () => {
  const { run, root } = await threeVersions();
  const to = join(root, "some");
  await run(["restore", "--path", "a.md", "--to", to]);
  expect(Object.keys(contentsOf(to))).toEqual(["a.md"]);
  const none = await run(["restore", "--path", "nothing", "--to", join(root, "none")]);
  expect(none.code).toBe(2);
});

test("a pattern that climbs out of the workspace reaches nothing", async () => {
  const { run, write, read, root } = await threeVersions();
  write("outside.md", "outside");
  const ended = await run(["restore", "--path", "../outside.md", "--yes"]);
  expect(ended.code).toBe(2);
  expect(read("outside.md")).toBe("outside");
  expect(existsSync(join(root, "workspace", "outside.md"))).toBe(false);
});

test("what a version does not hold goes only with --delete, and never what is excluded", async () => {
  const { run, write, workspace } = await threeVersions();
  write("workspace/.syncignore", "private/\n");
  await run(["now"]);
  write("workspace/extra.md", "extra");
  write("workspace/private/diary.md", "dear");
  await run(["restore", "--yes"]);
  expect(existsSync(join(workspace, "extra.md"))).toBe(true);
  const ended = await run(["restore", "--yes", "--delete"]);
  expect(ended.stdout).toMatch(/1 removed/);
  expect(existsSync(join(workspace, "extra.md"))).toBe(false);
  expect(existsSync(join(workspace, "private/diary.md"))).toBe(true);
});

test("elsewhere nothing that differs is overwritten, not even with a yes", async () => {
  const { run, write, read, root } = await threeVersions();
  write("other/a.md", "theirs");
  const ended = await run(["restore", "--yes", "--to", join(root, "other")]);
  expect(ended.code).toBe(2);
  expect(read("other/a.md")).toBe("theirs");
});

test("a dry run touches neither the workspace nor the place", async () => {
  const { run, write, read, root } = await threeVersions();
  write("workspace/a.md", "mine");
  expect(await run(["restore", "--dry-run"])).toMatchObject({ code: 0 });
  expect(read("workspace/a.md")).toBe("mine");
  await run(["restore", "--dry-run", "--to", join(root, "nowhere")]);
  expect(existsSync(join(root, "nowhere"))).toBe(false);
});

test("an anchor that was written down is met, and another one is not", async () => {
  const { run, root } = await threeVersions();
  const { anchor } = documentOf(await run(["status", "--json"]));
  const good = await run(["restore", "--anchor", String(anchor), "--to", join(root, "good")]);
  const bad = await run(["restore", "--anchor", "AAAA-AAAA-AAAA-AAAA", "--to", join(root, "bad")]);
  expect([good.code, bad.code]).toEqual([0, 2]);
  expect(existsSync(join(root, "bad"))).toBe(false);
});

test("a damaged file is named, everything else comes back, and the run ends with 6", async () => {
  const { run, write, root, stateDir } = makePlace();
  const repository = stateDir.embeddedRepository;
  const packs = (): string[] => Object.keys(contentsOf(repository)).filter(isPack);
  write("workspace/a.md", "a".repeat(100));
  await run(["now"]);
  const before = packs();
  write("workspace/b.md", "b".repeat(100));
  await run(["now"]);
  const rescued = [];
  for (const pack of packs().filter((name) => !before.includes(name))) {
    const mend = damage(join(repository, pack));
    const to = join(root, `rescued-${String(rescued.length)}`);
    const { code, stdout, stderr } = await run(["restore", "--to", to]);
    rescued.push({ code, files: existsSync(to) ? Object.keys(contentsOf(to)) : [] });
    if (stdout !== "") expect(stderr).toContain("b.md cannot be restored");
    mend();
  }
  // One pack holds b.md, the other the list of files, without which nothing can be known.
  expect(rescued).toHaveLength(2);
  expect(rescued).toContainEqual({ code: 6, files: ["a.md"] });
  expect(rescued).toContainEqual({ code: 6, files: [] });
});

const isPack = (name: string): boolean => name.startsWith("packs/");

function damage(file: string): () => void {
  const bytes = readFileSync(file);
  const damaged = Buffer.from(bytes);
  damaged[100]! ^= 1;
  writeFileSync(file, damaged);
  return () => {
    writeFileSync(file, bytes);
  };
}

test("the plan of many files shows the first twenty and counts the rest", async () => {
  const { run, write, workspace } = makePlace();
  for (let i = 0; i < 30; i++) write(`workspace/${String(i)}.md`, "before");
  await run(["now"]);
  rmSync(workspace, { recursive: true });
  mkdirSync(workspace);
  for (let i = 0; i < 30; i++) write(`workspace/${String(i)}.md`, "after");
  const { stdout } = await run(["restore"]);
  expect(stdout).toContain("replace  30 files");
  expect(stdout).toContain("… and 10 more");
});
