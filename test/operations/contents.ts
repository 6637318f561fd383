/** What a version holds, read through the repository, and what the workspace holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scan } from "../../src/files/scan.ts";
import { newestVersion } from "../../src/operations/choose-version.ts";
import { openToRead } from "../../src/operations/open-repository.ts";
import type { Session } from "../../src/operations/session.ts";
import { readIds } from "../../src/repository/id-lists.ts";
import type { KnownVersion } from "../../src/repository/log-book.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { readTree } from "../../src/repository/tree.ts";

/** Path to content; folders and links have none. */
export type Contents = Readonly<Record<string, string>>;

export async function versionContents(
  repository: Repository,
  { entry }: KnownVersion,
): Promise<Contents> {
  const reader = await repository.reader();
  const contents: Record<string, string> = {};
  for await (const each of readTree(reader, entry.root)) {
    if (each.kind !== "file") continue;
    const chunks = await Array.fromAsync(reader.chunks(1, await readIds(each.content, reader)));
    contents[each.path] = Buffer.concat(chunks).toString("latin1");
  }
  return contents;
}

/** All versions that stand, oldest first. */
export async function allVersions(session: Session): Promise<Contents[]> {
  const repository = await openToRead(session);
  await repository.sync();
  const versions = repository.book.versions();
  return Promise.all(versions.map((version) => versionContents(repository, version)));
}

export async function newestContents(session: Session): Promise<Contents | undefined> {
  const repository = await openToRead(session);
  await repository.sync();
  const version = newestVersion(repository.book.versions(), undefined);
  return version && versionContents(repository, version);
}

export function workspaceContents(workspace: string): Contents {
  const { entries } = scan(workspace, { include: [], exclude: [], followMounts: false });
  const files = entries.filter(({ kind }) => kind === "file");
  return Object.fromEntries(
    files.map(({ path }) => [path, readFileSync(join(workspace, path), "latin1")]),
  );
}
