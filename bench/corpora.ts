/**
 * Corpora from a seed, the same bytes on every machine: for the benchmarks, and for tests that need
 * content which behaves like the real thing.
 *
 * Chance is xorshift32: the state starts as the first four bytes (big-endian) of SHA-256(seed), or 1
 * if they are all 0; a draw is x ^= x << 13, x ^= x >>> 17, x ^= x << 5 in 32 bits, and is the new x
 * as an unsigned number. `below(n)` is a draw modulo n. The first three corpora below are also those
 * of test/vectors/chunking, which says in words how they are made.
 */
import { sha256 } from "../src/base/sha256.ts";

/** Exactly `size` bytes; the last line or block is cut off where it exceeds them. */
export type Corpus = (seed: string, size: number) => Buffer;

/** Draws, each as four bytes big-endian: what does not compress and has no structure. */
export const randomBinary: Corpus = (seed, size) => {
  const chance = new Chance(seed);
  const bytes = Buffer.alloc(Math.ceil(size / 4) * 4);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32BE(chance.draw(), at);
  return bytes.subarray(0, size);
};

/** Lines of 80 bytes: 79 letters, each `a` + below(26), and a newline. */
export const lines80: Corpus = (seed, size) => {
  const chance = new Chance(seed);
  const bytes = Buffer.alloc(size, "\n");
  for (let at = 0; at < size; at++) if (at % 80 !== 79) bytes[at] = 97 + chance.below(26);
  return bytes;
};

/**
 * Lines of 80 bytes that end alike: 47 letters as above, TAIL, a newline. The cutter's filter hits on
 * the tail, so every line proposes a place to cut: the hardest case for its averages and its speed.
 */
export const tailedLines: Corpus = (seed, size) => {
  const chance = new Chance(seed);
  const letter = (): string => String.fromCharCode(97 + chance.below(26));
  return fill(size, () => `${Array.from({ length: 47 }, letter).join("")}${TAIL}\n`);
};

const TAIL = "he same tail on every line 00604";

/**
 * Sessions of an agent as JSON lines: asking, answering, calling a tool, the tool's result. They
 * repeat as real ones do: few words make most of the text, each line carries the same fields, and
 * every other result is one of 256 documents that are read again and again. zstd 3 shrinks a
 * mebibyte 3.4 times.
 */
export const transcripts: Corpus = (seed, size) => {
  const chance = new Chance(seed);
  const documents = Array.from({ length: 256 }, () => chance.words(40 + chance.below(600)));
  return fill(size, (line) => {
    const head = { seq: line, id: chance.hex(4), at: chance.time(line), session: chance.hex(1) };
    return `${JSON.stringify({ ...head, ...turn(line, chance, documents) })}\n`;
  });
};

/**
 * Notes made from eight templates of some 700 bytes, in which only a date, a number and two words
 * differ: nearly everything repeats, at distances that a cutter must not fall into step with.
 */
export const repeatedTemplates: Corpus = (seed, size) => {
  const chance = new Chance(seed);
  const templates = Array.from({ length: 8 }, () => [chance.words(42), chance.words(42)]);
  return fill(size, (note) => {
    const [first, second] = chance.pick(templates);
    return `## ${chance.time(note)} #${note}\n\n${first} ${chance.words(2)}\n\n${second}\n\n- [ ] \n`;
  });
};

function turn(line: number, chance: Chance, documents: readonly string[]): object {
  switch (line % 4) {
    case 0:
      return { role: "user", content: chance.words(5 + chance.below(50)) };
    case 1:
      return { role: "assistant", content: chance.words(20 + chance.below(200)) };
    case 2:
      return { role: "assistant", tool: "read", arguments: { path: `${chance.words(1)}.md` } };
    default:
      return { role: "tool", content: result(chance, documents) };
  }
}

/** A document that others have read before, or a listing that nobody has seen, full of hashes. */
function result(chance: Chance, documents: readonly string[]): string {
  if (chance.below(2) === 0) return chance.pick(documents);
  return Array.from({ length: 5 + chance.below(60) }, () => listed(chance)).join("\n");
}

function listed(chance: Chance): string {
  return `${chance.hex(2)} ${chance.words(6)}`;
}

function fill(size: number, nextPiece: (count: number) => string): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0, count = 0; at < size; count++) at += bytes.write(nextPiece(count), at, "latin1");
  return bytes;
}

/** 2,048 words of two to four syllables, the same in every corpus. */
const WORDS = makeWords();

function makeWords(): readonly string[] {
  const syllables = ["ba", "con", "der", "est", "fi", "gan", "ho", "in", "ku", "lor", "men", "no"];
  let state = 1;
  const next = (): number => (state = (state * 75 + 74) % 65537);
  const syllable = (): string => syllables[next() % syllables.length]!;
  return Array.from({ length: 2048 }, () =>
    Array.from({ length: 2 + (next() % 3) }, syllable).join(""),
  );
}

class Chance {
  #state: number;

  constructor(seed: string) {
    this.#state = sha256(Buffer.from(seed)).readUInt32BE(0) || 1;
  }

  draw(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.#state = x >>> 0);
  }

  below(count: number): number {
    return this.draw() % count;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** The smaller of two draws, so that few words are frequent and most are rare. */
  words(count: number): string {
    const place = (): number => this.below(WORDS.length);
    const word = (): string => WORDS[Math.min(place(), place())]!;
    return Array.from({ length: count }, word).join(" ");
  }

  hex(groups: number): string {
    const group = (): string => this.draw().toString(16).padStart(8, "0");
    return Array.from({ length: groups }, group).join("-");
  }

  /** Some seconds later for each `step`, from the first of April 2026. */
  time(step: number): string {
    return new Date(Date.UTC(2026, 3, 1) + step * 7000 + this.below(7000)).toISOString();
  }
}
