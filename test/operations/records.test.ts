/** Records that this release does not act on are kept and shown. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RecordBody } from "../../src/format/log-entry.ts";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { readStatus } from "../../src/operations/status.ts";
import { listVersions } from "../../src/operations/versions.ts";
import { Repository } from "../../src/repository/repository.ts";
import { openForWriting } from "../../src/repository/writing.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = new World();
  world.write("a.md", "one");
  await backup(world.session());
});
afterEach(() => {
  world.remove();
});

async function append(...bodies: RecordBody[]): Promise<void> {
  const { context, secretFor } = world.session();
  const { log } = await openForWriting(await Repository.open(context, secretFor, "writer"));
  for (const body of bodies) await log.appendRecord(body);
}

test("a record of a later release is kept, counted by its name, and disturbs nothing", async () => {
  const fields = { depth: 3 };
  await append({ type: "unknown", name: "from-the-future", fields });
  await append({ type: "unknown", name: "constructor", fields });
  const { records } = await readStatus(world.session());
  expect(records).toEqual({ register: 1, "from-the-future": 1, constructor: 1 });
  expect((await check(world.session())).findings).toEqual([]);
  expect(await backup(world.session())).toMatchObject({ unchanged: true });
});

test("pins and notes show on their version, the latest of each", async () => {
  const { versions } = await listVersions(world.session());
  const version = versions[0]!.id;
  await append(
    { type: "pin", version },
    { type: "note", version, text: "before the move" },
    { type: "note", version, text: "after the move" },
  );
  expect((await listVersions(world.session())).versions).toMatchObject([
    { pinned: true, note: "after the move" },
  ]);
  await append({ type: "unpin", version });
  expect((await listVersions(world.session())).versions).toMatchObject([{ pinned: false }]);
});
