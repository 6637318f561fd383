/** One run at a time on this machine and workspace; whoever comes second is told who was first. */
import { isAlive, startOfProcess } from "../state/live-process.ts";
import { acquireRunLock } from "../state/single-run-lock.ts";
import type { Session } from "./session.ts";

export async function withRunLock<Result>(
  { context }: Session,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { disk, state, pid, host, clock } = context;
  const holder = {
    pid,
    host,
    what,
    startedAtMs: clock.now(),
    processStart: startOfProcess(disk, pid),
  };
  const lock = acquireRunLock(disk, state.lock, holder, (other, start) =>
    isAlive(disk, other, start),
  );
  try {
    return await work();
  } finally {
    lock.release();
  }
}
