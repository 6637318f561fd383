import { afterEach, beforeEach, expect, test } from "vitest";
import { backup } from "../../src/operations/backup.ts";
import { keyInfo, recoveryKit } from "../../src/operations/keys.ts";
import { parseKit } from "../../src/operations/recovery-kit.ts";
import { HostileStore } from "../store/hostile.ts";
import { World } from "./world.ts";

let world: World;
let store: HostileStore;
beforeEach(async () => {
  store = new HostileStore();
  world = new World({ store });
  world.write("a.md", "one");
  await backup(world.session());
});
afterEach(() => {
  world.remove();
});

test("a kit holds what a new machine needs, and reads back as it was written", async () => {
  const options = { encryptionKey: world.secret, store: { provider: "local", path: "/mnt/x" } };
  const kit = parseKit(await recoveryKit(world.session(), options));
  const info = await keyInfo(world.session());
  expect(kit).toMatchObject({ ...options, fingerprint: info.fingerprint, anchor: info.anchor });
  expect(kit.format).toEqual(store.bytes("format"));
  expect(kit.slot).toEqual(store.bytes(`keys/${kit.slotName}`));
});

test("a kit survives what a mail program or a printer does to its lines", async () => {
  const text = await recoveryKit(world.session(), { encryptionKey: world.secret, store: {} });
  const rewrapped = text.replace(/\n/g, "\r\n   ");
  expect(parseKit(rewrapped)).toEqual(parseKit(text));
});

test.each(["", "nonsense", "-----BEGIN SESSION-SYNC KIT-----", "x".repeat(100_000)])(
  "what is no kit is refused in words",
  (text) => {
    expect(() => parseKit(text)).toThrow(expect.objectContaining({ code: "kit-malformed" }));
  },
);

test("a kit for a passphrase does not hold it, and says so", async () => {
  const text = await recoveryKit(world.session(), { store: {} });
  expect(text).not.toContain(world.secret);
  expect(text).toContain("passphrase");
});
