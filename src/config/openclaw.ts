/**
 * Where OpenClaw keeps its workspaces: what its variables and its openclaw.json say. The file is
 * somebody else's and written by hand (JSON5), so this reads what it can and never refuses.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { type EngineError, InputError } from "../base/errors.ts";
import type { OpenClawVariables } from "./environment.ts";
import { isFolder, lookAt, readSmallFile } from "./small-file.ts";
import { absolutePath } from "./values.ts";

export interface OpenClaw {
  /** The one to use when nothing else is said. */
  readonly workspace: string | undefined;
  /** All that openclaw.json names, one per agent that has its own. */
  readonly named: readonly string[];
  readonly warnings: readonly EngineError[];
}

const LIMIT_BYTES = 4 * 1024 * 1024;

export function findOpenClaw(variables: OpenClawVariables, home: string): OpenClaw {
  const ownHome = variables.home === undefined ? home : absolutePath(variables.home, at(home));
  const stateFolder = stateFolderOf(variables, ownHome);
  const file = absolutePath(
    variables.configFile ?? join(stateFolder, "openclaw.json"),
    at(ownHome),
  );
  const { config, warnings } = readOpenClawJson(file);
  const named = namedWorkspaces(config).map((path) => absolutePath(path, at(ownHome)));
  const [first] = named;
  const asked = variables.workspace && absolutePath(variables.workspace, at(ownHome));
  const usual = [join(stateFolder, "workspace"), profileWorkspace(variables, ownHome)];
  return { workspace: asked ?? first ?? usual.find(isFolder), named, warnings };
}

/** One that openclaw.json names, or a folder that looks like one. */
export function isOpenClawWorkspace(folder: string, named: readonly string[]): boolean {
  if (named.some((path) => isSameFolder(path, folder))) return true;
  const markers = ["AGENTS.md", "SOUL.md", "USER.md", "IDENTITY.md", "MEMORY.md"];
  return (
    isFolder(join(folder, "memory")) &&
    markers.some((name) => lookAt(join(folder, name))?.isFile() === true)
  );
}

/** JSON5 to what a tolerant JSON parser reads: names get quotes, single quotes become double. */
export function quoteJson5(text: string): string {
  return text.replace(JSON5_TOKEN, (token: string, bare: string | undefined) => {
    if (token.startsWith("'")) return quoteSingle(token);
    if (bare === undefined || /^(?:true|false|null|-?\d[\d.eE+-]*)$/.test(bare)) return token;
    return JSON.stringify(bare);
  });
}

/** Comments and strings whole, so that nothing inside them is taken for a name. */
const JSON5_TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|([^\s{}[\]:,"'/]+)/g;

function quoteSingle(token: string): string {
  const inside = token.slice(1, -1).replaceAll("\\'", "'");
  return `"${inside.replace(/\\[\s\S]|"/g, (part) => (part === '"' ? '\\"' : part))}"`;
}

const at = (home: string) => ({ folder: home, home });

function stateFolderOf(variables: OpenClawVariables, home: string): string {
  if (variables.stateFolder !== undefined) return absolutePath(variables.stateFolder, at(home));
  const profile = namedProfile(variables);
  return join(home, profile === undefined ? ".openclaw" : `.openclaw-${profile}`);
}

/** Where earlier releases put the workspace of a profile. */
function profileWorkspace(variables: OpenClawVariables, home: string): string {
  const profile = namedProfile(variables);
  return join(home, ".openclaw", profile === undefined ? "workspace" : `workspace-${profile}`);
}

function namedProfile({ profile }: OpenClawVariables): string | undefined {
  const isNamed = profile !== undefined && /^[\w-]+$/.test(profile) && profile !== "default";
  return isNamed ? profile : undefined;
}

function readOpenClawJson(file: string): { config: unknown; warnings: EngineError[] } {
  const reading = readSmallFile(file, LIMIT_BYTES);
  if ("bytes" in reading) {
    const config = parseJson5(reading.bytes.toString("utf8"));
    if (isObject(config)) return { config, warnings: [] };
    return { config: {}, warnings: [unreadable(file, "it is not one object in braces")] };
  }
  if (reading.absent) return { config: {}, warnings: [] };
  return { config: {}, warnings: [unreadable(file, reading.reason)] };
}

function parseJson5(text: string): unknown {
  try {
    return parse(quoteJson5(text));
  } catch (cause) {
    if (cause instanceof RangeError) return undefined; // nested deeper than the parser recurses
    throw cause;
  }
}

const unreadable = (file: string, reason: string): EngineError =>
  new InputError("openclaw-unreadable", { file, reason });

/** The main agent's first, then the defaults', then the others'. */
function namedWorkspaces(config: unknown): string[] {
  const agents = memberOf(config, "agents");
  const entries = memberOf(agents, "entries");
  const roster = isObject(entries) ? Object.values(entries) : listOf(memberOf(agents, "list"));
  const main = memberOf(entries, "main") ?? roster.find(isMain);
  const places = [main, memberOf(agents, "defaults"), memberOf(config, "agent"), ...roster];
  const paths = places.map((place) => memberOf(place, "workspace")).filter(isPath);
  return [...new Set(paths)];
}

const isMain = (agent: unknown): boolean =>
  memberOf(agent, "default") === true || memberOf(agent, "id") === "main";

/** `${NAME}` is OpenClaw's to resolve. */
const isPath = (value: unknown): value is string =>
  typeof value === "string" && value.trim() !== "" && !value.includes("${");

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const memberOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isSameFolder(left: string, right: string): boolean {
  if (left === right) return true;
  return isFolder(left) && isFolder(right) && realpathSync(left) === realpathSync(right);
}
