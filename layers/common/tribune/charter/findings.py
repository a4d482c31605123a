"""What reading a text against a charter yields: breaches with their exact words, and signals about the rest.

The vocabulary that `charter` speaks and `decision` listens to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tribune.comment import Audience

MAX_TRACE = 50
"""More matches than that explain nothing more."""
PACKED = 400
"""Bytes of a packed trace."""


class Signal(StrEnum):
    """Something about the words that is no breach, and that a decision must know."""

    DISTRESS = "distress"
    GRIEVANCE = "grievance"
    PRAISE = "praise"
    QUESTION = "question"
    SHORT_QUESTION = "short_question"
    """One question, short, and nothing else: the only kind a FAQ answer may meet alone."""
    HUMAN_REQUEST = "human_request"
    NAME_REQUEST = "name_request"
    """Wants the name of whoever answers for the brand."""
    LEGAL_THREAT = "legal_threat"
    JOURNALIST = "journalist"
    DISCRIMINATION = "discrimination"
    HARM = "harm"
    """Death, illness, accident."""
    SAFETY = "safety"
    """Product safety, recall."""
    QUOTED_INSULT = "quoted_insult"
    """An insult quoted or reported by its victim, or self-applied."""
    CRITICISM = "criticism"
    """Words that criticise the brand, its products or its service, however harsh: they stay."""
    HELPS_MEMBER = "helps_member"
    PARTICIPATES = "participates"
    """An entry, a vote, a tag under a contest; somebody who says that they come, where people are invited."""
    THANKS = "thanks"
    STILL_WAITING = "still_waiting"
    """« toujours rien », « 3e message »: says we did not answer."""
    DEALINGS = "dealings"
    """Their own order, delivery or visit, in words that neither praise nor complain: somebody waits."""
    CONTACT_REQUEST = "contact_request"
    """« rappelez-moi au »: the contact data is also a request."""
    SOURCE_LINK = "source_link"
    """A link to the press, a consumer body, a public service or our own domains."""
    RIP = "rip"
    """Condolences."""
    CAPITALS = "capitals"
    SWEARING = "swearing"
    """Without a target."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Words that a clause forbids. Offsets are code points of the original text, end exclusive."""

    clause: str
    detector: str
    start: int
    end: int
    gravity: int
    independent: int = 1
    """How many independent signals stand behind it; a silent hide needs two."""
    whose: str = ""
    """For contact data: `author` or `other`."""
    doubtful: bool = False
    """Said with a laugh, or in words that also mean something harmless: a person judges, nothing leaves alone."""


class Why(StrEnum):
    """Why a match is held against the words, or is not: keys of `words/<lang>/trace.yaml`."""

    HELD = "held"
    NOT_HERE = "not_here"
    """The clause does not hold in this place: in private, in public."""
    ALLOWED = "allowed"
    """The community declared the expression harmless."""
    EXCEPTION = "exception"
    """The clause itself does."""
    CARE = "care"
    """Distress: no charter is held against anybody."""
    QUOTED = "quoted"
    """A victim's account or quotation, or said of oneself."""
    PROTECTED = "protected"
    """The words criticise."""
    ADVERTISED = "advertised"
    """The number stands in an advertisement: no privacy."""
    SAME_WORDS = "same_words"
    """A graver clause, or the same one, already holds these words."""
    ENOUGH = "enough"
    """So much is held already that it changes nothing."""
    FAILED = "failed"
    """The detector itself failed or gave up: a person looks."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one match. Never a word of the text: offsets, end exclusive."""

    clause: str
    detector: str
    start: int
    end: int
    why: Why

    @property
    def outcome(self) -> str:
        """`held`, `lost` or `failed`."""
        return self.why if self.why in (Why.HELD, Why.FAILED) else "lost"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the reader must know besides the words."""

    audience: Audience = Audience.PUBLIC
    answers_member: bool = False
    """A reply to a member's comment: there, "vous êtes" / "you are" addresses a person."""
    contest: bool = False
    invited: bool = False
    """People are asked to come, or to say that they take part (an event)."""
    tagged: tuple[str, ...] = ()
    """Names that the platform's own mention marks as persons."""
    repetitions: int = 0
    """How often this author already said the same words in the last day (`Standing.repetitions`)."""
    rate: int | None = None
    """How many other comments this author left in the ten minutes before (`Standing.rate`); None: not known."""
    waiting: bool = False
    """This author waits for our answer: their repetition is our failure."""
    newcomer: bool | None = None
    language: str | None = None
    author_name: str | None = None
    """The name the platform shows: looked at, never kept nor written anywhere."""
    ambassador: bool | None = None
    """Does the community's registry know this author as one of the house or paid by it? None: there is no registry."""
    reports: int | None = None
    """How many members reported it; None where the platform does not say."""
    topics: tuple[str, ...] | None = None
    """What the post is about, in words; None where nothing was said of it."""
    said_on: date | None = None
    """The day on which the words were written, where the community is."""
    reserve: bool | None = None
    """Did the community declare a period of reserve that holds on that day? None: none is known."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a community adds to its charter: its own contacts and domains, its allow-list, its FAQ's questions."""

    own_contacts: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    """Expressions a person declared harmless ("Pas un manquement")."""
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """FAQ entry id -> phrases that ask it, every language together."""
    brand: str = ""
    names: tuple[str, ...] = ()
    """Names under which the house speaks, beside the brand's: its accounts', the one that signs."""
    handles: tuple[str, ...] = ()
    """Its unique names on platforms, without « @ »: whoever writes them speaks to the house, not to a person."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a decision may know of the words."""

    breaches: tuple[Breach, ...] = ()
    """Most grave first, then in the order of the text. Never `protect` nor `thank` clauses."""
    protected: tuple[tuple[int, int], ...] = ()
    """Spans of criticism that no rule may touch."""
    signals: frozenset[Signal] = frozenset()
    asks: tuple[str, ...] = ()
    """FAQ entries whose question is asked, or whose subject is complained of, best first."""
    language: str = "fr"
    words: int = 0
    trace: tuple[Trace, ...] = ()
    """What became of every match, in the order of the text; bounded by MAX_TRACE, what is held first to be kept."""
    unsure: tuple[str, ...] = ()
    """Detectors that failed or gave up, `rest` where the end was not read: a person looks, nothing follows by itself."""

    @property
    def gravity(self) -> int:
        """The gravity of the worst breach, 0 without one."""
        return max((breach.gravity for breach in self.breaches), default=0)


def pack(trace: Iterable[Trace], limit: int = PACKED) -> str:
    """A trace as one short ASCII string, `respect insult_at_person 7 12 held;…`; entries beyond `limit` are left out."""
    packed = ""
    for one in trace:
        entry = f"{one.clause} {one.detector} {one.start} {one.end} {one.why}"
        joined = f"{packed};{entry}" if packed else entry
        if len(joined) > limit:
            break
        packed = joined
    return packed


def unpack(packed: str) -> tuple[Trace, ...]:
    """The trace behind a packed one. Raises ValueError when it is none."""
    entries = (entry.split(" ") for entry in packed.split(";") if entry)
    return tuple(
        Trace(clause, detector, int(start), int(end), Why(why)) for clause, detector, start, end, why in entries
    )
