/** `key show` and `key kit`: which key is in use, and what to keep for the day this machine dies. */
import type { JsonObject } from "../base/canonical-json.ts";
import { describeSlot } from "../crypto/key-slot.ts";
import { newestVersion } from "./choose-version.ts";
import type { Repository } from "../repository/repository.ts";
import { openToRead } from "./open-repository.ts";
import { ownDevice } from "./own-device.ts";
import { writeKit } from "./recovery-kit.ts";
import type { Session } from "./session.ts";

export interface KeyInfo {
  readonly fingerprint: string;
  readonly place: string;
  readonly repository: string;
  readonly slot: { readonly kdf: "raw" | "argon2id"; readonly created: string };
  readonly anchor: string | undefined;
}

export async function keyInfo(session: Session): Promise<KeyInfo> {
  return infoOf(await synced(session));
}

export interface KitOptions {
  /** As the user has it; absent where it is a passphrase. */
  readonly encryptionKey?: string | undefined;
  /** Settings of the store, without secrets. */
  readonly store: JsonObject;
}

/** The text to print or keep. It holds the key: whoever writes it to a file makes that 0600. */
export async function recoveryKit(session: Session, options: KitOptions): Promise<string> {
  const repository = await synced(session);
  const { format, slotName, slot } = repository.remembered;
  const made = new Date(session.context.clock.now()).toISOString();
  return writeKit({ ...(await infoOf(repository)), ...options, made, format, slotName, slot });
}

async function synced(session: Session): Promise<Repository> {
  const repository = await openToRead(session);
  const [finding] = await repository.sync();
  if (finding) throw finding;
  return repository;
}

async function infoOf(repository: Repository): Promise<KeyInfo> {
  const { key } = repository.keys;
  const newest = newestVersion(repository.book.versions(), await ownDevice(repository));
  return {
    fingerprint: key.fingerprint(),
    place: repository.context.store.place,
    repository: key.repository,
    slot: describeSlot(repository.remembered.slot),
    anchor: newest && key.anchor({ ...newest.entry, sha: newest.sha }),
  };
}
