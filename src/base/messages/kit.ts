/** The recovery kit's page. */
export const kitTexts = {
  "kit-text": `SESSION-SYNC RECOVERY KIT                                    made {made}

Keep this page where neither this machine nor the bucket is: on paper, or in a
password manager. Whoever has it and the bucket can read everything.

  where        {place}
  key          {key}
  fingerprint  {fingerprint}
  anchor       {anchor}

On a new machine, with Node 24 and the bucket's credentials at hand:

  npx session-sync-cloud restore --from-kit THIS-FILE --to FOLDER

The fingerprint proves that the repository is yours. The anchor proves that
what you are shown is the newest version of that day, or a later one.`,
  "kit-passphrase": "your passphrase, which is not written here",
  "kit-no-anchor": "none yet: no version was made",
} as const;
