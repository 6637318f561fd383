/** `status`: one screen, health first. */
import { EngineError } from "../../base/errors.ts";
import { EXIT, type Exit } from "../../base/exit-codes.ts";
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import { scan, type ScanResult } from "../../files/scan.ts";
import type { RunLine } from "../../operations/run-log.ts";
import type { Session } from "../../operations/session.ts";
import { readStatus, type Status } from "../../operations/status.ts";
import { facts } from "../columns.ts";
import { realClock } from "../real-world.ts";
import type { Report, Verb } from "../verb.ts";
import { formatAge, formatBytes, formatTime, formatVersion, parseDuration } from "../words.ts";
import { examplesOf } from "./now.ts";
import { documentOf as versionDocument } from "./versions.ts";

/** A device says daily that it is alive, and a machine may sleep for a while. */
const MAX_AGE = "26h";

export const status: Verb = {
  name: "status",
  text: say("help-status", {}),
  options: [
    { flags: "--check", text: say("help-status-check", {}) },
    { flags: "--max-age <duration>", text: say("help-status-max-age", {}) },
  ],
  run: async (given, invocation) => {
    const { session } = invocation.openSaved();
    const maxAgeMs = given.durationMs("maxAge") ?? parseDuration(MAX_AGE);
    const health = new Health(await readStatus(session), maxAgeMs, look(session));
    return health.report(session, given.flag("check"));
  },
};

/** What the workspace shows; where it cannot be looked at, that is a finding too. */
type Look = Pick<ScanResult, "outside"> & { readonly problem?: EngineError };

function look({ workspace, settings, context }: Session): Look {
  try {
    return scan(workspace, { ...settings, signal: context.signal });
  } catch (problem) {
    if (!(problem instanceof EngineError) || context.signal?.aborted === true) throw problem;
    return { outside: { files: 0, examples: [] }, problem };
  }
}

type Verdict = "trouble" | "unsaved" | "suspicious" | "stale" | "good";

class Health {
  readonly #status: Status;
  readonly #look: Look;
  readonly #problems: readonly EngineError[];
  readonly #nowMs = realClock.now();
  readonly #isStale: boolean;

  constructor(status: Status, maxAgeMs: number, look: Look) {
    this.#status = status;
    this.#look = look;
    this.#problems = [...status.findings, ...(look.problem ? [look.problem] : [])];
    const { lastSeen } = status;
    this.#isStale = lastSeen === undefined || this.#nowMs - Date.parse(lastSeen) > maxAgeMs;
  }

  report(session: Session, isCheck: boolean): Report {
    return {
      document: this.#document(),
      lines: [this.#firstLine(), "", ...facts(this.#rows(session))],
      problems: this.#problems,
      exit: isCheck ? this.#exit() : EXIT.done,
    };
  }

  get #verdict(): Verdict {
    if (this.#problems.length > 0) return "trouble";
    if (this.#status.lastVersion === undefined) return "unsaved";
    if (this.#status.suspicious) return "suspicious";
    return this.#isStale ? "stale" : "good";
  }

  #exit(): Exit {
    if (this.#status.suspicious) return EXIT.suspicious;
    return this.#isStale ? EXIT.stale : EXIT.done;
  }

  #firstLine(): string {
    const { lastVersion } = this.#status;
    const count = this.#problems.length;
    if (lastVersion === undefined) {
      return count > 0 ? say("status-trouble-unsaved", { count }) : say("status-none", {});
    }
    const age = this.#ageOf(lastVersion.time);
    const version = formatVersion(lastVersion.id);
    const time = formatTime(lastVersion.time);
    switch (this.#verdict) {
      case "trouble":
        return say("status-trouble", { count, age });
      case "suspicious":
        return say("status-suspicious", { version });
      case "stale":
        return say("status-stale", { age, time, version });
      case "unsaved":
      case "good":
        return say("status-saved", { age, time, version });
    }
  }

  #ageOf(time: string): string {
    return formatAge(this.#nowMs - Date.parse(time));
  }

  #rows({ workspace }: Session): [string, string][] {
    const { lastVersion, workspaceBytes, storedBytes, versions, anchor, lastSeen } = this.#status;
    const { place, fingerprint, devices, lastRun, waitingBytes, unsteady } = this.#status;
    const { outside } = this.#look;
    const contents = { files: lastVersion?.files ?? 0, bytes: formatBytes(workspaceBytes) };
    const stored = { place: shown(place), bytes: formatBytes(storedBytes), versions };
    const rows: [string, string | undefined][] = [
      [
        say("status-workspace", {}),
        say("status-contents", { path: shown(workspace), ...contents }),
      ],
      [say("status-repository", {}), say("status-stored", stored)],
      [say("status-last-seen", {}), lastSeen && this.#ageOf(lastSeen)],
      [say("status-last-run", {}), lastRun && runText(lastRun)],
      [say("status-waiting", {}), waitingBytes > 0 ? waitingText(waitingBytes) : undefined],
      [say("status-unsteady", {}), examplesOf(unsteady, unsteady.length)],
      [say("status-outside", {}), outsideText(outside)],
      [say("status-devices", {}), devices.map(({ name }) => shown(name)).join(", ")],
      [say("status-records", {}), recordsText(this.#status.records)],
      [say("status-fingerprint", {}), fingerprint],
      [say("status-anchor", {}), anchor],
    ];
    return rows.flatMap(([name, value]) => (value ? [[name, value]] : []));
  }

  #document(): unknown {
    const { lastVersion } = this.#status;
    return {
      ...this.#status,
      health: this.#verdict,
      lastVersion: lastVersion && versionDocument(lastVersion),
      stale: this.#isStale,
      outside: this.#look.problem ? undefined : this.#look.outside,
      findings: this.#problems.map(({ code, message, hint }) => ({ code, message, hint })),
    };
  }
}

/** Registrations and beats are there in any repository and say nothing. */
function recordsText(records: Status["records"]): string {
  return Object.entries(records)
    .filter(([type]) => type !== "register" && type !== "beat")
    .map(([type, count]) => `${shown(type)} ${String(count)}`)
    .join(", ");
}

const waitingText = (waitingBytes: number): string =>
  say("status-waiting-bytes", { bytes: formatBytes(waitingBytes) });

function outsideText({ files, examples }: ScanResult["outside"]): string {
  return files === 0 ? "" : `${String(files)} (${examplesOf(examples, files)})`;
}

function runText(run: RunLine): string {
  return say("status-run", {
    verb: shown(run.verb),
    time: formatTime(run.at),
    outcome: outcomeOf(run),
  });
}

export function outcomeOf({ exit, code }: RunLine): string {
  if (exit === EXIT.done) return say("run-done", {});
  if (code === undefined) return say("run-failed-plain", { exit });
  return say("run-failed", { exit, code: shown(code) });
}
