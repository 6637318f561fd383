/** Which paths of the workspace are asked for: what is included, less what is left out. */
import { Exclusion } from "./ignore.ts";
import { Inclusion } from "./include.ts";

/** "passage": a folder that is not included itself, on the way to what may be. */
export type Verdict = "in" | "passage" | "outside" | "excluded";

/** For the names in one folder; `below` and `within` give the one for a folder in it. */
export class Selection {
  readonly #inclusion: Inclusion;
  readonly #exclusion: Exclusion;
  /** The folder is in, and so is everything in it. */
  readonly #allIn: boolean;

  static of(options: { include: readonly string[]; exclude: readonly string[] }): Selection {
    const exclusion = Exclusion.of(options.exclude);
    return new Selection(new Inclusion(options.include), exclusion, false);
  }

  private constructor(inclusion: Inclusion, exclusion: Exclusion, allIn: boolean) {
    this.#inclusion = inclusion;
    this.#exclusion = exclusion;
    this.#allIn = allIn;
  }

  judge(path: string, isFolder: boolean): Verdict {
    if (this.#exclusion.excludes(path, isFolder)) return "excluded";
    if (this.#allIn || this.#inclusion.includes(path, isFolder)) return "in";
    return isFolder && this.#inclusion.reachesInto(path) ? "passage" : "outside";
  }

  below(folder: "in" | "passage"): Selection {
    return folder === "in" && !this.#allIn
      ? new Selection(this.#inclusion, this.#exclusion, true)
      : this;
  }

  /** With the lines of the folder's own `.syncignore`. */
  within(folder: string, syncignore: string): Selection {
    const exclusion = this.#exclusion.within(folder, syncignore);
    return new Selection(this.#inclusion, exclusion, this.#allIn);
  }
}
