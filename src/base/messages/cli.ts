/** What the commands print. */
export const cliTexts = {} as const;
