"""The ledger: every decision sealed under a salted digest, the digests chained, the chains signed from outside. Pure.

What a decision says stands with the comment that it is about, and its salt beside it. The chain holds digests only:
once the salt is gone, because a person was forgotten or an author deleted, the digest says nothing any more, and the
chain still verifies. A chain is one writer's (one execution environment, or one process of the desk) on one day, so
it never has two ends. A link holds the digests of one transaction, their Merkle root, and the hash of the link before.
A chain whose end was cut off looks whole: only an anchor, signed outside, says how far it had come.

Merkle tree: RFC 9162, section 2.1.1, over the digests.
"""

import base64
import binascii
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

FORM: Final = 1
"""Of everything that is hashed or signed here: another form gets another number, and this one stays readable."""
MACHINE: Final = "machine"
NOTHING_BEFORE: Final = bytes(32)
LATE: Final = timedelta(hours=1)
"""What was decided at a moment is written this long after it at most: an anchor looks back so far, and so does `verify`."""
FIRST_LOOKS_BACK: Final = timedelta(days=396)
"""The first anchor holds every chain whose decisions may still be there."""
_LONGEST_SALT: Final = 1024
_SALTED, _LINKED = b"\x10", b"\x11"
_LEAF, _NODE = b"\x00", b"\x01"
_ANCHORED = b"tribune ledger anchor 1\n"


# --- what is sealed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it is sealed: no words, no name, no id of a member."""

    community: str
    object: str
    """`object_digest` of the comment it is about."""
    v: str
    """The version of the words that were judged: time, rank and hash."""
    measure: str
    reason: str
    at: datetime
    by: str = MACHINE
    """`machine`, or the pseudonym of a person of the team."""
    confirmed_by: str | None = None
    mode: str | None = None
    ground: str | None = None
    clause: str | None = None
    clause_hash: str | None = None
    charter_version: int | None = None
    reverses: str | None = None
    """The digest, in hexadecimal, of the decision that this one undoes."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A decision with its salt: whoever has both can find its digest in the chain."""

    decision: Decision
    salt: str

    @property
    def digest(self) -> bytes:
        """What the chain holds of it: nothing can be told from it without the salt."""
        salt = self.salt.encode("utf-8", "replace")
        return hashlib.sha256(_SALTED + len(salt).to_bytes(2) + salt + _canonical(_told(self.decision))).digest()

    @property
    def seal(self) -> "Seal":
        """What is handed to the ledger."""
        return Seal(self.decision.community, self.digest)


@dataclass(frozen=True, slots=True)
class Seal:
    """One digest on its way into a chain."""

    community: str
    digest: bytes


def object_digest(platform: str, account: str, object_id: str) -> str:
    """What stands for a comment: the platform's own id is not written into an export."""
    parts = (part.encode("utf-8", "replace") for part in (platform, account, object_id))
    return hashlib.sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).hexdigest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over some digests (RFC 9162, 2.1.1): one decision can be shown to be among them without the others."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(_LEAF + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(_NODE + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()


# --- the chain --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """Whose chain it is: one writer's, on one day (UTC)."""

    community: str
    day: str
    writer: str


@dataclass(frozen=True, slots=True)
class Link:
    """The digests of one transaction, tied to those before it."""

    chain: Chain
    seq: int
    """From 1 on, without a gap."""
    prev: bytes
    root: bytes
    leaves: tuple[bytes, ...]
    at: datetime
    hash: bytes

    @property
    def n(self) -> int:
        """How many decisions it holds."""
        return len(self.leaves)


def day_of(now: datetime) -> str:
    """`2026-11-22`, UTC."""
    return now.astimezone(UTC).date().isoformat()


def following(before: Link | None, chain: Chain, leaves: Sequence[bytes], now: datetime) -> Link:
    """The next link of a chain; None before its first one."""
    seq, prev = (before.seq + 1, before.hash) if before else (1, NOTHING_BEFORE)
    link = Link(chain, seq, prev, merkle_root(leaves), tuple(leaves), now, b"")
    return replace(link, hash=_hash(link))


def _hash(link: Link) -> bytes:
    """Over all of a link but its leaves, for which the root stands."""
    told = {"seq": link.seq, "prev": link.prev.hex(), "root": link.root.hex(), "n": link.n, "at": _time(link.at)}
    return hashlib.sha256(_LINKED + _canonical({**_told(link.chain), **told, "form": FORM})).digest()


