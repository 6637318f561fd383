/**
 * Names of objects, checked at the door: a store may be a folder, and a name that came from another
 * store's listing must not be able to leave it. A part never begins with a dot, so `.` and `..` are
 * out, and every store has room for temporary names of its own that no object can have.
 */
import { IntegrityError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";
import type { ObjectName } from "./store.ts";

/** A filesystem takes names of 255 bytes; a few are left for what a store puts in front. */
const PART = /^[0-9A-Za-z_-][0-9A-Za-z._-]{0,199}$/;

export function parseObjectName(text: string): ObjectName {
  if (isObjectName(text)) return text;
  throw new IntegrityError("object-name-refused", { object: shown(text) });
}

export function isObjectName(text: string): text is ObjectName {
  return text.split("/").every(isNamePart);
}

export function isNamePart(text: string): boolean {
  return PART.test(text);
}
