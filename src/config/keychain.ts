/**
 * The system's keychain: macOS Keychain, Windows Credential Manager, the Secret Service of a Linux
 * desktop. One process per request does the work (keychain-process.ts).
 *
 * Why a process: on Linux the call goes to D-Bus, and a session bus that accepts and never answers
 * (a half-started desktop, a container's mounted socket) blocks it for ever, in native code that
 * nothing inside a process can interrupt. A process can be ended. It is also why a request first
 * proves itself: it writes a random value, reads it back and deletes it, and only then is believed.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { toHex } from "../base/bytes.ts";
import type { Random } from "../base/clock.ts";
import { KeyError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import { parseAnswer, type Answer, type Request } from "./keychain-messages.ts";
import { Secret, type SecretName } from "./secret.ts";

export interface Keychain {
  /** Why the last request found no keychain that works; for `doctor`. */
  readonly reason: string | undefined;
  /** undefined: it holds none, or does not work. */
  read(which: SecretName): Promise<Secret | undefined>;
  /** Throws when it is not kept: a key that was shown as kept and is not would be lost. */
  write(which: SecretName, secret: Secret): Promise<void>;
  /** Whether it is certain that it now holds none. */
  remove(which: SecretName): Promise<boolean>;
}

export interface KeychainOptions {
  /** The account's name: its id. */
  readonly repository: string;
  readonly random: Random;
  /** Long enough for a person to unlock it where there is one; a machine answers at once. */
  readonly limitMs?: number;
  /** The script that talks to the keychain, for tests. */
  readonly script?: string;
}

/** Undefined when the key `keychain` says no. */
export function openKeychain(isOn: boolean, options: KeychainOptions): Keychain | undefined {
  return isOn ? new SystemKeychain(options) : undefined;
}

class SystemKeychain implements Keychain {
  readonly #options: KeychainOptions;
  #reason: string | undefined;

  constructor(options: KeychainOptions) {
    this.#options = options;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  async read(which: SecretName): Promise<Secret | undefined> {
    const answer = await this.#ask(which, "read");
    return answer.kind === "done" && answer.text !== undefined
      ? new Secret(answer.text)
      : undefined;
  }

  async write(which: SecretName, secret: Secret): Promise<void> {
    const answer = await this.#ask(which, "write", secret.text);
    if (answer.kind === "refused") {
      throw new KeyError("keychain-refused", { secret: which, reason: answer.reason });
    }
  }

  async remove(which: SecretName): Promise<boolean> {
    const answer = await this.#ask(which, "remove");
    return answer.kind === "done";
  }

  async #ask(which: SecretName, verb: Request["verb"], text?: string): Promise<Answer> {
    const { repository, random } = this.#options;
    const service = `session-sync-cloud ${which}`;
    const request = { verb, service, account: repository, probe: toHex(random(16)) };
    const answer = await exchange(
      this.#options,
      text === undefined ? request : { ...request, text },
    );
    this.#reason = answer.kind === "refused" ? answer.reason : undefined;
    return answer;
  }
}

/** Run from sources it is TypeScript, run from a package it is JavaScript; both lie beside us. */
const SCRIPT = fileURLToPath(import.meta.url).replace(/keychain(?=\.[jt]s$)/, "keychain-process");

function exchange({ script, limitMs = 3000 }: KeychainOptions, request: Request): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script ?? SCRIPT], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    let printed = "";
    const end = (answer: Answer): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      resolve(answer.kind === "refused" ? refusal(shown(answer.reason)) : answer);
    };
    const timer = setTimeout(() => {
      end(refusal(`it did not answer in ${limitMs / 1000} seconds`));
    }, limitMs);
    child.on("error", () => {
      end(refusal("its helper could not be started"));
    });
    child.stdin.on("error", () => {
      end(refusal("its helper ended early"));
    });
    child.stdout.setEncoding("utf8").on("data", (part: string) => (printed += part));
    child.on("close", () => {
      end(parseAnswer(printed));
    });
    child.stdin.end(JSON.stringify(request));
  });
}

const refusal = (reason: string): Answer => ({ kind: "refused", reason });
