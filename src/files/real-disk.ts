/**
 * The disk of this machine.
 *
 * No call follows a link in the last part of its path; the parents are the caller's business.
 * Refusals become a DiskError; what is absent reads as undefined.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  type BigIntStats,
} from "node:fs";
import type { Disk, DiskPath, DiskStat } from "../base/disk.ts";
import { namesIn, sortNames } from "./folder-names.ts";
import { OpenFile, readFully } from "./open-file.ts";
import { attempt, nodePath, systemCode, unlessAbsent } from "./refusals.ts";
import { PERMISSIONS } from "./signature.ts";

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } =
  constants;
/** Not blocking: a FIFO under the name must not stop us for ever. */
const READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const APPEND = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;

export const realDisk: Disk = {
  read: (path) => look(path, (at) => withOpen(at, READ, (fd) => readFileSync(fd))),
  readRange: (path, offset, length) =>
    look(path, (at) => withOpen(at, READ, (fd) => readFully(fd, offset, length))),
  stat: (path) => look(path, (at) => statOf(lstatSync(at, { bigint: true }))),
  readLink: (path) => look(path, (at) => readlinkSync(at, { encoding: "buffer" })),
  list: (path) => sortNames((look(path, namesIn) ?? []).map(({ name }) => name)),
  create: (path, mode) => change(path, (at) => OpenFile.open(at, CREATE, mode)),
  append: (path, mode) => change(path, (at) => OpenFile.open(at, APPEND, mode)),
  makeFolder: (path, mode) => {
    change(path, (at) => mkdirSync(at, { recursive: true, mode }));
  },
  makeLink: (target, path) => {
    change(path, (at) => {
      symlinkSync(target, at);
    });
  },
  link: (from, to) => change(to, (at) => linkUnlessTaken(nodePath(from), at)),
  rename: (from, to) => {
    change(to, (at) => {
      renameSync(nodePath(from), at);
    });
  },
  remove: (path) => look(path, removeOne),
  setMode: (path, mode) => {
    change(path, (at) => {
      setModeOf(at, mode);
    });
  },
  setTime: (path, mtimeNs) => {
    change(path, (at) => {
      lutimesSync(at, secondsText(mtimeNs), secondsText(mtimeNs));
    });
  },
  syncFolder: (path) => {
    change(path, (at) => {
      withOpen(at, O_RDONLY | O_DIRECTORY, syncNames);
    });
  },
};

function look<Result>(path: DiskPath, work: (at: DiskPath) => Result): Result | undefined {
  return attempt(path, () => unlessAbsent(() => work(nodePath(path))));
}

function change<Result>(path: DiskPath, work: (at: DiskPath) => Result): Result {
  return attempt(path, () => work(nodePath(path)));
}

function withOpen<Result>(path: DiskPath, flags: number, work: (fd: number) => Result): Result {
  const fd = openSync(path, flags);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function statOf(stat: BigIntStats): DiskStat {
  return {
    kind: kindOf(stat),
    size: Number(stat.size),
    mode: Number(stat.mode) & PERMISSIONS,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    inode: stat.ino,
    device: stat.dev,
    links: Number(stat.nlink),
  };
}

function kindOf(stat: BigIntStats): DiskStat["kind"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "folder";
  return stat.isSymbolicLink() ? "symlink" : "other";
}

function linkUnlessTaken(from: DiskPath, to: DiskPath): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function removeOne(path: DiskPath): void {
  if (lstatSync(path).isDirectory()) rmdirSync(path);
  else unlinkSync(path);
}

/** A symbolic link has no mode of its own, and chmod would change the file that it points to. */
function setModeOf(path: DiskPath, mode: number): void {
  if (!lstatSync(path).isSymbolicLink()) chmodSync(path, mode);
}

/**
 * Node hands times to the system as seconds in a double: around now that is a step of 238 ns, so a
 * time comes back up to 120 ns off, and stays the same when it is set again. The whole seconds are
 * split off first (one division of the nanoseconds would round twice), and it is text because node
 * takes a negative number for "now".
 */
function secondsText(timeNs: bigint): string {
  return String(Number(timeNs / 1_000_000_000n) + Number(timeNs % 1_000_000_000n) / 1e9);
}

/** Some filesystems have no such call for folders; there is nothing more that we could do then. */
function syncNames(fd: number): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP"].includes(systemCode(error) ?? "")) throw error;
  }
}
