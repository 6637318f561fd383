/**
 * Times as people write them. With an offset or `Z` they mean that; without, this machine's time.
 *
 *     2026-04-01T16:30:00Z   2026-04-01T16-30-00Z   2026-04-01 16:30   2026-04-01T16:30+02:00
 *     2026-04-01 (its end)   today 9:00   yesterday 18:00   yesterday (its end)   90m ago   3h ago   2d ago
 */

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2})[:-](\d{2})(?:[:-](\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const DAY_TIME = /^(today|yesterday)(?: (\d{1,2}):(\d{2}))?$/i;
const AGO = /^(\d{1,6}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?) ago$/i;

const MINUTE_MS = 60_000;
const UNIT_MS: Record<string, number> = {
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
  w: 7 * 24 * 60 * MINUTE_MS,
};

/** ms since 1970; undefined when it is none of the forms above, or no day of the calendar. */
export function parseWhen(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  return parseDateTime(trimmed) ?? parseDay(trimmed, nowMs) ?? parseAgo(trimmed, nowMs);
}

function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, zone] = match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const time = hour === undefined ? END_OF_DAY : timeOf(hour, minute, second);
  if (!isDay(date) || time === undefined) return undefined;
  return zone === undefined ? localMs(date, time) : zonedMs(date, time, zone);
}

function parseDay(text: string, nowMs: number): number | undefined {
  const match = DAY_TIME.exec(text);
  if (match === null) return undefined;
  const [, word, hour, minute] = match;
  const now = new Date(nowMs);
  const back = word?.toLowerCase() === "yesterday" ? 1 : 0;
  const date = { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() - back };
  const time = hour === undefined ? END_OF_DAY : timeOf(hour, minute, undefined);
  return time && localMs(date, time);
}

function parseAgo(text: string, nowMs: number): number | undefined {
  const match = AGO.exec(text);
  if (match === null) return undefined;
  const unitMs = UNIT_MS[(match[2] ?? "").charAt(0).toLowerCase()] ?? 0;
  return nowMs - Number(match[1]) * unitMs;
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

interface Time {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

/** A day alone means all of it: the newest version at or before its last moment. */
const END_OF_DAY: Time = { hour: 23, minute: 59, second: 59, ms: 999 };

/** Seconds that were not written mean the whole minute, as a version of 16:30:12 is "of 16:30". */
function timeOf(
  hour: string,
  minute: string | undefined,
  second: string | undefined,
): Time | undefined {
  const time = {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 59),
    ms: 999,
  };
  return time.hour < 24 && time.minute < 60 && time.second < 60 ? time : undefined;
}

function isDay({ year, month, day }: Day): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function localMs({ year, month, day }: Day, { hour, minute, second, ms }: Time): number {
  return new Date(year, month - 1, day, hour, minute, second, ms).getTime();
}

function zonedMs({ year, month, day }: Day, time: Time, zone: string): number | undefined {
  const utc = Date.UTC(year, month - 1, day, time.hour, time.minute, time.second, time.ms);
  if (zone.toUpperCase() === "Z") return utc;
  const sign = zone.startsWith("-") ? -1 : 1;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return utc - sign * (hours * 60 + minutes) * MINUTE_MS;
}
