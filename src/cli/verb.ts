/** What a command is: how it is called, and what comes back to be printed. */
import type { EngineError } from "../base/errors.ts";
import type { Exit } from "../base/exit-codes.ts";
import type { RunLine } from "../operations/run-log.ts";
import type { Given } from "./given.ts";
import type { Invocation } from "./invocation.ts";

export interface Verb {
  readonly name: string;
  readonly alias?: string;
  /** As help shows them: `<key>`, `[version...]`. */
  readonly operands?: string;
  readonly text: string;
  readonly options?: readonly Option[];
  /** It does something: then `-q` silences its outcome, and a run log keeps it. */
  readonly acts?: boolean;
  run(given: Given, invocation: Invocation): Promise<Report>;
}

export interface VerbGroup {
  readonly name: string;
  readonly text: string;
  readonly verbs: readonly Verb[];
}

export interface Option {
  readonly flags: string;
  readonly text: string;
  /** Can be given several times. */
  readonly many?: true;
  /** Names of options that it cannot stand beside, as `dryRun`. */
  readonly conflicts?: readonly string[];
}

export interface Report {
  /** What `--json` prints. */
  readonly document: unknown;
  /** What a person reads; the first line says the outcome. */
  readonly lines: readonly string[];
  /** Good to know, for a person. */
  readonly asides?: readonly string[];
  /** What is wrong beside the result. */
  readonly problems?: readonly EngineError[];
  /** Another reason to end with something else than 0. */
  readonly exit?: Exit;
  /** What the run log keeps of it. */
  readonly run?: Pick<RunLine, "version" | "files" | "uploadedBytes">;
}
