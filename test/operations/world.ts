/**
 * A small world for tests of operations: a workspace and a state directory in a temporary folder, a
 * store that outlives every run, and a clock that only tests move. Each `session()` is a new process.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import type { Disk } from "../../src/base/disk.ts";
import type { EngineError } from "../../src/base/errors.ts";
import { rawSecret } from "../../src/crypto/key-slot.ts";
import { realDisk } from "../../src/files/real-disk.ts";
import type { Session, Settings } from "../../src/operations/session.ts";
import { StateDir } from "../../src/state/state-dir.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/store.ts";

const HOUR_MS = 3_600_000;

/** A wall clock that starts now, an hour ahead of the files' times, so that none of them is racy. */
export class TestClock implements Clock {
  #ms = Date.now() + HOUR_MS;

  now(): number {
    return this.#ms;
  }

  monotonic(): number {
    return this.#ms;
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}

export interface WorldOptions {
  readonly disk?: Disk;
  readonly store?: Store;
  readonly settings?: Partial<Settings>;
}

export class World {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "session-sync-")));
  readonly workspace = join(this.root, "workspace");
  readonly clock = new TestClock();
  store: Store;
  readonly warnings: EngineError[] = [];
  /** Another one is another machine, or the same one after its disk died. */
  stateFolder = join(this.root, "state");
  disk: Disk;
  settings: Partial<Settings>;
  /** The secret that the next session has; the repository is made with the first one. */
  secret = Buffer.alloc(32, 7).toString("base64");
  #processes = 0;

  constructor({ disk = realDisk, store, settings = {} }: WorldOptions = {}) {
    this.disk = disk;
    this.store = store ?? new MemoryStore(this.clock);
    this.settings = settings;
    mkdirSync(this.workspace);
  }

  write(path: string, content: string | Uint8Array): void {
    const full = join(this.workspace, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }

  session(store: Store = this.store): Session {
    const { disk, clock, workspace, secret } = this;
    const state = new StateDir(disk, this.stateFolder, workspace);
    return {
      workspace,
      tool: "session-sync test",
      context: {
        store,
        disk,
        clock,
        state,
        // No process has such a number, so a lock that a power cut left is stale.
        pid: 2_000_000_000 + ++this.#processes,
        host: "testbox",
        deviceName: "testbox",
        random: (count) => randomBytes(count),
        monitor: { progress: () => undefined, warn: (error) => this.warnings.push(error) },
      },
      settings: {
        include: [],
        exclude: [],
        followMounts: false,
        heartbeatMs: 24 * HOUR_MS,
        padFloorBytes: 4096,
        retention: { days: 30 },
        ...this.settings,
      },
      secretFor: async () => rawSecret(secret),
      makeKey: async () => rawSecret(secret),
    };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
