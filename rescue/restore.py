#!/usr/bin/env python3
"""Rescue reader: gets files out of a repository of the format SSC1 without the backup tool.

Written from docs/format.md alone; § in a comment is a section of it. It only reads the repository
and writes only into a new or empty folder. Beside it stand ssc1.py, which knows the bytes, and
logs.py, which knows whom to believe. Exit codes: 0 all well; 1 something is damaged or was not
restored (all the rest was); 2 cannot start; 12 wrong key.
"""
from __future__ import annotations
import argparse, base64, fnmatch, getpass, hashlib, os, stat, sys, tempfile, unicodedata
from typing import BinaryIO, Iterable, Iterator, Optional

sys.dont_write_bytecode = True
from ssc1 import (BROKEN, INDEX, PACK, Repository, attempt, check, damage, damages, parse, show,
                  stop, unbase64, why)
from logs import Entry, history

PATH_OF = {"entries": "path", "children": "firstPath"}

# ---- the file list (§5) and restoring (§10) ----

def raw_path(item: dict, member: str) -> bytes:
    check((member in item) != (member + "Bytes" in item), f"not exactly one {member}")
    return item[member].encode() if member in item else unbase64(item[member + "Bytes"])

def check_path(path: bytes) -> None:
    unsafe = {b"", b".", b".."} & set(path.split(b"/")) or b"\0" in path
    check(not unsafe, "refused: an unsafe path")

