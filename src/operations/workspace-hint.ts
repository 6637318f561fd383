import { basename } from "node:path";
import { shown } from "../base/paths.ts";
import type { Session } from "./session.ts";

/** What the workspace is called, for people, and to notice when two are about to be mixed. */
export const workspaceHint = ({ workspace }: Session): string => shown(basename(workspace));
