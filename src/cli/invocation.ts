/**
 * One call of the program: what it was asked, the session once it is open, and what went wrong on
 * the way without stopping it.
 */
import { EngineError, InputError } from "../base/errors.ts";
import { exitOfWarning, worstExit, type Exit } from "../base/exit-codes.ts";
import { say } from "../base/messages/index.ts";
import type { Monitor } from "../base/monitor.ts";
import { shown } from "../base/paths.ts";
import type { Environment } from "../config/environment.ts";
import type { LoadedConfig } from "../config/load.ts";
import { loadRemembered } from "../repository/remembered.ts";
import { tellProblem } from "./failure.ts";
import { loadSettings, openSession, type OpenedSession, type OpenOptions } from "./open-session.ts";
import type { Terminal } from "./terminal.ts";

/** So that a thousand unreadable files do not push everything else off the screen. */
const MAX_TOLD_OF_ONE_CODE = 10;

export class Invocation {
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly #warnings: EngineError[] = [];
  #opened: OpenedSession | undefined;
  #isAnnounced = false;

  constructor(terminal: Terminal, environment: Environment, signal: AbortSignal) {
    this.terminal = terminal;
    this.environment = environment;
    this.signal = signal;
  }

  get opened(): OpenedSession | undefined {
    return this.#opened;
  }

  /** The configuration alone, for what needs no repository. */
  load(workspace = this.terminal.options.workspace): LoadedConfig {
    const loaded = loadSettings(this.#openOptions(workspace));
    this.#announce(loaded);
    return loaded;
  }

  open(workspace = this.terminal.options.workspace): OpenedSession {
    this.load(workspace);
    this.#opened = openSession(this.#openOptions(workspace));
    return this.#opened;
  }

  /** To look at what was saved: on a machine where nothing was, that is the answer. */
  openSaved(): OpenedSession {
    const opened = this.open();
    if (opened.isNew) throw new InputError("nothing-saved-yet", {});
    return opened;
  }

  /** The folder in the state directory is ours to make: where it is missing, nothing was saved. */
  explained(error: unknown): unknown {
    if (!(error instanceof EngineError && error.code === "folder-missing")) return error;
    const { isEmbedded, session } = this.#opened ?? {};
    if (!isEmbedded || !session || loadRemembered(session.context) !== undefined) return error;
    return new InputError("no-repository", { place: session.context.store.place }, error);
  }

  warn(error: EngineError): void {
    this.#warnings.push(error);
    const alike = this.#warnings.filter(({ code }) => code === error.code).length;
    if (alike <= MAX_TOLD_OF_ONE_CODE) tellProblem(this.terminal, error);
  }

  /** Of what was warned about. */
  endWarnings(): Exit {
    const counts = Map.groupBy(this.#warnings, ({ code }) => code);
    for (const { length } of counts.values()) {
      const count = length - MAX_TOLD_OF_ONE_CODE;
      if (count > 0) this.terminal.complain(say("warnings-left", { count }));
    }
    return worstExit(this.#warnings.map(exitOfWarning));
  }

  async confirm(question: string): Promise<boolean> {
    const answer = await this.terminal.ask(question, this.signal);
    return /^y(es)?$/i.test(answer?.trim() ?? "");
  }

  #openOptions(workspace: string | undefined): OpenOptions {
    const { terminal, environment, signal } = this;
    const { config: configFile } = terminal.options;
    return { workspace, configFile, environment, signal, monitor: this.#monitor() };
  }

  #monitor(): Monitor {
    return {
      progress: (progress) => {
        this.terminal.progress(progress);
      },
      warn: (error) => {
        this.warn(error);
      },
    };
  }

  /** Once, with what is odd about the configuration; that changes no exit code. */
  #announce({ workspace, chosenBy, warnings }: LoadedConfig): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    const facts = { path: shown(workspace), chosenBy: say(`chosen-${chosenBy}`, {}) };
    this.terminal.tell(say("workspace-line", facts));
    for (const warning of warnings) tellProblem(this.terminal, warning);
  }
}
