/**
 * Invariant I8: one damaged file, or one that this disk does not take, is told and the rest goes on.
 * A disk that is full takes nothing more at all, so that ends the run.
 */
import { DiskError, IntegrityError, type EngineError } from "../../base/errors.ts";
import { shown, type RelPath } from "../../base/paths.ts";

/** What is wrong under this one name; whatever is wrong with more than that is thrown on. */
export function problemOfOne(path: RelPath, error: unknown): EngineError {
  if (error instanceof IntegrityError) {
    return new IntegrityError("restore-damaged", { path: shown(path) }, error);
  }
  if (error instanceof DiskError && error.code !== "disk-full") {
    return new DiskError("restore-refused", { path: shown(path) }, error);
  }
  throw error;
}