class Restorer:
    """Restores into the folder `target`; with None it reads and verifies all the same."""
    def __init__(self, repo: Repository, target: Optional[bytes], globs: list[str]) -> None:
        self.repo, self.target, self.globs = repo, target, globs
        self.folders: list[tuple] = []
        self.symlinks: list[tuple] = []
        self.failed: set[bytes] = set()
        self.orphans: dict[bytes, list[bytes]] = {}  # hard links to what is not there
        self.files = self.bytes = 0

    def walk(self, page: str, level: int = 1, first: bytes = b"",
             files: object = "all") -> Iterator[tuple[bytes, dict]]:
        if level == 1:
            self.last_path = b""
        try:
            check(level <= 16, "more than 16 levels")
            members = parse(self.repo.chunk(2, unbase64(page, 32)))
            (member,) = {"entries", "children"} & set(members)
            items = members[member]
            paths = [raw_path(item, PATH_OF[member]) for item in items]
            check(len(items) <= 256, "more than 256 entries")
            check(paths or (level, member) == (1, "entries"), "an empty page")
            check(all(one < two for one, two in zip([self.last_path] + paths, paths)),
                  "the paths are not in order")
        except BROKEN as error:
            damage(f"file list, {files} files from '{os.fsdecode(first)}' on: {why(error)}")
            return
        for path, item in zip(paths, items):
            if member == "children":
                yield from self.walk(item.get("id"), level + 1, path, item.get("files"))
            else:
                self.last_path = path
                yield path, item

    def selected(self, path: bytes) -> bool:
        text = os.fsdecode(path)
        return not self.globs or any(fnmatch.fnmatchcase(text, glob + below)
                                     for glob in self.globs for below in ("", "/*"))

    def run(self, root: str) -> None:
        for path, entry in self.walk(root):
            if self.selected(path):
                self.each(self.restore, path, entry)
        for path, entry in self.walk(root) if self.orphans else ():
            for orphan in self.orphans.pop(path, []):
                self.each(self.file, orphan, entry)
        for target, orphans in self.orphans.items():
            for orphan in orphans:
                damage(f"not restored: {os.fsdecode(orphan)}: no file {os.fsdecode(target)}")
        for path, entry in self.symlinks:
            self.each(self.symlink, path, entry)
        for path, entry in reversed(self.folders):  # sorted by path, so the deepest come first
            self.attributes(os.path.join(self.target, path), path, entry)

    def each(self, action, path: bytes, entry: dict) -> None:
        if not attempt(f"not restored: {os.fsdecode(path)}", action, path, entry):
            self.failed.add(path)

    def restore(self, path: bytes, entry: dict) -> None:
        check_path(path)
        kind = entry["kind"]
        check(kind in ("file", "dir", "symlink", "hardlink"), f"unknown kind {kind}")
        if "unsteady" in entry.get("flags", []):
            print(f"Note: {show(os.fsdecode(path))} was changing while it was backed up.")
        if kind == "file":
            self.file(path, entry)
        elif kind == "hardlink":
            self.hard_link(path, entry)
        elif self.target and kind == "dir":
            os.mkdir(self.place(path), 0o700)
            self.folders.append((path, entry))
        elif self.target:
            self.symlinks.append((path, entry))  # last, so that no path can lead through one

    def file(self, path: bytes, entry: dict) -> None:
        if self.target is None:
            self.copy(entry, None)
            return
        final = self.place(path)
        handle, temporary = tempfile.mkstemp(prefix=b".restore-", dir=os.path.dirname(final))
        try:
            with open(handle, "wb") as out:
                self.copy(entry, out)
            self.attributes(temporary, path, entry)
            os.rename(temporary, final)
        finally:
            if os.path.lexists(temporary):
                os.unlink(temporary)

    def hard_link(self, path: bytes, entry: dict) -> None:
        target = raw_path(entry, "target")
        check_path(target)
        check(target < path, "its target comes later in the list")
        try:
            check(self.selected(target) and target not in self.failed, "its target is not there")
            if self.target:
                final = self.place(path)
                os.link(os.path.join(self.target, target), final, follow_symlinks=False)
        except BROKEN:
            self.orphans.setdefault(target, []).append(path)  # becomes a file of its own

    def symlink(self, path: bytes, entry: dict) -> None:
        place = self.place(path)
        os.symlink(raw_path(entry, "target"), place)
        self.attributes(place, path, entry)

    def place(self, path: bytes) -> bytes:
        """Where the path lies on disk, its parents made; never through a symbolic link."""
        *parents, name = path.split(b"/")
        here = self.target
        for parent in parents:
            here = os.path.join(here, parent)
            if not os.path.lexists(here):
                os.mkdir(here, 0o700)
            check(stat.S_ISDIR(os.lstat(here).st_mode), "a parent is not a folder")
        here = os.path.join(here, name)
        check(not os.path.lexists(here), "two paths have become one name here")
        return here

    def attributes(self, place: bytes, path: bytes, entry: dict) -> None:
        """What this filesystem refuses is reported; the content is kept."""
        said, follow = os.fsdecode(path), entry["kind"] != "symlink"
        time, mode = int(entry["mtime"]), entry.get("mode", 0o700 if follow else 0) & 0o7777
        if entry["kind"] == "file" and mode & 0o6000 and os.geteuid() == 0:
            print(f"Note: {show(said)}: setuid, setgid dropped: the owner is not known, not root.")
            mode &= 0o1777
        for name, value in entry.get("xattrs", {}).items():
            attempt(f"{said}: attribute {name} not set", lambda: os.setxattr(
                place, name, unbase64(value), follow_symlinks=follow))
        if follow and "mode" in entry:
            attempt(f"{said}: mode not set", os.chmod, place, mode)
        attempt(f"{said}: time not set", lambda: os.utime(
            place, ns=(time, time), follow_symlinks=follow))

    def copy(self, entry: dict, out: Optional[BinaryIO]) -> None:
        digest, size, sparse = hashlib.sha256(), 0, "sparse" in entry.get("flags", [])
        for data in self.content(entry):
            digest.update(data)
            size += len(data)
            check(size <= entry["size"], "longer than its size")
            for at in range(0, len(data), 4096) if out else ():
                piece = data[at:at + 4096]
                if sparse and not any(piece):
                    out.seek(len(piece), os.SEEK_CUR)
                else:
                    out.write(piece)
        check(size == entry["size"], "shorter than its size")
        check(digest.digest() == unbase64(entry["sha256"], 32), "its SHA-256 is wrong")
        if out:
            out.truncate(size)  # for a hole at the end
        self.files, self.bytes = self.files + 1, self.bytes + size

    def content(self, entry: dict) -> Iterator[bytes]:
        """§5.3. Each level of lists turns ids of lists into the ids that stand in them."""
        members = ["chunks", "chunkLists", "chunkListLists"]
        (member,) = [member for member in members if member in entry]
        check(member != "chunks" or len(entry[member]) <= 64, "more than 64 chunks")
        ids: Iterable[bytes] = [unbase64(each, 32) for each in entry[member]]
        for _ in range(members.index(member)):
            ids = self.listed(ids)
        return (self.repo.chunk(1, each) for each in ids)

    def listed(self, lists: Iterable[bytes]) -> Iterator[bytes]:
        for each in lists:
            raw = self.repo.chunk(2, each)
            check(len(raw) % 32 == 0 and len(raw) <= 256 * 32, "not a list of ids")
            yield from (raw[at:at + 32] for at in range(0, len(raw), 32))

