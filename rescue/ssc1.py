"""Reads a repository of the format SSC1: keys, sealed files, index files, chunks.

The part of the rescue reader that knows the bytes; restore.py is the program. Written from
docs/format.md alone; § in a comment is a section of it.
"""
from __future__ import annotations
import base64, hashlib, hmac, json, os, re, struct, sys
from collections import OrderedDict
from typing import Any, Callable, NamedTuple, NoReturn, Optional

def stop(text: str, code: int = 2) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(code)

try:
    import zstandard
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as missing:
    stop(f"Missing: {missing.name}. Debian: apt install python3-cryptography python3-zstandard. "
         "Elsewhere: pip install cryptography zstandard.")

MIB = 1 << 20
CACHED_FRAMES = 8  # of at most 8 MiB each
SLOT, INDEX = r"keys/[0-9a-f]{16}", r"index/[0-9a-f]{64}"
PACK = r"packs/([0-9a-f]{2})/\1[0-9a-f]{62}"
# Everything that damaged or hostile bytes can raise while they are taken apart.
BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError,
          OSError, struct.error, InvalidTag, InvalidSignature, zstandard.ZstdError)
# Before version 0.19 zstandard cannot be told to refuse bytes behind the one frame.
ONE_FRAME = ({"allow_extra_data": False}
             if tuple(map(int, zstandard.__version__.split(".")[:2])) >= (0, 19) else {})

damages: set[str] = set()  # what was found damaged, each once

