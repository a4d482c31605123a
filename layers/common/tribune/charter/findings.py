"""What reading a text against a charter yields: breaches with their exact words, and signals about the rest.

The vocabulary that `charter` speaks and `decision` listens to.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from tribune.comment import Audience


class Signal(StrEnum):
    """Something about the words that is no breach, and that a decision must know."""

    DISTRESS = "distress"
    GRIEVANCE = "grievance"
    PRAISE = "praise"
    QUESTION = "question"
    SHORT_QUESTION = "short_question"
    """One question, short, and nothing else: the only kind a FAQ answer may meet alone."""
    HUMAN_REQUEST = "human_request"
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
    """An entry, a vote, a tag under a contest."""
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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the reader must know besides the words."""

    audience: Audience = Audience.PUBLIC
    answers_member: bool = False
    """A reply to a member's comment: there, "vous êtes" / "you are" addresses a person."""
    contest: bool = False
    tagged: tuple[str, ...] = ()
    """Names that the platform's own mention marks as persons."""
    repetitions: int = 0
    """How often this author already said the same words in the last day (`Standing.repetitions`)."""
    waiting: bool = False
    """This author waits for our answer: their repetition is our failure."""
    newcomer: bool | None = None
    language: str | None = None


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


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a decision may know of the words."""

    breaches: tuple[Breach, ...] = ()
    """Most grave first, then in the order of the text. Never `protect` nor `thank` clauses."""
    protected: tuple[tuple[int, int], ...] = ()
    """Spans of criticism that no rule may touch."""
    signals: frozenset[Signal] = frozenset()
    asks: tuple[str, ...] = ()
    """FAQ entries whose question is asked, best first."""
    language: str = "fr"
    words: int = 0

    @property
    def gravity(self) -> int:
        """The gravity of the worst breach, 0 without one."""
        return max((breach.gravity for breach in self.breaches), default=0)
