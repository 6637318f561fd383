import type { DeviceId } from "../base/ids.ts";
import { loadDevice } from "../repository/device.ts";
import type { Repository } from "../repository/repository.ts";

/** This machine's device, once it has written to the repository. */
export async function ownDevice({
  context,
  keys,
  book,
}: Repository): Promise<DeviceId | undefined> {
  const device = (await loadDevice(context, keys))?.device;
  return device !== undefined && book.newest(device) ? device : undefined;
}
