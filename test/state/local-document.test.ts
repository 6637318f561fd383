import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { loadDocument, saveDocument } from "../../src/state/local-document.ts";
import { temporaryFolders, testSeal } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();
const document = { path: "memory/secret-plan.md", sizes: [1, 2, 3] };

function saved(): string {
  const path = join(temporaryFolder(), "document");
  saveDocument(realDisk, path, "notes", document, testSeal());
  return path;
}

test("what was saved is loaded", () => {
  expect(loadDocument(realDisk, saved(), "notes", testSeal())).toEqual(document);
});

test("the file says nothing about the workspace, and only its owner may read it", () => {
  const path = saved();
  expect(readFileSync(path, "latin1")).not.toContain("secret-plan");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a document that is absent, foreign, damaged, or another one, reads as undefined", () => {
  const path = saved();
  expect(loadDocument(realDisk, `${path}-absent`, "notes", testSeal())).toBeUndefined();
  expect(loadDocument(realDisk, path, "notes", testSeal("theirs"))).toBeUndefined();
  expect(loadDocument(realDisk, path, "other", testSeal())).toBeUndefined();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, -1));
  expect(loadDocument(realDisk, path, "notes", testSeal())).toBeUndefined();
});

test("what opens and is not JSON reads as undefined", () => {
  const path = join(temporaryFolder(), "document");
  writeFileSync(path, testSeal().seal("notes", Buffer.from("{")));
  expect(loadDocument(realDisk, path, "notes", testSeal())).toBeUndefined();
});
