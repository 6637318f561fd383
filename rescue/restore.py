#!/usr/bin/env python3
"""Rescue reader: gets files out of a repository of the format SSC1 without the backup tool.

Written from docs/format.md alone; § in a comment is a section of it. It only reads the repository
and writes only into a new or empty folder. Exit codes: 0 all well; 1 something is damaged or was
not restored (all the rest was); 2 cannot start; 12 wrong key. For Linux, macOS, BSD.
"""
from __future__ import annotations
import argparse, base64, fnmatch, getpass, hashlib, hmac, json, os, re, stat, struct, sys, tempfile
import unicodedata
from collections import OrderedDict
from typing import Any, BinaryIO, Callable, Iterable, Iterator, NamedTuple, NoReturn, Optional

def stop(text: str, code: int = 2) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(code)

try:
    import zstandard
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    if any(argument.startswith("--pas") for argument in sys.argv):
        from argon2.low_level import Type, hash_secret_raw
except ImportError as error:
    stop(f"Missing: {error.name}. Debian: apt install python3-cryptography python3-zstandard "
         "python3-argon2. Elsewhere: pip install cryptography zstandard argon2-cffi.")

MIB = 1 << 20
SLOT, INDEX, PACK = "keys/[0-9a-f]{16}", "index/[0-9a-f]{64}", r"packs/([0-9a-f]{2})/\1[0-9a-f]{62}"
LOG = "log/[0-9a-f]{16}/[0-9]{12}-[0-9]{8}T[0-9]{6}Z-[vr]"
# Everything that damaged or hostile bytes can raise while they are taken apart.
BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError,
          OSError, struct.error, InvalidTag, InvalidSignature, zstandard.ZstdError)
damages: set[str] = set()