def show(text: Any) -> str:
    """Foreign text for the terminal: without the control characters that may be in it."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text))

def damage(text: str) -> None:
    if text not in damages:
        damages.add(text)
        print("DAMAGE:", show(text), file=sys.stderr)

def why(error: BaseException) -> str:
    if isinstance(error, (LookupError, TypeError, AttributeError)):
        return f"malformed, {error!r}"
    return str(error) or "does not verify"  # bad tags and signatures come without a text

def check(condition: bool, text: str) -> None:
    if not condition:
        raise ValueError(text)

def attempt(what: str, action: Callable, *values: Any) -> bool:
    """Does the action; what damaged bytes make of it is reported and survived."""
    try:
        action(*values)
    except BROKEN as error:
        damage(f"{what}: {why(error)}")
        return False
    return True

# ---- notation (§0) and key slots (§2.3) ----

def lp(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data

def unbase64(text: str, size: Optional[int] = None) -> bytes:
    data = base64.b64decode(text, validate=True)
    check(base64.b64encode(data).decode() == text, "base64 is not canonical")
    check(size in (None, len(data)), f"{len(data)} bytes instead of {size}")
    return data

def canonical(value: dict, without: str = "") -> bytes:
    value = {name: member for name, member in value.items() if name != without}
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

def integer(text: str) -> int:
    check(abs(int(text)) < 1 << 53, "a number is too large")
    return int(text)

def parse(raw: bytes) -> dict:
    # integer() refuses fractions and NaN; the comparison finds spaces, disorder, double names.
    value = json.loads(raw.decode(), parse_int=integer, parse_float=integer,
                       parse_constant=integer)
    check(canonical(value) == raw, "JSON is not canonical")
    return value

def hkdf(ikm: bytes, salt: bytes, info: bytes) -> bytes:
    """64 bytes of HKDF-SHA256. Where the format wants 32, it wants the first 32 of these."""
    key = hmac.digest(salt, ikm, "sha256")
    first = hmac.digest(key, info + b"\1", "sha256")
    return first + hmac.digest(key, first + info + b"\2", "sha256")

def open_slot(slot: dict, secret: bytes) -> Optional[bytes]:
    """The repository key RK, or None if the slot belongs to another secret."""
    check(slot["version"] == 1, f"unknown version {slot['version']}")
    salt, wrapped = unbase64(slot["salt"], 32), unbase64(slot["wrapped"], 48)
    check(("argon" in slot) == (slot["kdf"] == "argon2id"), "`argon` is where it should not be")
    if slot["kdf"] == "argon2id":
        m, t, p = (slot["argon"][name] for name in "mtp")
        check(19456 <= m <= MIB and 1 <= t <= 32 and 1 <= p <= 16, "Argon2id beyond its limits")
        try:
            from argon2.low_level import Type, hash_secret_raw
        except ImportError:
            stop("Missing: argon2. Debian: python3-argon2. Elsewhere: pip install argon2-cffi.")
        secret = hash_secret_raw(secret, salt, t, m, p, 32, Type.ID, 0x13)
    derived = hkdf(secret, salt, lp(b"session-sync/1 slot") + lp(slot["kdf"].encode()))
    if not hmac.compare_digest(derived[32:], unbase64(slot["commitment"], 32)):
        return None
    return AESGCM(derived[:32]).decrypt(bytes(12), wrapped, canonical(slot, "wrapped"))

# ---- sealed files (§3), index files (§7), chunks ----

class Table(NamedTuple):
    """How to open a sealed file: from its own table of contents, or from an index."""
    name: str
    kind: int
    cipher: AESGCM
    frames: list  # of (codec, rawLength, offset, length)
    chunks: list  # of (id, frame, start, length)

    def verify(self) -> int:
        """Returns where the last frame ends."""
        end = 71
        for codec, raw_length, offset, length in self.frames:
            check(codec in (0, 1), f"unknown codec {codec}")
            check(0 <= raw_length <= 8 * MIB and 16 <= length <= 64 * MIB, "size of a frame")
            check(offset == end, "the frames are not contiguous")
            end += length
        for _, frame, start, length in self.chunks:
            inside = 0 <= frame and 0 <= start and 0 < length <= self.frames[frame][1] - start
            check(inside, "a chunk is not inside its frame")
        return end

class Repository:
    def __init__(self, root: str, kdf: str, secret: bytes) -> None:
        self.root, self.own_tables_read = root, False
        self.places: dict[bytes, list] = {}  # kind ‖ chunk id: [(table, frame, start, length)]
        self.cache: OrderedDict[tuple, bytes] = OrderedDict()  # the frames used last
        public: dict = {}
        attempt("format", lambda: public.update(parse(self.read("format"))))
        for member, known in (("magic", "SSC1"), ("minReader", 1), ("version", 1)):
            if public and public.get(member) != known:
                stop(f"format: {member} is {public.get(member)!a}; this reader knows {known!a}.")
        self.root_key, self.id = self.unlock(kdf, secret, public.get("repository"))
        self.content_key = self.purpose_key("content-id")
        mac = hmac.digest(self.purpose_key("format-mac"), canonical(public, "mac"), "sha256")
        genuine = base64.b64encode(mac).decode(), base64.b64encode(self.id).decode()
        if public and not hmac.compare_digest(
                ascii(genuine), ascii((public.get("mac"), public.get("repository")))):
            damage("format: wrong mac; going on with what the key slot says, which is sealed")

    def names(self, pattern: str) -> list[str]:
        found = []
        for folder, _, files in os.walk(os.path.join(self.root, pattern.split("/")[0])):
            found += [os.path.relpath(os.path.join(folder, file), self.root) for file in files]
        return sorted(name for name in found if re.fullmatch(pattern, name))

    def read(self, name: str, offset: int = 0, length: Optional[int] = None) -> bytes:
        with open(os.path.join(self.root, name), "rb") as file:
            file.seek(offset)
            data = file.read(80 * MIB if length is None else length)
        check(length in (None, len(data)), "too short")
        return data

    def unlock(self, kdf: str, secret: bytes, repository: Optional[str]) -> tuple[bytes, bytes]:
        """Returns RK and the id of the repository."""
        slots: dict[str, dict] = {}
        for name in self.names(SLOT):
            attempt(name, lambda: slots.update({name: parse(self.read(name))}))
        known = [name for name in slots if slots[name].get("kdf") in ("raw", "argon2id")]
        damaged = not known
        fitting = [name for name in known if slots[name]["kdf"] == kdf]
        # If no slot is of the repository that `format` names, then it is `format` that is wrong.
        named = [name for name in fitting if slots[name].get("repository") == repository]
        for name in (named or fitting)[:8]:
            try:
                root_key = open_slot(slots[name], secret)
                if root_key:
                    return root_key, unbase64(slots[name]["repository"], 16)
            except BROKEN as error:
                damaged = True
                damage(f"{name}: damaged key slot: {why(error)}")
        if damaged:
            stop("No key slot can be opened: they are damaged or missing.", 1)
        stop("Wrong key: it opens no key slot of this repository.", 12)

    def purpose_key(self, name: str) -> bytes:
        return hkdf(self.root_key, self.id, lp(b"session-sync/1") + lp(name.encode()))[:32]

    def cipher(self, kind: int, salt: bytes, commit: bytes) -> AESGCM:
        key = self.purpose_key("file-data" if kind == 1 else "file-meta")
        derived = hkdf(key, salt, lp(b"file") + bytes([kind]) + self.id)
        check(hmac.compare_digest(derived[32:], commit), "wrong commitment: damaged or foreign")
        return AESGCM(derived[:32])

    def open_sealed(self, name: str, kind: int) -> Table:
        """§3.5, steps 1 to 4. Behind the sealed file of a log entry stands its signature."""
        size = os.path.getsize(os.path.join(self.root, name)) - (64 if kind in (4, 5) else 0)
        check(119 <= size <= (64 if kind in (1, 2) else 80) * MIB, "impossible size")
        head, tail = self.read(name, 0, 71), self.read(name, size - 32, 32)
        check(head[:4] == b"SSC1" and tail[28:] == b"SSCE", "not a sealed file, or cut short")
        for part, said, known in zip(("ver", "kind", "mode"), head[4:7], (1, kind, 0)):
            check(said == known, f"{part} is {said} instead of {known}")
        cipher, about = self.cipher(kind, head[7:39], head[39:]), bytes([1, kind]) + self.id
        nonce = bytes(8) + b"\xff\xff\xff\xff"
        offset, length, n = struct.unpack(
            ">III", cipher.decrypt(nonce, tail[:28], lp(b"trailer") + about))
        chunk_rows = length - 16 - 13 * n
        check(n <= 65535 and 0 <= chunk_rows <= 44 * 10**6 * (kind < 3), "beyond the limits")
        check(offset + length <= size - 32, "the table of contents does not fit")
        nonce = bytes(8) + b"\xff\xff\xff\xfe"
        about = lp(b"toc") + about + struct.pack(">I", n)
        toc = cipher.decrypt(nonce, self.read(name, offset, length), about)
        table = Table(name, kind, cipher, [*struct.iter_unpack(">BIII", toc[:13 * n])],
                      [*struct.iter_unpack(">32sIII", toc[13 * n:])])
        check(table.verify() == offset, "the table of contents is not where the frames end")
        return table

    def open_frame(self, table: Table, number: int) -> bytes:
        codec, raw_length, offset, length = table.frames[number]
        about = struct.pack(">BB16sIBI", 1, table.kind, self.id, number, codec, raw_length)
        nonce, stored = struct.pack(">QI", 0, number), self.read(table.name, offset, length)
        raw = table.cipher.decrypt(nonce, stored, lp(b"frame") + about)
        if codec == 1:  # a size that stands in the zstd header would override max_output_size
            check(zstandard.frame_content_size(raw) in (-1, raw_length), "size in zstd's header")
            unpacker = zstandard.ZstdDecompressor()
            raw = unpacker.decompress(raw, max_output_size=raw_length, **ONE_FRAME)
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
        check(hashlib.sha256(self.read(name)).hexdigest() == name[6:], "SHA-256 is not its name")
        packs = self.document(name, 3)["packs"]
        check(sum(len(pack["chunks"]) for pack in packs) <= 200_000, "too many chunks")
        for pack in packs:
            sha, kind = unbase64(pack["sha256"], 32).hex(), pack["kind"]
            check(kind in (1, 2) and len(pack["frames"]) <= 65535, "a pack beyond the limits")
            cipher = self.cipher(kind, unbase64(pack["salt"], 32), unbase64(pack["commit"], 32))
            frames = [(row["codec"], row["rawLength"], row["offset"], row["length"])
                      for row in pack["frames"]]
            chunks = [(unbase64(row["id"], 32), row["frame"], row["start"], row["length"])
                      for row in pack["chunks"]]
            table = Table(f"packs/{sha[:2]}/{sha}", kind, cipher, frames, chunks)
            check(table.verify() + 32 <= pack["size"] <= 64 * MIB, "frames beyond their pack")
            self.add_places(table)

    def read_own_table(self, name: str) -> None:
        kind = self.read(name, 5, 1)[0]
        check(kind in (1, 2), f"kind {kind} instead of 1 or 2")
        self.add_places(self.open_sealed(name, kind))

    def chunk(self, kind: int, chunk_id: bytes) -> bytes:
        failures: dict[str, str] = {}
        data = self.look_up(kind, chunk_id, failures)
        if data is None and not self.own_tables_read:  # the packs alone are enough (§7)
            self.own_tables_read = True
            for name in self.names(PACK):
                attempt(name, self.read_own_table, name)
            data = self.look_up(kind, chunk_id, failures)
        reasons = "; ".join(f"{name}: {reason}" for name, reason in failures.items())
        check(data is not None, f"chunk {chunk_id.hex()} is lost ({reasons or 'it is in no pack'})")
        return data

    def look_up(self, kind: int, chunk_id: bytes, failures: dict[str, str]) -> Optional[bytes]:
        """Any place with the right bytes will do. A missing pack alone is no damage: an old index
        may still name what garbage collection took."""
        for table, number, start, length in self.places.get(bytes([kind]) + chunk_id, []):
            try:
                data = self.cached_frame(table, number)[start:start + length]
                message = struct.pack(">BQ", kind, len(data)) + hashlib.sha256(data).digest()
                own_id = hmac.digest(self.content_key, message, "sha256")
                check(own_id == chunk_id, f"a chunk in frame {number} has another id")
                return data
            except FileNotFoundError:
                failures[table.name] = "missing"
            except BROKEN as error:
                failures[table.name] = f"frame {number}: {why(error)}"
                damage(f"{table.name}: {failures[table.name]}")
        return None

    def cached_frame(self, table: Table, number: int) -> bytes:
        raw = self.cache.pop((table.name, number), None)
        self.cache[table.name, number] = self.open_frame(table, number) if raw is None else raw
        while len(self.cache) > CACHED_FRAMES:
            self.cache.popitem(last=False)
        return self.cache[table.name, number]
