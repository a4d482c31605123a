"""A brand's community: its settings, its channels, its posts with a flag, as `tribune apply` wrote them."""

from datetime import date, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from tribune.charter.findings import Vocabulary
from tribune.charter.uses import Reserve
from tribune.climate import Thresholds
from tribune.decision import Mode
from tribune.duty import Rota
from tribune.engagement import LevelsChange, Scale, scale
from tribune.operation import Operation
from tribune.team import Member
from tribune.voice import FaqEntry, Voice

COMMUNITY_ID = r"^[a-z0-9][a-z0-9-]{0,39}$"
"""Every key begins with it, so it holds no separator; `_` stands for the stack itself and is no community."""


class Written(BaseModel):
    """A part of the configuration: unknown fields are an error, so that a typing mistake is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Modes(Written):
    """How far the machine may go: for the community, and clause by clause."""

    default: Mode = Mode.OBSERVE
    clauses: dict[str, Mode] = Field(default_factory=dict)
    hide_gravity_4: bool = True


class Post(Written):
    """A post the CM said something about."""

    platform: str
    account: str
    id: str
    title: str = ""
    sensitive: bool = False
    mechanic: str = ""
    """`question`, `announcement`, `story`, `contest`, `event`…"""
    solicits: Literal[1, 2, 3] | None = None
    """The level of engagement that it asks for."""
    sponsored: bool = False
    """Paid for: it draws other comments, and is measured apart."""
    published_at: AwareDatetime | None = None
    """None: it is taken to have stood there since the first thing that was said under it."""
    reach: int | None = Field(None, ge=0)
    """How many people saw it, as the platform counts them."""


class Fans(Written):
    """How many follow an account, from a day on and until the next figure."""

    platform: str
    account: str
    since: date
    fans: int = Field(ge=0)


class Mentions(Written):
    """How often we, and those we compare ourselves with, were spoken of within some days: a listening tool's figures."""

    first: date
    last: date
    ours: int = Field(ge=0)
    others: int = Field(ge=0)

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.last < self.first:
            raise ValueError("it ends before it begins")
        return self


class Account(Written):
    """A page, an official account, a blog: one community's."""

    id: str = Field(pattern=r"^[^#\s]+$")
    """Stands inside keys before the platform's own ids, so it holds no separator of ours."""
    space: str
    name: str = ""
    username: str = ""
    """Our name on a platform where names are unique (Instagram, Threads, a Telegram group's channel): whoever bears it is
    we, whatever id is told, and whoever writes « @ » and that name speaks to us.
    """
    silence_hours: int | None = Field(None, ge=0, le=168)
    """Hours without a word after which the platform is asked what was said, or, where it cannot be asked, the
    community manager is called. None: a day where it can be asked, else never; 0: never.
    """


class Channel(Written):
    """One secret and the accounts it may speak for. Tokens and secrets live in SSM, never here."""

    platform: str
    channel: str = "main"
    accounts: tuple[Account, ...]


class Filed(Written):
    """What the configuration file said last of what the desk can change too: only what it says anew goes before that."""

    modes: Modes = Modes()
    voice: Voice
    faq: tuple[FaqEntry, ...] = ()
    charter: str = ""
    """The content hash of its charter."""


