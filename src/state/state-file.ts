/** How this machine's own notes are written: whole or not at all, readable by their owner alone. */
import { dirname } from "node:path";
import { writeDurably, type Disk } from "../base/disk.ts";

/** The single-run lock keeps a second writer, and so a second user of the temporary name, away. */
export function writeStateFile(disk: Disk, path: string, bytes: Uint8Array): void {
  writeDurably(disk, { path, temporary: `${path}.tmp`, folder: dirname(path) }, bytes, 0o600);
}
