import type { EngineError } from "./errors.ts";

/** How an operation tells its surface what goes on. The engine itself does not print. */
export interface Monitor {
  progress(progress: Progress): void;
  /** Something went wrong that does not stop the run. The run then ends non-zero. */
  warn(error: EngineError): void;
}

export interface Progress {
  readonly step: "scan" | "read" | "upload" | "download" | "verify";
  readonly files?: Amount;
  readonly bytes?: Amount;
}

export interface Amount {
  readonly done: number;
  /** Absent while it is not known. */
  readonly total?: number;
}

export const silentMonitor: Monitor = { progress() {}, warn() {} };
