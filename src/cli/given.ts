/** What stands on the command line after the verb. */
import { InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import { parseDuration } from "./words.ts";

export class Given {
  readonly operands: readonly string[];
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(operands: readonly string[], options: Readonly<Record<string, unknown>>) {
    this.operands = operands;
    this.#options = options;
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#options[name];
    return typeof value === "string" ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#options[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  durationMs(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : parseDuration(text);
  }

  /** A whole number within bounds. */
  count(name: string, bounds: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    const { min, max } = bounds;
    if (count >= min && count <= max) return count;
    const wanted = `a whole number from ${String(min)} to ${String(max)}`;
    throw new InputError("option-malformed", {
      option: optionOf(name),
      wanted,
      asked: shown(text),
    });
  }
}

/** `readData` → `--read-data`. */
const optionOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
