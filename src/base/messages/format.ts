import { errorTable } from "./table.ts";

export const formatErrors = errorTable({
  "id-malformed": {
    fact: "{id} is not an id",
    hint: "run `session-sync check` to list what is affected",
  },
  "json-malformed": {
    fact: "{what} is not the JSON that the format describes",
    hint: "run `session-sync check` to list what is affected",
  },
  "object-malformed": {
    fact: "{what} is not what the format describes: {reason}",
    hint: "run `session-sync check` to list what is affected",
  },
  "path-refused": {
    fact: "{path} is not a path inside the workspace: {reason}",
    hint: "run `session-sync check` to list what is affected",
  },
});
