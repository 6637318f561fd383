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
});
