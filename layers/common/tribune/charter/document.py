"""The charter as a document: Clause, Charter, and the PublishedCharter that members were shown.

A charter is written by a person as YAML (`charters/`), checked by `tribune charter lint`, and published as an
immutable version. Everything the machine may do about a comment is said here, clause by clause.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function

from tribune import words
from tribune.charter.uses import DetectorUse, Language, TextLists
from tribune.written import Written, misplaced, written_like

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
    """It may remind, or hide what is grave provisionally; a person confirms, or shows it again."""
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


@dataclass(frozen=True, slots=True)
class _Known:
    """A value of the DSA's vocabulary, which is read when the first charter is, not when this module is loaded."""

    what: str
    prefix: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        known = words.shared("dsa")[self.what]
        return {"type": "string", "enum": list(known), "enumDescriptions": list(known.values())}

    def _checked(self, value: str) -> str:
        known = words.shared("dsa")[self.what]
        if value in known:
            return value
        given = value.strip().upper().replace("-", "_").replace(" ", "_")
        meant = given if given.startswith(self.prefix) else self.prefix + given
        nearest = difflib.get_close_matches(meant, known, n=3, cutoff=0.0)
        near = " or ".join(f"{one} ({known[one]})" for one in nearest)
        message = f"“{value}” is no {self.what} of the DSA's statement of reasons; the nearest are {near}"
        raise ValueError(message)


type Ground = Annotated[str, _Known("ground", "DECISION_GROUND_")]
type Category = Annotated[str, _Known("category", "STATEMENT_CATEGORY_")]
type Keyword = Annotated[str, _Known("keyword", "KEYWORD_")]


class Dsa(Written):
    """How a decision under this clause is stated in a DSA statement of reasons (schema v2, article 17)."""

    ground: Ground = Field(
        "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        description="On what ground the machine acts: the charter, never the law, which a person applies.",
    )
    category: Category = Field(description="Which kind of content this is, for the DSA.")
    specification: tuple[Keyword, ...] = Field((), description="Keywords of the DSA that say more exactly what it is.")
    ground_if_confirmed: Ground | None = Field(
        None,
        description="The ground once a person confirmed that the content is illegal: a robot never calls anything a crime.",
    )


class Staged(Written):
    """A sentence said in certain circumstances: what proves a detector that looks beyond the words."""

    text: str = Field(min_length=1, description="The sentence.")
    language: Language = Field(description="The language it is in.")
    said_before: int = Field(0, ge=0, description="How often the same author already said it in the last 24 hours.")
    comments_before: int | None = Field(
        None, ge=0, description="How many other comments this author left in the ten minutes before."
    )
    reports: int | None = Field(None, ge=0, description="How many members reported it to the platform.")
    author: str | None = Field(None, description="The name that the author shows.")
    of_the_house: bool | None = Field(None, description="Is the author of the house, or paid by it?")
    newcomer: bool | None = Field(None, description="Is the author known to be new here?")
    answers_member: bool = Field(default=False, description="Does it answer another member?")
    topics: tuple[str, ...] | None = Field(None, description="What the post above it is about, in a few words.")
    on: date | None = Field(None, description="The day on which it is written.")
    in_reserve: bool | None = Field(None, description="Does the community declare a period of reserve on that day?")


class Examples(Written):
    """Sentences that members can read, and that test the detectors."""

    allowed: TextLists = Field(
        default_factory=dict,
        description="Sentences, in each language, that have their place here: none of them may breach this clause.",
    )
    forbidden: TextLists = Field(
        default_factory=dict,
        description="Sentences, in each language, that breach this clause: its detectors must find every one.",
    )
    allowed_when: tuple[Staged, ...] = Field(
        (), description="Sentences that have their place in certain circumstances. Members are not shown them."
    )
    forbidden_when: tuple[Staged, ...] = Field(
        (), description="Sentences that breach this clause in certain circumstances. Members are not shown them."
    )


