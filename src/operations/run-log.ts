/**
 * The run log: one line a run, for people and agents. In a workspace with a `memory` folder it is
 * `memory/sync-log.jsonl`, where they look; elsewhere it lies in the state directory. It is never
 * backed up, holds no secret, and a run does not fail because it could not be written.
 */
import { join } from "node:path";
import { decodeJson, encodeJson, type Json, type JsonObject } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import { DiskError, EngineError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import type { Session } from "./session.ts";

export interface RunLine {
  /** RFC 3339, this machine's clock. */
  readonly at: string;
  readonly verb: string;
  readonly exit: number;
  readonly durationMs: number;
  /** Of the error that ended it. */
  readonly code?: string | undefined;
  readonly version?: string | undefined;
  readonly files?: number | undefined;
  readonly uploadedBytes?: number | undefined;
}

const FILE = "sync-log.jsonl";
const ROTATED = "sync-log.1.jsonl";
const MAX_BYTES = 1024 * 1024;

/** What went wrong, for the monitor; the run's own outcome stands whatever comes of its log. */
export function appendRun(session: Session, line: RunLine): EngineError | undefined {
  const { disk } = session.context;
  const folder = logFolder(session);
  try {
    rotate(disk, folder);
    append(disk, join(folder, FILE), Buffer.concat([encodeJson(present(line)), NEWLINE]));
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return new DiskError("run-log-unwritable", { folder: shown(folder) }, error);
  }
}

/** Oldest first; a line that is torn or was written by hand is passed over. */
export function readRuns(session: Session, { last }: { readonly last: number }): RunLine[] {
  const folder = logFolder(session);
  const texts = [ROTATED, FILE].map((file) => session.context.disk.read(join(folder, file)));
  const lines = texts.flatMap((bytes) => bytes?.toString("utf8").split("\n") ?? []);
  return lines.flatMap((line) => parseLine(line) ?? []).slice(-last);
}

function logFolder({ workspace, context }: Session): string {
  const memory = join(workspace, "memory");
  return context.disk.stat(memory)?.kind === "folder" ? memory : context.state.folder;
}

function rotate(disk: Disk, folder: string): void {
  const path = join(folder, FILE);
  if ((disk.stat(path)?.size ?? 0) > MAX_BYTES) disk.rename(path, join(folder, ROTATED));
}

function append(disk: Disk, path: string, bytes: Uint8Array): void {
  // Never through a link: the workspace is written by agents, and the log may be a trap.
  const kind = disk.stat(path)?.kind;
  if (kind !== undefined && kind !== "file") disk.remove(path);
  const file = disk.append(path, 0o600);
  try {
    file.write(bytes);
  } finally {
    file.close();
  }
}

const NEWLINE = Buffer.from("\n");

function present(line: RunLine): JsonObject {
  return JSON.parse(JSON.stringify(line)) as JsonObject;
}

function parseLine(line: string): RunLine | undefined {
  if (line.trim() === "") return undefined;
  try {
    return asRunLine(decodeJson(Buffer.from(line), FILE));
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

function asRunLine(json: Json): RunLine | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { at, verb, exit, durationMs, code, version, files, uploadedBytes } = json as JsonObject;
  if (typeof at !== "string" || typeof verb !== "string") return undefined;
  if (typeof exit !== "number" || typeof durationMs !== "number") return undefined;
  return {
    at,
    verb,
    exit,
    durationMs,
    code: typeof code === "string" ? code : undefined,
    version: typeof version === "string" ? version : undefined,
    files: typeof files === "number" ? files : undefined,
    uploadedBytes: typeof uploadedBytes === "number" ? uploadedBytes : undefined,
  };
}
