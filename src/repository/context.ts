import type { Clock, Random } from "../base/clock.ts";
import type { Disk } from "../base/disk.ts";
import type { Monitor } from "../base/monitor.ts";
import type { StateDir } from "../state/state-dir.ts";
import type { Store } from "../store/store.ts";

/** What a repository needs from the world; the surfaces pass the real ones, tests their own. */
export interface Context {
  readonly store: Store;
  readonly state: StateDir;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly monitor: Monitor;
  readonly pid: number;
  /** This system's own name: tells whether the process that holds a lock is one of ours. */
  readonly host: string;
  /** What a person calls this machine. */
  readonly deviceName: string;
  readonly signal?: AbortSignal | undefined;
}
