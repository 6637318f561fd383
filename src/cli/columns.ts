/** Text in columns, on a screen where some characters are two columns wide and some none. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NARROWEST = /[\p{Mn}\p{Me}\p{Cf}]/u;

export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** At most `columns` wide, with an ellipsis where something was left out. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    kept += character;
  }
  return columns < 1 ? "" : `${kept}…`;
}

export interface Column {
  readonly title: string;
  readonly align?: "right";
}

/** The last column is not padded, and cut where the screen ends. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen: number,
): string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, at) =>
    Math.max(...lines.map((line) => displayWidth(line[at] ?? ""))),
  );
  return lines.map((line) => {
    const cells = columns.map(({ align }, at) => pad(line[at] ?? "", widths[at] ?? 0, align));
    return fit(cells.join("  ").trimEnd(), screen);
  });
}

/** `  name   value`, the values below each other. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => displayWidth(name)));
  return rows.map(([name, value]) => `  ${pad(name, width)}  ${value}`);
}

function pad(text: string, width: number, align?: "right"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}

function widthOf(character: string): number {
  if (NARROWEST.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
