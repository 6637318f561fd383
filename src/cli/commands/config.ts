/** `config`: single values of the configuration, and a person's word that a change is theirs. */
import { InputError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import { getKey, setKey, unsetKey } from "../../config/edit.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { configSchema } from "../../config/schema.ts";
import { realDisk } from "../../files/real-disk.ts";
import { configPath, readConfig, writeConfig, type ConfigFile } from "../config-file.ts";
import type { Invocation } from "../invocation.ts";
import { stateOf } from "../open-session.ts";
import { TrustNote } from "../trust-note.ts";
import type { Report, Verb, VerbGroup } from "../verb.ts";

const get: Verb = {
  name: "get",
  operands: "<key>",
  text: say("help-config-get", {}),
  run: async ({ operands: [name = ""] }, invocation) => {
    const found = getKey(invocation.load(), name);
    const value = found.value === undefined ? undefined : JSON.stringify(found.value);
    const facts = {
      value: value ?? say("config-unset-value", {}),
      source: say(`source-${found.source}`, {}),
    };
    return { document: found, lines: [say("config-value", facts)] };
  },
};

const set: Verb = {
  name: "set",
  operands: "<key> <value>",
  text: say("help-config-set", {}),
  run: async ({ operands: [name = "", value = ""] }, invocation) =>
    edit(invocation.load(), (file) => setKey(file, name, value)),
};

const unset: Verb = {
  name: "unset",
  operands: "<key>",
  text: say("help-config-unset", {}),
  run: async ({ operands: [name = ""] }, invocation) =>
    edit(invocation.load(), (file) => unsetKey(file, name)),
};

const path: Verb = {
  name: "path",
  text: say("help-config-path", {}),
  run: async (_given, invocation) => {
    const loaded = invocation.load();
    const file = configPath(loaded);
    const exists = loaded.file !== undefined;
    const line = exists ? shown(file) : say("config-no-file", { file: shown(file) });
    return { document: { file, exists }, lines: [line] };
  },
};

const schema: Verb = {
  name: "schema",
  text: say("help-config-schema", {}),
  run: async () => {
    const document = configSchema();
    return { document, lines: [JSON.stringify(document, undefined, 2)] };
  },
};

const trust: Verb = {
  name: "trust",
  text: say("help-config-trust", {}),
  run: async (_given, invocation) => {
    const loaded = invocation.load();
    const note = new TrustNote(realDisk, stateOf(loaded), loaded);
    return note.changes().length === 0
      ? { document: { changes: [] }, lines: [say("trust-nothing", {})] }
      : askTrust(invocation, loaded, note);
  },
};

export const config: VerbGroup = {
  name: "config",
  text: say("help-config-verbs", {}),
  verbs: [get, set, unset, path, schema, trust],
};

function edit(loaded: LoadedConfig, change: (file: ConfigFile) => string): Report {
  const source = readConfig(loaded);
  const text = change(source);
  const { file } = source;
  if (text !== source.text) writeConfig(source, text);
  return { document: { file }, lines: [say("config-written", { file: shown(file) })] };
}

/** A person is asked, and nobody can say yes in advance: that is the point of it. */
async function askTrust(
  invocation: Invocation,
  loaded: LoadedConfig,
  note: TrustNote,
): Promise<Report> {
  const { terminal } = invocation;
  const changes = note.changes();
  terminal.complain(say("trust-intro", { file: shown(configPath(loaded)) }));
  for (const change of changes) terminal.complain(say("trust-change", { ...change }));
  if (!terminal.canAsk) throw new InputError("needs-terminal", {});
  const isConfirmed = await invocation.confirm(say("trust-question", {}));
  if (!isConfirmed) return { document: {}, lines: [say("trust-no", {})], exit: EXIT.usage };
  note.remember();
  return { document: { changes }, lines: [say("trust-done", {})] };
}
