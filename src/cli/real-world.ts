/** The time, chance and names of the machine that we really run on. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Clock, Random } from "../base/clock.ts";
import { randomBytesOf } from "../crypto/tokens.ts";

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

export const realRandom: Random = randomBytesOf;

export const thisMachine = { pid: process.pid, host: hostname() } as const;

/** Of package.json, which lies at the same place seen from the sources and from what is built. */
export function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
