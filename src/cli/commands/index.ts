/** Every command, in the order of its help. */
import type { Verb, VerbGroup } from "../verb.ts";
import { check } from "./check.ts";
import { config } from "./config.ts";
import { init } from "./init.ts";
import { key } from "./key.ts";
import { log } from "./log.ts";
import { now } from "./now.ts";
import { restore } from "./restore.ts";
import { status } from "./status.ts";
import { versions } from "./versions.ts";

export const VERBS: readonly (Verb | VerbGroup)[] = [
  init,
  now,
  status,
  versions,
  restore,
  check,
  key,
  config,
  log,
];
