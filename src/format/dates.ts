/** Dates of log entries: RFC 3339, UTC, milliseconds exactly, `2026-04-01T16:30:00.123Z`. */

/** ms since 1970; undefined for any other form, and for days and hours that do not exist. */
export function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) return undefined;
  const ms = Date.parse(text);
  // The platform reads 30 February as 2 March.
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? undefined : ms;
}
