/** The power fails at every call of the store while the workspace is restored over. */
import { expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { restore } from "../../src/operations/restore.ts";
import { survives } from "../files/power-cut-disk.ts";
import { allVersions, workspaceContents } from "../operations/contents.ts";
import { World } from "../operations/world.ts";
import { CrashingStore } from "../store/crashing.ts";

/** The first version, which is entry 2 of its log. */
const ASKED = { version: "2", confirmed: true };

test.each(["before", "after"] as const)(
  "a power cut %s any call loses neither the version nor what stood there, and the same command ends it",
  async (when) => {
    let survived = false;
    let failAt = 0;
    for (; !survived; failAt++) {
      const world = new World();
      world.write("memory/a.md", "as it was");
      world.write("memory/b.md", "the same");
      await backup(world.session());
      world.write("memory/a.md", "not yet saved anywhere");
      const store = new CrashingStore(world.store, { failAt, when });
      survived = await survives(() => restore(world.session(store), ASKED));
      await restore(world.session(), ASKED);
      const wanted = { "memory/a.md": "as it was", "memory/b.md": "the same" };
      expect(workspaceContents(world.workspace), String(failAt)).toEqual(wanted);
      const states = (await allVersions(world.session())).map((held) => held["memory/a.md"]);
      expect(states, String(failAt)).toContain("not yet saved anywhere");
      expect((await check(world.session())).findings, String(failAt)).toEqual([]);
      world.remove();
    }
    expect(failAt).toBeGreaterThan(8);
  },
);
