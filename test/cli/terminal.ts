/** Runs the program on a terminal of its own, which util-linux's or BSD's `script` provides. */
import type { Ended, Place } from "./place.ts";
import { MAIN } from "./place.ts";

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Both streams end up on the terminal, and so in `stdout`. */
export async function onTerminal(
  { run }: Place,
  args: readonly string[],
  input: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const words = [process.execPath, MAIN, ...args];
  const through =
    process.platform === "linux"
      ? ["script", "-qec", words.map(quoted).join(" "), "/dev/null"]
      : ["script", "-qe", "/dev/null", ...words];
  // `run` adds the program's own words; the shell does not look at them.
  return run([], {
    through: ["sh", "-c", through.map(quoted).join(" "), "sh"],
    input,
    variables: { TERM: "xterm", ...variables },
  });
}
