/** A folder of its own for each test, with a home in it, and a way to load a configuration there. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { readEnvironment } from "../../src/config/environment.ts";
import { loadConfig, type LoadedConfig } from "../../src/config/load.ts";

export interface Scratch {
  readonly folder: string;
  readonly home: string;
  readonly workspace: string;
  readonly write: (path: string, content: string | Uint8Array, mode?: number) => string;
  readonly load: (asked?: LoadAsked) => LoadedConfig;
}

export interface LoadAsked {
  readonly variables?: Record<string, string>;
  readonly platform?: NodeJS.Platform;
  readonly cwd?: string;
  readonly workspace?: string;
  readonly configFile?: string;
}

export function makeScratch(): Scratch {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "session-sync-config-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const home = join(folder, "home");
  const workspace = join(folder, "workspace");
  mkdirSync(home);
  mkdirSync(workspace);
  const write: Scratch["write"] = (path, content, mode = 0o600) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  };
  const load = ({
    variables = {},
    platform = "linux",
    cwd = workspace,
    ...asked
  }: LoadAsked = {}) =>
    loadConfig({
      ...asked,
      cwd,
      home,
      environment: readEnvironment({ HOME: home, ...variables }, platform),
    });
  return { folder, home, workspace, write, load };
}

export const CONFIG = "workspace/session-sync-config.json";
