/**
 * A store that lets the process look up before every request: the work on a folder is synchronous
 * from beginning to end, and a Ctrl-C is only heard when nothing runs.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { CallOptions, PutOutcome, Store } from "../store/store.ts";
import { MeteredStore } from "../store/metered.ts";

export class BreathingStore extends MeteredStore {
  override async put(...call: Parameters<Store["put"]>): Promise<PutOutcome> {
    await nextTurn();
    return super.put(...call);
  }

  override async get(...call: Parameters<Store["get"]>): Promise<Uint8Array | undefined> {
    await nextTurn();
    return super.get(...call);
  }

  override async now(options?: CallOptions): Promise<number> {
    await nextTurn();
    return super.now(options);
  }
}
