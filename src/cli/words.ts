/** Numbers and times as people read them. */
import { say } from "../base/messages/index.ts";
import type { VersionId } from "../base/ids.ts";
import { InputError } from "../base/errors.ts";
import { shown } from "../base/paths.ts";

const UNITS = ["KiB", "MiB", "GiB", "TiB"] as const;

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return say("bytes", { count: bytes });
  let value = bytes;
  let unit: string = UNITS[0];
  for (const next of UNITS) {
    value /= 1024;
    unit = next;
    // 1023.95 and more would be printed as 1024.0.
    if (value < 1023.95) break;
  }
  return `${value.toFixed(1)} ${unit}`;
}

/** Local time with its offset: `2026-04-01 16:30 +02:00`. */
export function formatTime(time: string | number): string {
  const date = new Date(time);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join("-");
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())} ${sign}${zone}`;
}

const two = (number: number): string => String(number).padStart(2, "0");

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** In its largest unit. A clock that is behind the store's counts as no time at all. */
export function formatAge(ageMs: number): string {
  if (ageMs < MINUTE_MS) return say("age-now", {});
  if (ageMs < HOUR_MS) return say("age-minutes", { count: Math.floor(ageMs / MINUTE_MS) });
  if (ageMs < 2 * DAY_MS) return say("age-hours", { count: Math.floor(ageMs / HOUR_MS) });
  return say("age-days", { count: Math.floor(ageMs / DAY_MS) });
}

/** What a run still takes: `0:07`, `12:30`, `3:05:00`. */
export function formatLeft(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours > 0) return [hours, ...parts.map(two)].join(":");
  return `${String(parts[0])}:${two(parts[1] ?? 0)}`;
}

/** Short, and still what a person can give back as a VERSION. */
export const formatVersion = ({ device, seq }: VersionId): string =>
  `${device.slice(0, 4)}-${String(seq)}`;

/** `26h`, `90m`, `7d`: as options take it. */
export function parseDuration(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6}) ?(m|h|d|w)$/.exec(text.trim()) ?? [];
  const unitMs = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS }[unit];
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new InputError("duration-malformed", { asked: shown(text) });
}
