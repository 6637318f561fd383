/**
 * What a vector is made of. The JSON of a valid case comes in any order; its text is written by
 * `canonical` below, which shares nothing with src, so that one of the two has to be right.
 */
import { createHash } from "node:crypto";

export interface VectorFile {
  readonly about: string;
  readonly valid: readonly ValidCase[];
  readonly invalid: readonly InvalidCase[];
}

export interface ValidCase {
  readonly name: string;
  readonly json: unknown;
  readonly text: string;
}

/** `bytes` are base64, where they are no text. */
export interface InvalidCase {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: string;
  readonly reason: string;
  readonly error: string;
}

export type Members = Readonly<Record<string, unknown>>;

export const valid = (name: string, json: unknown): ValidCase => ({
  name,
  json,
  text: canonical(json),
});

/** A document in its canonical form that says something impossible. */
export const refused = (
  name: string,
  json: unknown,
  reason: string,
  error = "object-malformed",
): InvalidCase => ({ name, text: canonical(json), reason, error });

export const refusedText = (name: string, text: string, reason: string): InvalidCase => ({
  name,
  text,
  reason,
  error: "json-malformed",
});

export const refusedBytes = (name: string, hex: string, reason: string): InvalidCase => ({
  name,
  bytes: Buffer.from(hex, "hex").toString("base64"),
  reason,
  error: "json-malformed",
});

/** Members that are undefined are left out, which is how a case takes one away. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}

/** 32 bytes in base64, from a label. */
export const id = (label: string): string => createHash("sha256").update(label).digest("base64");

export const ids = (count: number, label = "id"): string[] =>
  Array.from({ length: count }, (_, i) => id(`${label} ${i}`));

export const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString("base64");

/** Two fields of one object, as in "duplicates": nothing but text can hold them. */
export const twice = (json: Members, member: string): string =>
  canonical(json).replace(/\{/, `{${member},`);
