#!/usr/bin/env python3
"""Rescue reader: gets files out of a repository of the format SSC1 without the tool that wrote it.

  restore.py REPOSITORY --key-file FILE | --passphrase-file FILE  --list | --to NEW-FOLDER
             [--version latest|DEVICE-SEQ|SEQ] [--path GLOB ...]     (FILE "-" is standard input)

Exit codes: 0 all is well; 1 something is damaged, the rest restored; 2 cannot start; 12 wrong key.
Written from docs/format.md alone, which a § in a comment refers to. In a GLOB, * also matches /.
"""
import argparse, base64, collections, contextlib, fnmatch, functools, hashlib, hmac, itertools
import json, os, pathlib, re, struct, sys, tempfile, unicodedata

def stop(text: str, code: int = 2):
    sys.exit(print(text, file=sys.stderr) or code)
try:
    import zstandard
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    if "--passphrase-file" in " ".join(sys.argv): import argon2.low_level as argon2
except ImportError as missing:
    stop(f"Missing: {missing.name}. Debian: apt install python3-cryptography python3-zstandard "
         "python3-argon2. Elsewhere: pip install cryptography zstandard argon2-cffi.")

MIB = 1 << 20
damages = set()  # what was found damaged; each is said once
def damage(text: str):
    if text not in damages: print("DAMAGE:", text, file=sys.stderr)
    damages.add(text)
@contextlib.contextmanager
def surviving(what: str):  # damaged or hostile bytes can raise almost anything: name it and go on
    try: yield
    except Exception as error:
        damage(f"{what}: {error if isinstance(error, (ValueError, OSError)) else repr(error)}")
def check(condition, otherwise: str):
    if not condition: raise ValueError(otherwise)

def lp(data: bytes) -> bytes: return struct.pack(">I", len(data)) + data
def sha256(data: bytes) -> bytes: return hashlib.sha256(data).digest()
def mac(key: bytes, data: bytes) -> bytes: return hmac.digest(key, data, "sha256")
def hkdf(ikm, salt, info, size=64): return HKDF(SHA256(), size, salt, info).derive(ikm)
def unbase64(text: str) -> bytes: return base64.b64decode(text, validate=True)
def at(item: dict) -> tuple: return item["device"], item["seq"], item["sha"]
def raw(item: dict, member: str) -> bytes:  # names on disk need not be UTF-8 (§5.1)
    return item[member].encode() if member in item else unbase64(item[member + "Bytes"])
