/**
 * Where words go: data to stdout, everything else to stderr, and questions only to a person.
 * With `--json` stdout carries one document and nothing else.
 */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import type { Clock } from "../base/clock.ts";
import { InterruptedError } from "../base/errors.ts";
import type { Progress } from "../base/monitor.ts";
import type { CommonOptions } from "./common-options.ts";
import { ProgressDisplay } from "./progress.ts";

/** What the environment says about the screen. */
export interface ScreenFacts {
  readonly noColor: boolean;
  readonly ci: boolean;
  readonly terminal: string | undefined;
  readonly columns: number | undefined;
}

export type Paint = Parameters<typeof styleText>[0];

export class Terminal {
  readonly options: CommonOptions;
  readonly #screen: ScreenFacts;
  readonly #progress: ProgressDisplay | undefined;

  constructor(options: CommonOptions, screen: ScreenFacts, clock: Clock) {
    this.options = options;
    this.#screen = screen;
    const isTerminal = process.stderr.isTTY && screen.terminal !== "dumb";
    const columns = (): number => screen.columns ?? process.stderr.columns;
    const write = (text: string): void => void process.stderr.write(text);
    if (!options.quiet && !options.json) {
      this.#progress = new ProgressDisplay({ isTerminal, columns, write }, clock);
    }
  }

  /** Unbounded where nobody looks: what is piped is not cut. */
  get columns(): number {
    if (!process.stdout.isTTY) return Infinity;
    return this.#screen.columns ?? process.stdout.columns;
  }

  get isShown(): boolean {
    return process.stdout.isTTY && !this.options.json;
  }

  get canAsk(): boolean {
    const isThere = process.stdin.isTTY && process.stderr.isTTY && !this.#screen.ci;
    return isThere && this.options.input && !this.options.json;
  }

  data(text: string): void {
    this.#progress?.wipe();
    process.stdout.write(`${text}\n`);
  }

  /** Good to know, and not what was asked for. */
  tell(text: string): void {
    if (!this.options.quiet) this.complain(text);
  }

  /** Also with `-q`. */
  complain(text: string): void {
    this.#progress?.wipe();
    process.stderr.write(`${text}\n`);
  }

  progress(progress: Progress): void {
    this.#progress?.show(progress);
  }

  wipe(): void {
    this.#progress?.wipe();
  }

  /** The line that a person typed; undefined when there was none. Only where `canAsk`. */
  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.#progress?.wipe();
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    // A terminal in readline's hands gives Ctrl-C to it and not to the process.
    prompt.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    const ended = once(prompt, "close").then(() => undefined);
    try {
      return await Promise.race([prompt.question(`${question} `, { signal }), ended]);
    } catch (error) {
      if (signal.aborted) throw new InterruptedError("interrupted", {}, error);
      throw error;
    } finally {
      prompt.close();
    }
  }

  /** No colour is the only sign of anything. */
  paint(style: Paint, text: string, stream: NodeJS.WriteStream = process.stderr): string {
    const isPlain = this.#screen.noColor || this.#screen.terminal === "dumb" || !stream.isTTY;
    return isPlain ? text : styleText(style, text, { validateStream: false });
  }
}
