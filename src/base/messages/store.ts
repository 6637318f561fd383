import { errorTable } from "./table.ts";

export const storeErrors = errorTable({
  interrupted: {
    fact: "stopped before it was finished",
    hint: "run the same command again; it goes on from where it stopped",
  },
  "object-name-refused": {
    fact: "{object} is not a name that an object can have",
    hint: "run `session-sync check` to list what is affected",
  },
  "object-differs": {
    fact: "{object} is already in the store with {found:byte|bytes} instead of {expected:byte|bytes}",
    hint: "run `session-sync check` to list what is affected",
  },
  "object-not-plain": {
    fact: "{object} in the folder {folder} is a {found} where the repository has something else",
    hint: "find out who put it there, and replace it by a plain copy",
  },
  "folder-missing": {
    fact: "the folder {folder} is not there",
    hint: "mount or create it, or correct the place in the config",
  },
  "folder-contended": {
    fact: "another process is writing {object} in the folder {folder} right now",
    hint: "run the same command again when the other one is done",
  },
});
