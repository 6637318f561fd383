import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { RecordingStore } from "../store/recording.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  world.remove();
});

test("the first backup makes a version that says what it holds", async () => {
  world.write("MEMORY.md", "# Memory\n");
  world.write("memory/2026-04-01.md", "frost\n");
  const result = await backup(world.session());
  expect(result).toMatchObject({ unchanged: false, files: { total: 2, added: 3 } });
  const { versions, findings } = await listVersions(world.session());
  expect(findings).toEqual([]);
  expect(versions).toMatchObject([{ files: 2, bytes: 15, purpose: "backup" }]);
});

test("an unchanged workspace makes two LISTs, no PUT, and no version", async () => {
  world.write("MEMORY.md", "# Memory\n");
  await backup(world.session());
  const store = new RecordingStore(world.store);
  expect(await backup(world.session(store))).toMatchObject({ unchanged: true });
  expect(store.calls).toEqual([]);
});
