/**
 * Local memory of how far every log of the repository has come, so that a store that shows an older
 * state is noticed. It is public knowledge of anyone who can list the bucket, so it is not sealed.
 *
 * Invariant: it never moves backwards, except by `accept`, when a person has read why. One that
 * cannot be read, or that belongs to another repository, stops the run: to go on without it would be
 * to trust the store on its word.
 */
import assert from "node:assert/strict";
import { decodeJson, encodeJson } from "../base/canonical-json.ts";
import type { Disk } from "../base/disk.ts";
import { IntegrityError } from "../base/errors.ts";
import {
  parseDeviceId,
  parseEntrySha,
  parseRepositoryId,
  type DeviceId,
  type EntrySha,
  type RepositoryId,
} from "../base/ids.ts";
import { Fields } from "./fields.ts";
import { writeStateFile } from "./state-file.ts";

export interface Seen {
  readonly seq: number;
  readonly sha: EntrySha;
  readonly name: string;
}

export class Witness {
  readonly #repository: RepositoryId;
  readonly #logs: Map<DeviceId, Seen>;

  private constructor(repository: RepositoryId, logs: Map<DeviceId, Seen>) {
    this.#repository = repository;
    this.#logs = logs;
  }

  /** Empty where there is none yet: a new machine. */
  static load(disk: Disk, path: string, repository: RepositoryId): Witness {
    const bytes = disk.read(path);
    if (bytes === undefined) return new Witness(repository, new Map<DeviceId, Seen>());
    const noted = decode(bytes, path);
    if (noted.repository !== repository) throw new IntegrityError("witness-foreign", { path });
    return new Witness(repository, noted.logs);
  }

  get devices(): DeviceId[] {
    return [...this.#logs.keys()].sort();
  }

  newest(device: DeviceId): Seen | undefined {
    return this.#logs.get(device);
  }

  /** Whether that was news. */
  advance(device: DeviceId, { seq, sha, name }: Seen): boolean {
    const known = this.#logs.get(device);
    assert(known === undefined || seq >= known.seq, "a witness never moves backwards");
    if (known?.seq === seq) assert.equal(sha, known.sha, "one number, one entry");
    this.#logs.set(device, { seq, sha, name });
    return known?.seq !== seq;
  }

  /** A person has accepted that this log is now shorter, or another one, or gone. */
  accept(device: DeviceId, seen: Seen | undefined): void {
    this.#logs.delete(device);
    if (seen !== undefined) this.advance(device, seen);
  }

  /** Durable when it returns. */
  save(disk: Disk, path: string): void {
    const logs = Object.fromEntries([...this.#logs].map(([device, seen]) => [device, { ...seen }]));
    writeStateFile(disk, path, encodeJson({ repository: this.#repository, logs }));
  }
}

interface Noted {
  readonly repository: RepositoryId;
  readonly logs: Map<DeviceId, Seen>;
}

function decode(bytes: Uint8Array, path: string): Noted {
  try {
    const fields = new Fields(decodeJson(bytes, path), path);
    const logs = fields
      .entries("logs")
      .map(([device, seen]): [DeviceId, Seen] => [
        parseDeviceId(device),
        { seq: seen.count("seq"), sha: parseEntrySha(seen.text("sha")), name: seen.text("name") },
      ]);
    return { repository: parseRepositoryId(fields.text("repository")), logs: new Map(logs) };
  } catch (cause) {
    throw new IntegrityError("witness-damaged", { path }, cause);
  }
}
