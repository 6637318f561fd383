/**
 * Where this machine keeps what it knows of one workspace: one folder per workspace, named by a hash
 * of the workspace's path, so that two workspaces never share a lock, an outbox or a witness.
 * Nothing in it is needed to restore; without it the next run reads more, and a rollback of the
 * store that happened meanwhile goes unnoticed.
 */
import { join } from "node:path";
import { toHex } from "../base/bytes.ts";
import { decodeJson, encodeJson, type JsonObject } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import { makeFolderDurably } from "../base/durable-folder.ts";
import { isUtf8Path, pathBytes, textOfBytes } from "../base/paths.ts";
import { sha256 } from "../base/sha256.ts";
import { Fields } from "./fields.ts";
import { unlessMalformed } from "./local-document.ts";
import { writeStateFile } from "./state-file.ts";

export class StateDir {
  readonly workspace: string;
  readonly folder: string;
  readonly #disk: Disk;

  constructor(disk: Disk, base: string, workspace: string) {
    this.#disk = disk;
    this.workspace = workspace;
    this.folder = join(workspacesFolder(base), toHex(sha256(pathBytes(workspace))).slice(0, 16));
  }

  /** The repository that this workspace belongs to: its id, its `format`, the slot in use, where it was. */
  get repositoryFile(): string {
    return join(this.folder, "repository.json");
  }

  /** This installation's signing key, sealed. */
  get device(): string {
    return join(this.folder, "device");
  }

  get witness(): string {
    return join(this.folder, "witness.json");
  }

  get fileCache(): string {
    return join(this.folder, "file-cache");
  }

  get logCache(): string {
    return join(this.folder, "log-cache");
  }

  /** A folder, as are `outbox`, `lock`, `embeddedRepository` and `scratch`. */
  get objects(): string {
    return join(this.folder, "objects");
  }

  get outbox(): string {
    return join(this.folder, "outbox");
  }

  get lock(): string {
    return join(this.folder, "lock");
  }

  /** The repository's secret, where no keychain would take it. */
  get keyFile(): string {
    return join(this.folder, "key");
  }

  /** A repository beside the state, for who has no bucket yet. */
  get embeddedRepository(): string {
    return join(this.folder, "repository");
  }

  /** Copies that live only during a run. */
  get scratch(): string {
    return join(this.folder, "scratch");
  }

  /** The slot that an `init` was about to put, in case it does not come to its end. */
  get initNote(): string {
    return join(this.folder, "init");
  }

  /** When the packs were last compared with the index, and what a check found damaged. */
  get auditNote(): string {
    return join(this.folder, "audit.json");
  }

  /** What a restore had still to do when it was interrupted. */
  get restoreNote(): string {
    return join(this.folder, "restore");
  }

  /** What a person confirmed of the workspace's own config. */
  get trust(): string {
    return join(this.folder, "trust.json");
  }

  /** Makes the folder, and the note that says whose it is. */
  ensure(): void {
    makeFolderDurably(this.#disk, this.folder);
    const note = encodeJson(workspaceNote(this.workspace));
    const path = join(this.folder, NOTE);
    if (this.#disk.read(path)?.equals(note) !== true) writeStateFile(this.#disk, path, note);
  }
}

export interface KnownWorkspace {
  readonly workspace: string;
  readonly folder: string;
}

/** Every workspace that has a folder here, so that one that was moved can be named. */
export function knownWorkspaces(disk: Disk, base: string): KnownWorkspace[] {
  const parent = workspacesFolder(base);
  return disk.list(parent).flatMap((name) => {
    const folder = join(parent, name);
    const workspace = readWorkspaceNote(disk.read(join(folder, NOTE)));
    return workspace === undefined ? [] : [{ workspace, folder }];
  });
}

const NOTE = "workspace.json";
const workspacesFolder = (base: string): string => join(base, "workspaces");

function workspaceNote(workspace: string): JsonObject {
  if (isUtf8Path(workspace)) return { workspace };
  return { workspaceBytes: pathBytes(workspace).toString("base64") };
}

/** The note names a folder for people; one that cannot be read names none. */
function readWorkspaceNote(bytes: Uint8Array | undefined): string | undefined {
  return (
    bytes && unlessMalformed(() => decodeWorkspaceNote(new Fields(decodeJson(bytes, NOTE), NOTE)))
  );
}

function decodeWorkspaceNote(fields: Fields): string {
  if (fields.has("workspace")) return fields.text("workspace");
  return textOfBytes(Buffer.from(fields.text("workspaceBytes"), "base64"));
}
