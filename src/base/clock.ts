/** Time and chance, passed in by the surfaces, so that a test can replay any run. */
export interface Clock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Never runs backwards; ms from an arbitrary start. */
  monotonic(): number;
}

/** `count` random bytes. Names of temporary files and the like; keys and salts are crypto's own. */
export type Random = (count: number) => Uint8Array;
