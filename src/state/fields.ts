/** Checked reading of the notes' JSON: a note of another shape is as good as a damaged one. */
import { IntegrityError } from "../base/errors.ts";
import type { Json, JsonObject } from "../base/canonical-json.ts";

export class Fields {
  readonly #what: string;
  readonly #object: JsonObject;

  constructor(json: Json | undefined, what: string) {
    if (!isObject(json)) throw malformed(what);
    this.#what = what;
    this.#object = json;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  text(name: string): string {
    const value = this.#object[name];
    if (typeof value === "string") return value;
    throw malformed(this.#what);
  }

  /** A whole number, not negative. */
  count(name: string): number {
    return asCount(this.#object[name], this.#what);
  }

  list(name: string): readonly Json[] {
    return asList(this.#object[name], this.#what);
  }

  entries(name: string): [key: string, fields: Fields][] {
    const value = this.#object[name];
    if (!isObject(value)) throw malformed(this.#what);
    return Object.entries(value).map(([key, each]) => [key, new Fields(each, this.#what)]);
  }

  object(name: string): Fields {
    return new Fields(this.#object[name], this.#what);
  }
}

export function asCount(value: Json | undefined, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(what);
}

export function asList(value: Json | undefined, what: string): readonly Json[] {
  if (isList(value)) return value;
  throw malformed(what);
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !isList(value);

function malformed(what: string): IntegrityError {
  return new IntegrityError("json-malformed", { what });
}
