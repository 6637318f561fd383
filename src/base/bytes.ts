/**
 * Bytes: the brand that keeps plaintext away from stores, and the few encodings of docs/format.md
 * that more than one module speaks.
 */

declare const sealed: unique symbol;

/** Bytes a stranger may hold: a sealed file, a signed entry, a slot, `format`. Only src/crypto makes them. */
export type Sealed = Uint8Array & { readonly [sealed]: true };

/** Sealed bytes that wait on this machine's disk, verified when src/crypto handed them out. */
export interface Spooled {
  readonly [sealed]: true;
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** `lp(x)` of docs/format.md: a u32 length, then the bytes; text is UTF-8. */
export function lp(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([u32(bytes.length), bytes]);
}

export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}

export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("hex");
}

/** The same memory, seen as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
