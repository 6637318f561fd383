/** `log`: the last runs on this machine. */
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import { readRuns, type RunLine } from "../../operations/run-log.ts";
import { table, type Column } from "../columns.ts";
import type { Verb } from "../verb.ts";
import { formatTime } from "../words.ts";
import { outcomeOf } from "./status.ts";

const USUAL_COUNT = 20;

export const log: Verb = {
  name: "log",
  text: say("help-log", {}),
  options: [{ flags: "--last <count>", text: say("help-log-last", {}) }],
  run: async (given, invocation) => {
    const last = given.count("last", { min: 1, max: 100_000 }) ?? USUAL_COUNT;
    const runs = readRuns(invocation.open().session, { last }).reverse();
    const lines = table(COLUMNS, runs.map(cellsOf), invocation.terminal.columns);
    return { document: runs, lines: runs.length === 0 ? [say("log-none", {})] : lines };
  },
};

const COLUMNS: readonly Column[] = [
  { title: say("column-time", {}) },
  { title: say("column-run", {}) },
  { title: say("column-took", {}), align: "right" },
  { title: say("column-outcome", {}) },
];

/** Whoever writes in the workspace can write in the log. */
function cellsOf(run: RunLine): string[] {
  const seconds = (run.durationMs / 1000).toFixed(1);
  const isTime = !Number.isNaN(Date.parse(run.at));
  const at = isTime ? formatTime(run.at) : shown(run.at);
  return [at, shown(run.verb), say("took", { seconds }), outcomeOf(run)];
}
