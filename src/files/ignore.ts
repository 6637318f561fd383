/**
 * What is left out: the config's `exclude`, and `.syncignore` files wherever they lie, with the
 * meaning that .gitignore gives to their lines. A deeper `.syncignore` comes after one further up,
 * and `exclude` after all of them, so that a file in the workspace cannot bring back what the
 * person left out.
 */
import { isUnanchored, Patterns } from "./patterns.ts";

export class Exclusion {
  readonly #nested: Patterns;
  readonly #exclude: Patterns;
  readonly #all: Patterns;

  static of(exclude: readonly string[]): Exclusion {
    return new Exclusion(Patterns.of([]), Patterns.of(exclude));
  }

  private constructor(nested: Patterns, exclude: Patterns) {
    this.#nested = nested;
    this.#exclude = exclude;
    this.#all = nested.then(exclude);
  }

  /** For what lies in `folder` ("" at the top), given the text of its `.syncignore`. */
  within(folder: string, syncignore: string): Exclusion {
    const lines = syncignore.replace(/^\ufeff/, "").split(/\r?\n/);
    const below = Patterns.of(lines.map((line) => belowFolder(line, folder)));
    return new Exclusion(this.#nested.then(below), this.#exclude);
  }

  /** Asked from the top down: what lies in an excluded folder is excluded with it. */
  excludes(path: string, isFolder: boolean): boolean {
    return this.#all.match(path, isFolder);
  }
}

/** A line of `folder/.syncignore`, as a line of one at the top. */
function belowFolder(line: string, folder: string): string {
  if (folder === "" || /^(?:#|!? *$)/.test(line)) return line;
  const [sign, pattern] = line.startsWith("!") ? ["!", line.slice(1)] : ["", line];
  const anywhere = isUnanchored(pattern) ? "/**" : "";
  return `${sign}/${literally(folder)}${anywhere}/${pattern.replace(/^\//, "")}`;
}

const literally = (folder: string): string => folder.replace(/[\\*?[\]!# ]/g, "\\$&");
