/** Every error code, with the family that the sources throw it as, its exit code and its texts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CODE_EXITS, FAMILY_EXITS, type Family } from "../src/base/exit-codes.ts";
import type { ErrorCode } from "../src/base/errors.ts";
import { errorTexts } from "../src/base/messages/index.ts";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));

export function errorsPage(): string {
  const rows = codes().map((code) => {
    const { fact, hint } = errorTexts[code];
    const families = familiesOf(code);
    const exits = new Set(families.map((family) => CODE_EXITS[code] ?? FAMILY_EXITS[family]));
    return `| \`${code}\` | ${families.join(", ")} | ${[...exits].join(", ")} | ${cell(fact)} | ${cell(hint)} |`;
  });
  return `${OPENING}\n\n${["| code | family | exit | what is the case | what to do |", "|---|---|---|---|---|", ...rows].join("\n")}\n`;
}

export const codes = (): ErrorCode[] => (Object.keys(errorTexts) as ErrorCode[]).sort();

/** As it is thrown: by its name, or in the one place that picks a code for what the system says. */
export function familiesOf(code: ErrorCode): Family[] {
  const byName = new RegExp(`new (\\w+Error)\\(\\s*(?:[^",()]+,\\s*)?"${code}"`, "g");
  const named = sources().flatMap((text) => familiesIn(text, byName));
  const picked = sources()
    .filter((text) => text.includes(`"${code}"`))
    .flatMap((text) => familiesIn(text, /new (\w+Error)\(\s*(?=[A-Za-z])/g));
  return [...new Set(named.length > 0 ? named : picked)].sort();
}

const familiesIn = (text: string, pattern: RegExp): Family[] =>
  [...text.matchAll(pattern)].flatMap(([, name = ""]) => (isFamily(name) ? [name] : []));

const isFamily = (name: string): name is Family => Object.hasOwn(FAMILY_EXITS, name);

let read: readonly string[] | undefined;

function sources(): readonly string[] {
  read ??= readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("messages"))
    .map((path) => readFileSync(join(SOURCES, path), "utf8"));
  return read;
}

/** `{count:file|files}` is shown as `{count} files`. */
const cell = (text: string): string =>
  text.replace(/\{(\w+):[^|}]*\|([^}]*)\}/g, "{$1} $2").replaceAll("|", "\\|");

const OPENING = `<!-- Written by \`npm run docs\` from src/base/messages and src/base/exit-codes.ts. Change it there. -->

# Errors

Every error is two lines on stderr, the fact and the way out; with \`--json\` also a document
\`{"error": {"code", "message", "hint", "exit"}}\` on stdout. The code is stable; the words are not.

| exit | meaning |
|---|---|
| 0 | done, also when there was nothing to do |
| 1 | failed |
| 2 | usage, or a yes is needed |
| 3 | saved, but some files could not be read as they should |
| 4 | credentials or key are missing or refused |
| 5 | the last backup is too old (\`status --check\`) |
| 6 | stored data is damaged or missing |
| 7 | the newest version lost suspiciously much |
| 10 | there is no repository |
| 11 | busy |
| 12 | the key is a wrong one |
| 20 | the store shows less than it did |
| 130 | interrupted |

When several hold, the first of this line is it: 130, 2, 20, 12, 10, 11, 6, 4, 1, 7, 5, 3. A warning about a single file of
a backup that succeeded ends with 3, whatever its row says.`;
