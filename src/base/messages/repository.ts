import { errorTable } from "./table.ts";

const CHECK = "run `session-sync check` to list what is affected";

export const repositoryErrors = errorTable({
  "no-repository": {
    fact: "there is no repository at {place}",
    hint: "run `session-sync init`, or correct the bucket, prefix or path in the configuration",
  },
  "repository-gone": {
    fact: "the repository that was at {place} is not there any more",
    hint: "bring the bucket or folder back, or connect another one with `session-sync init`",
  },
  "format-lost": {
    fact: "{place} holds versions of a repository whose object `format` is lost",
    hint: "give the key of that repository, and the next `session-sync now` puts `format` back",
  },
  "repository-exists": {
    fact: "there is a repository at {place} already",
    hint: "choose another path_prefix, or run `session-sync init` again to connect to it",
  },
  "repository-differs": {
    fact: "{place} holds another repository than the one this machine knows",
    hint: "correct the bucket, prefix or path in the configuration; nothing was written",
  },
  "key-wrong": {
    fact: "the key does not open the repository at {place}",
    hint: "use the key from the recovery kit of this repository; `session-sync key show` says which key is in use",
  },
  "rollback-suspected": {
    fact: "the store no longer shows entry {seq} of device {device}, which {witness} has seen",
    hint: "ask what happened to the bucket before anything else; until then nothing is written, and `session-sync restore` still reads what is there",
  },
  "log-forked": {
    fact: "number {seq} of device {device} has two contents",
    hint: CHECK,
  },
  "log-broken": {
    fact: "{object} does not follow on what stands before it in its log, at number {seq}",
    hint: CHECK,
  },
  "device-unregistered": {
    fact: "{object} is not signed by a registered device",
    hint: CHECK,
  },
  "device-revoked": {
    fact: "another device has revoked the identity {device} of this machine, so it takes a new one",
    hint: "if this machine should not write any more, take its key and credentials away",
  },
  "device-cloned": {
    fact: "another machine writes with the identity {device} of this one, so this machine takes a new one",
    hint: "nothing to do; versions of both machines are kept apart from here on",
  },
  "entry-misnamed": {
    fact: "{object} holds an entry that was written under another name",
    hint: CHECK,
  },
  "object-missing": {
    fact: "{object} is missing or cut short in the store",
    hint: CHECK,
  },
  "chunk-missing": {
    fact: "chunk {chunk} is in no pack of the repository",
    hint: CHECK,
  },
  "tree-disordered": {
    fact: "the entries below {object} are not in the order of their paths",
    hint: CHECK,
  },
  "tree-endless": {
    fact: "{object} is empty, or lies deeper than any file list can be",
    hint: CHECK,
  },
  "index-incomplete": {
    fact: "some packs stand in no index file; what they hold was found through their own tables",
    hint: "nothing is lost; the next backup that changes anything writes what is missing anew",
  },
  "index-unsettled": {
    fact: "the index files changed under {listing:listing|listings} in a row",
    hint: "try again in a minute: another device is merging them",
  },
});
