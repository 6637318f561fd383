import { errorTable } from "./table.ts";

export const stateErrors = errorTable({
  "outbox-pack-lost": {
    fact: "the pack {pack} waited in {folder} and cannot be read any more",
    hint: "run `session-sync now`, which seals what was in it again",
  },
  "outbox-damaged": {
    fact: "the list of what waits in {folder} is damaged",
    hint: "run `session-sync now`, which uploads again what is not listed any more",
  },
  "witness-damaged": {
    fact: "{path}, which remembers how far every log has come, cannot be read",
    hint: "run `session-sync check`, and remove the file if the check finds nothing",
  },
  "witness-foreign": {
    fact: "{path} remembers the logs of another repository",
    hint: "use the place and the key that this workspace had, or remove the file if it has moved",
  },
  "run-busy": {
    fact: "`{what}` has been running since {since} (process {pid} on {host})",
    hint: "wait until it is done and run the same command again",
  },
});
