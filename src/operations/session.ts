/** What every operation is given: whose memory, where to, and how to look at the world. */
import type { JsonObject } from "../base/canonical-json.ts";
import type { SlotSecret } from "../crypto/key-slot.ts";
import type { Context } from "../repository/context.ts";
import type { SecretFor } from "../repository/repository.ts";

export interface Session {
  /** Absolute path of the folder that is protected. */
  readonly workspace: string;
  readonly context: Context;
  readonly settings: Settings;
  readonly secretFor: SecretFor;
  /** Present only where the first `now` may make the repository by itself: nothing is configured. */
  readonly makeKey?: (() => Promise<SlotSecret>) | undefined;
  /** Name and version of this program, for the manifest. */
  readonly tool: string;
}

export interface Settings {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly followMounts: boolean;
  readonly heartbeatMs: number;
  readonly padFloorBytes: number;
  /** Retention as it stood when a version was made, kept in its manifest. */
  readonly retention: JsonObject;
}