class Community(Written):
    """Everything about one brand that is not a charter, a secret or a fact of the journal."""

    id: str = Field(pattern=COMMUNITY_ID)
    name: str
    languages: tuple[str, ...] = ("fr", "en")
    timezone: str = "Europe/Paris"
    modes: Modes = Modes()
    charter_base_url: str = ""
    voice: Voice
    faq: tuple[FaqEntry, ...] = ()
    own_contacts: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    ambassadors: tuple[str, ...] | None = None
    """Who is of the house or paid by it: ids of the platform (`facebook:1234`, or `1234` on any), or pseudonyms of
    ours. None: there is no registry, and nobody is told anything about disclosure.
    """
    may_be_named: tuple[str, ...] = ()
    """Who agreed to be thanked by name where everybody reads it, written like ambassadors."""
    reserve: tuple[Reserve, ...] = ()
    """Periods in which political words are a person's to judge."""
    rota: Rota
    team: tuple[Member, ...] = ()
    """Who may open the desk, and as what."""
    posts: tuple[Post, ...] = ()
    operations: tuple[Operation, ...] = ()
    """Contests, BlogStormings, events, campaigns."""
    fans: tuple[Fans, ...] = ()
    mentions: tuple[Mentions, ...] = ()
    climate: Thresholds = Thresholds()
    """From which figures on it is yellow, orange, red; and which tools want to know."""
    engagement: tuple[LevelsChange, ...] = ()
    """What it changes in the table of levels, each from a day on: a change is added, an earlier one stays."""
    channels: tuple[Channel, ...] = ()
    filed: Filed | None = None
    """None: applied by a version of ours that did not write it down."""
    since: datetime | None = None
    """Since when there is history; decides whether a newcomer can be told from an unknown."""

    def scale(self, at: datetime) -> Scale:
        """The table of levels in force at a moment."""
        return scale(self.engagement, at.astimezone(self.zone).date())

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def vocabulary(self) -> Vocabulary:
        """What it adds to the words of its charter."""
        return Vocabulary(
            own_contacts=self.own_contacts,
            own_domains=self.own_domains,
            allowed=self.allowed,
            questions={
                entry.id: tuple(phrase for phrases in entry.questions.values() for phrase in phrases)
                for entry in self.faq
            },
            brand=self.name,
            names=tuple(account.name for channel in self.channels for account in channel.accounts if account.name),
            handles=tuple(
                account.username.removeprefix("@")
                for channel in self.channels
                for account in channel.accounts
                if account.username
            ),
        )

    @property
    def language(self) -> str:
        """The language of the house: the first one named."""
        return self.languages[0]

    def answers_in(self, language: str) -> str:
        """The language in which somebody of that one is answered: that of the house, where theirs is not spoken."""
        return language if language in self.languages else self.language

    def called(self, person_id: str) -> str:
        """Somebody of the team by their name; who left, by the initials that stand under what they signed."""
        person, former = self.rota.person(person_id), self.voice.retired(person_id)
        return person.name if person else former.initials if former else person_id

    @property
    def spaces(self) -> tuple[str, ...]:
        """Every space that one of its accounts stands for."""
        return tuple(dict.fromkeys(account.space for channel in self.channels for account in channel.accounts))

    def space_name(self, space: str | None) -> str:
        """A space as the CM calls it: its first account with a name; empty when it is none of ours."""
        accounts = (account for channel in self.channels for account in channel.accounts if account.space == space)
        return next((account.name for account in accounts if account.name), "")

    def is_ambassador(self, platform: str, author: str | None, pseudonym: str | None) -> bool | None:
        """Does the registry know this author? None without a registry, or where the platform withholds who speaks."""
        if self.ambassadors is None or author is None:
            return None
        return not {author, f"{platform}:{author}", pseudonym}.isdisjoint(self.ambassadors)

    def agreed_to_be_named(self, platform: str, author: str | None, pseudonym: str | None) -> bool:
        """Did this member agree to be thanked by name where everybody reads it?"""
        return not {author, f"{platform}:{author}", pseudonym}.isdisjoint(self.may_be_named)

    def fans_of(self, platform: str, account: str, day: date) -> int | None:
        """How many followed an account on a day; None where nobody said."""
        known = (one for one in self.fans if (one.platform, one.account) == (platform, account) and one.since <= day)
        latest = max(known, key=lambda one: one.since, default=None)
        return latest.fans if latest else None

    def member(self, email: str) -> Member | None:
        """Who signs in with that address, None for nobody of this community."""
        return next((member for member in self.team if member.email == email.casefold()), None)

    def ending_answers(self, day: date) -> tuple[FaqEntry, ...]:
        """The answers of the FAQ that have expired by `day`, or will within a week: the first to end on top."""
        ending = [(entry.valid_until, entry) for entry in self.faq if entry.valid_until is not None]
        soon = [(last, entry) for last, entry in ending if last < day + timedelta(days=7)]
        return tuple(entry for _, entry in sorted(soon, key=lambda pair: (pair[0], pair[1].id)))

    def in_reserve(self, day: date) -> bool | None:
        """Is this a day of a period of reserve? None where none was declared."""
        return any(period.holds(day) for period in self.reserve) if self.reserve else None

    def post(self, platform: str, account: str, post_id: str) -> Post | None:
        """What was said about a post, None when nothing was. A post of an operation asks for what the operation does."""
        told = next(
            (post for post in self.posts if (post.platform, post.account, post.id) == (platform, account, post_id)),
            None,
        )
        operation = next((one for one in self.operations if one.has_post(platform, account, post_id)), None)
        if operation is None or (told is not None and told.mechanic):
            return told
        asks = {"mechanic": operation.kind.value}
        return (told or Post(platform=platform, account=account, id=post_id)).model_copy(update=asks)

    def operation(self, name: str) -> Operation | None:
        """One of its operations, by its id."""
        return next((one for one in self.operations if one.id == name), None)

    def name_of(self, platform: str | None, account: str | None) -> str:
        """A page as the CM calls it; empty when it is none of ours."""
        return next(
            (
                entry.name or entry.space
                for channel in self.channels
                if channel.platform == platform
                for entry in channel.accounts
                if entry.id == account
            ),
            "",
        )
