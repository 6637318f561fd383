/**
 * Everything we throw on purpose. A family answers one question: what can the caller do next?
 * Texts stand in the message table, never here and never where the error is thrown.
 */
import { errorTexts, fill, type ErrorCode, type FactsOf } from "./messages/index.ts";

export type { ErrorCode } from "./messages/index.ts";

export abstract class EngineError extends Error {
  /** Stable, kebab-case, documented in docs/errors.md. Programs match on this, never on the text. */
  readonly code: ErrorCode;
  /** What the sentence is about: names and numbers, never a secret. */
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(...[code, facts, cause]: ErrorArguments) {
    super(fill(errorTexts[code].fact, facts), cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = facts;
  }

  /** The way out, as one imperative sentence. */
  get hint(): string {
    return fill(errorTexts[this.code].hint, this.facts);
  }
}

/** What was asked cannot be done as asked: a flag, a config key, a path. Changing it can help. */
export class InputError extends EngineError {}

/** Stored bytes are not what we wrote. Retrying cannot help; another copy or `repair` can. */
export class IntegrityError extends EngineError {}

/** A secret is missing, refused or wrong. Getting the right one can help. */
export class KeyError extends EngineError {}

/** Somebody else is at it. Waiting can help. */
export class BusyError extends EngineError {}

/** This machine refused: no space, no permission, a file that cannot be read. */
export class DiskError extends EngineError {}

/** A person or a caller asked us to stop. */
export class InterruptedError extends EngineError {}

/** The store refused, timed out or lost something. `retryable` says whether to try again. */
export class StoreError extends EngineError {
  readonly retryable: boolean;

  constructor(retryable: boolean, ...args: ErrorArguments) {
    super(...args);
    this.retryable = retryable;
  }
}

/** (code, facts, cause?), where the facts are exactly the {names} that the code's texts mention. */
type ErrorArguments = {
  [Code in ErrorCode]: [code: Code, facts: FactsOf<Code>, cause?: unknown];
}[ErrorCode];
