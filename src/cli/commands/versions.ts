/** `versions`: the past, newest first. */
import { InputError } from "../../base/errors.ts";
import type { DeviceId } from "../../base/ids.ts";
import { say } from "../../base/messages/index.ts";
import { shown } from "../../base/paths.ts";
import { listVersions, type VersionRow } from "../../operations/versions.ts";
import { table, type Column } from "../columns.ts";
import type { Verb } from "../verb.ts";
import { formatBytes, formatTime, formatVersion } from "../words.ts";

export const versions: Verb = {
  name: "versions",
  alias: "list",
  text: say("help-versions", {}),
  options: [{ flags: "--device <device>", text: say("help-versions-device", {}) }],
  run: async (given, invocation) => {
    const { session } = invocation.openSaved();
    const { versions: all, findings } = await listVersions(session);
    const asked = given.text("device");
    const device = asked === undefined ? undefined : deviceCalled(asked, all);
    const rows = all.filter((row) => device === undefined || row.id.device === device);
    const lines = table(COLUMNS, rows.map(cellsOf), invocation.terminal.columns);
    return {
      document: rows.map(documentOf),
      lines: rows.length === 0 ? [say("versions-none", {})] : lines,
      problems: findings,
    };
  },
};

/** By its name, its id, or a start of the id. */
export function deviceCalled(asked: string, rows: readonly VersionRow[]): DeviceId {
  const called = rows.filter(({ id, deviceName }) => {
    return deviceName === asked || (asked !== "" && id.device.startsWith(asked));
  });
  const [only, ...others] = new Set(called.map(({ id }) => id.device));
  if (only !== undefined && others.length === 0) return only;
  throw new InputError("device-unknown", { asked: shown(asked) });
}

const COLUMNS: readonly Column[] = [
  { title: say("column-version", {}) },
  { title: say("column-time", {}) },
  { title: say("column-device", {}) },
  { title: say("column-files", {}), align: "right" },
  { title: say("column-size", {}), align: "right" },
  { title: say("column-uploaded", {}), align: "right" },
  { title: say("column-changes", {}) },
  { title: say("column-note", {}) },
];

function cellsOf(row: VersionRow): string[] {
  return [
    formatVersion(row.id),
    formatTime(row.time),
    shown(row.deviceName),
    String(row.files),
    formatBytes(row.bytes),
    formatBytes(row.uploaded),
    `+${String(row.added)} ~${String(row.changed)} -${String(row.removed)}`,
    [...marksOf(row), ...(row.note === undefined ? [] : [shown(row.note)])].join(", "),
  ];
}

function marksOf({ pinned, suspicious, purpose }: VersionRow): string[] {
  return [
    ...(suspicious ? [say("mark-suspicious", {})] : []),
    ...(pinned ? [say("mark-pinned", {})] : []),
    ...(purpose === "backup" ? [] : [say(`mark-${purpose}`, {})]),
  ];
}

/** As docs say it, apart from what the row itself keeps. */
export function documentOf(row: VersionRow): unknown {
  const { version, time, device, files, bytes, uploaded } = row;
  const { added, changed, removed, pinned, suspicious, note } = row;
  const stats = { files, bytes, uploaded, added, changed, removed };
  return { version, time, device, ...stats, pinned, suspicious, note };
}
