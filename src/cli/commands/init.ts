/** `init`: makes a repository for the workspace, or connects it to one that is there. */
import { InputError } from "../../base/errors.ts";
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import { initialise, type InitResult } from "../../operations/init.ts";
import { formatAt } from "../../operations/open-repository.ts";
import { facts } from "../columns.ts";
import { connect, connectByKit, type Connected } from "../connect.ts";
import type { Given } from "../given.ts";
import type { Invocation } from "../invocation.ts";
import type { Report, Verb } from "../verb.ts";
import { assertWorkspace } from "../workspace-there.ts";
import { kitOf } from "./key.ts";

export const init: Verb = {
  name: "init",
  text: say("help-init", {}),
  options: [
    { flags: "--provider <provider>", text: say("help-init-provider", {}) },
    { flags: "--path <dir>", text: say("help-init-path", {}) },
    { flags: "--from-kit <file>", text: say("help-from-kit", {}) },
  ],
  acts: true,
  run: async (given, invocation) => {
    assertLocal(given);
    assertWorkspace(invocation.load().workspace);
    const connected = await connectAsAsked(given, invocation);
    const { session, keys, trust } = connected.opened;
    session.context.state.ensure();
    // A key is made for a repository that is made, never for one that has its own.
    const isNew = (await formatAt(session)) === undefined;
    const secret = isNew ? await keys.secretOrNew() : await keys.secret();
    const result = await initialise(session, { secret });
    trust.remember();
    return report(invocation, connected, result);
  },
};

function assertLocal(given: Given): void {
  const provider = given.text("provider") ?? "local";
  if (provider !== "local") throw new InputError("provider-later", { provider: shown(provider) });
}

async function connectAsAsked(given: Given, invocation: Invocation): Promise<Connected> {
  const path = given.text("path");
  const kit = given.text("fromKit");
  if (kit !== undefined) return connectByKit(kit, invocation, { path });
  const isOpen = path === undefined && invocation.open().isNew && invocation.terminal.canAsk;
  return connect(invocation, { path: isOpen ? await askPath(invocation) : path });
}

async function askPath({ terminal, signal }: Invocation): Promise<string | undefined> {
  const answer = (await terminal.ask(say("init-question", {}), signal))?.trim();
  return answer === "" ? undefined : answer;
}

async function report(
  { terminal }: Invocation,
  { opened, configFile }: Connected,
  result: InitResult,
): Promise<Report> {
  const { created, place, fingerprint } = result;
  const key = (await opened.keys.find())?.found;
  const outcome = created ? "init-created" : "init-connected";
  return {
    document: { ...result, key: key?.source, config: configFile },
    lines: [
      say(outcome, { place: shown(place) }),
      ...facts([[say("key-fingerprint", {}), fingerprint]]),
      // Never into a pipe or a log of its own accord: the kit holds the key.
      ...(terminal.isShown ? ["", (await kitOf(opened)).trimEnd()] : []),
    ],
    asides: [
      ...(configFile === undefined ? [] : [say("init-config", { file: shown(configFile) })]),
      say("init-key", { where: shown(key?.where ?? "") }),
      say("init-kit", {}),
    ],
  };
}
