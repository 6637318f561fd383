/** One run of a backup: what was found in the workspace, and the version it is compared with. */
import { scan, type ScanResult } from "../../files/scan.ts";
import type { Manifest } from "../../format/log-entry.ts";
import type { KnownVersion } from "../../repository/log-book.ts";
import type { Writing } from "../../repository/writing.ts";
import { previousVersion } from "../previous.ts";
import { emptyScratch } from "../scratch.ts";
import type { Session } from "../session.ts";
import { workspaceHint } from "../workspace-hint.ts";
import { KnownFiles } from "./known-files.ts";
import type { Said } from "./manifest-body.ts";

export interface RunOptions {
  readonly note?: string | undefined;
  readonly purpose?: Manifest["purpose"];
}

export interface Run {
  readonly session: Session;
  readonly writing: Writing;
  readonly scanned: ScanResult;
  readonly known: KnownFiles;
  readonly previous: KnownVersion | undefined;
  readonly said: Said;
  readonly startedMs: number;
}

export function startRun(session: Session, writing: Writing, options: RunOptions): Run {
  const { workspace, settings, context, tool } = session;
  const startedMs = context.clock.monotonic();
  const purpose = options.purpose ?? "backup";
  emptyScratch(context);
  const scanned = scan(workspace, { ...settings, signal: context.signal });
  for (const problem of scanned.problems) context.monitor.warn(problem);
  const previous = previousVersion(writing.repository, writing.log.device, purpose);
  const known = KnownFiles.load(writing.repository, previous);
  const { retention } = settings;
  const hint = workspaceHint(session);
  const said = { note: options.note, purpose, retention, tool, workspaceHint: hint };
  return { session, writing, scanned, known, previous, said, startedMs };
}
