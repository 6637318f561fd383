/**
 * The library: the verbs of the command line as functions, for programs that keep a memory safe
 * themselves. Errors are `EngineError`s with a stable `code`; nothing is printed.
 *
 *     const { session } = openSession({ workspace: "/home/ada/notes" });
 *     const { version } = await backup(session);
 */
export { openSession, type OpenedSession, type OpenOptions } from "./cli/open-session.ts";
export { EngineError, type ErrorCode } from "./base/errors.ts";
export type { Monitor, Progress } from "./base/monitor.ts";
export { backup, type BackupOptions, type BackupResult } from "./operations/backup.ts";
export { check, type CheckOptions, type CheckResult } from "./operations/check.ts";
export {
  planRestore,
  restore,
  type RestoreOptions,
  type RestorePlan,
  type RestoreResult,
} from "./operations/restore.ts";
export type { Session } from "./operations/session.ts";
export { readStatus as status, type Status } from "./operations/status.ts";
export { undo } from "./operations/undo.ts";
export { listVersions, type VersionRow, type VersionsResult } from "./operations/versions.ts";
