/**
 * A machine of its own for the command line: a home, a state directory and a workspace in a temporary
 * folder. `run` starts the real program as a child process and keeps everything that it printed.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { realDisk } from "../../src/files/real-disk.ts";
import { StateDir } from "../../src/state/state-dir.ts";

export const MAIN = resolve("src/cli/main.ts");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** What stands before the program: another way to start it. */
  readonly through?: readonly string[];
  readonly input?: string;
}

export interface Place {
  readonly root: string;
  readonly home: string;
  readonly state: string;
  readonly workspace: string;
  /** Of the workspace. */
  readonly stateDir: StateDir;
  readonly variables: Readonly<Record<string, string>>;
  /** Everything that was printed, whatever stream it went to. */
  readonly printed: string[];
  readonly write: (path: string, content: string | Uint8Array, mode?: number) => string;
  readonly read: (path: string) => string;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
}

export function makePlace(): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "session-sync-cli-")));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const [home, state, workspace] = ["home", "state", "workspace"].map((name) => join(root, name));
  mkdirSync(home!);
  mkdirSync(workspace!);
  const printed: string[] = [];
  const variables = {
    HOME: home!,
    XDG_STATE_HOME: join(home!, "xdg-state"),
    XDG_CONFIG_HOME: join(home!, "xdg-config"),
    SESSION_SYNC_STATE_DIR: state!,
    SESSION_SYNC_KEYCHAIN: "false",
    PATH: process.env["PATH"] ?? "",
    TZ: "Asia/Kolkata",
    // Starting from sources takes the types off each time, unless it is remembered.
    NODE_COMPILE_CACHE: resolve("node_modules/.cache/session-sync-tests"),
  };
  return {
    root,
    home: home!,
    state: state!,
    workspace: workspace!,
    stateDir: new StateDir(realDisk, state!, workspace!),
    variables,
    printed,
    write(path, content, mode = 0o600) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode });
      return file;
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    async run(args, options = {}) {
      const cwd = options.cwd ?? workspace!;
      const ended = await start(args, {
        ...options,
        cwd,
        variables: { ...variables, ...options.variables },
      });
      printed.push(ended.stdout, ended.stderr);
      return ended;
    },
  };
}

async function start(args: readonly string[], options: RunOptions): Promise<Ended> {
  const child = launch(args, options);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return { code: await codeOf(child), stdout, stderr };
}

export function launch(
  args: readonly string[],
  { cwd, variables: env, through = [], input = "" }: RunOptions,
): ChildProcessWithoutNullStreams {
  const [command, ...rest] = [...through, process.execPath, MAIN, ...args];
  const child = spawn(command!, rest, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  // A program that reads nothing may have ended before it was given its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return child;
}

export async function codeOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
}

/** Path to content below a folder, without this program's own log. */
export function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("sync-log"))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => [file.slice(folder.length + 1), readFileSync(file, "latin1")]),
  );
}

/** The document that `--json` printed, and the proof that stdout holds nothing else. */
export const documentOf = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout) as Record<string, unknown>;

/** A superuser may read and write everything, until it gives these two abilities away. */
export const asPlainUser =
  process.getuid?.() === 0
    ? ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]
    : [];