def _is_itself(link: Link) -> bool:
    return link.root == merkle_root(link.leaves) and link.hash == _hash(link)


# --- the anchor -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class End:
    """How far a chain had come."""

    day: str
    writer: str
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """The ends of a community's chains at one hour, signed by a key that whoever writes the chains cannot use."""

    statement: str
    """What is signed, as it was signed."""
    signature: bytes
    """ECDSA over P-256 with SHA-256, DER, of `message(statement)`."""
    key: bytes
    """The public key, DER (SubjectPublicKeyInfo)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What an anchor says."""

    community: str
    hour: str
    """`2026-11-22T14`, UTC: one anchor an hour."""
    at: datetime
    prev: str | None
    """`fingerprint` of the statement before: none can be left out."""
    ends: tuple[End, ...]

    def written(self) -> str:
        """The one way to write it."""
        ends = [[end.day, end.writer, end.seq, end.hash.hex()] for end in sorted(self.ends)]
        told = {"community": self.community, "hour": self.hour, "at": _time(self.at), "prev": self.prev, "ends": ends}
        return _canonical({**told, "form": FORM}).decode()

    @classmethod
    def read(cls, written: str) -> "Statement":
        """The statement that was written so. Raises ValueError for anything that is not exactly one."""
        try:
            told = json.loads(written)
            ends = tuple(End(str(day), str(writer), int(seq), _bytes(end)) for day, writer, seq, end in told["ends"])
            found = cls(str(told["community"]), str(told["hour"]), _moment(told["at"]), told["prev"], ends)
            exact = found.written() == written
        except (KeyError, TypeError, RecursionError, OverflowError) as error:
            raise ValueError("this is no statement of an anchor") from error
        if not exact:
            raise ValueError("this is no statement of an anchor")
        return found


def hour_of(now: datetime) -> str:
    """`2026-11-22T14`, UTC."""
    return now.astimezone(UTC).isoformat()[:13]


def message(statement: str) -> bytes:
    """What the key signs for a statement: short, whatever the number of chains, and nothing else ever begins so."""
    return _ANCHORED + fingerprint(statement.encode("utf-8", "replace")).encode()


def fingerprint(content: bytes) -> str:
    """SHA-256 in hexadecimal: of a statement, of a public key."""
    return hashlib.sha256(content).hexdigest()


# --- an export, line by line ------------------------------------------------------------------------------------------

type Record = Link | Sealed | Anchor


def heading(community: str) -> str:
    """The first line of an export."""
    return _canonical({"kind": "export", "form": FORM, "community": community}).decode()


def line(record: Record) -> str:
    """One record as a line of an export: the only way to write it, so that no byte of it can change unseen."""
    told: dict[str, Any]
    match record:
        case Link():
            told = {
                "kind": "link",
                **_told(record.chain),
                "seq": record.seq,
                "prev": record.prev.hex(),
                "root": record.root.hex(),
                "leaves": [leaf.hex() for leaf in record.leaves],
                "at": _time(record.at),
                "hash": record.hash.hex(),
            }
        case Sealed():
            told = {"kind": "decision", "salt": record.salt, "decision": _told(record.decision)}
        case _:
            told = {
                "kind": "anchor",
                "statement": record.statement,
                "signature": base64.b64encode(record.signature).decode(),
                "key": base64.b64encode(record.key).decode(),
            }
    return _canonical(told).decode()


def read_line(written: str) -> Record:
    """The record of one line. Raises ValueError for anything that is not exactly one."""
    try:
        found = _record(json.loads(written))
        exact = line(found) == written
    except (KeyError, TypeError, RecursionError, AttributeError, OverflowError) as error:
        raise ValueError("this is no line of an export") from error
    if not exact:
        raise ValueError("this is no line of an export")
    return found