def canonical(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def parse(data: bytes) -> dict:
    value = json.loads(data.decode(), parse_float=int, parse_constant=int)  # int() refuses those
    check(isinstance(value, dict) and canonical(value) == data, "JSON is not canonical")
    return value

def open_slot(slot: dict, kdf: str, secret: bytes):  # the repository key; None: another secret's
    salt, commitment = unbase64(slot["salt"]), unbase64(slot["commitment"])
    check(slot["version"] == 1, f"unknown version {slot['version']!r}")
    check(slot["kdf"] == ("argon2id" if "argon" in slot else "raw"), "`kdf` or `argon` is wrong")
    check(len(salt) == len(commitment) == 32, "wrong lengths")
    if slot["kdf"] != kdf: return None
    if kdf == "argon2id":
        m, t, p = (slot["argon"][name] for name in "mtp")
        check(19456 <= m <= MIB and 1 <= t <= 32 and 1 <= p <= 16, "Argon2id beyond its limits")
        secret = argon2.hash_secret_raw(secret, salt, t, m, p, 32, argon2.Type.ID, 0x13)
    derived = hkdf(secret, salt, lp(b"session-sync/1 slot") + lp(kdf.encode()))
    if not hmac.compare_digest(derived[32:], commitment): return None
    return AESGCM(derived[:32]).decrypt(bytes(12), unbase64(slot.pop("wrapped")), canonical(slot))

class Repository:
    def __init__(self, root: str, kdf: str, secret: bytes):
        self.root, self.root_key = pathlib.Path(root), None
        self.objects = sorted(path.relative_to(root).as_posix() for path in self.root.rglob("*"))
        self.packs, self.places = set(), collections.defaultdict(list)  # by kind and chunk id
        slots = self.names("keys/[0-9a-f]{16}")[:8]
        for name in slots:
            with surviving(name):
                slot = parse(self.read(name, 0, 16384))
                self.root_key, self.id = open_slot(slot, kdf, secret), unbase64(slot["repository"])
            if self.root_key: break
        else:
            if slots and not damages: stop("Wrong key: it opens none of the key slots here.", 12)
            stop("No key slot can be opened: they are damaged or missing.", 1)
        with surviving("format"):  # nothing is taken from it: the slot says it all, and is sealed
            public = parse(self.read("format", 0, 16384))
            if public["version"] != 1: stop(f"format: unknown version {public['version']!r}")
            known = public["magic"], public["minReader"], public["repository"]
            check(known == ("SSC1", 1, slot["repository"]), "wrong magic, minReader or repository")
            said, own = unbase64(public.pop("mac")), mac(self.key(b"format-mac"), canonical(public))
            check(hmac.compare_digest(said, own), "wrong mac")
    def names(self, pattern): return [x for x in self.objects if re.fullmatch(pattern, x)]
    def read(self, name: str, offset: int = 0, length: int = 72 * MIB) -> bytes:
        with open(self.root / name, "rb") as file:
            file.seek(offset)
            return file.read(length)
    def key(self, use): return hkdf(self.root_key, self.id, lp(b"session-sync/1") + lp(use), 32)

    def decrypt(self, kind, salt, commit, part, number, data, more=b"") -> bytes:  # §3.2
        key = self.key(b"file-data" if kind == 1 else b"file-meta")
        derived = hkdf(key, salt, lp(b"file") + bytes([kind]) + self.id)
        check(hmac.compare_digest(derived[32:], commit), "wrong commitment: foreign or damaged")
        about = lp(part) + bytes([1, kind]) + self.id + more
        return AESGCM(derived[:32]).decrypt(struct.pack(">QI", 0, number), data, about)
    def open(self, name: str, kind: int) -> list:  # §3.5: the frames of a sealed file
        size = (self.root / name).stat().st_size - (64 if kind in (4, 5) else 0)  # the signature
        head, tail = self.read(name, 0, 71), self.read(name, max(0, size - 32), 32)
        check(head[:7] == b"SSC1" + bytes([1, kind, 0]) and tail[28:] == b"SSCE",
              f"cut short, or unknown: ver, kind and mode are {[*head[4:7]]}")
        decrypt = functools.partial(self.decrypt, kind, head[7:39], head[39:])
        offset, length, n = struct.unpack(">III", decrypt(b"trailer", 2**32 - 1, tail[:28]))
        check(size <= (72 if kind > 2 else 64) * MIB and offset + length <= size - 32
              and n <= 65535 and 0 <= length - 16 - 13 * n <= 44 * 10**6 * (kind < 3), "limits")
        toc = decrypt(b"toc", 2**32 - 2, self.read(name, offset, length), struct.pack(">I", n))
        rows = [*struct.iter_unpack(">BIII", toc[:13 * n])]
        check(offset == 71 + sum(row[3] for row in rows), "the table is not behind the frames")
        check(kind < 3 or sum(row[1] for row in rows) <= 64 * MIB, "the document is too long")
        return self.add(name, kind, decrypt, rows, struct.iter_unpack(">32sIII", toc[13 * n:]))
    def add(self, name: str, kind: int, decrypt, rows: list, chunks) -> list:  # notes the places
        for row, end in zip(rows, itertools.accumulate((row[3] for row in rows), initial=71)):
            check(row[0] in (0, 1) and 1 <= row[1] <= 8 * MIB and row[2] == end, "a frame's row")
        frames = [(name, decrypt, number, *row) for number, row in enumerate(rows)]
        for chunk, number, start, length in chunks:
            check(number >= 0 <= start and 1 <= length <= rows[number][1] - start, "a chunk's row")
            self.places[kind, chunk].append((frames[number], start, length))
        self.packs.add(name)
        return frames

    @functools.lru_cache(maxsize=8)  # of at most 8 MiB each, because many chunks share a frame
    def frame(self, name: str, decrypt, number, codec, raw_length, offset, length) -> bytes:
        about = struct.pack(">IBI", number, codec, raw_length)
        raw = decrypt(b"frame", number, self.read(name, offset, length), about)
        if codec == 1:  # as a stream, because only that never gives more than it is asked for
            unpacker = zstandard.ZstdDecompressor(max_window_size=8 * MIB)
            raw = unpacker.stream_reader(raw, read_across_frames=True).read(raw_length + 1)
        check(len(raw) == raw_length, "a frame of another size")
        return raw
    def document(self, name: str, kind: int) -> dict:
        return parse(b"".join(self.frame(*frame) for frame in self.open(name, kind)))
    def load(self, name: str):  # an index, or a pack that is in none: the packs alone are enough
        if name.startswith("packs/"):
            return name in self.packs or self.open(name, min(2, self.read(name, 5, 1)[0]))
        check(sha256(self.read(name)).hex() == name[6:], "its SHA-256 is not its name")
        for pack in self.document(name, 3)["packs"]:
            sha, salt, commit = (unbase64(pack[x]) for x in ("sha256", "salt", "commit"))
            decrypt = functools.partial(self.decrypt, pack["kind"], salt, commit)
            rows = [(x["codec"], x["rawLength"], x["offset"], x["length"]) for x in pack["frames"]]
            self.add(f"packs/{sha.hex()[:2]}/{sha.hex()}", pack["kind"], decrypt, rows, (
                (unbase64(x["id"]), x["frame"], x["start"], x["length"]) for x in pack["chunks"]))
    def chunk(self, kind: int, chunk_id: bytes) -> bytes:  # any copy whose id comes out right
        for frame, start, length in self.places[kind, chunk_id]:
            if (self.root / frame[0]).exists():  # that an old index names more is no damage
                with surviving(f"{frame[0]}, frame {frame[2]}"):
                    data = self.frame(*frame)[start:start + length]
                    message = struct.pack(">BQ", kind, length) + sha256(data)
                    check(mac(self.key(b"content-id"), message) == chunk_id, "wrong id")
                    return data
        packs = ", ".join({place[0][0] for place in self.places[kind, chunk_id]})
        raise ValueError(f"chunk {chunk_id.hex()} is lost, from {packs or 'no pack'}")
    def entries(self, page: dict, level: int = 1):  # §5: damage costs only what is below it
        content = {}
        with surviving(f"file list, from {page.get('firstPath')!r} on"):
            check(level <= 16, "more than 16 levels")
            content = parse(self.chunk(2, unbase64(page["id"])))
        for child in content.get("children", []): yield from self.entries(child, level + 1)
        yield from content.get("entries", [])
    def content(self, entry: dict):  # §5.3: ids in the entry, in lists, or in lists of lists
        members = ["chunks", "chunkLists", "chunkListLists"]
        (depth,) = [depth for depth, member in enumerate(members) if member in entry]
        ids = map(unbase64, entry[members[depth]])
        for _ in range(depth):
            lists = (self.chunk(2, each) for each in ids)
            ids = (x[i:i + 32] for x in lists for i in range(0, len(x), 32))
        return (self.chunk(1, each) for each in ids)

def read_entry(repo: Repository, name: str, keys: dict) -> dict:
    whole, entry = repo.read(name), repo.document(name, 4 if name.endswith("v") else 5)
    device, date = entry["device"], re.sub("[-:]", "", entry["serverDate"])[:15]
    check(name[:-1] == f"log/{device}/{entry['seq']:012}-{date}Z-", "its name says another thing")
    if entry["seq"] == 1:
        key = unbase64(entry["publicKey"])
        check(entry["type"] == "register" and sha256(key).hex()[:16] == device, "no registration")
        keys[device] = Ed25519PublicKey.from_public_bytes(key)
    message = lp(b"session-sync/1 log") + repo.id + lp(name.encode()) + sha256(whole[:-64])
    if device in keys: keys[device].verify(whole[-64:], message)
    else: damage(f"log/{device}: no registration, so only the seals of its entries were checked")
    kind = "version" if name.endswith("v") else entry["type"] if device in keys else "unproven"
    sha = base64.b64encode(sha256(whole)).decode()
    return {**entry, "type": kind, "sha": sha, "id": f"{device}-{entry['seq']}"}

def history(repo: Repository) -> list:  # the versions to believe, the latest last
    entries, keys, skipped = [], {}, set()
    for name in repo.names("log/[0-9a-f]{16}/(?!0{12})[0-9]{12}-[0-9]{8}T[0-9]{6}Z-[vr]"):
        with surviving(name): entries.append(read_entry(repo, name, keys))
    revokes = sorted((-x["lastSeq"], x["revoked"]) for x in entries if x["type"] == "revoke")
    last = {device: -seq for seq, device in revokes}  # the smallest one holds
    def void(x): return x["seq"] > last.get(x["device"], x["seq"]) or at(x)[:2] in skipped
    for x in sorted(entries, key=lambda x: -x["seq"]):
        if not void(x): skipped |= {(x["device"], seq) for seq in x["skipped"] if seq < x["seq"]}
    entries = [entry for entry in entries if not void(entry)]
    forgotten = {at(x): x["prev"] for entry in entries if entry["type"] == "forget"
                 for x in entry["versions"] if not void(x)}
    known = {**forgotten, **{at(entry): entry["prev"] for entry in entries}}
    numbers = {(device, sha): seq for device, seq, sha in known}
    for (device, seq, sha), prev in sorted(known.items()):
        before = numbers.get((device, prev), seq) if prev else 0
        gap = any((device, x) not in skipped for x in range(before + 1, seq))
        if before >= seq or gap and (device, seq, sha) not in forgotten:
            damage(f"log/{device}: what should be before entry {seq} is missing or changed")
    for (device, seq), n in collections.Counter(at(entry)[:2] for entry in entries).items():
        if n > 1: damage(f"log/{device}: a fork, {n} entries have the number {seq}")
    for x in ({**x, "device": device} for e in entries for device, x in e["seen"].items()):
        if at(x) not in known and not void(x):
            damage(f"log/{x['device']}: entry {x['seq']}, seen by another device, is not there")
    versions = [x for x in entries if x["type"] == "version" and at(x) not in forgotten]
    rank = {"backup": 2, "checkpoint": 1}  # the latest is a backup, if there is one
    return sorted(versions, key=lambda x: (rank.get(x["purpose"], 0), x["serverDate"]))

def write_file(repo: Repository, place: bytes, entry: dict):  # named when it is verified
    digest, sparse = hashlib.sha256(), "sparse" in entry.get("flags", [])
    handle, temporary = tempfile.mkstemp(prefix=b".restore-", dir=os.path.dirname(place))
    try:
        with open(handle, "wb") as out:
            for data in repo.content(entry):
                digest.update(data)
                out.seek(len(data), 1) if sparse and not any(data) else out.write(data)
                check(out.tell() <= entry["size"], "longer than its size")
            right = out.truncate() == entry["size"] and digest.digest() == unbase64(entry["sha256"])
        check(right, "its size or SHA-256 is wrong")
        set_attributes(temporary, entry)
        os.rename(temporary, place)
    finally:
        if os.path.exists(temporary): os.unlink(temporary)

def set_attributes(place: bytes, entry: dict):
    with surviving(f"mode, time, attributes of {entry.get('path', entry.get('pathBytes'))!r}"):
        if "mode" in entry and entry["kind"] != "symlink":
            os.chmod(place, entry["mode"] & (0o1777 if entry["kind"] == "file" else 0o7777))
        os.utime(place, ns=(int(entry["mtime"]),) * 2, follow_symlinks=False)
        for name, value in entry.get("xattrs", {}).items():
            os.setxattr(place, name, unbase64(value), follow_symlinks=False)

def restore(repo: Repository, root: str, target: bytes, globs: list):
    files, later = {}, []
    for entry in repo.entries({"id": root}):
        with surviving(f"not restored: {entry.get('path', entry.get('pathBytes'))!r}"):
            path, kind = raw(entry, "path"), entry["kind"]
            place = os.path.join(target, path)  # its real path is another if a link leads there
            check(not {b"", b".", b".."} & {*path.split(b"/")} and b"\0" not in path
                  and os.path.realpath(place) == place, "unsafe path")
            if kind == "file": files[path] = entry  # for hard links to it
            if not any(fnmatch.fnmatchcase(os.fsdecode(path), glob) for glob in globs): continue
            check(not os.path.lexists(place), "there is one of this name")
            os.makedirs(os.path.dirname(place), exist_ok=True)
            if kind == "file": write_file(repo, place, entry)
            elif kind == "hardlink":
                original = files[raw(entry, "target")]
                try: os.link(os.path.join(target, raw(original, "path")), place)
                except OSError: write_file(repo, place, original)  # a file of its own
            elif kind == "dir": os.mkdir(place)
            else: check(kind == "symlink", f"unknown kind {kind!r}")
            if kind in ("dir", "symlink"): later.append((place, entry))
    for place, entry in reversed(later):  # now that no path can lead through a link; deepest first
        with surviving(f"not restored: {os.fsdecode(place)!r}"):
            if entry["kind"] == "symlink": os.symlink(raw(entry, "target"), place)
            set_attributes(place, entry)
def read_secret(source: str, kdf: str) -> bytes:
    data = sys.stdin.buffer.read() if source == "-" else pathlib.Path(source).read_bytes()
    with contextlib.suppress(ValueError):
        text = re.sub(r"\r?\n\Z", "", data.decode())
        if kdf == "argon2id" and text: return unicodedata.normalize("NFKC", text).encode()
        if kdf == "raw" and re.fullmatch("[^=]{42}[AEIMQUYcgkosw048]=", text): return unbase64(text)
    stop("Wrong key: a key is 44 characters of base64; a passphrase is UTF-8 text.", 12)

def main():
    parser = argparse.ArgumentParser(usage=__doc__, allow_abbrev=False)
    parser.add_argument("repository")
    for option in ("--key-file", "--passphrase-file", "--to"): parser.add_argument(option)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--version", default="latest")
    parser.add_argument("--path", nargs="+", action="extend", default=[])
    args = parser.parse_args()
    kdf, source = "raw" if args.key_file else "argon2id", args.key_file or args.passphrase_file
    if not source or not (args.list or args.to): stop(__doc__)
    repo = Repository(args.repository, kdf, read_secret(source, kdf))
    versions = history(repo)
    lines = [f"{x['id']} {x['serverDate']} {x['purpose']} {x.get('note', '')!r}" for x in versions]
    if args.list: return print("\n".join(lines) or "There are no versions.")
    named = [x for x in versions if args.version in (x["id"], str(x["seq"]), x["serverDate"])]
    found = versions[-1:] if args.version == "latest" else named
    if len(found) != 1: stop(f"{len(found)} versions fit --version {args.version}; see --list.")
    os.umask(0o077)
    os.makedirs(args.to, exist_ok=True)
    if os.listdir(args.to): stop(f"{args.to} is not empty. Name a new folder.")
    for name in repo.names(r"index/[0-9a-f]{64}|packs/([0-9a-f]{2})/\1[0-9a-f]{62}"):
        with surviving(name): repo.load(name)
    globs = [glob + below for glob in args.path or ["*"] for below in ("", "/*")]
    restore(repo, found[0]["root"], os.fsencode(os.path.realpath(args.to)), globs)
    print(f"Restored {found[0]['id']}.", "Damage: see above." if damages else "All is well.")

if __name__ == "__main__":
    try: sys.exit(main() or (1 if damages else 0))
    except OSError as error: stop(str(error))
