/**
 * What opens a key slot: the user's own key, or a passphrase. Never RK itself, so that it can be
 * replaced without touching data.
 *
 * Invariant: the classes here show no secret to whatever prints them (inspect, JSON, String).
 */
import { KeyError } from "../base/errors.ts";
import { base64Bytes } from "./public-json.ts";

export type SlotSecret =
  | { readonly kind: "raw"; readonly key: Uint8Array }
  | { readonly kind: "passphrase"; readonly text: string };

/** From the text that the user configured. */
export function rawSecret(text: string): SlotSecret {
  return new RawSecret(parseRawKey(text));
}

export function passphraseSecret(text: string): SlotSecret {
  return new PassphraseSecret(text);
}

/** The base64 of 32 bytes, as `openssl rand -base64 32` prints it, with its newline or without. */
export function parseRawKey(text: string): Uint8Array {
  const key = base64Bytes(text.replace(/\r?\n$/, ""), 32);
  if (key === undefined) throw new KeyError("key-malformed", {});
  return key;
}

/** The same passphrase typed on two keyboards gives the same bytes: NFKC, then UTF-8. */
export function passphraseBytes(text: string): Buffer {
  if (text === "" || !text.isWellFormed()) throw new KeyError("passphrase-refused", {});
  return Buffer.from(text.normalize("NFKC"), "utf8");
}

class RawSecret {
  readonly kind = "raw";
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  get key(): Uint8Array {
    return this.#key;
  }
}

class PassphraseSecret {
  readonly kind = "passphrase";
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}
