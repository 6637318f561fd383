import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/** Read it as a drawing: each folder of src, and the folders it may import. */
const LEAVES = ["base", "chunking", "config", "crypto", "files", "format", "state", "store"];
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  chunking: ["base"],
  config: ["base"],
  crypto: ["base"],
  files: ["base"],
  format: ["base"],
  state: ["base"],
  store: ["base"],
  repository: ["base", "chunking", "crypto", "format", "state", "store"],
  operations: [...LEAVES, "repository"],
  cli: [...LEAVES, "repository", "operations"],
};

/** Abilities that belong to one place only. */
const ONLY_IN: readonly [pattern: RegExp, places: readonly string[], why: string][] = [
  [/"node:crypto"/, ["crypto/", "base/sha256.ts"], "keys stay behind one door"],
  [/libsodium/, ["crypto/signature.ts"], "keys stay behind one door"],
  [/as (unknown as )?(Sealed|Spooled)\b/, ["crypto/"], "only crypto may call bytes sealed"],
  [/"node:fs/, ["files/", "config/", "cli/"], "the rest is testable without a disk"],
  [/"node:sqlite"/, ["files/"], "the rest is testable without a disk"],
  [/"node:(net|tls|http|https|dgram)"|\bfetch\(/, [], "the network belongs to the S3 store"],
  [/"node:child_process"/, ["config/"], "commands are run for secrets only"],
  [/process\.env/, ["config/environment.ts"], "one place to audit"],
  [/\bconsole\.|process\.(exit|stdout|stderr)/, ["cli/"], "the engine reports, it does not print"],
  [/Date\.now|new Date\(\)|performance\.now/, ["cli/"], "the clock is passed in"],
  [/Math\.random/, [], "chance comes from crypto, or is passed in"],
  [/crypto\/salt-source/, ["crypto/sealer.ts", "crypto/assemble.ts"], "salts are not for callers"],
  [/export default/, [], "named exports only"],
  [/eslint-disable|@ts-(ignore|expect-error|nocheck)/, [], "a rule that hurts is changed for all"],
];

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .sort();

for (const path of sources) {
  const text = readFileSync(join("src", path), "utf8");
  const folder = folderOf(path);

  test(`src/${path} imports only what its layer may`, () => {
    if (folder === "") return;
    for (const target of importedFolders(path, text)) {
      const allowed = target === folder || MAY_IMPORT[folder]?.includes(target);
      expect(allowed, `the arrow ${folder} → ${target} is not on the drawing`).toBe(true);
    }
  });

  test(`src/${path} keeps to its abilities`, () => {
    for (const [pattern, places, why] of ONLY_IN) {
      if (places.some((place) => path.startsWith(place))) continue;
      expect(pattern.test(text), `${String(pattern)}: ${why}`).toBe(false);
    }
  });
}

test("every folder of src is on the drawing", () => {
  const folders = new Set(sources.map(folderOf).filter((folder) => folder !== ""));
  expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("every runtime dependency has a decision record", () => {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync("package.json", "utf8"),
  ) as Record<string, Record<string, string> | undefined>;
  const records = readdirSync("docs/decisions")
    .map((name) => readFileSync(join("docs/decisions", name), "utf8"))
    .join("\n");
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    expect(records, `no decision record mentions ${name}`).toContain(`\`${name}\``);
  }
});

function importedFolders(path: string, text: string): string[] {
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, target = ""]) =>
    folderOf(relative("src", join("src", dirname(path), target))),
  );
}

function folderOf(path: string): string {
  const [first = "", ...rest] = path.split("/");
  return rest.length === 0 ? "" : first;
}
