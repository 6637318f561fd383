/**
 * `check`: whether everything that the logs promise is there. It looks and never changes anything.
 * Structure always: logs from their beginnings, indexes, every page of every version, the packs'
 * presence and sizes. The packs' content as far as `readDataPercent` asks for it.
 */
import { IntegrityError, type EngineError } from "../base/errors.ts";
import { versionName, type PackId } from "../base/ids.ts";
import { formatName, parsePackName, PACKS_PREFIX, slotName } from "../format/names.ts";
import type { KnownVersion } from "../repository/log-book.ts";
import type { Repository } from "../repository/repository.ts";
import { noteDamage } from "./losses.ts";
import { openToRead } from "./open-repository.ts";
import { auditPack } from "./pack-audit.ts";
import { Reachable } from "./reachable.ts";
import type { Session } from "./session.ts";

export interface Finding {
  readonly error: EngineError;
  /** Names of the versions that are not whole because of it. */
  readonly affects: readonly string[];
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly versions: number;
  readonly packs: number;
  readonly bytesRead: number;
}

export interface CheckOptions {
  /** 0 to 100: how many of the packs are read whole. */
  readonly readDataPercent?: number | undefined;
}

export async function check(session: Session, options: CheckOptions = {}): Promise<CheckResult> {
  const findings = new Findings();
  const warned = {
    ...session.context.monitor,
    warn: (error: EngineError) => {
      findings.add(error);
    },
  };
  const context = { ...session.context, monitor: warned };
  const repository = await openToRead({ ...session, context });
  findings.add(
    ...(await lostPublicObjects(repository)),
    ...(await repository.sync({ audit: true })),
  );
  const packs = await listPacks(repository, findings);
  const versions = repository.book.versions();
  const users = await walkVersions(repository, versions, { packs, findings });
  const sample = samplePacks([...packs], options.readDataPercent ?? 0, session);
  const bytesRead = await readPacks(repository, sample, { users, findings });
  rememberDamage(session, findings);
  return { findings: findings.all, versions: versions.length, packs: packs.size, bytesRead };
}

/** Damage by what is damaged: the same error met on the way to ten versions is one finding. */
class Findings {
  readonly damagedPacks: PackId[] = [];
  readonly #byMessage = new Map<string, { error: EngineError; affects: Set<string> }>();

  get all(): Finding[] {
    return [...this.#byMessage.values()].map(({ error, affects }) => {
      return { error, affects: [...affects].sort() };
    });
  }

  add(...errors: readonly EngineError[]): void {
    for (const error of errors) this.affect(error, []);
  }

  affect(error: EngineError, versions: readonly string[]): void {
    const known = this.#byMessage.get(error.message) ?? { error, affects: new Set() };
    for (const version of versions) known.affects.add(version);
    this.#byMessage.set(error.message, known);
  }
}

/** `format` and the slot in use, compared with this machine's copies. */
async function lostPublicObjects({ context, remembered }: Repository): Promise<EngineError[]> {
  const { store, signal } = context;
  const copies = [
    { object: formatName, copy: remembered.format },
    { object: slotName(remembered.slotName), copy: remembered.slot },
  ];
  const findings: EngineError[] = [];
  for (const { object, copy } of copies) {
    const stored = await store.get(object, { offset: 0, length: copy.length + 1 }, { signal });
    if (stored && Buffer.from(stored).equals(copy)) continue;
    const code = stored === undefined ? "object-missing" : "object-tampered";
    findings.push(new IntegrityError(code, { object }));
  }
  return findings;
}

/** Those that are there and have the size that the index knows. */
async function listPacks(repository: Repository, findings: Findings): Promise<Set<PackId>> {
  const { store, signal } = repository.context;
  const index = await repository.index();
  const sizes = new Map([...index.packs].map(({ id, size }) => [id, size]));
  const present = new Set<PackId>();
  for await (const { name, size } of store.list({ prefix: PACKS_PREFIX, signal })) {
    const id = parsePackName(name);
    if (id === undefined) continue;
    if (size === (sizes.get(id) ?? size)) present.add(id);
    else findings.add(new IntegrityError("object-tampered", { object: name }));
  }
  return present;
}

type PackUsers = ReadonlyMap<PackId, readonly string[]>;

async function walkVersions(
  repository: Repository,
  versions: readonly KnownVersion[],
  { packs, findings }: { packs: ReadonlySet<PackId>; findings: Findings },
): Promise<PackUsers> {
  const reachable = new Reachable(await repository.reader(), await repository.index(), packs);
  const users = new Map<PackId, string[]>();
  for (const { entry } of versions) {
    const reach = await reachable.below(entry.root);
    for (const problem of reach.problems) findings.affect(problem, [versionName(entry)]);
    for (const pack of reach.packs) {
      users.set(pack, [...(users.get(pack) ?? []), versionName(entry)]);
    }
  }
  return users;
}

/** At random, so that repeated checks of a tenth come to see everything. */
function samplePacks(packs: readonly PackId[], percent: number, { context }: Session): PackId[] {
  const count = Math.ceil((packs.length * percent) / 100);
  const drawn = packs.map((pack) => ({
    pack,
    lot: Buffer.from(context.random(6)).readUIntBE(0, 6),
  }));
  return drawn
    .sort((a, b) => a.lot - b.lot)
    .slice(0, count)
    .map(({ pack }) => pack);
}

/** So that the next backup uploads again what this machine still has of it. */
function rememberDamage({ context }: Session, findings: Findings): void {
  const isKnownHere = context.disk.stat(context.state.folder) !== undefined;
  if (isKnownHere && findings.all.length > 0) noteDamage(context, findings.damagedPacks);
}

async function readPacks(
  { context, keys }: Repository,
  packs: readonly PackId[],
  { users, findings }: { users: PackUsers; findings: Findings },
): Promise<number> {
  const { store, signal, monitor } = context;
  let bytesRead = 0;
  for (const [done, pack] of packs.entries()) {
    monitor.progress({ step: "verify", files: { done, total: packs.length } });
    try {
      bytesRead += await auditPack({ store, keys, signal }, pack);
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      findings.affect(error, users.get(pack) ?? []);
      findings.damagedPacks.push(pack);
    }
  }
  return bytesRead;
}
