/**
 * Which process a number means. Numbers are used again, so a process is known by its number and the
 * moment it started, where the system tells: on Linux, ticks since the boot with this id.
 */
import type { Disk } from "../base/disk.ts";
import { DiskError } from "../base/errors.ts";

/** Empty where the system does not tell. */
export function startOfProcess(disk: Disk, pid: number): string {
  const stat = readProc(disk, `/proc/${String(pid)}/stat`);
  const boot = readProc(disk, "/proc/sys/kernel/random/boot_id").slice(0, 8);
  return stat === "" ? "" : `${boot}-${startTicks(stat)}`;
}

/** In doubt, alive. */
export function isAlive(disk: Disk, pid: number, start: string): boolean {
  if (!answers(pid)) return false;
  const now = startOfProcess(disk, pid);
  return start === "" || now === "" || now === start;
}

/** Field 22, counted after the name, which may itself contain spaces and brackets. */
function startTicks(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function readProc(disk: Disk, path: string): string {
  try {
    return disk.read(path)?.toString("utf8") ?? "";
  } catch (error) {
    // Another user's process may be hidden from us: then nothing is known.
    if (error instanceof DiskError) return "";
    throw error;
  }
}
