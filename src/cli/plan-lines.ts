/** A restore's plan as people read it: how much of what, then what would be lost first. */
import { say } from "../base/messages/index.ts";
import { shown } from "../base/paths.ts";
import type { RestorePlan, ShownStep } from "../operations/restore.ts";
import { facts } from "./columns.ts";
import { formatVersion } from "./words.ts";

const WORST_FIRST = ["conflict", "remove", "replace", "create", "keep"] as const;
const MAX_PATHS = 20;

export function planLines({ version, to, steps }: RestorePlan): string[] {
  const names = { version: version ? formatVersion(version) : "", to: shown(to) };
  const changing = steps.filter(({ action, kind }) => action !== "keep" && isCounted(kind, action));
  if (changing.length === 0 && !steps.some(isConflict)) {
    return [say("restore-plan-nothing", names)];
  }
  return [say("restore-plan", names), ...countLines(steps), "", ...pathLines(steps)];
}

const isConflict = ({ action }: ShownStep): boolean => action === "conflict";

function countLines(steps: readonly ShownStep[]): string[] {
  const rows = WORST_FIRST.flatMap((wanted): [string, string][] => {
    const count = steps.filter(({ action, kind }) => action === wanted && isCounted(kind, wanted));
    return count.length === 0
      ? []
      : [[say(`plan-${wanted}`, {}), say("plan-of", { count: count.length })]];
  });
  return facts(rows);
}

/** That a folder comes or goes is nothing by itself; that one changes, or cannot come, is. */
const isCounted = (kind: ShownStep["kind"], action: ShownStep["action"]): boolean =>
  kind !== "dir" || action === "conflict" || action === "replace";

function pathLines(steps: readonly ShownStep[]): string[] {
  const listed = WORST_FIRST.filter((action) => action !== "keep").flatMap((wanted) =>
    steps.filter(({ action, kind }) => action === wanted && isCounted(kind, action)),
  );
  const rows = listed
    .slice(0, MAX_PATHS)
    .map(({ action, path }): [string, string] => [say(`plan-${action}`, {}), shown(path)]);
  const count = listed.length - rows.length;
  return [...facts(rows), ...(count > 0 ? [say("restore-more", { count })] : [])];
}
