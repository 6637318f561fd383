/** `now`: the workspace becomes a version. */
import { versionName } from "../../base/ids.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { say } from "../../base/messages/index.ts";
import { shown, type RelPath } from "../../base/paths.ts";
import { backup, type BackupResult } from "../../operations/backup.ts";
import { previewBackup } from "../../operations/preview.ts";
import type { ScanResult } from "../../files/scan.ts";
import type { Given } from "../given.ts";
import type { Invocation } from "../invocation.ts";
import type { OpenedSession } from "../open-session.ts";
import { realClock } from "../real-world.ts";
import type { Report, Verb } from "../verb.ts";
import { assertWorkspace } from "../workspace-there.ts";
import { formatBytes, formatVersion } from "../words.ts";

export const now: Verb = {
  name: "now",
  alias: "backup",
  text: say("help-now", {}),
  options: [
    { flags: "--dry-run", text: say("help-now-dry-run", {}) },
    { flags: "--note <text>", text: say("help-now-note", {}) },
  ],
  acts: true,
  run: async (given, invocation) =>
    given.flag("dryRun") ? preview(invocation) : save(given, invocation),
};

async function save(given: Given, invocation: Invocation): Promise<Report> {
  const opened = invocation.open();
  assertWorkspace(opened.session.workspace);
  const startedMs = realClock.monotonic();
  const result = await backup(opened.session, { note: given.text("note") });
  opened.trust.remember();
  const durationMs = Math.round(realClock.monotonic() - startedMs);
  const version = versionName(result.version);
  const { uploadedBytes } = opened.meter;
  return {
    document: documentOf(result, opened, durationMs),
    lines: [outcome(result, opened)],
    asides: [...unsteadyLine(result.unsteady), ...outsideLine(result.outside), ...place(opened)],
    exit: result.unsteady.length > 0 ? EXIT.unsteady : EXIT.done,
    run: { version, files: result.files.total, uploadedBytes },
  };
}

function documentOf(result: BackupResult, { meter }: OpenedSession, durationMs: number): unknown {
  const { version, unchanged, files, bytes, unsteady } = result;
  const { requests, uploadedBytes: uploaded } = meter;
  return {
    version: versionName(version),
    unchanged,
    files,
    bytes: { scanned: bytes.scanned, new: bytes.new, uploaded, stored: bytes.stored },
    requests,
    durationMs,
    unsteady,
  };
}

function outcome({ version, unchanged, files }: BackupResult, { meter }: OpenedSession): string {
  const name = formatVersion(version);
  if (unchanged) return say("now-unchanged", { version: name, files: files.total });
  return say("now-saved", {
    version: name,
    changes: changesText(files),
    bytes: formatBytes(meter.uploadedBytes),
    requests: Object.values(meter.requests).reduce((total, count) => total + count, 0),
  });
}

/** Where nothing was configured, once: the first time that there is something to lose. */
function place({ isNew, isEmbedded, session }: OpenedSession): string[] {
  if (!isNew || !isEmbedded) return [];
  const { place } = session.context.store;
  return [say("now-embedded", { place: shown(place) }), say("now-embedded-hint", {})];
}

async function preview(invocation: Invocation): Promise<Report> {
  const { session } = invocation.open();
  assertWorkspace(session.workspace);
  const { files, bytes, changes, outside } = await previewBackup(session);
  const size = formatBytes(bytes.scanned);
  const isSame = files.added + files.changed + files.removed === 0;
  const outcome = isSame
    ? say("now-preview-nothing", { files: files.total, bytes: size })
    : say("now-preview", { changes: changesText(files), files: files.total, bytes: size });
  return {
    document: { files, bytes, changes },
    lines: [
      outcome,
      ...changeLines("+", changes.added),
      ...changeLines("~", changes.changed),
      ...changeLines("-", changes.removed),
    ],
    asides: outsideLine(outside),
  };
}

const changeLines = (mark: string, paths: readonly RelPath[]): string[] =>
  paths.map((path) => `  ${mark} ${shown(path)}`);

function changesText({ added, changed, removed }: BackupResult["files"]): string {
  const parts = [
    changed > 0 ? [say("changes-changed", { count: changed })] : [],
    added > 0 ? [say("changes-added", { count: added })] : [],
    removed > 0 ? [say("changes-removed", { count: removed })] : [],
  ].flat();
  return parts.length === 0 ? say("changes-none", {}) : parts.join(", ");
}

const MAX_EXAMPLES = 3;

function unsteadyLine(unsteady: readonly RelPath[]): string[] {
  const count = unsteady.length;
  return count === 0 ? [] : [say("now-unsteady", { count, examples: examplesOf(unsteady, count) })];
}

function outsideLine({ files, examples }: ScanResult["outside"]): string[] {
  if (files === 0) return [];
  return [say("outside", { count: files, examples: examplesOf(examples, files) })];
}

export function examplesOf(paths: readonly RelPath[], count: number): string {
  const examples = paths.slice(0, MAX_EXAMPLES).map(shown).join(", ");
  return count > MAX_EXAMPLES ? say("examples-more", { examples }) : examples;
}
