/**
 * What this machine remembers of the last restore over the workspace: enough to go on with one that
 * was interrupted, and to go back to before it.
 *
 * Invariant: written before the first change. `created` then names what will be created, so a crash
 * leaves no file that an undo does not know of.
 */
import { toBase64 } from "../../base/bytes.ts";
import type { Json, JsonObject } from "../../base/canonical-json.ts";
import { parseDeviceId, type VersionId } from "../../base/ids.ts";
import { parseRelPath, pathBytes, textOfBytes, type RelPath } from "../../base/paths.ts";
import { Fields } from "../../format/shape.ts";
import type { Repository } from "../../repository/repository.ts";
import { loadDocument, saveDocument, unlessMalformed } from "../../state/local-document.ts";
import type { Created, Job } from "./job.ts";

export interface RestoreNote {
  readonly job: Job;
  /** What stood there before; undefined when nothing of it was changed. */
  readonly before: VersionId | undefined;
  readonly created: readonly RelPath[];
  readonly isDone: boolean;
}

const DOCUMENT = "restore";

export function saveNote({ context, keys }: Repository, note: RestoreNote): void {
  const { disk, state } = context;
  saveDocument(disk, state.restoreNote, DOCUMENT, encodeNote(note), keys.localSeal);
}

export function loadNote({ context, keys }: Repository): RestoreNote | undefined {
  const { disk, state } = context;
  const json = loadDocument(disk, state.restoreNote, DOCUMENT, keys.localSeal);
  return json === undefined ? undefined : unlessMalformed(() => decodeNote(json));
}

/** The note of an attempt at the same that did not come to its end. */
export function unfinishedNote(repository: Repository, job: Job): RestoreNote | undefined {
  const last = loadNote(repository);
  return last && !last.isDone && isSameJob(last.job, job) ? last : undefined;
}

const isSameJob = (left: Job, right: Job): boolean =>
  JSON.stringify(encodeJob(left)) === JSON.stringify(encodeJob(right));

function encodeNote({ job, before, created, isDone }: RestoreNote): JsonObject {
  return {
    before: encodeVersion(before),
    created: encodePaths(created),
    done: isDone,
    job: encodeJob(job),
  };
}

function decodeNote(json: Json): RestoreNote {
  const fields = new Fields(json, DOCUMENT);
  return {
    before: decodeVersion(fields.take("before")),
    created: decodePaths(fields.text("created")),
    isDone: fields.truth("done"),
    job: decodeJob(fields.take("job")),
  };
}

function encodeJob({ version, paths, remove, takesBack }: Job): JsonObject {
  return {
    paths,
    remove,
    takesBack:
      takesBack === undefined
        ? null
        : { paths: encodePaths(takesBack.paths), version: encodeVersion(takesBack.version) },
    version: encodeVersion(version),
  };
}

function decodeJob(json: Json | undefined): Job {
  const fields = new Fields(json, DOCUMENT);
  const back = fields.take("takesBack");
  return {
    paths: fields.texts("paths"),
    remove: fields.truth("remove"),
    takesBack: back === null ? undefined : decodeCreated(new Fields(back, DOCUMENT)),
    version: decodeVersion(fields.take("version")),
  };
}

function decodeCreated(fields: Fields): Created {
  return {
    paths: decodePaths(fields.text("paths")),
    version: decodeVersion(fields.take("version")),
  };
}

const encodeVersion = (version: VersionId | undefined): Json =>
  version === undefined ? null : { device: version.device, seq: version.seq };

function decodeVersion(json: Json | undefined): VersionId | undefined {
  if (json === null) return undefined;
  const fields = new Fields(json, DOCUMENT);
  return { device: parseDeviceId(fields.take("device")), seq: fields.count("seq") };
}

/** Any bytes but NUL may stand in a path. */
const encodePaths = (paths: readonly RelPath[]): string =>
  toBase64(Buffer.concat(paths.map((path) => Buffer.concat([pathBytes(path), NUL]))));

const NUL = Buffer.of(0);

function decodePaths(text: string): RelPath[] {
  const bytes = Buffer.from(text, "base64");
  const paths: RelPath[] = [];
  for (let from = 0, end = 0; from < bytes.length; from = end + 1) {
    end = bytes.indexOf(0, from);
    if (end < 0) return paths;
    paths.push(parseRelPath(textOfBytes(bytes.subarray(from, end))));
  }
  return paths;
}