# ---- the command ----

def read_secret(source: str, is_passphrase: bool) -> bytes:
    if source != "-":
        with open(source, "rb") as file:
            raw = file.read(65536)
    elif sys.stdin.isatty():
        raw = getpass.getpass("Passphrase: " if is_passphrase else "Key: ").encode()
    else:
        raw = sys.stdin.buffer.read(65536)
    if not is_passphrase:
        return unbase64(raw.decode().strip(), 32)
    line_end = b"\r\n" if raw.endswith(b"\r\n") else b"\n"
    text = raw[:-len(line_end)] if raw.endswith(line_end) else raw
    return unicodedata.normalize("NFKC", text.decode()).encode()

def choose(versions: list[Entry], wanted: str) -> Entry:
    if wanted == "latest":
        rank = {"backup": 2, "checkpoint": 1}
        found = sorted(versions, key=lambda v: (rank.get(v.body.get("purpose"), 0), v.date))[-1:]
    else:
        found = [v for v in versions if wanted in (v.id, str(v.seq), v.name)]
    if len(found) != 1:
        names = ", ".join(v.name for v in found)
        stop(f"Several versions fit: {names}" if found else "There is no such version.", 2)
    return found[0]

def read_objects(repo: Repository) -> None:
    """Compares every object that is named by its SHA-256 with its name."""
    for name in repo.names(PACK) + repo.names(INDEX):
        attempt(name, lambda: check(hashlib.sha256(repo.read(name)).hexdigest() == name[-64:],
                                    "its SHA-256 is not its name"))

def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("repository", help="a folder repository, or a bucket copied to a folder")
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument("--key-file", metavar="FILE", help="44 characters of base64; - for stdin")
    key.add_argument("--passphrase-file", metavar="FILE", help="- for stdin or to be asked")
    parser.add_argument("--list", action="store_true", help="show the versions, do nothing else")
    parser.add_argument("--version", default="latest", help="latest (default), DEVICE-SEQ or SEQ")
    parser.add_argument("--path", nargs="+", action="extend", default=[], metavar="GLOB",
                        help="only these paths; * also matches /, a folder means all below it")
    parser.add_argument("--to", metavar="DIR", help="restore into this new or empty folder")
    parser.add_argument("--verify", action="store_true", help="read all; alone it writes nothing")
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    if not (options.list or options.to or options.verify):
        parser.error("say what to do: --list, --to DIR or --verify")
    if not os.path.isdir(options.repository):
        stop(f"{options.repository} is not a folder.")
    if options.to and os.path.lexists(options.to) and (
            not os.path.isdir(options.to) or os.listdir(options.to)):
        stop(f"{options.to} is not empty. Name a new folder.")
    try:
        secret = read_secret(options.key_file or options.passphrase_file, not options.key_file)
    except OSError as error:
        stop(str(error))
    except ValueError:
        stop("Wrong key: the file holds no key (44 characters of base64) or no UTF-8 text.", 12)
    repo = Repository(options.repository, "raw" if options.key_file else "argon2id", secret)
    entries = history(repo)
    versions = sorted((e for e in entries if e.type == "version"), key=lambda e: e.date)
    if options.list:
        devices = {entry.device: entry.body.get("name") for entry in entries if entry.seq == 1}
        for version in versions:
            body, stats = version.body, version.body.get("stats", {})
            print(show("  ".join(map(str, (
                version.id, version.date, devices.get(version.device, "?"), stats.get("files"),
                "files", stats.get("bytes"), "bytes", body.get("purpose"), body.get("note", ""))))))
        if not versions:
            print("There are no versions.")
        return 1 if damages else 0
    version = choose(versions, options.version)
    print(show(f"Version {version.id} of {version.date}, {version.body.get('purpose')}"))
    for name in repo.names(INDEX):
        attempt(name, repo.read_index, name)
    if options.verify:
        read_objects(repo)
    if options.to:
        os.makedirs(options.to, mode=0o700, exist_ok=True)
    target = os.fsencode(os.path.abspath(options.to)) if options.to else None
    restorer = Restorer(repo, target, options.path)
    restorer.run(version.body.get("root"))
    print(f"{'Restored' if target else 'Verified'} {restorer.files} files, {restorer.bytes} bytes. "
          + (f"{len(damages)} things are damaged, see above." if damages else "All is well."))
    return 1 if damages else 0

if __name__ == "__main__":
    sys.exit(main())
