/**
 * Writes test/vectors/format/*.json: `node test/format/make-vectors.ts`. Everything follows from
 * the cases beside this file, so a second run writes the same bytes; vectors.test.ts compares.
 */
import { writeFileSync } from "node:fs";
import { canonicalJson } from "./cases/canonical-json.ts";
import { entries } from "./cases/entries.ts";
import { indexFiles } from "./cases/index-files.ts";
import { manifests, records } from "./cases/log.ts";
import { names } from "./cases/names.ts";
import { pages } from "./cases/pages.ts";
import { treeShape } from "./cases/tree-shape.ts";

export const vectorFiles: Readonly<Record<string, object>> = {
  "canonical-json": canonicalJson,
  entry: entries,
  "index-file": indexFiles,
  manifest: manifests,
  names,
  page: pages,
  record: records,
  "tree-shape": treeShape,
};

export const vectorUrl = (name: string): URL =>
  new URL(`../vectors/format/${name}.json`, import.meta.url);

export const vectorText = (vectors: object): string => `${JSON.stringify(vectors, null, 2)}\n`;

if (import.meta.main) {
  for (const [name, vectors] of Object.entries(vectorFiles)) {
    writeFileSync(vectorUrl(name), vectorText(vectors));
  }
}
