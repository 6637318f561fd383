/** An unchanged workspace says now and then that its device is alive, so that silence means trouble. */
import type { Writing } from "../../repository/writing.ts";

export async function beatIfDue({ repository, log }: Writing, heartbeatMs: number): Promise<void> {
  const newest = repository.book.newest(log.device);
  const lastMs = newest ? Date.parse(newest.entry.localDate) : 0;
  const silentMs = repository.context.clock.now() - lastMs;
  // A clock that was turned back must not silence the device for as long.
  if (silentMs < heartbeatMs && silentMs > -heartbeatMs) return;
  await log.appendRecord({ type: "beat" });
}
