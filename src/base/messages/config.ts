import { errorTable } from "./table.ts";

export const configErrors = errorTable({
  "config-changed": {
    fact: "{file} was changed in what decides where data goes or what runs: {changes}",
    hint: "read it, then run `session-sync config trust` on a terminal if it is right",
  },
  "config-exposed": {
    fact: "{file} holds a secret ({key}) and other users of this machine can read it",
    hint: "run `chmod 600` on it, or move the secret to a place of its own; docs/configuration.md shows which",
  },
  "config-foreign": {
    fact: "{file} belongs to another user, and a configuration can run commands",
    hint: "name it with --workspace {workspace} if you trust it",
  },
  "config-key-twice": {
    fact: "{key} stands twice in {file}: in line {first} and in line {line}",
    hint: "remove one of the two",
  },
  "config-missing": {
    fact: "there is no configuration {file}",
    hint: "name a file that exists with --config, or run `session-sync init`",
  },
  "config-no-such-key": {
    fact: "there is no key {key}",
    hint: "use {nearest}, the nearest one there is; docs/configuration.md lists all",
  },
  "config-secret-literal": {
    fact: "{key} is a secret, and a secret on a command line is seen by others",
    hint: "set {instead} instead",
  },
  "config-syntax": {
    fact: "{file} is not JSON with comments, line {line}: {problem}",
    hint: "mend that line; session-sync-config.example.json shows the form",
  },
  "config-unknown-key": {
    fact: "{file}, line {line}: there is no key {key}",
    hint: "use {nearest}, the nearest one there is, or remove it; docs/configuration.md lists all",
  },
  "config-unreadable": {
    fact: "{file} cannot be read: {reason}",
    hint: "make it a file that you can read",
  },
  "config-value": {
    fact: "{key} ({where}) must be {wanted}",
    hint: "change it, or remove it to have the default",
  },
  "environment-unknown": {
    fact: "nobody knows the environment variable {variable}",
    hint: "use {nearest}, the nearest one there is; docs/configuration.md lists all",
  },
  "keychain-refused": {
    fact: "the system's keychain did not keep {secret}: {reason}",
    hint: "use {secret}_file, and set keychain to false to stop asking",
  },
  "openclaw-unreadable": {
    fact: "OpenClaw's {file} cannot be read, so its workspace is not known: {reason}",
    hint: "name the workspace with --workspace",
  },
  "secret-command": {
    fact: "the command of {key} gave no secret: {reason}",
    hint: "run it by hand; it must print the secret and nothing else",
  },
  "secret-file": {
    fact: "{file}, named by {key}, is refused: {reason}",
    hint: "make it a small text file that only you can read (`chmod 600`)",
  },
  "secret-two-sources": {
    fact: "{secret} has two sources: {first} and {second}",
    hint: "keep one of the two",
  },
  "secret-variable": {
    fact: "the environment variable {variable}, named by {key}, is not set",
    hint: "set it, or name another source",
  },
});
