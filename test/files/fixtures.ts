/** Real folders for tests, and a user who may not do everything. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";

/** Folders that are removed after each test of the file that asks for them. */
export function scratchFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "files-"));
    // Also for the ordinary user below.
    chmodSync(folder, 0o755);
    made.push(folder);
    return folder;
  };
}

/** A folder for a name that ends with a slash, else a file with this content. */
export function plant(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!name.endsWith("/")) writeFileSync(path, content);
  }
}

const NOBODY = 65534;

/** root may read and write everything, whatever the modes say; so root lets go of that for a while. */
export async function asOrdinaryUser<Result>(
  work: () => Promise<Result> | Result,
): Promise<Result> {
  if (process.geteuid?.() !== 0) return await work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** What was thrown. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/**
 * What the script prints, run with `folder` as its argument, at which a filesystem of 1 MiB is
 * mounted that only it sees. Who may not mount (it takes root) gets "not permitted", and no other
 * failure passes for that.
 */
export function onOwnFilesystem(folder: string, script: string): string {
  const mount =
    'mount -t tmpfs -o size=1m none "$1" || exit 77; exec "$2" --input-type=module -e "$3" "$1"';
  const args = ["-m", "sh", "-c", mount, "sh", folder, process.execPath, script];
  const { status, stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
  if (status === 0) return stdout;
  assert.match(stderr, /permitted|permission denied/i);
  assert.notEqual(process.geteuid?.(), 0, stderr);
  return "not permitted";
}
