/** Which folder is meant, and which file configures it. */
import { basename, dirname, join, resolve } from "node:path";
import type { OpenClaw } from "./openclaw.ts";
import { lookAt } from "./small-file.ts";
import { absolutePath } from "./values.ts";

export const CONFIG_NAME = "session-sync-config.json";

export type ChosenBy = "--workspace" | "--config" | "parent-folder" | "openclaw" | "current-folder";

export interface Asked {
  readonly workspace?: string;
  readonly configFile?: string;
  readonly cwd: string;
  readonly home: string;
}

export interface Place {
  /** Absolute. */
  readonly workspace: string;
  readonly chosenBy: ChosenBy;
  /** Absent where nothing is configured. */
  readonly file: string | undefined;
}

export function choosePlace(asked: Asked, openClaw: OpenClaw): Place {
  const base = { folder: asked.cwd, home: asked.home };
  const named = asked.configFile === undefined ? undefined : absolutePath(asked.configFile, base);
  const { workspace, chosenBy } = chooseWorkspace(asked, named, openClaw);
  return { workspace, chosenBy, file: named ?? usualFile(workspace) };
}

type Choice = Pick<Place, "workspace" | "chosenBy">;

function chooseWorkspace(asked: Asked, named: string | undefined, openClaw: OpenClaw): Choice {
  if (asked.workspace !== undefined) {
    const base = { folder: asked.cwd, home: asked.home };
    return { workspace: absolutePath(asked.workspace, base), chosenBy: "--workspace" };
  }
  // Under its own name the file lies in the workspace it is about; elsewhere it may lie anywhere.
  if (named !== undefined && basename(named) === CONFIG_NAME) {
    return { workspace: dirname(named), chosenBy: "--config" };
  }
  const parent = nearestConfigured(resolve(asked.cwd));
  if (parent !== undefined) return { workspace: parent, chosenBy: "parent-folder" };
  if (openClaw.workspace !== undefined) {
    return { workspace: openClaw.workspace, chosenBy: "openclaw" };
  }
  return { workspace: resolve(asked.cwd), chosenBy: "current-folder" };
}

/** The folder itself counts. */
function nearestConfigured(folder: string): string | undefined {
  if (lookAt(join(folder, CONFIG_NAME)) !== undefined) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestConfigured(parent);
}

function usualFile(workspace: string): string | undefined {
  const file = join(workspace, CONFIG_NAME);
  return lookAt(file) === undefined ? undefined : file;
}
