/** What a scan has found so far; it is told in the order of the paths. */
import type { EngineError } from "../base/errors.ts";
import type { RelPath } from "../base/paths.ts";
import type { Looked } from "./scan-entry.ts";
import type { Scanned, ScanResult } from "./scanned.ts";

const MAX_EXAMPLES = 5;

export class Findings {
  readonly #entries: Scanned[] = [];
  readonly #problems: EngineError[] = [];
  readonly #unknown: RelPath[] = [];
  readonly #examples: RelPath[] = [];
  #outside = 0;
  /** The folders that we are in, outermost first. */
  readonly #within: Scanned[] = [];
  /** Passages in which nothing was found yet. */
  readonly #needless = new Set<Scanned>();
  /** The first path of each file that has several. */
  readonly #firstPaths = new Map<string, RelPath>();

  /** A passage becomes part of the result only when something in it does. */
  add(looked: Looked, verdict: "in" | "passage"): void {
    const entry = this.#orHardLink(looked);
    this.#entries.push(entry);
    if (verdict === "passage") this.#needless.add(entry);
    else for (const folder of this.#within) this.#needless.delete(folder);
  }

  inside(folder: Scanned, work: () => void): void {
    this.#within.push(folder);
    work();
    this.#within.pop();
  }

  addProblem(problem: EngineError): void {
    this.#problems.push(problem);
  }

  /** It may well be there, as it was. */
  addUnreadable(problem: EngineError, path: RelPath): void {
    this.#problems.push(problem);
    this.#unknown.push(path);
  }

  addOutside(path: RelPath): void {
    this.#outside++;
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(path);
  }

  result(): ScanResult {
    const entries = this.#entries.filter((entry) => !this.#needless.has(entry));
    const outside = { files: this.#outside, examples: this.#examples };
    return { entries, outside, problems: this.#problems, unknown: this.#unknown };
  }

  #orHardLink({ entry, identity }: Looked): Scanned {
    if (entry.kind !== "file" || identity === undefined) return entry;
    const target = this.#firstPaths.get(identity);
    if (target !== undefined) {
      const { path, mode, signature } = entry;
      return { kind: "hardlink", path, mode, mtimeNs: signature.mtimeNs, target };
    }
    this.#firstPaths.set(identity, entry.path);
    return entry;
  }
}
