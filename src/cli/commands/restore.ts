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
    { flags: "--undo", text: say("help-restore-undo", {}) },
    { flags: "--dry-run", text: say("help-restore-dry-run", {}) },
    { flags: "--yes", text: say("help-restore-yes", {}) },
  ],
  acts: true,
  run: async (given, invocation) => {
    const opened = await openFor(given, invocation);
    if (given.flag("undo")) return doneReport(await undo(opened.session), say("restore-undone"));
    return runRestore(given, invocation, opened);
  },
};
