/** The frame of every command: parse, do, print, and end with the right code. */
import { EXIT, exitOfWarning, worstExit, type Exit } from "../base/exit-codes.ts";
import { InterruptedError } from "../base/errors.ts";
import { readEnvironment, type Environment } from "../config/environment.ts";
import { appendRun } from "../operations/run-log.ts";
import { tellFailure, tellProblem, type Failure } from "./failure.ts";
import { interruptSignal } from "./interrupt.ts";
import { Invocation } from "./invocation.ts";
import { commonIn, parseArguments, type Asked } from "./program.ts";
import { realClock } from "./real-world.ts";
import { Terminal } from "./terminal.ts";
import type { Report, Verb } from "./verb.ts";

export async function main(): Promise<void> {
  stopQuietlyWhenNobodyReads();
  process.exitCode = await run(process.argv.slice(2), readEnvironment());
}

async function run(argv: readonly string[], environment: Environment): Promise<Exit> {
  const asked = parseAsked(argv, environment);
  if (typeof asked === "number") return asked;
  const terminal = new Terminal(asked.common, environment, realClock);
  const invocation = new Invocation(terminal, environment, interruptSignal(terminal));
  const startedMs = realClock.monotonic();
  const ended = await perform(asked, invocation);
  terminal.wipe();
  const exit = worstExit([ended.exit, invocation.endWarnings()]);
  if (asked.verb.acts) keepInLog(invocation, { ...ended, exit, startedMs, verb: asked.verb });
  return exit;
}

function parseAsked(argv: readonly string[], environment: Environment): Asked | Exit {
  try {
    return parseArguments(argv);
  } catch (error) {
    const terminal = new Terminal(commonIn(argv), environment, realClock);
    return fail(terminal, error).exit;
  }
}

interface Ended {
  readonly exit: Exit;
  readonly report?: Report;
  readonly failure?: Failure;
}

async function perform({ verb, given }: Asked, invocation: Invocation): Promise<Ended> {
  try {
    const report = await verb.run(given, invocation);
    return { report, exit: print(invocation, verb, report) };
  } catch (error) {
    const isOurStop = invocation.signal.aborted && isAbort(error);
    const cause = isOurStop ? interruption(error) : invocation.explained(error);
    const failure = fail(invocation.terminal, cause);
    return { failure, exit: failure.exit };
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
const interruption = (cause: unknown): Error => new InterruptedError("interrupted", {}, cause);

function print({ terminal }: Invocation, { acts }: Verb, report: Report): Exit {
  const { document, lines, asides = [], problems = [], exit = EXIT.done } = report;
  const { json, quiet } = terminal.options;
  if (json) terminal.data(JSON.stringify(document, undefined, 2));
  else if (!(acts && quiet)) for (const line of lines) terminal.data(line);
  if (!json) for (const aside of asides) terminal.tell(aside);
  for (const problem of problems) tellProblem(terminal, problem);
  return worstExit([exit, ...problems.map(exitOfWarning)]);
}

function fail(terminal: Terminal, error: unknown): Failure {
  terminal.wipe();
  const failure = tellFailure(terminal, error);
  if (terminal.options.json) terminal.data(JSON.stringify({ error: failure }, undefined, 2));
  return failure;
}

/** What became of the run stands whatever becomes of its log. */
function keepInLog(
  { opened, terminal }: Invocation,
  { verb, exit, report, failure, startedMs }: Ended & { verb: Verb; startedMs: number },
): void {
  if (opened === undefined) return;
  const problem = appendRun(opened.session, {
    at: new Date(realClock.now()).toISOString(),
    verb: verb.name,
    exit,
    durationMs: Math.round(realClock.monotonic() - startedMs),
    code: failure?.code,
    ...report?.run,
  });
  // A disk that failed the run fails its log too: once is enough to hear of it.
  if (problem && failure === undefined) tellProblem(terminal, problem);
}

/** As when the output goes to `head`. */
function stopQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}
