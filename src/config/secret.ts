/**
 * A text that must not be seen: a key, a passphrase, a credential.
 *
 * Invariant: it leaves only through `text`. Printing, inspecting, joining, encoding as JSON and
 * copying by structure all give the placeholder or nothing, so a secret that is part of a larger
 * object cannot slip into a log, an error or a page.
 */
import { inspect } from "node:util";

/** The secrets there are, by the keys of the configuration that hold them. */
export type SecretName = "encryption_key" | "passphrase" | "key_id" | "secret_key";

export const HIDDEN = "(secret)";

export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