def show(text: Any) -> str:
    """Foreign text for the terminal: without the control characters that may be in it."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text))

def damage(text: str) -> None:
    if text not in damages:
        damages.add(text)
        print("DAMAGE:", show(text), file=sys.stderr)

def check(condition: bool, text: str) -> None:
    if not condition:
        raise ValueError(text)

def attempt(what: str, action: Callable, *values: Any) -> bool:
    try:
        action(*values)
    except BROKEN as error:
        damage(f"{what}: {error!r}")
        return False
    return True

# ---- notation (§0) and keys (§2) ----

def lp(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data

def unbase64(text: str, size: Optional[int] = None) -> bytes:
    data = base64.b64decode(text, validate=True)
    check(base64.b64encode(data).decode() == text and size in (None, len(data)), "wrong base64")
    return data

def canonical(value: dict, without: str = "") -> bytes:
    value = {name: member for name, member in value.items() if name != without}
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

def parse(raw: bytes) -> dict:
    # int() refuses fractions and NaN; the comparison finds spaces, disorder and double names.
    value = json.loads(raw.decode(), parse_float=int, parse_constant=int)
    check(canonical(value) == raw, "JSON is not canonical")
    return value

def hkdf(ikm: bytes, salt: bytes, info: bytes) -> bytes:
    """64 bytes of HKDF-SHA256. Where the format wants 32, it wants the first 32 of these."""
    key = hmac.digest(salt, ikm, "sha256")
    first = hmac.digest(key, info + b"\1", "sha256")
    return first + hmac.digest(key, first + info + b"\2", "sha256")

def open_slot(slot: dict, secret: bytes) -> Optional[bytes]:
    """§2.3: the repository key, or None if the slot belongs to another secret."""
    check(slot["version"] == 1, f"unknown version {slot['version']}")
    salt, wrapped = unbase64(slot["salt"], 32), unbase64(slot["wrapped"], 48)
    if slot["kdf"] == "argon2id":
        m, t, p = (slot["argon"][name] for name in "mtp")
        check(19456 <= m <= MIB and 1 <= t <= 32 and 1 <= p <= 16, "Argon2id beyond its limits")
        secret = hash_secret_raw(secret, salt, t, m, p, 32, Type.ID, 0x13)
    derived = hkdf(secret, salt, lp(b"session-sync/1 slot") + lp(slot["kdf"].encode()))
    if not hmac.compare_digest(derived[32:], unbase64(slot["commitment"], 32)):
        return None
    return AESGCM(derived[:32]).decrypt(bytes(12), wrapped, canonical(slot, "wrapped"))

# ---- sealed files (§3), index files (§7), chunks ----

class Table(NamedTuple):
    name: str
    kind: int
    cipher: AESGCM
    frames: list  # of (codec, rawLength, offset, length)
    chunks: list  # of (id, frame, start, length)

    def verify(self) -> int:
        """Returns where the last frame ends."""
        end = 71
        for codec, raw_length, offset, length in self.frames:
            check(codec in (0, 1) and 0 <= raw_length <= 8 * MIB, "codec or length of a frame")
            check(offset == end and 16 <= length <= 64 * MIB, "the frames are not contiguous")
            end += length
        for _, frame, start, length in self.chunks:
            inside = frame >= 0 and start >= 0 and 0 < length <= self.frames[frame][1] - start
            check(inside, "a chunk is not inside its frame")
        return end

class Repository:
    def __init__(self, root: str, kdf: str, secret: bytes) -> None:
        self.root, self.own_tables_read = root, False
        self.places: dict[bytes, list] = {}  # kind and chunk id -> [(table, frame, start, length)]
        self.cache: OrderedDict[tuple, bytes] = OrderedDict()  # the frames that were used last
        public: dict = {}
        attempt("format", lambda: public.update(parse(self.read("format"))))
        for member, known in {"magic": "SSC1", "minReader": 1, "version": 1}.items():
            if public.get(member, None if public else known) != known:
                stop(f"format: {member} is {public.get(member)!a}; this reader knows {known}.")
        self.root_key, self.id = self.unlock(kdf, secret, public.get("repository"))
        self.content_key = self.purpose_key("content-id")
        mac = hmac.digest(self.purpose_key("format-mac"), canonical(public, "mac"), "sha256")
        if public and not hmac.compare_digest(base64.b64encode(mac), str(public.get("mac")).encode()):
            damage("format: wrong mac; going on with what the key slot says, which is sealed")

    def unlock(self, kdf: str, secret: bytes, repository: Optional[str]) -> tuple[bytes, bytes]:
        slots, damaged = {}, False
        for name in self.names(SLOT):
            attempt(name, lambda: slots.update({name: parse(self.read(name))}))
        fitting = [name for name in slots if slots[name].get("kdf") == kdf]
        # If no slot is of the repository that `format` names, then it is `format` that is wrong.
        named = [name for name in fitting if slots[name].get("repository") == repository]
        for name in (named or fitting)[:8]:
            try:
                root_key = open_slot(slots[name], secret)
                if root_key:
                    return root_key, unbase64(slots[name]["repository"], 16)
            except BROKEN as error:
                damaged = True
                damage(f"{name}: damaged key slot: {error!r}")
        if damaged or not slots:
            stop("No key slot can be opened: they are damaged or missing.", 1)
        stop("Wrong key: it opens no key slot of this repository.", 12)

    def purpose_key(self, name: str) -> bytes:
        return hkdf(self.root_key, self.id, lp(b"session-sync/1") + lp(name.encode()))[:32]

    def names(self, pattern: str) -> list[str]:
        walk = os.walk(os.path.join(self.root, pattern.split("/")[0]))
        paths = (os.path.relpath(os.path.join(at, file), self.root) for at, _, files in walk for file in files)
        return sorted(path for path in paths if re.fullmatch(pattern, path))

    def read(self, name: str, offset: int = 0, length: Optional[int] = None) -> bytes:
        with open(os.path.join(self.root, name), "rb") as file:
            file.seek(offset)
            data = file.read(80 * MIB if length is None else length)
        check(length in (None, len(data)), "too short")
        return data

    def cipher(self, kind: int, salt: bytes, commit: bytes) -> AESGCM:
        key = self.purpose_key("file-data" if kind == 1 else "file-meta")
        derived = hkdf(key, salt, lp(b"file") + bytes([kind]) + self.id)
        check(hmac.compare_digest(derived[32:], commit), "wrong commitment: damaged or foreign")
        return AESGCM(derived[:32])

    def open_sealed(self, name: str, kind: int) -> Table:
        """§3.5, steps 1 to 4. After the sealed file of a log entry stands its signature."""
        size = os.path.getsize(os.path.join(self.root, name)) - (64 if kind in (4, 5) else 0)
        check(119 <= size <= (64 if kind in (1, 2) else 80) * MIB, "impossible size")
        head, tail = self.read(name, 0, 71), self.read(name, size - 32, 32)
        check(head[:4] == b"SSC1" and tail[28:] == b"SSCE", "not a sealed file, or cut short")
        check(head[4:7] == bytes([1, kind, 0]), f"ver, kind, mode {[*head[4:7]]}, not {[1, kind, 0]}")
        cipher, about = self.cipher(kind, head[7:39], head[39:]), bytes([1, kind]) + self.id
        trailer = cipher.decrypt(bytes(8) + b"\xff\xff\xff\xff", tail[:28], lp(b"trailer") + about)
        offset, length, n = struct.unpack(">III", trailer)
        check(n <= 65535 and 0 <= length - 16 - 13 * n <= 44 * 10**6 * (kind < 3), "beyond the limits")
        check(offset + length <= size - 32, "the table of contents does not fit")
        about, stored = lp(b"toc") + about + struct.pack(">I", n), self.read(name, offset, length)
        toc = cipher.decrypt(bytes(8) + b"\xff\xff\xff\xfe", stored, about)
        frames, chunks = (struct.iter_unpack(row, rows) for row, rows in
                          ((">BIII", toc[:13 * n]), (">32sIII", toc[13 * n:])))
        table = Table(name, kind, cipher, list(frames), list(chunks))
        check(table.verify() == offset, "the table of contents is not where the frames end")
        return table

    def open_frame(self, table: Table, number: int) -> bytes:
        codec, raw_length, offset, length = table.frames[number]
        about = struct.pack(">BB16sIBI", 1, table.kind, self.id, number, codec, raw_length)
        stored = self.read(table.name, offset, length)
        raw = table.cipher.decrypt(struct.pack(">QI", 0, number), stored, lp(b"frame") + about)
        if codec == 1:  # a size that stands in the zstd header would override max_output_size
            check(zstandard.frame_content_size(raw) in (-1, raw_length), "wrong size in zstd's header")
            raw = zstandard.ZstdDecompressor().decompress(raw, max_output_size=raw_length)
        check(len(raw) == raw_length, "wrong size of a frame")
        return raw

    def document(self, name: str, kind: int) -> dict:
        table = self.open_sealed(name, kind)
        check(sum(frame[1] for frame in table.frames) <= 64 * MIB, "the document is too long")
        return parse(b"".join(self.open_frame(table, i) for i in range(len(table.frames))))

    def add_places(self, table: Table) -> None:
        for chunk_id, *place in table.chunks:
            self.places.setdefault(bytes([table.kind]) + chunk_id, []).append((table, *place))
        table.chunks.clear()

    def read_index(self, name: str) -> None:
        check(hashlib.sha256(self.read(name)).hexdigest() == name[6:], "its SHA-256 is not its name")
        packs = self.document(name, 3)["packs"]
        check(sum(len(pack["chunks"]) for pack in packs) <= 200_000, "too many chunks")
        for pack in packs:
            sha, kind = unbase64(pack["sha256"], 32).hex(), pack["kind"]
            check(kind in (1, 2) and len(pack["frames"]) <= 65535, "a pack beyond the limits")
            cipher = self.cipher(kind, unbase64(pack["salt"], 32), unbase64(pack["commit"], 32))
            frames = [(f["codec"], f["rawLength"], f["offset"], f["length"]) for f in pack["frames"]]
            chunks = [(unbase64(c["id"], 32), c["frame"], c["start"], c["length"])
                      for c in pack["chunks"]]
            table = Table(f"packs/{sha[:2]}/{sha}", kind, cipher, frames, chunks)
            check(table.verify() <= pack["size"] - 32 < 64 * MIB, "frames beyond their pack")
            self.add_places(table)

    def read_own_table(self, name: str) -> None:
        kind = self.read(name, 5, 1)[0]
        check(kind in (1, 2), f"kind {kind} instead of 1 or 2")
        self.add_places(self.open_sealed(name, kind))

    def chunk(self, kind: int, chunk_id: bytes) -> bytes:
        failures = self.try_places(kind, chunk_id)
        if isinstance(failures, dict) and not self.own_tables_read:  # the packs alone are enough, §7
            self.own_tables_read = True
            for name in self.names(PACK):
                attempt(name, self.read_own_table, name)
            failures = self.try_places(kind, chunk_id)
        if isinstance(failures, bytes):
            return failures
        raise ...
