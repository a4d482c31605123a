"""The charter as a document: Clause, Charter, and the PublishedCharter that members were shown.

A charter is written by a person as YAML (`charters/`), checked by `tribune charter lint`, and published as an
immutable version. Everything the machine may do about a comment is said here, clause by clause.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from tribune.charter.uses import DetectorUse, Language, TextLists
from tribune.written import Written

PLACEHOLDER = re.compile(r"\{([a-z_]{1,40})\}")
FILLED_WHEN_PUBLISHED = frozenset({"version", "date", "notice_days"})
"""Placeholders that only a published version can fill."""

type Texts = dict[Language, str]
"""The same words in each language of the charter: `{fr: …, en: …}`."""


class CharterType(StrEnum):
    """Whom the charter binds: the members of a community, or the people of the house."""

    EXTERNAL = "external"
    INTERNAL = "internal"


class Kind(StrEnum):
    """What a clause is for. Only rules can be breached."""

    FRAME = "frame"
    RULE = "rule"
    PROTECT = "protect"
    """Shields the words it describes from every rule."""
    THANK = "thank"
    """Describes what deserves a word of thanks."""
    MEASURE = "measure"


class AppliesTo(StrEnum):
    """Where a rule holds: in public, in private conversations, or in both."""

    PUBLIC = "public"
    PRIVATE = "private"
    BOTH = "both"


class Family(StrEnum):
    """The three mentions of a charter."""

    LAW = "loi"
    UNWORTHY = "indigne"
    SPAM = "spam"


class Gravity(IntEnum):
    """How grave a breach is; gravity 4 is hidden provisionally and rings at any hour."""

    NOTE = 1
    REMINDER = 2
    GRAVE = 3
    DANGER = 4


class Ceiling(StrEnum):
    """How far the machine may go alone on a clause."""

    FULL = "full"
    """It may hide alone."""
    PARTIAL = "partial"
    """It may remind, or hide provisionally; a person confirms or releases."""
    PROPOSE = "propose"
    """It prepares, a person acts."""
    NONE = "none"
    """A person only; the machine notes."""


class FirstAction(StrEnum):
    """What the first breach of a clause leads to."""

    NOTE = "note"
    REDIRECT = "redirect"
    NUDGE = "nudge"
    """A private word, no sanction."""
    QUEUE = "queue"
    """Laid before the CM."""
    REMIND = "remind"
    HIDE = "hide"
    HIDE_COPIES = "hide_copies"
    """The copies go, the first one stays visible."""
    PROTECT = "protect"
    """Hidden to protect a person: no sanction."""
    HIDE_AND_REMIND = "hide_and_remind"
    HIDE_AND_ESCALATE = "hide_and_escalate"


class Step(StrEnum):
    """What follows the first action when the same person goes on, in order."""

    REMIND = "remind"
    HIDE_AND_REMIND = "hide_and_remind"
    LAST_WARNING = "last_warning"
    SUSPEND = "suspend"
    EXCLUDE = "exclude"


class Dsa(Written):
    """How a decision under this clause is stated in a DSA statement of reasons (schema v2, article 17)."""

    ground: str = Field("DECISION_GROUND_INCOMPATIBLE_CONTENT", pattern=r"^DECISION_GROUND_[A-Z_]+$")
    category: str = Field(pattern=r"^STATEMENT_CATEGORY_[A-Z_]+$")
    specification: tuple[Annotated[str, Field(pattern=r"^KEYWORD_[A-Z_]+$")], ...] = ()
    ground_if_confirmed: str | None = Field(None, pattern=r"^DECISION_GROUND_[A-Z_]+$")
    """The ground once a person confirmed that the content is illegal: a robot never calls anything a crime."""


class Examples(Written):
    """Sentences that members can read, and that test the detectors."""

    allowed: TextLists = Field(default_factory=dict)
    forbidden: TextLists = Field(default_factory=dict)


class Clause(Written):
    """One article: what it says to members, and what the machine may do about it."""

    number: int = Field(ge=1, le=99)
    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    kind: Kind
    family: Family | None = None
    title: Texts
    text: Texts
    applies_to: AppliesTo = AppliesTo.PUBLIC
    gravity: Gravity | None = None
    ceiling: Ceiling = Ceiling.NONE
    first_action: FirstAction | None = None
    ladder: tuple[Step, ...] = ()
    strike: bool = True
    """Does a breach count in the person's history?"""
    silent: bool = False
    """Hidden without a word to the author (spam)."""
    legal_basis: tuple[str, ...] = ()
    dsa: Dsa | None = None
    detectors: tuple[DetectorUse, ...] = ()
    exceptions: TextLists = Field(default_factory=dict)
    """Expressions that never breach this clause."""
    replies: tuple[str, ...] = ()
    """Reply situations of the voice that speak of this clause (`reminder1.respect`…)."""
    examples: Examples = Examples()

    @model_validator(mode="after")
    def _a_rule_says_all_a_decision_needs(self) -> "Clause":
        if self.kind is Kind.RULE:
            absent = [name for name in ("family", "gravity", "first_action", "dsa") if getattr(self, name) is None]
            if absent:
                message = f"the rule “{self.id}” needs {', '.join(absent)}"
                raise ValueError(message)
        elif self.gravity is not None or self.first_action is not None:
            message = f"“{self.id}” is no rule: it has neither gravity nor first_action"
            raise ValueError(message)
        return self

    def applies_in(self, *, private: bool) -> bool:
        """Does this clause hold in a private conversation (or in public)?"""
        return self.applies_to is AppliesTo.BOTH or (self.applies_to is AppliesTo.PRIVATE) == private

    def text_hash(self, language: str) -> str:
        """SHA-256 (hex) of the title and text in one language: proof of which words an act cited."""
        return _sha256([self.title.get(language, ""), self.text.get(language, "")])


