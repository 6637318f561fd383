/** One error in words: what is the case, and the way out as one imperative sentence. */
export interface ErrorText {
  readonly fact: string;
  readonly hint: string;
}

/** Keeps the literal types of a table, so that facts can be checked against the braces in it. */
export function errorTable<const Table extends Record<string, ErrorText>>(table: Table): Table {
  return table;
}
