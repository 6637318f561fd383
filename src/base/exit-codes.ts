/**
 * How a process ends: one table from what went wrong to an exit code, so that no surface has its own
 * idea of it. A family of errors is the default, and what callers must tell apart stands beside it.
 * docs/errors.md is written from this table and the messages.
 */
import type { EngineError, ErrorCode } from "./errors.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  /** Usage, or a yes is needed. */
  usage: 2,
  /** Saved, but some files could not be read as they should. */
  unsteady: 3,
  credentials: 4,
  stale: 5,
  integrity: 6,
  suspicious: 7,
  noRepository: 10,
  busy: 11,
  wrongKey: 12,
  rollback: 20,
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

export const FAMILY_EXITS = {
  InputError: EXIT.usage,
  StoreError: EXIT.failed,
  IntegrityError: EXIT.integrity,
  KeyError: EXIT.credentials,
  BusyError: EXIT.busy,
  DiskError: EXIT.failed,
  InterruptedError: EXIT.interrupted,
} as const satisfies Record<string, Exit>;

export type Family = keyof typeof FAMILY_EXITS;

export const CODE_EXITS: Partial<Record<ErrorCode, Exit>> = {
  "no-repository": EXIT.noRepository,
  "nothing-saved-yet": EXIT.noRepository,
  "repository-gone": EXIT.noRepository,
  "folder-missing": EXIT.noRepository,
  "key-wrong": EXIT.wrongKey,
  "rollback-suspected": EXIT.rollback,
};

/** Told beside a result that stands: the version is saved, and this is not in it or not as it should be. */
const WARNING_EXITS: Partial<Record<ErrorCode, Exit>> = {
  "file-unreadable": EXIT.unsteady,
  "folder-unreadable": EXIT.unsteady,
  "kind-skipped": EXIT.unsteady,
  "mount-skipped": EXIT.unsteady,
  // The machine has already done what there is to do.
  "device-cloned": EXIT.done,
  "run-log-unwritable": EXIT.done,
};

export function exitOf(error: EngineError): Exit {
  return CODE_EXITS[error.code] ?? (isFamily(error.name) ? FAMILY_EXITS[error.name] : EXIT.failed);
}

export function exitOfWarning(error: EngineError): Exit {
  return WARNING_EXITS[error.code] ?? exitOf(error);
}

/** When several hold, the one that a caller must hear of first. */
const WORST_FIRST: readonly Exit[] = [130, 2, 20, 12, 10, 11, 6, 4, 1, 7, 5, 3, 0];

export function worstExit(exits: readonly Exit[]): Exit {
  return WORST_FIRST.find((exit) => exits.includes(exit)) ?? EXIT.done;
}

const isFamily = (name: string): name is Family => Object.hasOwn(FAMILY_EXITS, name);
