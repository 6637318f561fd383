import { expect, test } from "vitest";
import { DiskError } from "../../src/base/errors.ts";
import { asDiskError, attempt } from "../../src/files/refusals.ts";

const systemError = (code: string): Error => Object.assign(new Error(code), { errno: -1, code });

test.each([
  ["ENOSPC", "disk-full"],
  ["EDQUOT", "disk-full"],
  ["EROFS", "disk-read-only"],
  ["EACCES", "disk-denied"],
  ["EPERM", "disk-denied"],
  ["EEXIST", "disk-name-taken"],
  ["ENAMETOOLONG", "disk-name-refused"],
  ["ENOENT", "disk-absent"],
  ["EIO", "disk-failed"],
  ["EMFILE", "disk-failed"],
])("%s of the system is the disk's %s, with words and its cause", (reason, code) => {
  const cause = systemError(reason);
  const error = asDiskError(cause, "/some/file");
  expect(error).toBeInstanceOf(DiskError);
  expect(error).toMatchObject({ code, cause, facts: { path: "/some/file", reason } });
  expect((error as DiskError).hint).not.toBe("");
});

test("an error of our own is passed on untouched", () => {
  const bug = new TypeError("a bug");
  expect(() =>
    attempt("/x", () => {
      throw bug;
    }),
  ).toThrow(bug);
});

test("a path in a message cannot move the terminal's cursor, also when it is no UTF-8", () => {
  const path = Buffer.concat([Buffer.from("/a\u001b[2J"), Buffer.from([0xff])]);
  const error = asDiskError(systemError("EIO"), path) as DiskError;
  expect(error.message).toContain("/a\\u{1b}[2J\\u{dcff}");
});