_CLAUSE_ID = written_like("small letters, digits and hyphens, a letter first, like vie-privee")
_FIELD_NAME = written_like("small letters and underscores, like cm_public_name")


class Clause(Written):
    """One article: what it says to members, and what the machine may do about it."""

    number: int = Field(ge=1, le=99, description="The number of the article, as members read it.")
    id: str = Field(
        pattern=r"^[a-z][a-z0-9-]{1,39}$",
        json_schema_extra=_CLAUSE_ID,
        description="The short name that decisions, statistics and links hold on to. It never changes once published.",
    )
    kind: Kind = Field(
        description="frame: says what this place is; rule: can be breached; protect: shields words from every rule; "
        "thank: what deserves a word of thanks; measure: what follows a breach."
    )
    family: Family | None = Field(
        None, description="Which of the three mentions a rule belongs to: loi (law), indigne (unworthy) or spam."
    )
    title: Texts = Field(description="The title, in each language of the charter.")
    text: Texts = Field(
        description="What members read, in each language. {brand} and the like are filled from `fields`."
    )
    applies_to: AppliesTo = Field(
        AppliesTo.PUBLIC, description="Where it holds: in public, in private conversations, or in both."
    )
    gravity: Gravity | None = Field(
        None,
        description="How grave a breach is: 1 a note, 2 a reminder, 3 grave, 4 danger (hidden at once, provisionally).",
    )
    ceiling: Ceiling = Field(
        Ceiling.NONE,
        description="How far the machine may go alone: full (it hides), partial (it reminds, or hides provisionally "
        "until a person confirms), propose (it prepares, a person acts), none (it notes).",
    )
    first_action: FirstAction | None = Field(None, description="What the first breach leads to, within the ceiling.")
    ladder: tuple[Step, ...] = Field((), description="What follows when the same person goes on, mildest first.")
    strike: bool = Field(default=True, description="Does a breach count in the person's history?")
    silent: bool = Field(default=False, description="Hidden without a word to the author: for spam.")
    legal_basis: tuple[str, ...] = Field((), description="The texts of law behind the clause, as counsel cites them.")
    dsa: Dsa | None = Field(
        None, description="How a decision under this clause is stated in a DSA statement of reasons."
    )
    detectors: tuple[DetectorUse, ...] = Field(
        (), description="What watches this clause. Without any, people apply it alone."
    )
    exceptions: TextLists = Field(
        default_factory=dict, description="Expressions, in each language, that never breach this clause."
    )
    replies: tuple[str, ...] = Field(
        (),
        description="The reply texts that speak of this clause (`words/<language>/replies.yaml`), like reminder1.respect.",
    )
    examples: Examples = Field(
        default_factory=Examples, description="Sentences that members can read, and that test the detectors."
    )

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

    minutes: int = Field(gt=0, description="The number that the machine keeps.")
    text: Texts = Field(description="The words that members read, in each language: “seven days”.")

    @property
    def lasting(self) -> timedelta:
        """How long it is."""
        return timedelta(minutes=self.minutes)


class Commitments(Written):
    """What the house promises. Each field also fills the placeholder of its name in the clauses."""

    moderation_hours: Texts = Field(description="When a person of the team is there: “Monday to Friday, 9 am to 6 pm”.")
    response_target: Delay = Field(description="How soon a question has its first answer, in hours of presence.")
    appeal_contact: str = Field(
        min_length=1, description="Where a decision is contested: an address, a form, a person."
    )
    appeal_delay: Delay = Field(description="How soon an appeal is answered, by somebody else than who decided.")
    temp_ban: Delay = Field(description="How long a suspension lasts.")
    strike_ttl: Delay = Field(description="After how long a breach is forgotten.")
    retention: Delay = Field(description="How long decisions and their evidence are kept.")
    notice_days: int = Field(
        15, ge=0, le=365, description="How many days before it applies a new version is announced."
    )