def _record(told: Mapping[str, Any]) -> Record:
    match told["kind"]:
        case "link":
            return Link(
                chain=Chain(str(told["community"]), str(told["day"]), str(told["writer"])),
                seq=int(told["seq"]),
                prev=_bytes(told["prev"]),
                root=_bytes(told["root"]),
                leaves=tuple(_bytes(leaf) for leaf in told["leaves"]),
                at=_moment(told["at"]),
                hash=_bytes(told["hash"]),
            )
        case "decision":
            said, salt = told["decision"], str(told["salt"])
            if len(salt) > _LONGEST_SALT:
                raise ValueError("this is no salt")
            return Sealed(Decision(**{**said, "at": _moment(said["at"])}), salt)
        case "anchor":
            return Anchor(str(told["statement"]), _base64(told["signature"]), _base64(told["key"]))
        case _:
            raise ValueError("this is no line of an export")


# --- verifying --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Where something is wrong, and why (a bounded word).

    `unreadable`, `foreign`: a line · `missing`, `twice`, `altered`, `detached`, `cut`, `replaced`, `added`: a link ·
    `unsigned`, `unchained`, `other_key`, `unanchored`: an anchor · `unsealed`, `misdated`: a decision.
    """

    why: str
    line: int | None = None
    chain: Chain | None = None
    seq: int | None = None
    hour: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an export proves."""

    community: str = ""
    chains: int = 0
    links: int = 0
    decisions: int = 0
    """Those whose digest stands in a chain."""
    silent: int = 0
    """Digests that say nothing any more: forgotten, deleted by the author, or older than what is kept."""
    anchors: int = 0
    anchored_at: datetime | None = None
    """Up to when an end that is cut off would have been seen."""
    keys: tuple[str, ...] = ()
    """The fingerprints of the keys that signed."""
    faults: tuple[Fault, ...] = ()
    """In order: chain after chain, the first bad link of each; then anchors; then decisions."""


type Checks = Callable[[bytes, bytes, bytes], bool]
"""(public key, message, signature) -> does it hold?"""


def verify(written: Iterable[str], holds: Checks, key: str | None = None) -> Report:
    """What the lines of an export prove, on their own; `key`: the fingerprint that the anchors' key has to have.

    Whoever asks for a key is shown anchors: without any, the chains may have been written anew this morning.
    """
    lines = list(written)
    community = _community_of(lines[0] if lines else "")
    if community is None:
        return Report(faults=(Fault("unreadable", line=1),))
    export, faults = _read(lines, community)
    statements, of_anchors = _anchored(export.anchors, community, holds, key)
    signed: dict[Chain, list[End]] = {}
    for statement in statements:
        for end in statement.ends:
            signed.setdefault(Chain(community, end.day, end.writer), []).append(end)
    for chain in sorted(export.links.keys() | signed.keys()):
        told = sorted(export.links.get(chain, ()), key=lambda link: link.seq)
        fault = _first_bad(chain, told, signed.get(chain, ())) or _added(chain, told, statements)
        faults += [fault] if fault else []
    faults += of_anchors
    if key is not None and not export.anchors:
        faults.append(Fault("unanchored"))
    leaves = {leaf: link.at for chained in export.links.values() for link in chained for leaf in link.leaves}
    opened = {sealed.digest: (number, sealed.decision.at) for number, sealed in export.decisions}
    faults += _misplaced(opened, leaves)
    return Report(
        community=community,
        chains=len(export.links),
        links=sum(map(len, export.links.values())),
        decisions=len(leaves.keys() & opened.keys()),
        silent=len(leaves.keys() - opened.keys()),
        anchors=len(statements),
        anchored_at=max((statement.at for statement in statements), default=None),
        keys=tuple(dict.fromkeys(fingerprint(anchor.key) for _, anchor in export.anchors)),
        faults=tuple(faults),
    )


@dataclass(frozen=True, slots=True)
class _Export:
    """The records of an export, by kind; a decision and an anchor with the number of their line."""

    links: dict[Chain, list[Link]] = field(default_factory=dict)
    decisions: list[tuple[int, Sealed]] = field(default_factory=list)
    anchors: list[tuple[int, Anchor]] = field(default_factory=list)


def _read(lines: Sequence[str], community: str) -> tuple[_Export, list[Fault]]:
    """What can be read of this community, and the lines that cannot."""
    export, faults = _Export(), list[Fault]()
    for number, one in enumerate(lines[1:], 2):
        try:
            record = read_line(one)
        except ValueError:
            faults.append(Fault("unreadable", line=number))
            continue
        if _whose(record) not in (community, None):
            faults.append(Fault("foreign", line=number))
            continue
        match record:
            case Link():
                export.links.setdefault(record.chain, []).append(record)
            case Sealed():
                export.decisions.append((number, record))
            case _:
                export.anchors.append((number, record))
    return export, faults


