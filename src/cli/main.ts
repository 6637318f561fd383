#!/usr/bin/env node
/**
 * The command `session-sync`. This file alone must load in a Node that is too old for the rest, to
 * say so: plain old syntax, its own two texts, and nothing of ours imported before the version is
 * known to be one of package.json's `engines`.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

const isVerbose = process.argv.includes("-v") || process.argv.includes("--verbose");

if ((major === 24 && minor >= 16) || (major === 26 && minor >= 1) || major > 26) {
  import("./run.ts")
    .then((program) => program.main())
    .catch((error: unknown) => {
      if (isVerbose) console.error(error);
      refuse(
        "this installation cannot be loaded",
        "install session-sync-cloud again, and report it with what `-v` prints if that does not help",
      );
      process.exitCode = 1;
    });
} else {
  refuse(
    `this is Node ${process.versions.node}, and it needs 24.16 or a later 24, or 26.1 or later`,
    "install such a Node from https://nodejs.org and run the same command again",
  );
  process.exitCode = 2;
}

function refuse(fact: string, hint: string): void {
  process.stderr.write(`session-sync: ${fact}.\n  → ${hint}\n`);
}
