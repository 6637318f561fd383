/** `key show` and `key kit`: which key is in use, and what to keep for the day this machine dies. */
import { dirname, resolve } from "node:path";
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import { realDisk } from "../../files/real-disk.ts";
import { keyInfo, recoveryKit, type KeyInfo } from "../../operations/keys.ts";
import { facts } from "../columns.ts";
import type { OpenedSession } from "../open-session.ts";
import type { Verb, VerbGroup } from "../verb.ts";
import { formatTime } from "../words.ts";

const show: Verb = {
  name: "show",
  text: say("help-key-show", {}),
  run: async (_given, invocation) => {
    const { session, keys } = invocation.openSaved();
    const info = await keyInfo(session);
    const source = (await keys.find())?.found;
    return {
      document: { ...info, source: source?.source },
      lines: infoLines(info, source?.where ?? ""),
    };
  },
};

const kit: Verb = {
  name: "kit",
  text: say("help-key-kit", {}),
  options: [{ flags: "--out <file>", text: say("help-key-kit-out", {}) }],
  run: async (given, invocation) => {
    const text = await kitOf(invocation.openSaved());
    const out = given.text("out");
    if (out === undefined) return { document: { kit: text }, lines: [text.trimEnd()] };
    const file = resolve(out);
    writeNewFile(file, text);
    return { document: { file }, lines: [say("kit-written", { file: shown(file) })] };
  },
};

export const key: VerbGroup = { name: "key", text: say("help-key", {}), verbs: [show, kit] };

export async function kitOf({ session, keys }: OpenedSession): Promise<string> {
  const secret = await keys.find();
  const encryptionKey = secret?.kind === "raw" ? secret.found.text : undefined;
  const store = { provider: "local", path: session.context.store.place };
  return recoveryKit(session, { encryptionKey, store });
}

/** What is there already may be the only kit of another repository. */
function writeNewFile(path: string, text: string): void {
  const file = realDisk.create(path, 0o600);
  try {
    file.write(Buffer.from(text));
    file.sync();
  } finally {
    file.close();
  }
  realDisk.syncFolder(dirname(path));
}

function infoLines(info: KeyInfo, where: string): string[] {
  const { fingerprint, place, repository, slot, anchor } = info;
  const rows: [string, string][] = [
    [say("key-fingerprint", {}), fingerprint],
    [say("key-place", {}), shown(place)],
    [say("key-repository", {}), repository],
    [say("key-slot", {}), say(`key-slot-${slot.kdf}`, {})],
    [say("key-source", {}), shown(where)],
    [say("key-created", {}), formatTime(slot.created)],
    [say("key-anchor", {}), anchor ?? say("kit-no-anchor", {})],
  ];
  return facts(rows);
}
