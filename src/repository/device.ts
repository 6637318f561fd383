/**
 * This installation's signing key. It is made on the first write and kept in the state directory,
 * sealed with the repository's local-state key, durably, before anything is signed with it.
 */
import { toBase64 } from "../base/bytes.ts";
import { DeviceKey } from "../crypto/signature.ts";
import { Fields } from "../format/shape.ts";
import { loadDocument, saveDocument } from "../state/local-document.ts";
import type { Context } from "./context.ts";
import type { Keys } from "./keys.ts";

const DOCUMENT = "device";

export async function loadDevice(
  { disk, state }: Context,
  { localSeal }: Keys,
): Promise<DeviceKey | undefined> {
  const document = loadDocument(disk, state.device, DOCUMENT, localSeal);
  if (document === undefined) return undefined;
  const seed = Buffer.from(new Fields(document, DOCUMENT).text("seed"), "base64");
  const device = await DeviceKey.fromSeed(seed);
  seed.fill(0);
  return device;
}

export async function makeDevice(
  { disk, state }: Context,
  { localSeal }: Keys,
): Promise<DeviceKey> {
  const device = await DeviceKey.generate();
  saveDocument(disk, state.device, DOCUMENT, { seed: toBase64(device.seed()) }, localSeal);
  return device;
}
