/**
 * The secret that opens the repository: where it is configured, else what this machine keeps, in a
 * file of the state directory or in the system's keychain.
 *
 * Invariant: a generated key is kept, durably, and read back, before anything is sealed under it. One
 * that was kept and perhaps used is never replaced by another.
 */
import { toBase64 } from "../base/bytes.ts";
import { writeDurably, type Disk } from "../base/disk.ts";
import { KeyError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import type { Keychain } from "../config/keychain.ts";
import type { LoadedConfig } from "../config/load.ts";
import { FoundSecret, findSecret, readSecretFile } from "../config/secrets.ts";
import { parseRawKey, passphraseSecret, rawSecret, type SlotSecret } from "../crypto/key-slot.ts";
import { randomBytesOf } from "../crypto/tokens.ts";
import type { StateDir } from "../state/state-dir.ts";

export interface KeyPlaces {
  readonly loaded: LoadedConfig;
  readonly disk: Disk;
  readonly state: StateDir;
  readonly keychain: Keychain | undefined;
}

export interface RingKey {
  readonly kind: SlotSecret["kind"];
  /** Says where it came from, and shows nothing else. */
  readonly found: FoundSecret;
}

export class KeyRing {
  readonly #places: KeyPlaces;

  constructor(places: KeyPlaces) {
    this.#places = places;
  }

  /** What is configured wins; a keychain is only asked where nothing is, and no file is there. */
  async find(): Promise<RingKey | undefined> {
    const { loaded, keychain } = this.#places;
    const configured = await findSecret("encryption_key", loaded, undefined);
    if (configured) return { kind: "raw", found: configured };
    const passphrase = await findSecret("passphrase", loaded, undefined);
    if (passphrase) return { kind: "passphrase", found: passphrase };
    const kept = this.#readFile() ?? (await findSecret("encryption_key", loaded, keychain));
    return kept && { kind: "raw", found: kept };
  }

  async secret(): Promise<SlotSecret> {
    const key = await this.find();
    if (key === undefined) throw new KeyError("key-missing", {});
    return slotSecretOf(key);
  }

  async secretOrNew(): Promise<SlotSecret> {
    const key = await this.find();
    return key ? slotSecretOf(key) : this.keep(toBase64(randomBytesOf(32)));
  }

  /** Of a person's own, or a new one. */
  async keep(text: string): Promise<SlotSecret> {
    parseRawKey(text);
    const before = await this.find();
    if (before !== undefined && before.found.text !== text) {
      throw new KeyError("key-kept-differs", { where: shown(before.found.where) });
    }
    if (before === undefined) await this.#write(text);
    const after = await this.find();
    if (after?.found.text !== text) throw new KeyError("key-not-kept", {});
    return slotSecretOf(after);
  }

  async #write(text: string): Promise<void> {
    if (!(await this.#isInKeychain(text))) this.#writeFile(text);
  }

  /** Most servers have no keychain that works: the file is then the place, and no failure. */
  async #isInKeychain(text: string): Promise<boolean> {
    const { keychain } = this.#places;
    try {
      await keychain?.write("encryption_key", new FoundSecret(text, "keychain", "the keychain"));
      return keychain !== undefined;
    } catch (error) {
      if (error instanceof KeyError && error.code === "keychain-refused") return false;
      throw error;
    }
  }

  #writeFile(text: string): void {
    const { disk, state } = this.#places;
    const path = state.keyFile;
    const names = { path, temporary: `${path}.tmp`, folder: state.folder };
    writeDurably(disk, names, Buffer.from(`${text}\n`));
  }

  #readFile(): FoundSecret | undefined {
    const { disk, state, loaded } = this.#places;
    const file = state.keyFile;
    if (disk.stat(file) === undefined) return undefined;
    const { platform } = loaded.environment;
    return new FoundSecret(
      readSecretFile(file, { key: "the state directory", platform }),
      "key-file",
      file,
    );
  }
}

function slotSecretOf({ kind, found }: RingKey): SlotSecret {
  return kind === "raw" ? rawSecret(found.text) : passphraseSecret(found.text);
}
