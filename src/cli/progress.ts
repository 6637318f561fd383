/**
 * How far a run is. On a terminal one line, drawn anew at most ten times a second and wiped at the
 * end; elsewhere a plain line now and then. A run that is over at once shows nothing.
 */
import type { Clock } from "../base/clock.ts";
import type { Amount, Progress } from "../base/monitor.ts";
import { say } from "../base/messages/index.ts";
import { fit } from "./columns.ts";
import { formatBytes, formatLeft } from "./words.ts";

export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: () => number;
  readonly write: (text: string) => void;
}

const TERMINAL = { everyMs: 100, firstMs: 300 };
const PLAIN = { everyMs: 5000, firstMs: 5000 };
const WIPE = "\r\u001b[2K";

export class ProgressDisplay {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #pace: typeof TERMINAL;
  readonly #tally = new Tally();
  #nextMs: number;
  #isDrawn = false;

  constructor(screen: Screen, clock: Clock) {
    this.#screen = screen;
    this.#clock = clock;
    this.#pace = screen.isTerminal ? TERMINAL : PLAIN;
    this.#nextMs = clock.monotonic() + this.#pace.firstMs;
  }

  show(progress: Progress): void {
    const nowMs = this.#clock.monotonic();
    this.#tally.add(progress, nowMs);
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + this.#pace.everyMs;
    this.#draw(this.#tally.line(nowMs, { withBar: this.#screen.isTerminal }));
  }

  /** Before anything else is printed, and at the end. */
  wipe(): void {
    if (this.#isDrawn) this.#screen.write(WIPE);
    this.#isDrawn = false;
  }

  #draw(line: string): void {
    const { isTerminal, columns, write } = this.#screen;
    // A line that fills the last column would wrap, and could not be wiped.
    write(isTerminal ? WIPE + fit(line, columns() - 1) : `${line}\n`);
    this.#isDrawn = isTerminal;
  }
}

/** A backup reads and uploads by turns, one pack after the other: that is one piece of work. */
class Tally {
  #step: Progress["step"] = "scan";
  #startedMs = 0;
  #files: Amount | undefined;
  #bytes: Amount | undefined;
  /** Acknowledged by the store: of packs that are sent, and of the one on its way. */
  #sentBytes = 0;
  #sendingBytes = 0;

  add({ step, files, bytes }: Progress, nowMs: number): void {
    if (workOf(step) !== workOf(this.#step) || this.#startedMs === 0) {
      this.#startedMs = nowMs;
      this.#files = undefined;
      this.#bytes = undefined;
    }
    this.#step = step;
    this.#files = files ?? this.#files;
    if (bytes && step === "upload") this.#send(bytes);
    else this.#bytes = bytes ?? this.#bytes;
  }

  line(nowMs: number, { withBar }: { readonly withBar: boolean }): string {
    const [files, bytes, elapsedMs] = [this.#files, this.#bytes, nowMs - this.#startedMs];
    const measure = bytes?.total === undefined ? files : bytes;
    const leftMs = timeLeft(measure, elapsedMs);
    const parts = [
      say(`step-${this.#step}`, {}),
      withBar ? bar(measure) : undefined,
      files && say("progress-files", { amount: amountText(files, String) }),
      bytes && amountText(bytes, formatBytes),
      this.#rate(elapsedMs),
      leftMs === undefined ? undefined : say("progress-left", { left: formatLeft(leftMs) }),
      this.#sent > 0 ? say("progress-sent", { bytes: formatBytes(this.#sent) }) : undefined,
    ];
    return parts.filter((part) => part !== undefined).join("  ");
  }

  get #sent(): number {
    return this.#sentBytes + this.#sendingBytes;
  }

  #rate(elapsedMs: number): string | undefined {
    const bytes = this.#bytes?.done ?? this.#sent;
    return bytes > 0 && elapsedMs >= 1000 ? rateText(bytes, elapsedMs) : undefined;
  }

  #send({ done, total }: Amount): void {
    this.#sendingBytes = done === total ? 0 : done;
    if (done === total) this.#sentBytes += done;
  }
}

const BAR_CELLS = 10;

/** undefined while nobody knows how much there is. */
function bar(amount: Amount | undefined): string | undefined {
  if (amount?.total === undefined || amount.total === 0) return undefined;
  const cells = Math.min(BAR_CELLS, Math.floor((BAR_CELLS * amount.done) / amount.total));
  return "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
}

const workOf = (step: Progress["step"]): string => (step === "upload" ? "read" : step);

function amountText({ done, total }: Amount, format: (amount: number) => string): string {
  return total === undefined ? format(done) : `${format(done)}/${format(total)}`;
}

const rateText = (bytes: number, elapsedMs: number): string =>
  say("progress-rate", { bytes: formatBytes((bytes * 1000) / elapsedMs) });

/** undefined while it would be a guess. */
function timeLeft(amount: Amount | undefined, elapsedMs: number): number | undefined {
  if (amount?.total === undefined || amount.done <= 0 || elapsedMs < 2000) return undefined;
  return (elapsedMs * Math.max(0, amount.total - amount.done)) / amount.done;
}