class Charter(Written):
    """The whole charter of a community, every language together."""

    community: str = Field(
        "",
        pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$",
        json_schema_extra=written_like("the community's id: small letters, digits and hyphens"),
        description="The id of the community whose charter it is; it is then published for no other.",
    )
    type: CharterType = Field(
        CharterType.EXTERNAL,
        description="Whom it binds: external, the members of a community; internal, the people of the house.",
    )
    title: Texts = Field(description="The title of the charter, in each of its languages.")
    languages: tuple[Language, ...] = Field(min_length=1, description="Its languages, the language of the house first.")
    mode: Literal["observe", "propose", "act"] = Field(
        "act",
        description="How far the machine may ever go under this charter, whatever the community's settings say: "
        "observe (nothing leaves), propose (a person acts), act (each clause to its own ceiling).",
    )
    review_by: date | None = Field(
        None, description="By which day people read this charter again: `lint` says so once it is past."
    )
    commitments: Commitments = Field(
        description="What the house promises. Each value also fills the {placeholder} of its name in the clauses."
    )
    fields: dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", json_schema_extra=_FIELD_NAME)], str | Texts] = Field(
        default_factory=dict,
        description="Values for the other {placeholders} of the clauses: one for all languages, or one for each.",
    )
    families: dict[Family, Texts] = Field(
        default_factory=dict, description="How each family is headed on the public page, in each language."
    )
    clauses: tuple[Clause, ...] = Field(
        min_length=1, description="The articles, in the order in which members read them."
    )

    @model_validator(mode="after")
    def _each_clause_is_one(self) -> "Charter":
        for what in ("id", "number"):
            first: dict[Any, int] = {}
            for place, clause in enumerate(self.clauses):
                value = getattr(clause, what)
                before = self.clauses[first.setdefault(value, place)]
                if before is not clause:
                    message = (
                        f"the clauses “{before.id}” ({before.number}) and “{clause.id}” ({clause.number}) "
                        f"have the same {what}: each needs its own"
                    )
                    raise misplaced(message, ("clauses", place, what))
        return self

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of everything the charter says: equal exactly when nothing changed."""
        return _sha256(self.model_dump(mode="json"))

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id, None when there is none."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    @property
    def rules_anywhere(self) -> tuple[Clause, ...]:
        """Every rule, wherever it holds."""
        return tuple(clause for clause in self.clauses if clause.kind is Kind.RULE)

    def rules(self, *, private: bool = False) -> tuple[Clause, ...]:
        """The rules that hold in public, or in a private conversation."""
        return tuple(clause for clause in self.rules_anywhere if clause.applies_in(private=private))

    def values(self, language: str) -> dict[str, str]:
        """What fills the placeholders in one language: the commitments, then the fields."""
        found = {name: _worded(getattr(self.commitments, name), language) for name in Commitments.model_fields}
        found |= {name: _worded(value, language) for name, value in self.fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    def hash_of(self, clause: Clause, language: str) -> str:
        """The text hash of a clause as somebody of that language was shown it."""
        return clause.text_hash(self.shown_in(language))

    def shown_in(self, language: str) -> str:
        """The language in which it is shown to somebody of that one: its first one, where it is not written in theirs."""
        return language if language in self.languages else self.languages[0]

    def title_of(self, clause: Clause, language: str) -> str:
        """The title of a clause, its placeholders filled like those of its text."""
        return fill(clause.title.get(language, ""), self.values(language))

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

    def words_of(self, clause: Clause, language: str, zone: tzinfo) -> str:
        """The text of a clause as it is shown: every placeholder filled, version and date included."""
        return fill(clause.text.get(language, ""), self.values(language, zone))

    def values(self, language: str, zone: tzinfo) -> dict[str, str]:
        """What fills the placeholders in one language once it is published.

        The date is the day on the community's own clock, as on the charter's page.
        """
        return self.charter.values(language) | {
            "version": str(self.version),
            "date": self.effective_from.astimezone(zone).date().isoformat(),
            "notice_days": str(self.notice_days),
        }


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
