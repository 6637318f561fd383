/**
 * The text of a configuration file (JSON with comments) to checked values. Whatever is refused is
 * refused with file, line and key, and never with the value, which may be a secret.
 */
import { parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import type { Json } from "../base/canonical-json.ts";
import { InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import type { ConfigValue } from "./key-kinds.ts";
import { isGroup, KEY_NAMES, parseKeyName, rowOf } from "./key-lookup.ts";
import type { KeyName } from "./keys.ts";
import { nearestName } from "./nearest.ts";
import { checkValue, type PathBase } from "./values.ts";

export interface ConfigText {
  readonly text: string;
  /** As errors name it. */
  readonly file: string;
  readonly base: PathBase;
}

export type ConfigValues = ReadonlyMap<KeyName, ConfigValue>;

export function parseConfigText(source: ConfigText): ConfigValues {
  const root = parseRoot(source);
  const values = new Map<KeyName, ConfigValue>();
  for (const member of membersOf(source, root, "")) {
    if (member.name === "$schema") continue;
    refuseDotted(source, member);
    if (isGroup(member.name)) {
      for (const inner of membersOf(source, member.value, `${member.name}.`)) {
        addValue(source, values, inner);
      }
    } else addValue(source, values, member);
  }
  return values;
}

/** `keep.daily` is a name for people and variables; two spellings in a file would be one too many. */
function refuseDotted(source: ConfigText, member: Member): void {
  const [group = ""] = member.name.split(".");
  if (group === member.name || !isGroup(group)) return;
  throw syntaxError(source, member.value.offset, `write ${group} as an object in braces`);
}

interface Member {
  readonly name: string;
  readonly line: number;
  readonly value: Node;
}

function parseRoot(source: ConfigText): Node {
  const problems: ParseError[] = [];
  const root = parseTolerantly(source, problems);
  const [problem] = problems;
  if (problem !== undefined) {
    throw syntaxError(source, problem.offset, wordsOf(printParseErrorCode(problem.error)));
  }
  if (root?.type !== "object") throw syntaxError(source, 0, "it is not one object in braces");
  return root;
}

function parseTolerantly(source: ConfigText, problems: ParseError[]): Node | undefined {
  const options = { allowTrailingComma: true, disallowComments: false };
  try {
    return parseTree(source.text, problems, options);
  } catch (cause) {
    // The parser is recursive: only absurdly deep nesting ends here.
    throw syntaxError(source, 0, "it is nested too deeply", cause);
  }
}

function membersOf(source: ConfigText, node: Node, prefix: string): Member[] {
  if (node.type !== "object")
    throw syntaxError(source, node.offset, "an object in braces belongs here");
  const lines = new Map<string, number>();
  return (node.children ?? []).map((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) {
      throw syntaxError(source, property.offset, "a value is missing");
    }
    const member = { name: prefix + String(key.value), line: lineAt(source, key.offset), value };
    refuseTwice(source, member, lines);
    return member;
  });
}

/** JSON takes the last of two; a person who reads the first would be wrong about where data goes. */
function refuseTwice(source: ConfigText, member: Member, lines: Map<string, number>): void {
  const first = lines.get(member.name);
  if (first !== undefined) {
    const { file } = source;
    throw new InputError("config-key-twice", {
      key: shown(member.name),
      file,
      line: String(member.line),
      first: String(first),
    });
  }
  lines.set(member.name, member.line);
}

function addValue(source: ConfigText, values: Map<KeyName, ConfigValue>, member: Member): void {
  const name = parseKeyName(member.name);
  if (name === undefined) throw unknownKey(source, member);
  const checked = checkValue(rowOf(name), jsonOf(member.value), source.base);
  if ("value" in checked) values.set(name, checked.value);
  else {
    const where = `${source.file}, line ${member.line}`;
    throw new InputError("config-value", { key: name, where, wanted: checked.wanted });
  }
}

function unknownKey(source: ConfigText, member: Member): InputError {
  return new InputError("config-unknown-key", {
    key: shown(member.name),
    file: source.file,
    line: String(member.line),
    nearest: nearestName(member.name, KEY_NAMES),
  });
}

/** Built member by member: the file cannot name a prototype. */
function jsonOf(node: Node): Json {
  if (node.type === "array") return (node.children ?? []).map(jsonOf);
  if (node.type !== "object") return node.value as Json;
  const members = (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [[String(key.value), jsonOf(value)] as const],
  );
  return Object.fromEntries(members);
}

function syntaxError(source: ConfigText, at: number, problem: string, cause?: unknown): InputError {
  const facts = { file: source.file, line: String(lineAt(source, at)), problem };
  return new InputError("config-syntax", facts, cause);
}

const lineAt = (source: ConfigText, offset: number): number =>
  source.text.slice(0, offset).split("\n").length;

/** "CommaExpected" → "comma expected". */
const wordsOf = (code: string): string => code.replace(/(?<=.)[A-Z]/g, " $&").toLowerCase();
