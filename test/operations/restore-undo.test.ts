import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { loadNote } from "../../src/operations/restore/note.ts";
import { restore } from "../../src/operations/restore.ts";
import type { Session } from "../../src/operations/session.ts";
import { undo } from "../../src/operations/undo.ts";
import { Repository } from "../../src/repository/repository.ts";
import { contentsOf, roundTimes, treeOf } from "./trees.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  world.remove();
});

const at = (path: string): string => join(world.workspace, path);
const codes = (result: { readonly findings: readonly { readonly code: string }[] }): string[] =>
  result.findings.map(({ code }) => code);

/** Times of folders change with every name that comes and goes in them. */
function shape(): unknown {
  return Object.entries(treeOf(world.workspace)).map(([name, { mtimeUs, ...seen }]) =>
    seen.kind === "dir" ? [name, seen] : [name, seen, mtimeUs],
  );
}

async function changedSinceBackup(): Promise<void> {
  world.write("changed.md", "one");
  world.write("gone.md", "gone");
  world.write("gone/deep/a.md", "a");
  symlinkSync("changed.md", at("gone-link"));
  world.write("turns/into", "a folder");
  roundTimes(world.workspace);
  await backup(world.session());
  world.write("changed.md", "two");
  chmodSync(at("changed.md"), 0o600);
  rmSync(at("gone.md"));
  rmSync(at("gone-link"));
  rmSync(at("gone"), { recursive: true });
  rmSync(at("turns"), { recursive: true });
  world.write("turns", "a file");
  world.write("new/x.md", "x");
  roundTimes(world.workspace);
}

test("without a restore there is nothing to undo", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  await expect(undo(world.session())).rejects.toMatchObject({ code: "nothing-to-undo" });
});

test("undo goes back to before the restore, and a second undo to after it", async () => {
  await changedSinceBackup();
  const before = shape();
  await restore(world.session(), { confirmed: true, remove: true });
  const after = shape();
  expect(after).not.toEqual(before);
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(shape()).toEqual(before);
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(shape()).toEqual(after);
});

test("a restore that only created is undone by taking back what it created", async () => {
  world.write("a.md", "one");
  world.write("deep/b.md", "two");
  await backup(world.session());
  rmSync(at("a.md"));
  rmSync(at("deep"), { recursive: true });
  world.write("mine.md", "mine");
  await restore(world.session(), {});
  world.write("deep/edited-since.md", "edited");
  await undo(world.session());
  expect(contentsOf(world.workspace)).toEqual({
    "mine.md": "mine",
    "deep/edited-since.md": "edited",
  });
});

test("what was created and edited since stays", async () => {
  world.write("a.md", "one");
  world.write("b.md", "two");
  await backup(world.session());
  rmSync(at("a.md"));
  rmSync(at("b.md"));
  await restore(world.session(), {});
  world.write("a.md", "edited since");
  await undo(world.session());
  expect(contentsOf(world.workspace)).toEqual({ "a.md": "edited since" });
});

test("what undo overwrites is itself a version", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  world.write("a.md", "two");
  await restore(world.session(), { confirmed: true });
  world.write("a.md", "three");
  const result = await undo(world.session());
  expect(contentsOf(world.workspace)).toEqual({ "a.md": "two" });
  const to = join(world.root, "elsewhere");
  await restore(world.session(), { version: String(result.safetyVersion!.seq), to });
  expect(contentsOf(to)).toEqual({ "a.md": "three" });
});

test("a restore that had nothing to do, or went elsewhere, is not what is undone", async () => {
  world.write("a.md", "one");
  await backup(world.session());
  world.write("a.md", "two");
  await restore(world.session(), { confirmed: true });
  await restore(world.session(), {});
  await restore(world.session(), { to: join(world.root, "elsewhere") });
  await undo(world.session());
  expect(contentsOf(world.workspace)).toEqual({ "a.md": "two" });
});

