/** `check`: is everything there that the versions need? It looks and never changes anything. */
import { say } from "../../base/messages/index.ts";
import { exitOf, worstExit } from "../../base/exit-codes.ts";
import { check as checkRepository, type CheckResult } from "../../operations/check.ts";
import { tellProblem } from "../failure.ts";
import type { Given } from "../given.ts";
import type { Terminal } from "../terminal.ts";
import type { Verb } from "../verb.ts";
import { formatBytes } from "../words.ts";

export const check: Verb = {
  name: "check",
  text: say("help-check", {}),
  options: [{ flags: "--read-data [percent]", text: say("help-check-read-data", {}) }],
  acts: true,
  run: async (given, invocation) => {
    const { session } = invocation.openSaved();
    const result = await checkRepository(session, { readDataPercent: percentOf(given) });
    tellFindings(invocation.terminal, result);
    return {
      document: documentOf(result),
      lines: [outcome(result)],
      exit: worstExit(result.findings.map(({ error }) => exitOf(error))),
    };
  },
};

function percentOf(given: Given): number {
  if (given.flag("readData")) return 100;
  return given.count("readData", { min: 0, max: 100 }) ?? 0;
}

function tellFindings(terminal: Terminal, { findings }: CheckResult): void {
  for (const { error, affects } of findings) {
    tellProblem(terminal, error);
    if (affects.length > 0) {
      terminal.complain(say("check-affects", { versions: affects.join(", ") }));
    }
  }
}

function outcome({ findings, versions, packs, bytesRead }: CheckResult): string {
  const read = bytesRead > 0 ? say("check-read", { bytes: formatBytes(bytesRead) }) : "";
  if (findings.length === 0) return say("check-sound", { versions, packs, read });
  return say("check-damaged", { count: findings.length, versions, packs, read });
}

function documentOf({ findings, ...counts }: CheckResult): unknown {
  return {
    ...counts,
    findings: findings.map(({ error: { code, message, hint }, affects }) => {
      return { code, message, hint, affects };
    }),
  };
}
