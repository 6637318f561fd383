import { errorTable } from "./table.ts";

export const cryptoErrors = errorTable({
  // One text for every way a forgery can fail: how it failed is not the forger's business.
  "object-tampered": {
    fact: "{object} does not open with this key: it is damaged, forged, or belongs elsewhere",
    hint: "run `session-sync check` to list what is affected",
  },
  "format-too-new": {
    fact: "{object} has {what}, which this program does not know",
    hint: "update session-sync, then try again",
  },
  "seal-unsound": {
    fact: "{object} did not open again right after it was sealed, so it was thrown away",
    hint: "run the command again, and test this machine's memory if it repeats",
  },
  "entry-forged": {
    fact: "{name} is not signed by the device whose log it stands in",
    hint: "run `session-sync check` to list what is affected",
  },
  "public-key-malformed": {
    fact: "a device's public key is not the base64 of 32 bytes",
    hint: "run `session-sync check` to list what is affected",
  },
  "spool-damaged": {
    fact: "what waited on this machine to be uploaded as {id} is damaged",
    hint: "run the backup again, which seals its contents anew",
  },
  "slot-damaged": {
    fact: "a key slot is damaged, although its secret may be right",
    hint: "use another secret of this repository, or the copy of the slot in the recovery kit",
  },
  "repository-file-damaged": {
    fact: "the object `format` is damaged, or belongs to another repository",
    hint: "run `session-sync check`, which puts back the copy this machine remembers",
  },
  "key-malformed": {
    fact: "the encryption key is not the base64 of exactly 32 bytes",
    hint: "give the key as `openssl rand -base64 32` prints it",
  },
  "passphrase-refused": {
    fact: "the passphrase is empty, or is not valid Unicode text",
    hint: "give a passphrase of ordinary characters",
  },
});
