import { id } from "./case.ts";

const hex = (label: string): string => Buffer.from(id(label), "base64").toString("hex");
const DEVICE = "0123456789abcdef";
const pack = hex("pack");
const entry = `log/${DEVICE}/000000000002-20260401T163000Z-v`;

/** Names of objects: what each means, and what no reader may take for one. */
export const names = {
  about: "names of objects (docs/format.md, 1); ids in base64",
  valid: [
    { name: "format", means: { kind: "format" } },
    { name: "keys/00112233445566ff", means: { kind: "slot", slot: "00112233445566ff" } },
    { name: `packs/${pack.slice(0, 2)}/${pack}`, means: { kind: "pack", id: id("pack") } },
    { name: `index/${hex("index")}`, means: { kind: "index", id: id("index") } },
    {
      name: entry,
      means: { kind: "v", device: DEVICE, seq: 2, serverDate: "2026-04-01T16:30:00.987Z" },
    },
    {
      name: `log/${DEVICE}/999999999999-20280229T235959Z-r`,
      means: {
        kind: "r",
        device: DEVICE,
        seq: 999_999_999_999,
        serverDate: "2028-02-29T23:59:59.000Z",
      },
    },
  ],
  invalid: [
    { name: "", reason: "empty" },
    { name: "Format", reason: "lower case" },
    { name: "keys/00112233445566f", reason: "16 digits" },
    { name: "keys/00112233445566FF", reason: "lower case" },
    { name: "keys/00112233445566ff/x", reason: "nothing follows" },
    { name: "keys/00112233445566ff\n", reason: "nothing follows" },
    { name: `packs/${pack}`, reason: "a folder of two digits" },
    {
      name: `packs/${pack.startsWith("0") ? "1" : "0"}${pack[1] ?? ""}/${pack}`,
      reason: "the folder of another pack",
    },
    { name: `packs/${pack.slice(0, 2)}/${pack.toUpperCase()}`, reason: "lower case" },
    { name: `packs/${pack.slice(0, 2)}/${pack}.tmp`, reason: "nothing follows" },
    { name: `index/${hex("index").slice(1)}`, reason: "64 digits" },
    { name: `/index/${hex("index")}`, reason: "relative to the prefix" },
    { name: entry.replace("000000000002", "000000000000"), reason: "numbers begin at 1" },
    { name: entry.replace("000000000002", "2"), reason: "12 digits" },
    { name: entry.replace("000000000002", "0000000000002"), reason: "12 digits" },
    { name: entry.replace("20260401", "20260230"), reason: "a day that exists" },
    { name: entry.replace("T163000", "T246000"), reason: "a time that exists" },
    { name: entry.replace("Z-v", "Z-x"), reason: "v or r" },
    { name: entry.replace(DEVICE, DEVICE.slice(1)), reason: "16 digits" },
    { name: `${entry}/`, reason: "nothing follows" },
    { name: `x${entry}`, reason: "nothing stands before" },
  ],
} as const;
