/** Bytes that pass for sealed ones, and names that pass for parsed ones: tests only. */
import type { Sealed, Spooled } from "../../src/base/bytes.ts";
import type { Clock } from "../../src/base/clock.ts";
import { parseObjectName } from "../../src/store/object-name.ts";
import type { ListOptions, ObjectName, Store } from "../../src/store/store.ts";

export const fixedClock: Clock = { now: () => 1_775_000_000_000, monotonic: () => 0 };

export const named = (text: string): ObjectName => parseObjectName(text);

/** A name that a careless caller, or a hostile listing, made up. */
export const unchecked = (text: string): ObjectName => text as ObjectName;

export function sealedBytes(content: string | Uint8Array): Sealed {
  return Uint8Array.from(Buffer.from(content)) as Sealed;
}

export function spooled(bytes: Uint8Array, beforeRead: () => void = () => {}): Spooled {
  const read = (offset: number, length: number): Uint8Array => {
    beforeRead();
    return bytes.subarray(offset, offset + length);
  };
  return { size: bytes.length, read } as unknown as Spooled;
}

/** Any length, without a pattern that would hide a piece that is missing or out of place. */
export function manyBytes(count: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(count / 4)).map((_, index) => index * 2654435761);
  return new Uint8Array(words.buffer, 0, count);
}

export async function namesOf(
  store: Store,
  options: ListOptions = { prefix: "" },
): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(options)) names.push(name);
  return names;
}

export async function textOf(store: Store, name: string): Promise<string | undefined> {
  const bytes = await store.get(named(name));
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}
