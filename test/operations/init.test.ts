import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawSecret } from "../../src/crypto/key-slot.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import { backup } from "../../src/operations/backup.ts";
import { check } from "../../src/operations/check.ts";
import { initialise } from "../../src/operations/init.ts";
import { FolderStore } from "../../src/store/folder.ts";
import { PowerCutDisk, POWER_CUT_MODES, survives } from "../files/power-cut-disk.ts";
import { CrashingStore } from "../store/crashing.ts";
import { HostileStore } from "../store/hostile.ts";
import { newestContents } from "./contents.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
  world.write("a.md", "one");
});
afterEach(() => {
  world.remove();
});

const secret = () => rawSecret(world.secret);

test("init makes a repository that a backup then uses, and a second init connects to it", async () => {
  const first = await initialise(world.session(), { secret: secret() });
  const second = await initialise(world.session(), { secret: secret() });
  expect([first.created, second.created]).toEqual([true, false]);
  expect(second.fingerprint).toBe(first.fingerprint);
  await backup({ ...world.session(), makeKey: undefined });
});

test("init with another key connects to nothing", async () => {
  await initialise(world.session(), { secret: secret() });
  world.stateFolder += "-2";
  world.secret = Buffer.alloc(32, 9).toString("base64");
  const attempt = initialise(world.session(), { secret: secret() });
  await expect(attempt).rejects.toMatchObject({ code: "key-wrong" });
});

test("two workspaces are not mixed in one repository", async () => {
  await backup(world.session());
  const other = new World({ store: world.store });
  try {
    const session = { ...other.session(), workspace: join(other.root, "another-name") };
    const attempt = initialise(session, { secret: secret() });
    await expect(attempt).rejects.toMatchObject({ code: "workspace-differs" });
  } finally {
    other.remove();
  }
});

test("init at another place leaves the old repository whole and starts the new one afresh", async () => {
  await backup(world.session());
  const old = world.store;
  world.store = new HostileStore();
  expect(await initialise(world.session(), { secret: secret() })).toMatchObject({ created: true });
  await backup(world.session());
  expect((await check(world.session(), { readDataPercent: 100 })).findings).toEqual([]);
  world.store = old;
  world.stateFolder += "-2";
  expect(await newestContents(world.session())).toEqual({ "a.md": "one" });
});

test("of two that make a repository at once, one loses and says so, and its slot is gone", async () => {
  const store = new HostileStore();
  world.store = store;
  const other = new World({ store });
  const put = store.put.bind(store);
  let raced = false;
  store.put = async (name, body) => {
    if (name === "format" && !raced) {
      raced = true;
      await initialise(other.session(), { secret: secret() });
    }
    return put(name, body);
  };
  const attempt = initialise(world.session(), { secret: secret() });
  await expect(attempt).rejects.toMatchObject({ code: "repository-exists" });
  expect(store.names("keys/")).toHaveLength(1);
  other.remove();
});

test.each(POWER_CUT_MODES)(
  "a power cut at every call of the disk during init leaves nothing that the next init cannot finish, %s",
  async (mode) => {
    let survived = false;
    let failAt = 0;
    for (; !survived; failAt++) {
      const each = new World();
      const calm = new FolderStore(realDisk, join(each.root, "repository"), each.clock);
      const disk = new PowerCutDisk({ failAt, mode });
      each.disk = disk;
      each.store = new FolderStore(disk, join(each.root, "repository"), each.clock);
      survived = await survives(() => initialise(each.session(), { secret: secret() }));
      disk.restorePower();
      each.store = calm;
      await initialise(each.session(), { secret: secret() });
      expect(await Array.fromAsync(calm.list({ prefix: "keys/" })), String(failAt)).toHaveLength(1);
      each.write("a.md", "one");
      await backup(each.session());
      expect((await check(each.session())).findings, String(failAt)).toEqual([]);
      each.remove();
    }
    expect(failAt).toBeGreaterThan(20);
  },
);

test.each(["before", "after"] as const)(
  "a power cut %s every call of the store during init is finished by the next one",
  async (when) => {
    let survived = false;
    for (let failAt = 0; !survived; failAt++) {
      const each = new World();
      const store = new CrashingStore(each.store, { failAt, when });
      survived = await survives(() => initialise(each.session(store), { secret: secret() }));
      await initialise(each.session(), { secret: secret() });
      expect(await Array.fromAsync(each.store.list({ prefix: "keys/" }))).toHaveLength(1);
      await backup(each.session());
      expect((await check(each.session())).findings, String(failAt)).toEqual([]);
      each.remove();
    }
  },
);