class Delay(Written):
    """A promise of time: the number the machine keeps, the words members read."""

    minutes: int = Field(gt=0)
    text: Texts


class Commitments(Written):
    """What the house promises. Each field also fills the placeholder of its name in the clauses."""

    moderation_hours: Texts
    response_target: Delay
    appeal_contact: str
    appeal_delay: Delay
    temp_ban: Delay
    strike_ttl: Delay
    retention: Delay
    notice_days: int = Field(15, ge=0)
    """How long before it applies a new version is announced."""


class Charter(Written):
    """The whole charter of a community, every language together."""

    type: CharterType = CharterType.EXTERNAL
    title: Texts
    languages: tuple[Language, ...] = Field(min_length=1)
    """The language of the house first."""
    commitments: Commitments
    fields: dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], str | Texts] = Field(default_factory=dict)
    """Values for the {placeholders} of the clauses: one for all languages, or one for each."""
    families: dict[Family, Texts] = Field(default_factory=dict)
    """How each family is headed on the public page."""
    clauses: tuple[Clause, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_clause_is_one(self) -> "Charter":
        for what in ("id", "number"):
            seen = [getattr(clause, what) for clause in self.clauses]
            twice = next((value for value in seen if seen.count(value) > 1), None)
            if twice is not None:
                message = f"two clauses have the {what} {twice}: each needs its own"
                raise ValueError(message)
        return self

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of everything the charter says: equal exactly when nothing changed."""
        return _sha256(self.model_dump(mode="json"))

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id, None when there is none."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    def rules(self, *, private: bool = False) -> tuple[Clause, ...]:
        """The rules that hold in public, or in a private conversation."""
        return tuple(
            clause for clause in self.clauses if clause.kind is Kind.RULE and clause.applies_in(private=private)
        )

    def values(self, language: str) -> dict[str, str]:
        """What fills the placeholders in one language: the commitments, then the fields."""
        found = {name: _worded(getattr(self.commitments, name), language) for name in Commitments.model_fields}
        found |= {name: _worded(value, language) for name, value in self.fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    def words_of(self, clause: Clause, language: str) -> str:
        """The text of a clause with its placeholders filled; those nobody filled stay visible in braces."""
        return fill(clause.text.get(language, ""), self.values(language))


class PublishedCharter(Written):
    """A charter as members were shown it: immutable, numbered, dated."""

    version: int = Field(ge=1)
    published_at: AwareDatetime
    effective_from: AwareDatetime
    notice_days: int = Field(ge=0)
    summary: str = ""
    """What changed since the version before, in a sentence."""
    content_hash: str
    charter: Charter

    def words_of(self, clause: Clause, language: str) -> str:
        """The text of a clause as it is shown: every placeholder filled, version and date included."""
        published = {
            "version": str(self.version),
            "date": self.effective_from.date().isoformat(),
            "notice_days": str(self.notice_days),
        }
        return fill(clause.text.get(language, ""), self.charter.values(language) | published)


def in_force(versions: Iterable[PublishedCharter], at: datetime) -> PublishedCharter | None:
    """The version that applied at a moment: the last to take effect by then, None before the first."""
    effective = [version for version in versions if version.effective_from <= at and version.published_at <= at]
    return max(effective, key=lambda version: (version.effective_from, version.version), default=None)


def fill(text: str, values: dict[str, str]) -> str:
    """`text` with each {placeholder} that has a value replaced by it."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _worded(value: object, language: str) -> str | None:
    if isinstance(value, Delay):
        value = value.text
    if isinstance(value, dict):
        return value.get(language)
    return str(value)


def _sha256(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
