/**
 * What a person has confirmed of a workspace's configuration, kept in the state directory as plain
 * JSON: it is compared before any key is asked for, because a changed configuration may name the
 * command that gives the key.
 */
import { decodeJson, encodeJson } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import type { LoadedConfig } from "../config/load.ts";
import {
  changesSince,
  parseTrusted,
  refuseChanges,
  trustedPart,
  type Change,
  type Trusted,
} from "../config/trust.ts";
import { unlessMalformed } from "../state/local-document.ts";
import { writeStateFile } from "../state/state-file.ts";
import type { StateDir } from "../state/state-dir.ts";

export class TrustNote {
  readonly #disk: Disk;
  readonly #state: StateDir;
  readonly #loaded: LoadedConfig;
  readonly #remembered: Trusted | undefined;

  constructor(disk: Disk, state: StateDir, loaded: LoadedConfig) {
    this.#disk = disk;
    this.#state = state;
    this.#loaded = loaded;
    const bytes = disk.read(state.trust);
    this.#remembered = bytes && unlessMalformed(() => parseTrusted(decodeJson(bytes, "trust")));
  }

  /** The workspace has been in use before. */
  get isRemembered(): boolean {
    return this.#remembered !== undefined;
  }

  assertUnchanged(): void {
    refuseChanges(this.#remembered, this.#loaded);
  }

  changes(): readonly Change[] {
    return this.#remembered === undefined ? [] : changesSince(this.#remembered, this.#loaded);
  }

  /** After the first run that came to its end, and when a person said yes. */
  remember(): void {
    const now = this.#confirmed();
    if (JSON.stringify(now) === JSON.stringify(this.#remembered)) return;
    this.#state.ensure();
    writeStateFile(this.#disk, this.#state.trust, encodeJson(now));
  }

  /** What the environment says holds for one run; the next one may be without it. */
  #confirmed(): Trusted {
    const { sources } = this.#loaded;
    const before = this.#remembered ?? {};
    const now = Object.entries(trustedPart(this.#loaded)).flatMap(([key, mark]) => {
      if (sources[key as keyof typeof sources] !== "environment") return [[key, mark] as const];
      const earlier = before[key];
      return earlier === undefined ? [] : [[key, earlier] as const];
    });
    return Object.fromEntries(now);
  }
}
