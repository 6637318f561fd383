/** The configuration file of a workspace, to be edited: its comments and its mode stay as they are. */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeDurably } from "../base/disk.ts";
import { readConfigText, type LoadedConfig } from "../config/load.ts";
import type { ConfigText } from "../config/parse-config.ts";
import { lookAt } from "../config/small-file.ts";
import { CONFIG_NAME } from "../config/workspace.ts";
import { realDisk } from "../files/real-disk.ts";

/** It may name a secret's place: for its owner alone. */
const NEW_FILE_MODE = 0o600;

export interface ConfigFile extends ConfigText {
  readonly mode: number;
}

export const configPath = ({ file, workspace }: LoadedConfig): string =>
  file ?? join(workspace, CONFIG_NAME);

export function readConfig(loaded: LoadedConfig): ConfigFile {
  const { home } = loaded.environment;
  const file = configPath(loaded);
  if (loaded.file !== undefined) return readConfigText(file, home);
  return { text: "", file, base: { folder: dirname(file), home }, mode: NEW_FILE_MODE };
}

export function writeConfig({ file, mode }: ConfigFile, text: string): void {
  // Where it is a link, what it points to is the file that people edit.
  const path = lookAt(file) === undefined ? file : realpathSync.native(file);
  const names = { path, temporary: `${path}.tmp`, folder: dirname(path) };
  writeDurably(realDisk, names, Buffer.from(text), mode & 0o777);
}
