/**
 * What the config's `include` asks for, in the syntax of .gitignore: a path is in when it, or a
 * folder above it, matches. No pattern at all means everything.
 */
import { isUnanchored, Patterns } from "./patterns.ts";

export class Inclusion {
  readonly #patterns: Patterns;
  readonly #anchored: readonly (readonly string[])[];
  readonly #reachesEverywhere: boolean;

  constructor(include: readonly string[]) {
    this.#patterns = Patterns.of(include);
    const positive = include.filter((pattern) => !/^(?:[!#]| *$)/.test(pattern));
    this.#reachesEverywhere = positive.some(mayMatchAnywhere);
    this.#anchored = positive.map((pattern) => pattern.replace(/^\/|\/? *$/g, "").split("/"));
  }

  includes(path: string, isFolder: boolean): boolean {
    return this.#patterns.isEmpty || this.#patterns.match(path, isFolder);
  }

  /** Whether a folder that is not in itself is worth a look. Says yes when in doubt. */
  reachesInto(folder: string): boolean {
    if (this.#reachesEverywhere) return true;
    const parts = folder.split("/");
    return this.#anchored.some((segments) => mayMatchBelow(parts, segments));
  }
}

/** Brackets and backslashes may hide a slash: not worth taking apart. */
const mayMatchAnywhere = (pattern: string): boolean =>
  isUnanchored(pattern) || /[[\\]/.test(pattern);

function mayMatchBelow(parts: readonly string[], segments: readonly string[]): boolean {
  for (const [depth, segment] of segments.entries()) {
    if (segment.includes("**")) return true;
    const part = parts[depth];
    if (part === undefined) return true;
    if (!matchesSegment(part, segment)) return false;
  }
  return false;
}

function matchesSegment(part: string, segment: string): boolean {
  if (!/[*?]/.test(segment)) return part === segment;
  const source = RegExp.escape(segment).replaceAll("\\*", "[^]*").replaceAll("\\?", "[^]{1,2}");
  return new RegExp(`^${source}$`).test(part);
}
