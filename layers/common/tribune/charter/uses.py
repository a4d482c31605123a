"""What a clause may ask of a detector: one model per kind of detector, each parameter with its bounds and its meaning.

A charter's `detectors:` entry is one of these, chosen by its `name`. Validation, the sentences of its errors, the JSON
Schema that editors complete from and the table in `charters/README.md` all come from here; what each detector finds
is said beside it in `detectors`.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from tribune.written import Written, written_like

type Language = Annotated[
    str, Field(pattern=r"^[a-z]{2}$", json_schema_extra=written_like("a language in two small letters, like fr"))
]
type TextLists = dict[Language, tuple[str, ...]]
"""Several words or sentences in each language: `{fr: […], en: […]}`."""
type ListName = Annotated[
    str,
    Field(
        pattern=r"^[a-z_]{1,40}$", json_schema_extra=written_like("the name of a list: small letters and underscores")
    ),
]
type Domain = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9\-.]{1,253}$",
        json_schema_extra=written_like("a domain in small letters, without https:// or a page, like garance.example"),
    ),
]

MAX_PATTERNS = 50


class Reserve(Written):
    """Days, both included, on which political words are a person's to judge."""

    start: date = Field(description="The first day.")
    end: date = Field(description="The last day, included.")
    kind: Literal["election", "state", "eve"] = Field(
        "election",
        description="`election`: the months before a local election; `state`: the reserve of State services; "
        "`eve`: the day before and the day of a vote.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            message = f"the period ends on {self.end}, before it starts on {self.start}"
            raise ValueError(message)
        return self

    def holds(self, day: date) -> bool:
        """Is this one of its days?"""
        return self.start <= day <= self.end


class Use(Written):
    """That a clause is watched by a detector."""

    beyond_words: ClassVar[bool] = False
    """Does it look first at what surrounds a comment? Then no sentence proves it without its circumstances."""

    name: str = Field(description="Which detector watches.")


class WordUse(Use):
    """A detector that looks for words: packaged lists, and words of the charter's own."""

    lists: tuple[ListName, ...] = Field(
        (),
        max_length=50,
        description="Packaged lists (`words/<language>/lists/<name>.yaml`); none means those the detector names itself.",
    )
    terms: TextLists = Field(
        default_factory=dict,
        description="Words of this charter's own in each language, in addition; their plurals and feminines are found too.",
    )
    disguised: bool = Field(
        default=False,
        description="Also look for those terms behind disguises (`c0nn*rd`): for insults, never for names of products.",
    )


class Words(WordUse):
    """Danger, attacks, spam and the charter's own expressions: words, each detector with its own reserve."""

    name: Literal[
        "hate",
        "threat",
        "incitement",
        "accusation_at_person",
        "insult_at_person",
        "insult_addressed",
        "spam",
        "scam",
        "expression",
    ] = Field(description="Which detector watches.")


class Pattern(Use):
    """Shapes that words cannot say: codes, references, a campaign's hashtag."""

    name: Literal["pattern"] = Field(description="Which detector watches.")
    patterns: tuple[Annotated[str, Field(min_length=2, max_length=500)], ...] = Field(
        min_length=1,
        max_length=MAX_PATTERNS,
        description="Regular expressions for a linear-time engine: no look-around, no back-reference. "
        "Capitals, accents and disguised letters are already folded away.",
    )


class ContactData(Use):
    """Contact data in public."""

    name: Literal["contact_data"] = Field(description="Which detector watches.")
    kinds: tuple[Literal["phone", "email", "iban", "address", "reference"], ...] = Field(
        ("phone", "email", "iban", "address", "reference"),
        min_length=1,
        description="What is looked for: telephone numbers, e-mail addresses, IBANs, postal addresses, order numbers.",
    )


class Links(WordUse):
    """Links beside a spam family."""

    name: Literal["links"] = Field(description="Which detector watches.")
    allow: tuple[Domain, ...] = Field(
        (),
        max_length=1000,
        description="Domains that are never held against anybody, beside those of the brand, the press, "
        "consumer bodies and public services.",
    )


class LookalikeLink(Use):
    """Links to a domain that passes itself off as one of ours."""

    name: Literal["lookalike_link"] = Field(description="Which detector watches.")
    domains: tuple[Domain, ...] = Field(
        (),
        max_length=100,
        description="Domains to protect beside the community's `own_domains`.",
    )
    allow: tuple[Domain, ...] = Field(
        (),
        max_length=1000,
        description="Domains that look like ours and are honest: a retailer, a fan club.",
    )


class Impersonation(Use):
    """An author whose name passes itself off as the brand's or the team's."""

    beyond_words: ClassVar[bool] = True

    name: Literal["impersonation"] = Field(description="Which detector watches.")
    names: tuple[Annotated[str, Field(min_length=4, max_length=100)], ...] = Field(
        (),
        max_length=100,
        description="Names to protect beside the brand's, its accounts' and the one that signs its messages.",
    )


class Repetition(Use):
    """The same words again by the same author."""

    beyond_words: ClassVar[bool] = True

    name: Literal["repetition"] = Field(description="Which detector watches.")
    times: int = Field(
        3, ge=2, le=20, description="How often the same words are said within 24 hours, this time included."
    )


class Rate(Use):
    """Too many comments by one author in a short time."""

    beyond_words: ClassVar[bool] = True

    name: Literal["rate"] = Field(description="Which detector watches.")
    comments: int = Field(
        5,
        ge=2,
        le=100,
        description="How many comments one author may leave within ten minutes: the next one is too many.",
    )


class MentionFlood(Use):
    """Too many people called at once."""

    name: Literal["mention_flood"] = Field(description="Which detector watches.")
    mentions: int = Field(5, ge=1, le=50, description="How many people one comment may call: one more is too many.")


class Reports(Use):
    """A comment that other members reported to the platform."""

    beyond_words: ClassVar[bool] = True

    name: Literal["reports"] = Field(description="Which detector watches.")
    reports: int = Field(3, ge=1, le=1000, description="From how many reports on a person looks.")


class LanguageAsked(Use):
    """A language that the charter does not ask for: a proposal at most."""

    name: Literal["language"] = Field(description="Which detector watches.")
    accepted: tuple[Language, ...] = Field(
        min_length=1, max_length=20, description="The languages that are asked for: `[fr]`."
    )
    min_words: int = Field(8, ge=4, le=100, description="Shorter comments are left alone.")


class OffTopic(Use):
    """Something else than the subject: a suggestion, never more than a proposal."""

    beyond_words: ClassVar[bool] = True

    name: Literal["off_topic"] = Field(description="Which detector watches.")
    subjects: TextLists = Field(
        default_factory=dict,
        description="Words of what this place is about, in each language: a comment that holds one is on topic.",
    )
    min_words: int = Field(12, ge=4, le=200, description="Shorter comments are left alone.")


class Neutrality(WordUse):
    """Political words during a declared period of reserve: a person's to judge, whichever side they take."""

    beyond_words: ClassVar[bool] = True

    name: Literal["neutrality"] = Field(description="Which detector watches.")
    periods: tuple[Reserve, ...] = Field(
        (),
        max_length=20,
        description="Periods of reserve, beside those of the community. Outside of them this detector has no opinion.",
    )


class Undisclosed(WordUse):
    """Promotion by somebody of the house or paid by it, who does not say so."""

    beyond_words: ClassVar[bool] = True

    name: Literal["undisclosed"] = Field(description="Which detector watches.")


class Shouting(Use):
    """Capitals throughout."""

    name: Literal["shouting"] = Field(description="Which detector watches.")
    letters: int = Field(15, ge=5, le=500, description="Shorter texts are left alone: this many letters at least.")
    percent: int = Field(70, ge=30, le=100, description="How many letters in a hundred are capitals.")


class CharacterFlood(Use):
    """The same sign or letter over and over."""

    name: Literal["character_flood"] = Field(description="Which detector watches.")
    times: int = Field(10, ge=4, le=200, description="From how many times in a row on.")


DetectorUse = Annotated[
    Words
    | Pattern
    | ContactData
    | Links
    | LookalikeLink
    | Impersonation
    | Repetition
    | Rate
    | MentionFlood
    | Reports
    | LanguageAsked
    | OffTopic
    | Neutrality
    | Undisclosed
    | Shouting
    | CharacterFlood,
    Field(discriminator="name"),
]
"""One entry of a clause's `detectors`."""
