"""Which entries of the logs to believe (§6 of docs/format.md), and so which versions there are."""
from __future__ import annotations
import base64, hashlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from ssc1 import BROKEN, Repository, check, damage, lp, unbase64, why

LOG = r"log/[0-9a-f]{16}/[0-9]{12}-[0-9]{8}T[0-9]{6}Z-[vr]"

class Entry:
    """What this program needs of a log entry; raises if a member is not what it should be."""
    def __init__(self, name: str, whole_object: bytes, body: dict) -> None:
        self.sha = base64.b64encode(hashlib.sha256(whole_object).digest()).decode()
        self.name, self.body, self.date = name, body, body["serverDate"] + ""
        self.device, self.seq, self.prev = body["device"], body["seq"], body["prev"]
        self.id = f"{self.device}-{self.seq}"
        self.type = "version" if name.endswith("v") else body["type"]
        self.skipped = {(self.device, seq) for seq in body["skipped"] if seq < self.seq}
        self.seen = {(device, at["seq"] + 0, at["sha"]) for device, at in body["seen"].items()}
        self.revokes = ((body["revoked"] + "", body["lastSeq"] + 0)
                        if self.type == "revoke" else None)
        self.forgets = {(version["device"], version["seq"] + 0): (version["prev"], version["sha"])
                        for version in body["versions"]} if self.type == "forget" else {}

def read_log(repo: Repository, names: list[str], problems: dict) -> list[Entry]:
    """§6.5, steps 1 to 3: the entries of one log that verify. `names` are sorted by number."""
    entries, public = [], None
    for name in names:
        device, seq = name[4:20], int(name[21:33])
        try:
            body = repo.document(name, 4 if name.endswith("v") else 5)
            check((body["device"], body["seq"]) == (device, seq), "it is not what its name says")
            if seq == 1:
                check(body["type"] == "register", "entry 1 is not a registration")
                public = unbase64(body["publicKey"], 32)
                check(hashlib.sha256(public).hexdigest()[:16] == device, "another device's key")
            whole = repo.read(name)
            if public:
                message = lp(b"session-sync/1 log") + repo.id + lp(name.encode())
                message += hashlib.sha256(whole[:-64]).digest()
                Ed25519PublicKey.from_public_bytes(public).verify(whole[-64:], message)
            entries.append(Entry(name, whole, body))
        except BROKEN as error:
            problems[name] = (device, seq), f"{name}: {why(error)}"
    if entries and not public:
        damage(f"log/{names[0][4:20]}: no registration, so only the seals of its entries could be "
               "checked, not which device wrote them")
    return entries

def check_chain(device: str, log: list[Entry], skipped: set, forgotten: dict) -> None:
    """§6.5, step 4. `links`: the hashes that the next `prev` may name; None if not known."""
    links, awaited, there = {None}, 1, {}
    for entry in log:
        there.setdefault(entry.seq, []).append((entry.prev, entry.sha))
    absent = {seq for owner, seq in skipped | set(forgotten) if owner == device}
    for seq in sorted(absent | set(there)):
        if seq > awaited:
            damage(f"log/{device}: entries {awaited} to {seq - 1} are missing or damaged: withheld "
                   "or lost")
            links = None
        here = there.get(seq) or [forgotten[at] for at in [(device, seq)] if at in forgotten]
        if len(here) > 1:
            damage(f"log/{device}: a fork, {len(here)} entries have the number {seq}: a cloned "
                   "machine? Name a version of it by its object's name")
        if links and not all(prev in links for prev, _ in here):
            damage(f"log/{device}: entry {seq} does not follow the entry before it")
        links, awaited = {sha for _, sha in here} or links, seq + 1

def history(repo: Repository) -> list[Entry]:
    """§6.5: the entries to believe, without the forgotten versions."""
    logs, problems, last = {}, {}, {}
    for name in repo.names(LOG):
        logs.setdefault(name[4:20], []).append(name)
    entries = [entry for names in logs.values() for entry in read_log(repo, names, problems)]
    # Revocations first: what they cut off must neither revoke, nor skip, nor forget anything.
    for entry in sorted(entries, key=lambda entry: entry.date):
        if entry.revokes and entry.seq <= last.get(entry.device, entry.seq):
            device, seq = entry.revokes
            last[device] = min(seq, last.get(device, seq))
    entries = [entry for entry in entries if entry.seq <= last.get(entry.device, entry.seq)]
    skipped: set = set()
    for entry in sorted(entries, key=lambda entry: -entry.seq):
        if (entry.device, entry.seq) not in skipped:
            skipped |= entry.skipped
    entries = [entry for entry in entries if (entry.device, entry.seq) not in skipped]
    forgotten = {at: links for entry in entries for at, links in entry.forgets.items()
                 if at[1] <= last.get(*at)}
    for at, text in problems.values():
        if at not in skipped and at not in forgotten:
            damage(text)
    for device in logs:
        own = [entry for entry in entries if entry.device == device]
        check_chain(device, own, skipped, forgotten)
    there = {(entry.device, entry.seq, entry.sha) for entry in entries}
    there |= {(*at, sha) for at, (_, sha) in forgotten.items()}
    for device, seq, _ in set().union(*(entry.seen for entry in entries)) - there:
        if seq <= last.get(device, seq):
            damage(f"log/{device}: entry {seq}, seen by another device, is missing or changed")
    return [e for e in entries if forgotten.get((e.device, e.seq), ("", ""))[1] != e.sha]
