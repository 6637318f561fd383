import { join } from "node:path";
import type { Context } from "../repository/context.ts";

/** An empty scratch folder: what a crash left in it are copies of a user's databases. */
export function emptyScratch({ disk, state }: Context): void {
  for (const name of disk.list(state.scratch)) {
    const folder = join(state.scratch, name);
    for (const file of disk.list(folder)) disk.remove(join(folder, file));
    disk.remove(folder);
  }
  disk.makeFolder(state.scratch, 0o700);
}
