import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeOf, documentOf, launch, makePlace, type Place } from "./place.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");

/** A run that waits in the middle, until the file `go` is there: for its key. */
function slowRun(place: Place) {
  const { root, workspace, variables, write } = place;
  write("key", KEY);
  write("ready/nothing-yet", "");
  const wait = "touch ../ready/yes; while [ ! -e ../go ]; do sleep 0.02; done; cat ../key";
  write("workspace/a.md", "a");
  write(
    "workspace/session-sync-config.json",
    JSON.stringify({ path: "../bucket", encryption_key_command: wait }),
  );
  const child = launch(["init"], { cwd: workspace, variables });
  let stderr = "";
  const said = new Promise<void>((done) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (stderr.includes("Stopping")) done();
    });
  });
  return {
    child,
    said,
    ended: codeOf(child),
    go: () => write("go", ""),
    stderr: () => stderr,
    waits: untilThere(join(root, "ready"), "yes"),
  };
}

async function untilThere(folder: string, name: string): Promise<void> {
  const watcher = watch(folder);
  const there = new Promise<void>((done) => {
    watcher.on("change", () => {
      if (existsSync(join(folder, name))) done();
    });
  });
  if (!existsSync(join(folder, name))) await there;
  watcher.close();
}

test("Ctrl-C once stops where nothing is lost, says a word, and ends with 130", async () => {
  const place = makePlace();
  const { child, waits, said, go, ended, stderr } = slowRun(place);
  await waits;
  child.kill("SIGINT");
  await said;
  go();
  expect(await ended).toBe(130);
  expect(stderr()).toMatch(
    /Press Ctrl-C again.*\nsession-sync: stopped before it was finished\.\n {2}→ /,
  );
  expect(existsSync(join(place.root, "bucket", "format"))).toBe(false);
  expect(await place.run(["init"])).toMatchObject({ code: 0 });
  expect(documentOf(await place.run(["now", "--json"]))).toMatchObject({ files: { total: 1 } });
});

test("Ctrl-C twice ends it there and then", async () => {
  const { child, waits, said, go, ended } = slowRun(makePlace());
  await waits;
  child.kill("SIGINT");
  await said;
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  go();
});
