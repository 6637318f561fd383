import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pathBytes } from "../../src/base/paths.ts";
import { readSteadily, type ContentReader } from "../../src/files/steady-read.ts";
import { asOrdinaryUser, scratchFolders, thrownBy } from "./fixtures.ts";

const scratch = scratchFolders();

const whole = (reader: ContentReader): string => reader.read(0, reader.size).toString();

function fileOf(text: string): string {
  const path = join(scratch(), "file");
  writeFileSync(path, text, { mode: 0o640 });
  return path;
}

describe("a file that holds still", () => {
  test("is read once, and comes with what identifies it", () => {
    const path = fileOf("content");
    let tries = 0;
    const read = readSteadily(path, (reader) => {
      tries++;
      return whole(reader);
    });
    const { size, mtimeNs, ctimeNs, ino: inode } = statSync(path, { bigint: true });
    const signature = { size: Number(size), mtimeNs, ctimeNs, inode };
    expect(read).toEqual({ value: "content", steady: true, signature, mode: 0o640 });
    expect(tries).toBe(1);
  });

  test("gives exact ranges, short only at the end", () => {
    readSteadily(fileOf("0123456789"), (reader) => {
      expect(reader.size).toBe(10);
      expect(reader.read(2, 3).toString()).toBe("234");
      expect(reader.read(8, 100).toString()).toBe("89");
      expect(reader.read(10, 5)).toHaveLength(0);
      expect(reader.read(99, 5)).toHaveLength(0);
    });
  });

  test("may be empty, or have a name that is no UTF-8", () => {
    expect(readSteadily(fileOf(""), whole)).toMatchObject({ value: "", steady: true });
    const odd = join(scratch(), "odd\udcff");
    writeFileSync(pathBytes(odd), "odd");
    expect(readSteadily(odd, whole)?.value).toBe("odd");
    expect(readSteadily(pathBytes(odd), whole)?.value).toBe("odd");
  });

  test("is closed afterwards: a reader that was kept reads nothing else", () => {
    const kept = readSteadily(fileOf("x"), (reader) => reader);
    expect(() => kept?.value.read(0, 1)).toThrow("closed");
  });

  test("is closed also when its consumer fails, whose error comes through", () => {
    const path = fileOf("x");
    const failure = new Error("the consumer's own");
    for (let i = 0; i < 5_000; i++) {
      const error = thrownBy(() =>
        readSteadily(path, () => {
          throw failure;
        }),
      );
      expect(error).toBe(failure);
    }
  });
});

describe("a file that changes while it is read", () => {
  test("is read again, and the quiet state counts", () => {
    const path = fileOf("old");
    let tries = 0;
    const read = readSteadily(path, (reader) => {
      const text = whole(reader);
      if (tries++ === 0) writeFileSync(path, "newer");
      return text;
    });
    expect(read).toMatchObject({ value: "newer", steady: true, signature: { size: 5 } });
    expect(tries).toBe(2);
  });

  test("is taken as it came after three tries, and said to be unsteady", () => {
    const path = fileOf("0");
    let tries = 0;
    const read = readSteadily(path, (reader) => {
      const text = whole(reader);
      appendFileSync(path, String(++tries));
      return text;
    });
    expect(read).toMatchObject({ value: "012", steady: false });
    expect(tries).toBe(3);
  });

  test("is read no further than it went at first, though it grows for ever", () => {
    const path = fileOf("start");
    const read = readSteadily(path, (reader) => {
      let text = "";
      for (let at = 0; ; at += 2) {
        const piece = reader.read(at, 2);
        if (piece.length === 0) return text;
        text += piece.toString();
        appendFileSync(path, "more");
      }
    });
    expect(read?.value.length).toBe(read?.signature.size);
    expect(read?.steady).toBe(false);
  });

  test("yields what there is when it shrinks", () => {
    const path = fileOf("0123456789");
    let tries = 0;
    const read = readSteadily(path, (reader) => {
      if (tries++ === 0) truncateSync(path, 4);
      return reader.read(2, 8).toString();
    });
    expect(read).toMatchObject({ value: "23", steady: true, signature: { size: 4 } });
  });

  test("is read again when another file took its name, though it never changed itself", () => {
    const path = fileOf("old");
    let tries = 0;
    const read = readSteadily(path, (reader) => {
      if (tries++ === 0) {
        writeFileSync(`${path}.new`, "new");
        renameSync(`${path}.new`, path);
      }
      return whole(reader);
    });
    expect(read).toMatchObject({ value: "new", steady: true });
  });

  test("is unsteady also when only its time or mode moved", () => {
    const path = fileOf("x");
    let mode = 0o600;
    const read = readSteadily(path, () => {
      chmodSync(path, mode++);
    });
    expect(read?.steady).toBe(false);
  });
});

describe("a file that vanishes", () => {
  test("before it is opened, reads as undefined", () => {
    expect(readSteadily(join(scratch(), "none"), whole)).toBeUndefined();
    expect(readSteadily(join(fileOf("x"), "below"), whole)).toBeUndefined();
  });

  test("after it was read, is kept as it was read: it may be on its way to being replaced", () => {
    const path = fileOf("content");
    const read = readSteadily(path, (reader) => {
      const text = whole(reader);
      rmSync(path);
      return text;
    });
    expect(read).toMatchObject({ value: "content", steady: false });
  });
});

describe("what is no regular file", () => {
  test("reads as undefined, without following, waiting or failing", async () => {
    const folder = scratch();
    writeFileSync(join(folder, "secret"), "secret");
    symlinkSync("secret", join(folder, "link"));
    symlinkSync("loop", join(folder, "loop"));
    mkdirSync(join(folder, "folder"));
    expect(spawnSync("mkfifo", [join(folder, "pipe")]).status).toBe(0);
    const server = createServer().listen(join(folder, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    for (const name of ["link", "loop", "folder", "pipe", "socket"]) {
      expect(readSteadily(join(folder, name), whole), name).toBeUndefined();
    }
    await new Promise((resolve) => server.close(resolve));
    expect(readSteadily("/dev/zero", whole)).toBeUndefined();
  });
});

test("an unreadable file is an error that shows its path safely", async () => {
  const path = join(scratch(), "bad\u001b[2Jname");
  writeFileSync(path, "x");
  chmodSync(path, 0);
  await asOrdinaryUser(() => {
    const error = thrownBy(() => readSteadily(path, whole));
    expect(error).toMatchObject({
      name: "DiskError",
      code: "file-unreadable",
      facts: { reason: "EACCES" },
    });
    expect(String(error)).toContain("bad\\u{1b}[2Jname");
  });
});