test("undo of a restore of some paths leaves the others alone", async () => {
  world.write("a.md", "one");
  world.write("b.md", "one");
  await backup(world.session());
  world.write("a.md", "two");
  await restore(world.session(), { confirmed: true, paths: ["a.md"] });
  world.write("b.md", "edited since");
  await undo(world.session());
  expect(contentsOf(world.workspace)).toEqual({ "a.md": "two", "b.md": "edited since" });
});

/** A restore that only creates stops after its first file, and then somebody writes the second. */
async function stoppedBeforeSecond(): Promise<void> {
  world.write("a.md", "a");
  world.write("p.md", "from the version");
  await backup(world.session());
  rmSync(at("a.md"));
  rmSync(at("p.md"));
  await expect(restore(stopping(), { confirmed: true })).rejects.toMatchObject({
    code: "interrupted",
  });
  expect(contentsOf(world.workspace)).toEqual({ "a.md": "a" });
  world.write("p.md", "written meanwhile");
}

function stopping(): Session {
  const session = world.session();
  const stop = new AbortController();
  const progress = ({ step }: { readonly step: string }): void => {
    if (step === "download") stop.abort();
  };
  const monitor = { ...session.context.monitor, progress };
  return { ...session, context: { ...session.context, signal: stop.signal, monitor } };
}

test("what was written between two attempts, and replaced by the second, comes back", async () => {
  await stoppedBeforeSecond();
  const result = await restore(world.session(), { confirmed: true });
  expect(result).toMatchObject({ applied: true, files: { created: 0, changed: 1, kept: 1 } });
  expect(contentsOf(world.workspace)["p.md"]).toBe("from the version");
  const { context, secretFor } = world.session();
  const note = loadNote(await Repository.open(context, secretFor, "reader"));
  expect(note).toMatchObject({ before: result.safetyVersion, created: ["a.md"], isDone: true });
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(contentsOf(world.workspace)["p.md"]).toBe("written meanwhile");
});

test("an undo of the first attempt takes away what it made, and nothing that was written since", async () => {
  await stoppedBeforeSecond();
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(contentsOf(world.workspace)).toEqual({ "p.md": "written meanwhile" });
});

test("a mode that was set between two attempts is saved as well, and comes back", async () => {
  world.write("a.md", "one");
  world.write("b.md", "one");
  chmodSync(at("b.md"), 0o644);
  await backup(world.session());
  world.write("a.md", "two");
  chmodSync(at("b.md"), 0o600);
  world.clock.advance(600_000);
  const asked = { version: "5m ago", confirmed: true };
  await expect(restore(stopping(), asked)).rejects.toMatchObject({ code: "interrupted" });
  chmodSync(at("b.md"), 0o400);
  expect(codes(await restore(world.session(), asked))).toEqual([]);
  expect(treeOf(world.workspace)["b.md"]?.mode).toBe(0o644);
  await undo(world.session());
  expect(treeOf(world.workspace)["b.md"]?.mode).toBe(0o400);
});

test("where both attempts replaced something, undo goes back to before the second", async () => {
  world.write("a.md", "one");
  world.write("b.md", "one");
  await backup(world.session());
  world.write("a.md", "two");
  world.write("b.md", "two");
  world.clock.advance(600_000);
  const asked = { version: "5m ago", confirmed: true };
  await expect(restore(stopping(), asked)).rejects.toMatchObject({ code: "interrupted" });
  world.write("b.md", "three");
  const { safetyVersion } = await restore(world.session(), asked);
  expect(codes(await undo(world.session()))).toEqual([]);
  expect(contentsOf(world.workspace)).toEqual({ "a.md": "one", "b.md": "three" });
  const to = join(world.root, "elsewhere");
  await restore(world.session(), { version: String(safetyVersion!.seq - 1), to });
  expect(contentsOf(to)).toEqual({ "a.md": "two", "b.md": "two" });
});
