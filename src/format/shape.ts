/**
 * Reading JSON that somebody else may have written: every field is asked for by name and checked,
 * and what nobody asked for is kept (docs/format.md §0: unknown members are kept).
 *
 * Invariant: whatever the JSON is, nothing but an IntegrityError comes out.
 */
import type { Json, JsonObject } from "../base/canonical-json.ts";
import { IntegrityError } from "../base/errors.ts";
import { pathBytes, textOfBytes } from "../base/paths.ts";

/** What this release does not know of an object: kept as it is, and written back. */
export interface Extensible {
  readonly other?: JsonObject;
}

export class Fields {
  readonly #json: JsonObject;
  readonly #what: string;
  readonly #asked: string[] = [];

  constructor(json: Json | undefined, what: string) {
    if (!isObject(json)) throw malformed(what, "an object is missing");
    this.#json = json;
    this.#what = what;
  }

  take(name: string): Json | undefined {
    this.#asked.push(name);
    return this.#json[name];
  }

  text(name: string): string {
    const value = this.take(name);
    if (typeof value === "string" && value.isWellFormed()) return value;
    throw this.refusal(`"${name}" is not a text`);
  }

  /** One of the two forms of a name: text, or base64 under `<name>Bytes` where it is not UTF-8. */
  name(name: string): string {
    const text = this.take(name);
    const bytes = this.take(`${name}Bytes`);
    if (bytes === undefined && typeof text === "string" && text.isWellFormed()) return text;
    const odd = text === undefined ? decodeOddBytes(bytes) : undefined;
    if (odd !== undefined) return odd;
    throw this.refusal(`"${name}" and "${name}Bytes" do not give one name in its one form`);
  }

  /** A whole number, not negative. */
  count(name: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.take(name);
    if (isCount(value) && value <= most) return value;
    throw this.refusal(`"${name}" is not a whole number up to ${most}`);
  }

  truth(name: string): boolean {
    const value = this.take(name);
    if (typeof value === "boolean") return value;
    throw this.refusal(`"${name}" is neither true nor false`);
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.take(name);
    const known = values.find((each) => each === value);
    if (known !== undefined) return known;
    throw this.refusal(`"${name}" is none of ${values.join(", ")}`);
  }

  list(name: string, most = Infinity): readonly Json[] {
    const value = this.take(name);
    if (isList(value) && value.length <= most) return value;
    throw this.refusal(`"${name}" is not a list, or is too long`);
  }

  /** Every item through a parser of src/base/ids.ts, say. */
  listOf<Item>(name: string, parse: (json: Json) => Item, most?: number): Item[] {
    return this.list(name, most).map((item) => parse(item));
  }

  texts(name: string): string[] {
    return this.listOf(name, (json) => {
      if (typeof json === "string" && json.isWellFormed()) return json;
      throw this.refusal(`an item of "${name}" is not a text`);
    });
  }

  object(name: string): Fields {
    return new Fields(this.take(name), `"${name}" of ${this.#what}`);
  }

  json(name: string): JsonObject {
    const value = this.take(name);
    if (isObject(value)) return value;
    throw this.refusal(`"${name}" is not an object`);
  }

  get names(): string[] {
    return Object.keys(this.#json);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#json, name);
  }

  /** Ask last: everything that no other method was asked for. */
  rest(): Extensible {
    const unknown = Object.entries(this.#json).filter(([name]) => !this.#asked.includes(name));
    return unknown.length === 0 ? {} : { other: Object.fromEntries(unknown) };
  }

  refusal(reason: string): IntegrityError {
    return malformed(this.#what, reason);
  }
}

export function malformed(what: string, reason: string): IntegrityError {
  return new IntegrityError("object-malformed", { what, reason });
}

export const isCount = (json: Json | undefined): json is number =>
  typeof json === "number" && Number.isSafeInteger(json) && json >= 0;

export const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !isList(json);

/** Canonical base64 of any length; undefined otherwise. */
export function base64Bytes(json: Json | undefined): Buffer | undefined {
  if (typeof json !== "string") return undefined;
  const bytes = Buffer.from(json, "base64");
  return bytes.toString("base64") === json ? bytes : undefined;
}

/** For JSON that is about to be written: the two forms of `Fields.name`. */
export function nameField(name: string, text: string): JsonObject {
  if (text.isWellFormed()) return { [name]: text };
  return { [`${name}Bytes`]: pathBytes(text).toString("base64") };
}

function decodeOddBytes(json: Json | undefined): string | undefined {
  const bytes = base64Bytes(json);
  const text = bytes && textOfBytes(bytes);
  return text === undefined || text.isWellFormed() ? undefined : text;
}
