import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { toBase64 } from "../../src/base/bytes.ts";
import type { Disk } from "../../src/base/disk.ts";
import { makeFolderDurably } from "../../src/base/durable-folder.ts";
import { parseEntrySha } from "../../src/base/ids.ts";
import { sha256 } from "../../src/base/sha256.ts";
import { loadDocument, saveDocument } from "../../src/state/local-document.ts";
import { ObjectCache } from "../../src/state/object-cache.ts";
import { Outbox } from "../../src/state/outbox.ts";
import { knownWorkspaces, StateDir } from "../../src/state/state-dir.ts";
import { Witness } from "../../src/state/witness.ts";
import { POWER_CUT_MODES, PowerCutDisk, survives } from "../files/power-cut-disk.ts";
import { fixedClock, sealedBytes } from "../store/fixtures.ts";
import { device, entrySha, repository, tableOf, temporaryFolders, testSeal } from "./fixtures.ts";

const temporaryFolder = temporaryFolders();

/** Runs the work again and again, with the power failing one call later each time. */
async function atEveryCall(
  run: (disk: PowerCutDisk, failAt: number) => { work: () => void; judge: () => void },
  mode: (typeof POWER_CUT_MODES)[number],
): Promise<void> {
  for (let failAt = 0; ; failAt++) {
    const disk = new PowerCutDisk({ failAt, mode });
    const { work, judge } = run(disk, failAt);
    const finished = await survives(work);
    disk.restorePower();
    judge();
    if (finished) return;
  }
}

describe("the outbox", () => {
  const packs = ["one", "two", "three"].map((text) => sealedBytes(`the pack ${text}`.repeat(9)));
  const tables = packs.map(tableOf);
  const bodies = new Map(tables.map(({ id }, index) => [id, packs[index]!]));
  const entries = [3, 4, 5].map((seq) => {
    const bytes = sealedBytes(`the signed entry ${String(seq)}`.repeat(9));
    const sha = parseEntrySha(toBase64(sha256(bytes)));
    return { name: `log/${device}/${String(seq)}`, sha, seq, bytes };
  });

  /** A first run with a checkpoint, an entry that is given up, and an end at which nothing waits. */
  const steps: ((outbox: Outbox) => void)[] = [
    (outbox) => {
      outbox.spoolPack(packs[0]!, tables[0]!);
    },
    (outbox) => {
      outbox.spoolPack(packs[1]!, tables[1]!);
    },
    (outbox) => {
      outbox.uploaded(tables[0]!.id);
    },
    (outbox) => {
      outbox.prepareEntry(entries[0]!);
    },
    (outbox) => {
      outbox.skipEntry();
    },
    (outbox) => {
      outbox.prepareEntry(entries[1]!);
    },
    (outbox) => {
      outbox.settle([tables[0]!.id]);
    },
    (outbox) => {
      outbox.spoolPack(packs[2]!, tables[2]!);
    },
    (outbox) => {
      outbox.entryCommitted();
    },
    (outbox) => {
      outbox.uploaded(tables[1]!.id);
    },
    (outbox) => {
      outbox.uploaded(tables[2]!.id);
    },
    (outbox) => {
      outbox.prepareEntry(entries[2]!);
    },
    (outbox) => {
      outbox.settle(tables.map(({ id }) => id));
    },
    (outbox) => {
      outbox.entryCommitted();
    },
  ];

  const open = (disk: Disk, folder: string): Outbox => Outbox.open(disk, folder, fixedClock);

  /** Everything the outbox says; throws where it promises bytes and has others. */
  function whatWaits(outbox: Outbox): object {
    for (const { table, state } of outbox.pendingPacks()) {
      if (state === "uploaded") continue;
      const body = outbox.packBody(table.id);
      expect(Buffer.from(body.read(0, body.size)).equals(bodies.get(table.id)!)).toBe(true);
    }
    const entry = outbox.pendingEntry();
    const prepared = entries.find(({ seq }) => seq === entry?.seq);
    expect(entry && Buffer.from(entry.bytes).toString()).toEqual(
      prepared && Buffer.from(prepared.bytes).toString(),
    );
    return {
      packs: outbox.pendingPacks(),
      entry: entry && [entry.name, entry.sha, entry.seq],
      skipped: outbox.skipped,
      findings: outbox.findings,
    };
  }

  /** What waits before the first step, and after each. */
  function undisturbed(): object[] {
    const outbox = open(new PowerCutDisk(), join(temporaryFolder(), "outbox"));
    const waiting = [whatWaits(outbox)];
    for (const step of steps) {
      step(outbox);
      waiting.push(whatWaits(outbox));
    }
    return waiting;
  }

  test.each(POWER_CUT_MODES)(
    "after a power cut at any call every step is done or not begun, and the rest can follow (%s)",
    async (mode) => {
      const expected = undisturbed();
      await atEveryCall((disk, failAt) => {
        const folder = join(temporaryFolder(), "outbox");
        let done = 0;
        const work = (): void => {
          const outbox = open(disk, folder);
          for (const step of steps) {
            step(outbox);
            done++;
          }
        };
        const judge = (): void => {
          const about = `after ${String(failAt)} calls, in step ${String(done)}`;
          const found = whatWaits(open(disk, folder));
          expect([expected[done], expected[done + 1]], about).toContainEqual(found);
          const next = steps.slice(isDeepStrictEqual(found, expected[done]) ? done : done + 1);
          for (const step of next) step(open(disk, folder));
          expect(whatWaits(open(disk, folder)), about).toEqual(expected.at(-1));
          expect(disk.list(folder), about).toEqual(["journal"]);
        };
        return { work, judge };
      }, mode);
    },
  );

  test.each(POWER_CUT_MODES)(
    "a second power cut while it is put in order loses nothing (%s)",
    async (mode) => {
      const folder = join(temporaryFolder(), "outbox");
      const outbox = open(new PowerCutDisk(), folder);
      for (const step of steps.slice(0, 8)) step(outbox);
      const expected = whatWaits(outbox);
      await atEveryCall((disk) => {
        // Torn, as a first cut would leave it, and with bytes of a pack that was never ready.
        const litter = (name: string, text: string): void => {
          const plain = new PowerCutDisk({ mode: "kept" });
          const file = plain.append(join(folder, name), 0o600);
          file.write(Buffer.from(text));
          file.sync();
          file.close();
          plain.restorePower();
        };
        litter("journal", "01234567 {");
        litter("ab.pack", "half of it");
        return {
          work: () => {
            open(disk, folder);
          },
          judge: () => {
            expect(whatWaits(open(disk, folder))).toEqual(expected);
          },
        };
      }, mode);
    },
  );
});

