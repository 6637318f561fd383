import { errorTable } from "./table.ts";

export const filesErrors = errorTable({
  "disk-full": {
    fact: "there is no space left to write {path} ({reason})",
    hint: "free some space there and run the same command again",
  },
  "disk-read-only": {
    fact: "{path} lies on a filesystem that cannot be written to ({reason})",
    hint: "mount it writable, or choose another place",
  },
  "disk-denied": {
    fact: "this user has no permission for {path} ({reason})",
    hint: "let this user read and write it, or run as the user it belongs to",
  },
  "disk-name-taken": {
    fact: "{path} is there already ({reason})",
    hint: "move it away, or choose another name",
  },
  "disk-name-refused": {
    fact: "the filesystem does not take the name {path} ({reason})",
    hint: "choose a shorter or plainer name, or another filesystem",
  },
  "disk-absent": {
    fact: "{path} is not there ({reason})",
    hint: "see whether something else moved or removed it, then run the same command again",
  },
  "disk-failed": {
    fact: "{path} could not be read or written ({reason})",
    hint: "check the disk or the mount that it lies on",
  },
  "file-unreadable": {
    fact: "{path} could not be read ({reason})",
    hint: "let this user read it, or exclude it",
  },
  "folder-unreadable": {
    fact: "the folder {path} could not be read, so nothing in it is saved ({reason})",
    hint: "let this user read and enter it, or exclude it",
  },
  "mount-skipped": {
    fact: "the folder {path} is another filesystem, so nothing in it is saved",
    hint: 'set "follow_mounts": true to save it too, or exclude it',
  },
  "kind-skipped": {
    fact: "{path} is a {kind} and is not saved",
    hint: "exclude it to stop hearing about it",
  },
  "workspace-missing": {
    fact: "the workspace {path} is not there",
    hint: "create it, or name the right folder with --workspace",
  },
  "workspace-not-a-folder": {
    fact: "the workspace {path} is not a folder",
    hint: "name a folder with --workspace",
  },
  "restore-root-no-folder": {
    fact: "{to} is there and is not a folder",
    hint: "name a folder, or a place where nothing is yet",
  },
  "restore-content-differs": {
    fact: "what was read for {path} is not the content that the version names",
    hint: "run `session-sync check --read-data`, and restore this file from another version",
  },
});
