/** The table as docs/configuration.md. */
import { OTHER_VARIABLES } from "./environment.ts";
import { FEATURES, type KeyRow, type KeyTable } from "./key-kinds.ts";
import { isSecret, rowsOf } from "./key-lookup.ts";
import { SECTIONS } from "./keys.ts";

export function configurationPage(): string {
  const sections = SECTIONS.map(({ title, keys }) => `## ${title}\n\n${tableOf(keys)}`);
  return [OPENING, ...sections, variablesSection(), ""].join("\n\n").replace(/\n+$/, "\n");
}

const OPENING = `<!-- Written by \`npm run docs\` from src/config/keys.ts. Change it there. -->

# Configuration

Nothing needs to be configured: without a file the first backup goes, encrypted, into a folder of
your own state directory. A file \`session-sync-config.json\` in the root of the workspace says the
rest. It is JSON with comments; \`session-sync-config.example.json\` is one to copy, and an editor that
knows JSON Schema completes it (\`session-sync-config.schema.json\`, beside this page).

**Which workspace?** The one that \`--workspace\` names. Else the folder of the
\`session-sync-config.json\` that \`--config\` names; else the nearest folder, from the current one
upwards, that holds one; else OpenClaw's workspace (the one openclaw.json names, or
\`~/.openclaw/workspace\`); else the current folder. What was chosen is always printed. A file that was
found this way and belongs to another user is refused: name it, if you trust it.

**Which value?** The environment's, else the file's, else the default. The variable of a key is
\`SESSION_SYNC_\` and the key in capitals: \`SESSION_SYNC_RETENTION_DAYS\`, \`SESSION_SYNC_KEEP_DAILY\`. A
list is separated by commas or line ends; an empty variable counts as none. Relative paths start at
the file's folder (in a variable: at the current folder), and \`~\` is your home.

**Which secret?** Each has one source: itself (\`encryption_key\`), a file (\`encryption_key_file\`), a
command (\`encryption_key_command\`), or a variable (\`encryption_key_env\`, or
\`SESSION_SYNC_ENCRYPTION_KEY\`). Two of them for one secret are refused. A file that others can read is
refused; a command has 30 seconds. When none is configured, the system's keychain is asked, and for a
bucket AWS's own chain.

**Who may change it?** An agent can write in its workspace. A change to a key marked ⚿ below, once a
workspace has been used, is not acted upon until you have run \`session-sync config trust\` on a
terminal. An agent that owns a terminal can do that too: give it none, or keep the file elsewhere
(\`--config\`). What the environment says needs no confirmation.

Keys that wait for a feature are accepted and do nothing yet.`;

function tableOf(keys: KeyTable): string {
  const rows = rowsOf(keys).map(([name, row]) => {
    const mark = row.trust === true ? " ⚿" : "";
    return `| \`${name}\`${mark} | ${shapeOf(row)} | ${defaultOf(name, row)} | ${textOf(row)} |`;
  });
  return ["| key | value | default | what it does |", "|---|---|---|---|", ...rows].join("\n");
}

function shapeOf(row: KeyRow): string {
  switch (row.kind) {
    case "text":
      return isSecret(row) ? "secret" : "text";
    case "path":
      return "path";
    case "choice":
      return row.choices.map(code).join(", ");
    case "whole":
      return `${row.unit}, ${row.min} to ${row.max}`;
    case "flag":
      return "`true`, `false`";
    case "list":
      return row.choices === undefined
        ? "list of patterns"
        : `list of ${row.choices.map(code).join(", ")}`;
    case "open":
      return "open";
  }
}

function defaultOf(name: string, row: KeyRow): string {
  if (name === "include") return "see right";
  const value = "default" in row ? row.default : undefined;
  if (value === undefined || value === "") return "";
  if (typeof value !== "object") return code(value);
  return value.map(code).join(", ");
}

function textOf(row: KeyRow): string {
  return FEATURES[row.feature] ? row.text : `${row.text} (waits for ${row.feature})`;
}

function variablesSection(): string {
  const rows = [...Object.entries(OTHER_VARIABLES), ...FOREIGN_VARIABLES].map(
    ([name, text]) => `| ${code(name)} | ${text} |`,
  );
  const intro = "Beside `SESSION_SYNC_<KEY>` for every key above that is not open:";
  return `## Environment\n\n${intro}\n\n| variable | what it says |\n|---|---|\n${rows.join("\n")}`;
}

const FOREIGN_VARIABLES = [
  ["XDG_STATE_HOME", "where the state directory lies on Linux, else `~/.local/state`"],
  ["LOCALAPPDATA", "where it lies on Windows"],
  ["OPENCLAW_CONFIG_PATH", "OpenClaw's openclaw.json"],
  ["OPENCLAW_STATE_DIR", "OpenClaw's folder, else `~/.openclaw`"],
  ["OPENCLAW_WORKSPACE_DIR", "OpenClaw's workspace"],
  ["OPENCLAW_PROFILE", "OpenClaw's profile: `~/.openclaw-<profile>`"],
  ["OPENCLAW_HOME", "OpenClaw's home, else yours"],
  [
    "AWS_ACCESS_KEY_ID",
    "the bucket's credentials, read by the AWS client when none are configured",
  ],
  ["AWS_SECRET_ACCESS_KEY", "the same"],
  ["AWS_SESSION_TOKEN", "the same"],
  ["AWS_PROFILE", "the AWS profile, where `profile` is not set"],
  ["AWS_REGION", "the region, where `region` is not set"],
  ["NO_COLOR", "no colours"],
  ["CI", "no questions"],
  ["TERM", "`dumb` means no cursor movements"],
  ["COLUMNS", "the width of the screen"],
] as const;

const code = (value: string | number | boolean): string => `\`${String(value)}\``;
