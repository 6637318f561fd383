import { errorTable } from "./table.ts";

export const operationsErrors = errorTable({
  "kit-malformed": {
    fact: "this is no recovery kit, or a part of it is missing",
    hint: "give the whole text that `session-sync key kit` printed, with its BEGIN and END lines",
  },
  "workspace-differs": {
    fact: "{place} holds the workspace {other}, and this one is {own}",
    hint: "choose another path_prefix or path: one repository holds one workspace",
  },
  "run-log-unwritable": {
    fact: "the run log in {folder} could not be written",
    hint: "make the folder writable; the backup itself is not affected",
  },
  "no-versions": {
    fact: "the repository holds no version yet",
    hint: "run `session-sync now` to make the first one",
  },
  "version-unknown": {
    fact: "no version is called {asked}, and none is from that time or before",
    hint: "run `session-sync versions` to see what there is",
  },
  "version-ambiguous": {
    fact: "{asked} may mean any of {count:version|versions}",
    hint: "give more of the device's name, as `session-sync versions` shows it",
  },
  "packs-condemned": {
    fact: "what this backup relied on was being deleted, {attempts:time|times} in a row",
    hint: "run `session-sync now` again in a minute; nothing is lost",
  },
  "path-asked-refused": {
    fact: "{path} is not a path inside the workspace: {reason}",
    hint: "give a path relative to the workspace, without ..",
  },
  "restore-nothing-asked": {
    fact: "nothing in version {version} matches what was asked for",
    hint: "write the pattern as in .gitignore; `session-sync versions` lists other versions",
  },
  "restore-target-occupied": {
    fact: "{to} holds {count:thing|things} that would be overwritten or removed, {path} for one",
    hint: "restore into an empty folder, since nothing there could be saved first",
  },
  "restore-occupied": {
    fact: "{path} is there already and differs",
    hint: "restore into an empty folder, since nothing there could be saved first",
  },
  "restore-folder-there": {
    fact: "{path} is a folder here and something else in the version, so it is left as it is",
    hint: "move the folder away, or let --delete remove what the version does not hold",
  },
  "restore-no-folder": {
    fact: "{path} is a {kind} here and a folder in the version, so it is left as it is",
    hint: "move the {kind} away, or let --delete remove what the version does not hold",
  },
  "restore-parent-no-folder": {
    fact: "{path} is not restored, because {parent} is a {kind} here and no folder",
    hint: "move {parent} away, or restore into another place with --to",
  },
  "restore-special-there": {
    fact: "{path} is no file, folder or link here, so it is left as it is",
    hint: "move it away and run the same command again",
  },
  "restore-name-twin": {
    fact: "{path} and {other} are one name on this filesystem, so only the latter is restored",
    hint: "restore onto a filesystem that tells them apart",
  },
  "restore-name-kept-out": {
    fact: "{path} is not restored, because no backup keeps what has such a name, or lies in a folder that has",
    hint: "find out how it came into the version, since a backup leaves such names out",
  },
  "restore-name-refused": {
    fact: "{path} is not a name that Windows can have",
    hint: "restore it on another system",
  },
  "restore-tree-unsound": {
    fact: "{path} cannot be what the version says, because {other} is no {kind} in it",
    hint: "run `session-sync check`; this program does not write such a version",
  },
  "restore-not-saved": {
    fact: "{path} is left as it is, because what stands there now is in no saved version",
    hint: "copy it somewhere and remove it, or stop excluding it, and run the same command again",
  },
  "restore-changed": {
    fact: "{path} was changed by something else during the restore and is left as it is",
    hint: "run the same command again when nothing else writes there",
  },
  "restore-database-open": {
    fact: "the database {path} is in use, so it is left as it is",
    hint: "stop the program that has it open and run the same command again",
  },
  "restore-damaged": {
    fact: "{path} cannot be restored from this version, because stored data is damaged or missing",
    hint: "restore this file from another version, and run `session-sync check --read-data`",
  },
  "restore-refused": {
    fact: "{path} could not be written",
    hint: "mend what the disk says and run the same command again",
  },
  "anchor-unmet": {
    fact: "version {version} is not the one with the anchor {anchor}, and does not follow on it",
    hint: "check what was written down; if it is right, the store shows an older state than there was",
  },
  "version-too-old": {
    fact: "version {version} is of {time}, which is older than was asked for",
    hint: "ask what happened to newer versions, or leave --newer-than out",
  },
  "nothing-to-undo": {
    fact: "no restore of this workspace is known on this machine",
    hint: "run `session-sync versions`; safety versions are what stood there before a restore",
  },
  "undo-version-gone": {
    fact: "version {version}, which held the state before the restore, is not there any more",
    hint: "run `session-sync versions` and restore another one",
  },
});
