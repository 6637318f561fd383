/** "Did you mean": the known name that takes the fewest edits, whatever its case and separators. */
export function nearestName(word: string, names: readonly string[]): string {
  const wanted = plain(word).slice(0, 100);
  let best = { name: names[0] ?? "", edits: Infinity };
  for (const name of names) {
    const edits = countEdits(wanted, plain(name));
    if (edits < best.edits) best = { name, edits };
  }
  return best.name;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Levenshtein's distance, row by row. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 0; line < from.length; line++) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = (row[column] ?? 0) + (from[line] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
