/**
 * A process of its own for one request to the system's keychain: a request on stdin, an answer on
 * stdout. Started by keychain.ts and nobody else.
 */
import { stdin, stdout } from "node:process";
import { text as textOf } from "node:stream/consumers";
import { parseRequest, type Answer, type Request } from "./keychain-messages.ts";

/** The part of @napi-rs/keyring that we use. It is optional: a package without it is complete. */
interface Entry {
  setPassword(text: string): Promise<void>;
  getPassword(): Promise<string | null>;
  deleteCredential(): Promise<boolean>;
}

type OpenEntry = (service: string, account: string) => Entry;

async function answer(request: Request): Promise<Answer> {
  const open = await loadKeyring();
  if (open === undefined) return { kind: "refused", reason: "@napi-rs/keyring is not installed" };
  if (!(await comesBack(open, request.probe))) {
    return { kind: "refused", reason: "what was written did not come back" };
  }
  return perform(open(request.service, request.account), request);
}

async function loadKeyring(): Promise<OpenEntry | undefined> {
  try {
    const { AsyncEntry } = await import("@napi-rs/keyring");
    // Named, because the library's own choice falls back to the kernel's keyring, which is memory:
    // a key kept there is gone after the next restart, and the repository with it.
    const options = { linux: { store: "secret-service" } } as const;
    return (service, account) => new AsyncEntry(service, account, options);
  } catch {
    return undefined;
  }
}

async function comesBack(open: OpenEntry, probe: string): Promise<boolean> {
  const entry = open("session-sync-cloud probe", probe);
  await entry.setPassword(probe);
  const back = await entry.getPassword();
  await entry.deleteCredential();
  return back === probe && (await entry.getPassword()) === null;
}

async function perform(entry: Entry, { verb, text }: Request): Promise<Answer> {
  if (verb === "remove") await entry.deleteCredential();
  if (verb === "write") await entry.setPassword(text ?? "");
  const kept = await entry.getPassword();
  if (verb === "read") return { kind: "done", ...(kept === null ? {} : { text: kept }) };
  if (kept === (text ?? null)) return { kind: "done" };
  return { kind: "refused", reason: "what was written did not come back" };
}

async function main(): Promise<Answer> {
  const request = parseRequest(await textOf(stdin));
  if (request === undefined) return { kind: "refused", reason: "the request was not understood" };
  try {
    return await answer(request);
  } catch (cause) {
    return { kind: "refused", reason: cause instanceof Error ? cause.message : "it failed" };
  }
}

stdout.write(JSON.stringify(await main()));
