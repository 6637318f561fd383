/** `restore`: a version comes back. What would change or remove something is shown first, and asked. */
import { InputError } from "../../base/errors.ts";
import { versionName, type VersionId } from "../../base/ids.ts";
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import {
  planRestore,
  restore as restoreVersion,
  type RestoreDone,
  type RestoreOptions,
  type RestorePlan,
  type RestoreResult,
} from "../../operations/restore.ts";
import { undo } from "../../operations/undo.ts";
import { listVersions } from "../../operations/versions.ts";
import type { Session } from "../../operations/session.ts";
import { connectByKit } from "../connect.ts";
import type { Given } from "../given.ts";
import type { Invocation } from "../invocation.ts";
import { realPath, type OpenedSession } from "../open-session.ts";
import { planLines } from "../plan-lines.ts";
import type { Report, Verb } from "../verb.ts";
import { formatBytes, formatVersion } from "../words.ts";
import { deviceCalled } from "./versions.ts";

/** An undo knows what it brings back, and where. */
const WITHOUT_UNDO = ["to", "path", "delete", "device", "anchor", "newerThan", "fromKit", "dryRun"];

export const restore: Verb = {
  name: "restore",
  operands: "[version...]",
  text: say("help-restore", {}),
  options: [
    { flags: "--to <dir>", text: say("help-restore-to", {}) },
    { flags: "--path <pattern>", text: say("help-restore-path", {}), many: true },
    { flags: "--delete", text: say("help-restore-delete", {}) },
    { flags: "--device <device>", text: say("help-restore-device", {}) },
    { flags: "--anchor <anchor>", text: say("help-restore-anchor", {}) },
    { flags: "--newer-than <duration>", text: say("help-restore-newer-than", {}) },
    { flags: "--from-kit <file>", text: say("help-from-kit", {}) },
    { flags: "--undo", text: say("help-restore-undo", {}), conflicts: WITHOUT_UNDO },
    { flags: "--dry-run", text: say("help-restore-dry-run", {}) },
    { flags: "--yes", text: say("help-restore-yes", {}) },
  ],
  acts: true,
  run: async (given, invocation) => {
    const opened = await openFor(given, invocation);
    const result = given.flag("undo")
      ? await undoLast(given, opened.session)
      : await restoreAsked(given, invocation, opened);
    opened.trust.remember();
    return result.applied ? doneReport(result, given.flag("undo")) : planReport(result, given);
  },
};

/** With a kit alone, the folder to restore into is the workspace from then on. */
async function openFor(given: Given, invocation: Invocation): Promise<OpenedSession> {
  const kit = given.text("fromKit");
  if (kit === undefined) return invocation.openSaved();
  const { workspace = given.text("to") } = invocation.terminal.options;
  return (await connectByKit(kit, invocation, { workspace })).opened;
}

async function undoLast(given: Given, session: Session): Promise<RestoreResult> {
  const [operand] = given.operands;
  if (operand === undefined) return undo(session);
  throw new InputError("undo-alone", { asked: shown(operand) });
}

async function restoreAsked(
  given: Given,
  invocation: Invocation,
  { session }: OpenedSession,
): Promise<RestoreResult> {
  const options = await optionsOf(given, session);
  if (given.flag("dryRun")) return planRestore(session, options);
  const result = await restoreVersion(session, { ...options, confirmed: given.flag("yes") });
  if (result.applied || !invocation.terminal.canAsk) return result;
  for (const line of planLines(result)) invocation.terminal.complain(line);
  if (!(await invocation.confirm(say("restore-question", {})))) return result;
  return restoreVersion(session, { ...options, confirmed: true });
}

async function optionsOf(given: Given, session: Session): Promise<RestoreOptions> {
  const asked = given.text("device");
  const { versions } = asked === undefined ? { versions: [] } : await listVersions(session);
  const to = given.text("to");
  return {
    version: given.operands.length === 0 ? undefined : given.operands.join(" "),
    device: asked === undefined ? undefined : deviceCalled(asked, versions),
    // With a kit and nothing else, `--to` is the workspace itself.
    to: to === undefined ? undefined : realPath(to),
    paths: given.texts("path"),
    remove: given.flag("delete"),
    anchor: given.text("anchor"),
    newerThanMs: given.durationMs("newerThan"),
  };
}

function planReport(plan: RestorePlan, given: Given): Report {
  const { steps, needsYes, findings } = plan;
  const isRefused = needsYes && !given.flag("dryRun");
  return {
    document: { ...documentOf(plan), needsYes, steps },
    lines: planLines(plan),
    problems: [...findings, ...(isRefused ? [new InputError("needs-yes", {})] : [])],
  };
}

function doneReport(result: RestoreDone, isUndo: boolean): Report {
  const { version, safetyVersion, findings, files } = result;
  return {
    document: documentOf(result),
    lines: [isUndo ? undoneLine(result) : doneLine(result)],
    asides: safetyVersion ? [say("restore-saved", { version: formatVersion(safetyVersion) })] : [],
    problems: findings,
    run: { version: version && versionName(version), files: files.created + files.changed },
  };
}

function doneLine({ version, to, files, bytes, verified, findings }: RestoreDone): string {
  const facts = {
    version: version ? formatVersion(version) : "",
    to: shown(to),
    counts: countsText(files),
  };
  // What is wrong with the logs alone takes nothing away from what was restored.
  const isPart = findings.some(({ code }) => code.startsWith("restore-"));
  if (isPart) return say("restore-incomplete", facts);
  return say("restore-done", { ...facts, bytes: formatBytes(bytes), verified });
}

const undoneLine = ({ to, files }: RestoreDone): string =>
  say("restore-undone", { to: shown(to), counts: countsText(files) });

function countsText(files: RestoreResult["files"]): string {
  const kinds = ["created", "changed", "removed", "kept"] as const;
  const parts = kinds.flatMap((kind) => {
    return files[kind] > 0 ? [say(`count-${kind}`, { count: files[kind] })] : [];
  });
  return parts.length === 0 ? say("count-none", {}) : parts.join(", ");
}

function documentOf({
  version,
  to,
  applied,
  files,
  bytes,
  verified,
  safetyVersion,
  findings,
}: RestoreResult): object {
  const name = (id: VersionId | undefined): string | undefined => id && versionName(id);
  const problems = findings.map(({ code, message, hint }) => ({ code, message, hint }));
  return {
    version: name(version),
    to,
    applied,
    files,
    bytes,
    verified,
    safetyVersion: name(safetyVersion),
    ...(problems.length > 0 ? { problems } : {}),
  };
}
