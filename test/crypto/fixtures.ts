/** Keys, chunks and salts that are always the same. */
import type { Clock } from "../../src/base/clock.ts";
import { parsePackId, parseRepositoryId } from "../../src/base/ids.ts";
import type { PackTable } from "../../src/base/pack-table.ts";
import { ContentIds } from "../../src/crypto/content-id.ts";
import { RepositoryKey } from "../../src/crypto/keys.ts";
import type { Opener } from "../../src/crypto/opener.ts";
import { SaltSource } from "../../src/crypto/salt-source.ts";
import { Sealer, type PackBuilder, type SealerIdentity } from "../../src/crypto/sealer.ts";
import { base64, bytesFrom, sha, type Secrets } from "./reference.ts";

export const secrets: Secrets = {
  rk: bytesFrom("repository key", 32),
  repository: bytesFrom("repository", 16),
};
export const otherSecrets: Secrets = {
  rk: bytesFrom("another repository key", 32),
  repository: bytesFrom("another repository", 16),
};

export function keyFrom({ rk, repository }: Secrets): RepositoryKey {
  return RepositoryKey.fromBytes(Buffer.from(rk), parseRepositoryId(base64(repository)));
}

export const key = keyFrom(secrets);
export const otherKey = keyFrom(otherSecrets);

const clock: Clock = { now: () => 1_775_000_000_000, monotonic: () => 0 };
export const identity: SealerIdentity = { device: "0123456789abcdef", pid: 4242, clock };

/** The n-th drawing of random bytes is always the same: a cloned machine, or a test vector. */
export class FixedSalts extends SaltSource {
  #drawings = 0;

  protected override random(count: number): Buffer {
    return bytesFrom(`drawing ${this.#drawings++}`, count);
  }
}

export const sealer = (salts = new SaltSource(identity)): Sealer =>
  new Sealer(key, identity, salts);
export const ids = new ContentIds(key);

/** Chunks under their true names. */
export function addAll(builder: PackBuilder, chunks: readonly Uint8Array[], kind: 1 | 2 = 1): void {
  for (const chunk of chunks) builder.add(ids.chunkId(kind, chunk), chunk);
}

/** All chunks of a pack that is in memory, read as a stranger would. */
export async function readPack(
  opener: Opener,
  kind: 1 | 2,
  bytes: Uint8Array,
): Promise<{ table: PackTable; chunks: Buffer[] }> {
  const id = parsePackId(base64(sha(bytes)));
  const read = (offset: number, length: number): Uint8Array =>
    bytes.subarray(offset, offset + length);
  const table = await opener.openTable(kind, { id, size: bytes.length, read }, "a pack");
  const frames = table.frames.map(({ offset, length }, i) =>
    opener.openFrame(table, i, read(offset, length), "a pack"),
  );
  const chunks = table.chunks.map(({ frame, start, length }) =>
    frames[frame]!.subarray(start, start + length),
  );
  return { table, chunks };
}
