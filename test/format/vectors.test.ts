import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeJson, type Json } from "../../src/base/canonical-json.ts";
import { IntegrityError } from "../../src/base/errors.ts";
import { cutGroups } from "../../src/format/tree-shape.ts";
import type { InvalidCase, VectorFile } from "./cases/case.ts";
import type { treeShape } from "./cases/tree-shape.ts";
import { recoders, type Recode } from "./codecs.ts";
import { vectorFiles, vectorText, vectorUrl } from "./make-vectors.ts";

const read = (name: string): unknown => JSON.parse(readFileSync(vectorUrl(name), "utf8"));

describe.each(Object.keys(vectorFiles))("the vectors of %s", (name) => {
  test("say what their cases say", () => {
    const text = readFileSync(vectorUrl(name), "utf8");
    expect(text, "run `node test/format/make-vectors.ts`").toBe(vectorText(vectorFiles[name]!));
  });
});

describe.each(Object.entries<Recode>(recoders))("%s", (name, recode) => {
  const { valid, invalid } = read(name) as VectorFile;

  test.each(valid)("$name is read, and written back byte for byte", ({ json, text }) => {
    expect(encodeJson(json as Json).toString()).toBe(text);
    expect(recode(Buffer.from(text)).toString()).toBe(text);
  });

  test.each(invalid)("$name is refused: $reason", (refused) => {
    const error = thrownBy(() => recode(bytesOf(refused)));
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ code: refused.error });
  });
});

describe("the shape of the tree", () => {
  const { cases } = read("tree-shape") as typeof treeShape;

  test.each(cases)("$name", ({ items, ends, groups }) => {
    const numbers = Array.from({ length: items }, (_, i) => i);
    const cut = cutGroups(numbers, (i) => (ends as readonly number[]).includes(i));
    expect(cut.map(({ length }) => length)).toEqual(groups);
    expect(cut.flat()).toEqual(numbers);
  });
});

const bytesOf = ({ text, bytes }: InvalidCase): Buffer =>
  text === undefined ? Buffer.from(bytes!, "base64") : Buffer.from(text);

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