def _misplaced(opened: Mapping[bytes, tuple[int, datetime]], leaves: Mapping[bytes, datetime]) -> Iterator[Fault]:
    """The decisions that stand in no chain, or in a link of another moment than they say."""
    for digest, (number, at) in opened.items():
        if digest not in leaves:
            yield Fault("unsealed", line=number)
        elif abs(leaves[digest] - at) > LATE:
            yield Fault("misdated", line=number)


def _community_of(first: str) -> str | None:
    try:
        community = json.loads(first)["community"]
        return community if isinstance(community, str) and heading(community) == first else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _whose(record: Record) -> str | None:
    match record:
        case Link():
            return record.chain.community
        case Sealed():
            return record.decision.community
        case _:
            return None  # its statement says it, once its signature holds


def _first_bad(chain: Chain, links: Sequence[Link], ends: Iterable[End]) -> Fault | None:
    """The first link of a chain that is not what it was, with what the anchors know of it."""
    before: Link | None = None
    signed: dict[int, set[bytes]] = {}
    for end in ends:
        signed.setdefault(end.seq, set()).add(end.hash)
    for expected, link in enumerate(links, 1):
        if link.seq != expected:
            return Fault("twice" if link.seq < expected else "missing", chain=chain, seq=min(link.seq, expected))
        if not _is_itself(link):
            return Fault("altered", chain=chain, seq=expected)
        if link.prev != (before.hash if before else NOTHING_BEFORE):
            return Fault("detached", chain=chain, seq=expected)
        if signed.get(expected, {link.hash}) != {link.hash}:
            return Fault("replaced", chain=chain, seq=expected)
        before = link
    if max(signed, default=0) > len(links):
        return Fault("cut", chain=chain, seq=len(links) + 1)
    return None


def _added(chain: Chain, links: Sequence[Link], statements: Sequence[Statement]) -> Fault | None:
    """The first link that says it is older than an anchor which did not see it: it was put there afterwards."""
    if not statements:
        return None
    signed, seen = [], 0
    for statement in statements:
        seen = max(
            (end.seq for end in statement.ends if (end.day, end.writer) == (chain.day, chain.writer)), default=seen
        )
        signed.append((statement.at, seen))
    begun = statements[0].at - FIRST_LOOKS_BACK
    for link in links:
        after = bisect_right(signed, link.at + LATE, key=lambda one: one[0])
        if link.at >= begun and after < len(signed) and signed[after][1] < link.seq:
            return Fault("added", chain=chain, seq=link.seq)
    return None


def _anchored(
    anchors: Iterable[tuple[int, Anchor]], community: str, holds: Checks, key: str | None
) -> tuple[list[Statement], list[Fault]]:
    """What the anchors say whose signature holds, in order; and what is wrong with the others."""
    statements: list[Statement] = []
    faults: list[Fault] = []
    for number, anchor in anchors:
        if key is not None and fingerprint(anchor.key) != key:
            faults.append(Fault("other_key", line=number))
        elif not holds(anchor.key, message(anchor.statement), anchor.signature):
            faults.append(Fault("unsigned", line=number))
        else:
            try:
                statement = Statement.read(anchor.statement)
            except ValueError:
                faults.append(Fault("unreadable", line=number))
                continue
            if statement.community == community:
                statements.append(statement)
            else:
                faults.append(Fault("foreign", line=number))
    statements.sort(key=lambda statement: statement.hour)
    prev: str | None = None
    for statement in statements:
        if statement.prev != prev:
            faults.append(Fault("unchained", hour=statement.hour))
            break
        prev = fingerprint(statement.written().encode())
    return statements, faults


# --- the one way to write ---------------------------------------------------------------------------------------------


def _canonical(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def _told(record: Decision | Chain) -> dict[str, Any]:
    """What is there, by name; what is absent is not named."""
    values = {one.name: getattr(record, one.name) for one in fields(record)}
    return {
        name: _time(value) if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }


def _time(moment: datetime) -> str:
    """UTC with milliseconds: what a store rounds off is not hashed."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _bytes(written: str) -> bytes:
    return bytes.fromhex(written)


def _base64(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError("this is no base64") from error
