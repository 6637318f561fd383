/** One name in a folder, looked at. */
import { lstatSync, readlinkSync, type BigIntStats } from "node:fs";
import { DiskError, InputError, type EngineError } from "../base/errors.ts";
import { diskPath, shown, textOfBytes, type RelPath } from "../base/paths.ts";
import { systemCode, unlessAbsent } from "./refusals.ts";
import type { Scanned, ScannedFile } from "./scanned.ts";
import { PERMISSIONS, signatureOf } from "./signature.ts";

export interface Place {
  readonly path: RelPath;
  /** Where that is on this machine. */
  readonly full: string;
  /** Of a database: see `ScannedFile`. */
  readonly sideFiles?: string | undefined;
}

export interface Looked {
  readonly entry: Scanned;
  readonly device: bigint;
  /** Of a file with several names; the same for all of them. */
  readonly identity?: string;
}

/** undefined: it is not there any more. */
export function lookAt(place: Place): Looked | EngineError | undefined {
  try {
    return unlessAbsent(() => looked(place, lstatSync(diskPath(place.full), { bigint: true })));
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    return new DiskError("file-unreadable", { path: shown(place.path), reason }, error);
  }
}

function looked(place: Place, stat: BigIntStats): Looked | EngineError {
  const { path, full } = place;
  const { dev: device, mtimeNs } = stat;
  const mode = Number(stat.mode) & PERMISSIONS;
  if (stat.isFile()) return { entry: fileEntry(place, stat), device, ...identityOf(stat) };
  if (stat.isDirectory()) return { entry: { kind: "dir", path, mode, mtimeNs }, device };
  if (!stat.isSymbolicLink()) {
    return new InputError("kind-skipped", { path: shown(path), kind: kindOf(stat) });
  }
  const target = textOfBytes(readlinkSync(diskPath(full), { encoding: "buffer" }));
  return { entry: { kind: "symlink", path, mode, mtimeNs, target }, device };
}

function fileEntry({ path, sideFiles }: Place, stat: BigIntStats): ScannedFile {
  const mode = Number(stat.mode) & PERMISSIONS;
  const sparse = stat.blocks * 512n < stat.size;
  const file = { kind: "file", path, mode, signature: signatureOf(stat), sparse } as const;
  return sideFiles === undefined ? file : { ...file, sideFiles };
}

function identityOf(stat: BigIntStats): { identity?: string } {
  return stat.nlink > 1n ? { identity: `${String(stat.dev)}:${String(stat.ino)}` } : {};
}

function kindOf(stat: BigIntStats): string {
  if (stat.isFIFO()) return "named pipe";
  return stat.isSocket() ? "socket" : "device";
}
