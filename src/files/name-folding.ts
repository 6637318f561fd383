/**
 * Names that are two in a version and one on this disk: by case, or by Unicode form. And names that
 * Windows keeps for devices, or cannot have.
 */
import type { Disk } from "../base/disk.ts";
import type { RelPath } from "../base/paths.ts";
import { parentsOf } from "./standing.ts";

export type Fold = (name: string) => string;

const keep: Fold = (name) => name;
const foldForm: Fold = (name) => name.normalize("NFC");
const foldCase: Fold = (name) => name.toUpperCase().toLowerCase();
/** Whatever any filesystem may fold. */
export const foldAll: Fold = (name) => foldForm(foldCase(name.normalize("NFD")));

/** Asks the filesystem, with a file of that name that stands there for a moment. */
export function foldingOf(disk: Disk, folder: string, probe: string): Fold {
  const file = `${folder}/${probe}`;
  disk.create(file, 0o600).close();
  try {
    const stands = (name: string): boolean => disk.stat(`${folder}/${name}`) !== undefined;
    const cases = stands(probe.toUpperCase()) ? foldCase : keep;
    const forms = stands(probe.normalize("NFD")) ? foldForm : keep;
    return (name) => forms(cases(name));
  } finally {
    disk.remove(file);
  }
}

/** For each path that is one name with an earlier one, itself or in a folder above it: that one. */
export function twinsOf(paths: readonly RelPath[], fold: Fold): Map<RelPath, RelPath> {
  const firsts = new Map<string, RelPath>();
  const twins = new Map<RelPath, RelPath>();
  for (const path of paths) {
    for (const part of [...parentsOf(path), path]) {
      const folded = fold(part);
      const first = firsts.get(folded) ?? part;
      firsts.set(folded, first);
      if (first === part) continue;
      twins.set(path, first);
      break;
    }
  }
  return twins;
}

const DEVICE =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(?:\.|$)/i;
const REFUSED = /[<>:"\\|?*\u0000-\u001f]|[. ]$/;

export const isRefusedByWindows = (path: string): boolean =>
  path.split("/").some((part) => DEVICE.test(part.trimEnd()) || REFUSED.test(part));
