/** What went wrong, in two lines: the fact, and the way out. Never a secret, with `-v` neither. */
import { EngineError } from "../base/errors.ts";
import { EXIT, exitOf, type Exit } from "../base/exit-codes.ts";
import { say } from "../base/messages/index.ts";
import { shown } from "../base/paths.ts";
import type { Paint, Terminal } from "./terminal.ts";

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: Exit;
}

/** Whatever ends a run. What is not ours by design is a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof EngineError) {
    const { code, message, hint } = error;
    return { code, message, hint, exit: exitOf(error) };
  }
  const name = error instanceof Error ? error.name : typeof error;
  const message = say("bug-fact", { name });
  return { code: "bug", message, hint: say("bug-hint", {}), exit: EXIT.failed };
}

export function tellFailure(terminal: Terminal, error: unknown): Failure {
  const failure = failureOf(error);
  tell(terminal, failure, "red");
  if (terminal.options.verbose) tellCauses(terminal, error);
  return failure;
}

/** It did not stop the run. */
export function tellProblem(terminal: Terminal, error: EngineError): void {
  tell(terminal, error, "yellow");
  if (terminal.options.verbose) tellCauses(terminal, error);
}

function tell(
  terminal: Terminal,
  { message, hint }: Pick<Failure, "message" | "hint">,
  paint: Paint,
): void {
  terminal.complain(terminal.paint(paint, say("error-line", { fact: message })));
  terminal.complain(say("hint-line", { hint }));
}

function tellCauses(terminal: Terminal, error: unknown): void {
  if (!(error instanceof EngineError)) terminal.complain(stackOf(error));
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause instanceof Error && depth < 8; depth++) {
    terminal.complain(say("cause-line", { cause: shown(describe(cause)) }));
    cause = cause.cause;
  }
}

/** A parser's message quotes what it parsed, which may be a secret: only its name is told. */
function describe(cause: Error): string {
  return cause instanceof EngineError || "syscall" in cause ? cause.message : cause.name;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [describe(error), ...frames].join("\n");
}
