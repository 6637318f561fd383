import { expect, test } from "vitest";
import { IntegrityError } from "../../src/base/errors.ts";
import {
  makeRepositoryFile,
  parseRepositoryFile,
  verifyRepositoryFile,
} from "../../src/crypto/repository-file.ts";
import { key, keyFrom, otherKey, secrets } from "./fixtures.ts";
import { bytesFrom } from "./reference.ts";

const file = makeRepositoryFile(key);

test("`format` names its repository before the key is known, and is verified after", () => {
  expect(parseRepositoryFile(file)).toEqual({
    repository: key.repository,
    version: 1,
    minReader: 1,
  });
  verifyRepositoryFile(key, file);
  expect(makeRepositoryFile(key), "the same bytes every time").toEqual(file);
});

test("another repository, or another key for the same name, does not verify", () => {
  const impostor = keyFrom({ rk: bytesFrom("impostor", 32), repository: secrets.repository });
  for (const other of [otherKey, impostor])
    expect(() => {
      verifyRepositoryFile(other, file);
    }).toThrow(IntegrityError);
});

test("every flipped bit and every truncation is refused", () => {
  for (let bit = 0; bit < file.length * 8; bit++) {
    const damaged = Buffer.from(file);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => {
      verifyRepositoryFile(key, damaged);
    }, `bit ${bit}`).toThrow(IntegrityError);
  }
  for (let length = 0; length < file.length; length++)
    expect(() => parseRepositoryFile(file.subarray(0, length))).toThrow(IntegrityError);
});
