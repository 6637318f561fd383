/** What is never backed up, whatever the config says: our own files, `.git`, SQLite's side files. */
import type { Named } from "./folder-names.ts";
import { isSideFile, type Beside } from "./side-files.ts";

const OUR_FILES =
  /^(?:sync-dashboard\.html|sync-log\.jsonl|sync-log\.[^]*\.jsonl|session-sync-config\.jsonc?)$/;
const OUR_TEMPORARY = ".session-sync-";

export function isNeverKept({ name, isFolder }: Named, beside: Beside): boolean {
  if (name.startsWith(OUR_TEMPORARY)) return true;
  if (isFolder) return name === ".git";
  return OUR_FILES.test(name) || isSideFile(name, beside);
}
