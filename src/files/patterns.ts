/** Lines in the syntax of .gitignore; of several that match, the last one decides. */
import ignore, { type Ignore } from "ignore";

/** The package remembers every path that it was asked about; so it is asked anew now and then. */
const QUESTIONS_REMEMBERED = 10_000;

export class Patterns {
  readonly isEmpty: boolean;
  readonly #compiled: Ignore;
  #asked: Ignore;
  #questions = 0;

  static of(lines: readonly string[]): Patterns {
    return new Patterns(newIgnore().add(lines), lines.length === 0);
  }

  private constructor(compiled: Ignore, isEmpty: boolean) {
    this.#compiled = compiled;
    this.#asked = newIgnore().add(compiled);
    this.isEmpty = isEmpty;
  }

  /** These, and after them `later`. */
  then(later: Patterns): Patterns {
    const both = newIgnore().add([this.#compiled, later.#compiled]);
    return new Patterns(both, this.isEmpty && later.isEmpty);
  }

  /** Whether the path, or a folder above it, is matched. */
  match(path: string, isFolder: boolean): boolean {
    if (this.isEmpty) return false;
    if (++this.#questions % QUESTIONS_REMEMBERED === 0) {
      this.#asked = newIgnore().add(this.#compiled);
    }
    return this.#asked.ignores(isFolder ? `${path}/` : path);
  }
}

/** A pattern with no slash but a last one matches at every depth. */
export const isUnanchored = (pattern: string): boolean => !/\/(?! *$)/.test(pattern);

/** Our paths are sound, and a file named `..x` or `a\b` is one like any other. */
const newIgnore = (): Ignore => ignore({ ignorecase: false, allowRelativePaths: true });
