/** What goes over the pipes to keychain-process.ts and back: one JSON document each way. */
export interface Request {
  readonly verb: "read" | "write" | "remove";
  readonly service: string;
  readonly account: string;
  /** A random value that must come back before the keychain is believed. */
  readonly probe: string;
  /** To write. */
  readonly text?: string;
}

export type Answer =
  | { readonly kind: "done"; readonly text?: string }
  | { readonly kind: "refused"; readonly reason: string };

export function parseRequest(text: string): Request | undefined {
  const { verb, service, account, probe, text: secret } = membersOf(text);
  if (verb !== "read" && verb !== "write" && verb !== "remove") return undefined;
  if (service === undefined || account === undefined || probe === undefined) return undefined;
  return { verb, service, account, probe, ...(secret === undefined ? {} : { text: secret }) };
}

/** Never repeats what it does not understand: that may be a secret. */
export function parseAnswer(text: string): Answer {
  const { kind, reason, text: secret } = membersOf(text);
  if (kind === "done") return { kind, ...(secret === undefined ? {} : { text: secret }) };
  return { kind: "refused", reason: reason ?? "its helper gave no answer" };
}

function membersOf(text: string): Partial<Record<string, string>> {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((member): member is [string, string] => {
      return typeof member[1] === "string";
    }),
  );
}

/** Whatever is not JSON has no members. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