describe("a note of the state directory is the old or the new one, whole", () => {
  const seal = testSeal();
  const seen = (seq: number): { seq: number; sha: ReturnType<typeof entrySha>; name: string } => ({
    seq,
    sha: entrySha(String(seq)),
    name: `log/${device}/${String(seq)}`,
  });

  test.each(POWER_CUT_MODES)("the witness (%s)", async (mode) => {
    await atEveryCall((disk) => {
      const path = join(temporaryFolder(), "witness.json");
      let saved = 0;
      const work = (): void => {
        for (const seq of [1, 2]) {
          const witness = Witness.load(disk, path, repository);
          witness.advance(device, seen(seq));
          witness.save(disk, path);
          saved = seq;
        }
      };
      const judge = (): void => {
        const seq = Witness.load(disk, path, repository).newest(device)?.seq ?? 0;
        expect([saved, saved + 1]).toContain(seq);
      };
      return { work, judge };
    }, mode);
  });

  test.each(POWER_CUT_MODES)("a sealed document (%s)", async (mode) => {
    await atEveryCall((disk) => {
      const path = join(temporaryFolder(), "document");
      let saved = 0;
      const work = (): void => {
        for (const round of [1, 2]) {
          saveDocument(disk, path, "notes", { round }, seal);
          saved = round;
        }
      };
      const judge = (): void => {
        const found = loadDocument(disk, path, "notes", seal) ?? { round: 0 };
        expect([{ round: saved }, { round: saved + 1 }]).toContainEqual(found);
      };
      return { work, judge };
    }, mode);
  });

  test.each(POWER_CUT_MODES)("the folder and whose it is (%s)", async (mode) => {
    await atEveryCall((disk) => {
      const base = join(temporaryFolder(), "a/b");
      const state = new StateDir(disk, base, "/home/ada/agent");
      let ensured = false;
      const work = (): void => {
        state.ensure();
        ensured = true;
      };
      const judge = (): void => {
        const known = knownWorkspaces(disk, base).length;
        expect(ensured ? [1] : [0, 1]).toContain(known);
        state.ensure();
        expect(knownWorkspaces(disk, base)).toHaveLength(1);
      };
      return { work, judge };
    }, mode);
  });
});

test.each(POWER_CUT_MODES)(
  "a cached object is whole or absent, though nothing waits for the disk (%s)",
  async (mode) => {
    const bytes = Buffer.from("as it came from the store".repeat(9));
    await atEveryCall((disk) => {
      const cache = new ObjectCache(disk, join(temporaryFolder(), "objects"));
      const work = (): void => {
        cache.put("index/ab", bytes);
        cache.put("index/cd", bytes);
      };
      const judge = (): void => {
        for (const name of ["index/ab", "index/cd"])
          expect([undefined, bytes]).toContainEqual(cache.get(name));
        cache.put("index/ab", bytes);
        expect(cache.get("index/ab")).toEqual(bytes);
      };
      return { work, judge };
    }, mode);
  },
);

test("a folder that was made durably outlives a power cut, and so do its new parents", () => {
  const disk = new PowerCutDisk({ mode: "lost" });
  const folder = join(temporaryFolder(), "a/b/c");
  makeFolderDurably(disk, folder);
  disk.restorePower();
  expect(disk.stat(folder)?.kind).toBe("folder");
});
