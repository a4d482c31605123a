"""The configuration file: one community, its channels and their secrets, as `tribune apply` and `tribune serve` read it.

`example.yaml` beside this file shows every field; whatever is wrong in a file is said with file, line and field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from local.in_name import in_name, own_fields
from tribune import managers, written
from tribune.charter import Charter, terms
from tribune.charter.document import CharterType
from tribune.charter.uses import Reserve
from tribune.climate import SIGNED_WITH, Thresholds
from tribune.community import COMMUNITY_ID, Account, Channel, Community, Fans, Mentions, Modes, Post
from tribune.decision import Mode
from tribune.duty import Person, Rota, Way
from tribune.engagement import LevelsChange
from tribune.errors import BadConfiguration
from tribune.lengths import length
from tribune.operation import Operation
from tribune.platforms import PLATFORMS
from tribune.replies import FILLED_LIKE, is_automatic
from tribune.team import Member, Right
from tribune.voice import FaqEntry, Voice, mistakes
from tribune.words import LANGUAGES, SAID_NO_MORE, fill, spoken, table
from tribune.written import Written

MODEL = "model"
"""The charter of a community that has not written its own yet."""
MODEL_FILE = Path(__file__).resolve().parent.parent / "charters" / "model.fr-en.yaml"
EXAMPLE_FILE = Path(__file__).resolve().parent / "example.yaml"


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("there is no such time zone; write one like Europe/Paris") from error
    return name


def _base_url(url: str) -> str:
    local = url.startswith(("http://127.0.0.1", "http://localhost"))
    if url and not local and not url.startswith("https://"):
        raise ValueError("a public address begins with https://")
    return url.rstrip("/")


def _reachable(url: str) -> str:
    """An address that credentials may be sent to: encrypted, and of no machine inside a network (RFC 6761: `test` is nowhere)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("127.0.0.1", "localhost") or host.endswith(".test"):
        return url
    try:
        inside = not ip_address(host).is_global
    except ValueError:
        inside = "." not in host
    if parts.scheme != "https" or inside:
        raise ValueError("an address that secrets are sent to begins with https:// and a public host")
    return url


def _reachable_act(act: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in act.items():
        if name == "server" or name.endswith("_url"):
            try:
                _reachable(value.get_secret_value())
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return act


def _known_platform(name: str) -> str:
    if name not in PLATFORMS:
        raise ValueError(f"the platforms are: {', '.join(PLATFORMS)}")
    return name


type Secret = Annotated[SecretStr, BeforeValidator(_as_text), Field(min_length=1)]
"""Hidden wherever the configuration is printed; a secret of digits only needs no quotes."""
type ChannelId = Annotated[str, Field(pattern=COMMUNITY_ID)]


class WrittenWay(Way):
    """A way to reach a person, with what must stay secret about it (a Slack webhook's address)."""

    secret: Secret | None = None

    @model_validator(mode="after")
    def _leads_to_somebody(self) -> Self:
        if self.address or self.secret:
            try:
                managers.check(self, self.secret.get_secret_value() if self.secret else None, self.kind)
            except BadConfiguration as error:
                raise ValueError(error.sentence) from None
        return self


class WrittenPerson(Person):
    """Somebody of the team."""

    ways: tuple[WrittenWay, ...] = ()


class WrittenRota(Rota):
    """The rota with the secrets of its ways."""

    people: tuple[WrittenPerson, ...] = Field(min_length=1)
    fallback: WrittenPerson | None = None

    @model_validator(mode="after")
    def _each_secret_and_each_hand_is_one_s_own(self) -> Self:
        everybody = (*self.people, *((self.fallback,) if self.fallback else ()))
        for person in everybody:
            kinds = [way.kind for way in person.ways if way.secret]
            if twice := next((kind for kind in kinds if kinds.count(kind) > 1), None):
                raise ValueError(f"{person.id}: there is one secret for {twice}, and two ways that need one")
        users = [way.user for person in everybody for way in person.ways if way.user]
        if len(set(users)) < len(users):
            raise ValueError("a Slack user stands there twice: whose press would it be?")
        return self

    def without_secrets(self) -> Rota:
        """What may be stored beside the settings."""
        secret = {"ways": {"__all__": {"secret"}}}
        return Rota.model_validate(self.model_dump(exclude={"people": {"__all__": secret}, "fallback": secret}))

    def secrets(self) -> dict[str, str]:
        """`<person>.<way>` -> its secret."""
        everybody = (*self.people, *((self.fallback,) if self.fallback else ()))
        return {
            f"{person.id}.{way.kind}": way.secret.get_secret_value()
            for person in everybody
            for way in person.ways
            if way.secret
        }


class WrittenClimate(Thresholds):
    """From which figures on the climate turns, and the tools that want to know."""

    url: Annotated[str, AfterValidator(_reachable)] | Literal[""] = ""
    secret: Secret | None = None
    """What the events are signed with, as Standard Webhooks writes it (`whsec_…`)."""

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if bool(self.url) != bool(self.secret):
            raise ValueError("the events of the climate need both, an address (url) and what signs them (secret)")
        return self

    def without_secret(self) -> Thresholds:
        """What may be stored beside the settings."""
        return Thresholds.model_validate(self.model_dump(exclude={"secret"}))


class WrittenCommunity(Written):
    """The part `community` of the file."""

    id: str = Field(pattern=COMMUNITY_ID)
    name: str = Field(min_length=1)
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = Field(("fr", "en"), min_length=1)
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Paris"
    mode: Mode | Modes = Mode.OBSERVE
    charter: str = MODEL
    charter_since: date | None = None
    """Since when members could read the first version elsewhere (the brand's site, a pinned post)."""
    charter_base_url: Annotated[str, AfterValidator(_base_url)] = ""
    contact: str = ""
    """An address of the team: where appeals go and calls end when nothing else is said."""
    voice: Voice | None = None
    faq: tuple[FaqEntry, ...] = ()
    own_contacts: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    """Expressions that are harmless here, whatever the charter's words say."""
    allowed_from: str = ""
    """…and those of a CSV file (columns term, language, clause, note), by its path relative to this file."""
    ambassadors: tuple[Annotated[str, BeforeValidator(_as_text), Field(min_length=1)], ...] | None = None
    """Who is of the house or paid by it, by the platform's ids; without a registry nobody is asked to disclose."""
    may_be_named: tuple[Annotated[str, BeforeValidator(_as_text), Field(min_length=1)], ...] = ()
    """Who agreed to be thanked by name in public, by the platform's ids; nobody else is ever named outside the team."""
    reserve: tuple[Reserve, ...] = ()
    """Periods in which political words are a person's to judge."""
    rota: WrittenRota | None = None
    team: tuple[Member, ...] = ()
    """Who may sign in at the desk, as what, and who of the rota that is."""
    posts: tuple[Post, ...] = ()
    fans: tuple[Fans, ...] = ()
    """How many follow each account, from a day on: a figure is added, an earlier one stays."""
    mentions: tuple[Mentions, ...] = ()
    """How often we and others were spoken of, as a listening tool counted it."""
    operations: tuple[Operation, ...] = ()
    """Contests, BlogStormings, events, campaigns: counted from the day on which they stand here."""
    engagement: tuple[LevelsChange, ...] = ()
    """What it changes in the table of levels, each from a day on."""
    climate: WrittenClimate = WrittenClimate()

    @model_validator(mode="after")
    def _team_is_known(self) -> Self:
        people = {person.id for person in self.rota.everybody} if self.rota else set()
        for member in self.team:
            if member.person and member.person not in people:
                raise ValueError(f"team: “{member.person}” is nobody of the rota")
            if member.may(Right.HANDLE) and not member.person:
                raise ValueError(f"team: {member.email} answers members, so the rota has to know who it is: person")
        if len({member.email for member in self.team}) < len(self.team):
            raise ValueError("team: an address stands there twice")
        return self

    @model_validator(mode="after")
    def _levels_have_a_history(self) -> Self:
        days = [change.since for change in self.engagement]
        if days != sorted(set(days)):
            raise ValueError("engagement: each change of the levels has a day of its own, and they stand in that order")
        return self

    @model_validator(mode="after")
    def _operations_are_told_apart(self) -> Self:
        names = [operation.id for operation in self.operations]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"operations: “{twice}” stands there twice")
        return self

    @property
    def modes(self) -> Modes:
        """One word stands for the whole community."""
        return self.mode if isinstance(self.mode, Modes) else Modes(default=self.mode)


class Verify(Written):
    """What proves that a platform speaks: its secret, the one before it during a rotation, the handshake's token."""

    current: Secret
    previous: Secret | None = None
    token: Secret | None = None


class WrittenChannel(Written):
    """One secret, and the accounts it may speak for."""

    platform: Annotated[str, AfterValidator(_known_platform)]
    channel: ChannelId = "main"
    accounts: tuple[Account, ...] = Field(min_length=1)
    verify: Verify
    act: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], Secret], AfterValidator(_reachable_act)] = (
        Field(default_factory=dict)
    )
    reply_url: Annotated[str, AfterValidator(_reachable)] | None = None

    @property
    def name(self) -> tuple[str, str]:
        """(platform, channel)."""
        return self.platform, self.channel


class Signing(Written):
    """What proves that a service speaks which passes on what people press."""

    current: Secret
    previous: Secret | None = None


class Press(Written):
    """Buttons of calls: whose presses we take."""

    slack: Signing | None = None
    """The signing secret of the Slack app; one app for the whole installation."""


class ConfigurationFile(Written):
    """The whole file."""

    community: WrittenCommunity
    channels: tuple[WrittenChannel, ...] = ()
    press: Press = Press()

    @model_validator(mode="after")
    def _each_account_once(self) -> Self:
        names = [channel.name for channel in self.channels]
        accounts = [(channel.platform, account.id) for channel in self.channels for account in channel.accounts]
        for what, seen in (("channel", names), ("account", accounts)):
            if twice := next((value for value in seen if seen.count(value) > 1), None):
                raise ValueError(f"the {twice[0]} {what} “{twice[1]}” stands here twice")
        return self


class Hidden(dict[str, str]):
    """Secrets by name; never shown."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(sorted(self))})"


class Calls(Hidden):
    """`<person>.<way>` -> secret."""


@dataclass(frozen=True, slots=True)
class ChannelSecrets:
    """The secrets of one channel, as they are stored; never shown."""

    platform: str
    channel: str
    verify: Mapping[str, str]
    act: Mapping[str, str]

    def __repr__(self) -> str:
        return f"ChannelSecrets({self.platform}/{self.channel})"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration file says, ready to be applied."""

    community: Community
    charter: Charter
    charter_file: Path
    """Where that charter is written: the model's own file when it names none."""
    channels: tuple[ChannelSecrets, ...]
    calls: Calls
    press: Hidden = field(default_factory=Hidden)
    """What proves Slack, as it is stored; empty where the file says nothing."""
    charter_since: datetime | None = None
    """When the first version was published, if that was before it is applied here."""


def read(source: Path | str, *, file: str = "") -> Configuration:
    """The configuration in a file (a Path) or a text (a str). Raises BadConfiguration with file, line and field."""
    name = file or (str(source) if isinstance(source, Path) else "")
    parsed = written.load(source, ConfigurationFile, file=name)
    folder = source.parent if isinstance(source, Path) else Path()
    try:
        parsed = _with_allow_list(parsed, folder)
        charter = _charter(parsed, folder)
        _check_clauses(parsed.community, charter)
        _check_signatures(parsed.community)
        _check_operations(parsed)
        _check_texts(parsed)
        _check_secrets(parsed.channels)
    except _Wrong as wrong:
        raise BadConfiguration(
            wrong.sentence, file=name, line=_line(source, wrong.location), field=wrong.field
        ) from wrong
    return Configuration(
        community=community_of(parsed),
        charter=charter,
        charter_file=MODEL_FILE if parsed.community.charter == MODEL else folder / parsed.community.charter,
        channels=tuple(_secrets(channel) for channel in parsed.channels),
        calls=_call_secrets(parsed.community),
        press=_press(parsed.press),
        charter_since=_midnight(parsed.community),
    )


def _call_secrets(community: WrittenCommunity) -> Calls:
    known = Calls(community.rota.secrets() if community.rota else {})
    if community.climate.secret:
        known[SIGNED_WITH] = community.climate.secret.get_secret_value()
    return known


def _midnight(community: WrittenCommunity) -> datetime | None:
    since = community.charter_since
    return datetime.combine(since, time(0), ZoneInfo(community.timezone)).astimezone(UTC) if since else None


# --- the charter ---


@cache
def model() -> Charter:
    """The charter that we ship."""
    return written.load(MODEL_FILE, Charter)


class _Wrong(Exception):
    """Something that only the whole file can be wrong about."""

    def __init__(self, sentence: str, *location: str | int) -> None:
        self.sentence, self.location = sentence, location
        super().__init__(sentence)

    @property
    def field(self) -> str:
        """The dotted place: `channels[0].verify.current`."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.location).lstrip(".")


def _line(source: Path | str, location: written.Location) -> int | None:
    text = source if isinstance(source, str) else source.read_text(encoding="utf-8")
    return written.parse(text).line_of(location)


def _charter(parsed: ConfigurationFile, folder: Path) -> Charter:
    told = parsed.community
    if told.charter == MODEL:
        return in_name(model(), community_of(parsed), told.contact)
    path = folder / told.charter
    if not path.is_file():
        raise _Wrong(
            f"there is no file {path}: the path is relative to this file, and the word “{MODEL}” stands for our model",
            "community",
            "charter",
        )
    charter = terms.load(path)
    if charter.type is CharterType.INTERNAL:
        raise _Wrong(
            f"{path} binds the people of the house, not members: `tribune charter publish` keeps it apart",
            "community",
            "charter",
        )
    if charter.community not in ("", told.id):
        raise _Wrong(f"{path} is the charter of “{charter.community}”, not of “{told.id}”", "community", "charter")
    return charter.model_copy(update={"fields": own_fields(community_of(parsed), told.contact) | charter.fields})


def _with_allow_list(parsed: ConfigurationFile, folder: Path) -> ConfigurationFile:
    """The file with the expressions of its CSV file beside its own."""
    told = parsed.community
    if not told.allowed_from:
        return parsed
    path = folder / told.allowed_from
    if not path.is_file():
        raise _Wrong(f"there is no file {path}: the path is relative to this file", "community", "allowed_from")
    listed = (one.term for one in terms.from_csv(written.text_of(path), file=str(path)))
    allowed = tuple(dict.fromkeys((*told.allowed, *listed)))
    return parsed.model_copy(update={"community": told.model_copy(update={"allowed": allowed, "allowed_from": ""})})


def _check_clauses(community: WrittenCommunity, charter: Charter) -> None:
    for clause in community.modes.clauses:
        if charter.clause(clause) is None:
            raise _Wrong(f"the charter has no clause “{clause}”", "community", "mode", "clauses", clause)


def _check_operations(parsed: ConfigurationFile) -> None:
    """Where an operation has a post, we listen."""
    known = {(channel.platform, account.id) for channel in parsed.channels for account in channel.accounts}
    for number, operation in enumerate(parsed.community.operations):
        for place, post in enumerate(operation.posts):
            if (post.platform, post.account) not in known:
                at = ("community", "operations", number, "posts", place, "account")
                raise _Wrong(f"no channel of this file has the {post.platform} account “{post.account}”", *at)


# --- how it speaks ---


def _check_signatures(community: WrittenCommunity) -> None:
    """Nobody signs with the initials of somebody who left."""
    if community.voice is None or community.rota is None:
        return
    retired = {one.initials.casefold(): one for one in community.voice.former}
    for number, person in enumerate(community.rota.people):
        at = ("community", "rota", "people", number)
        if community.voice.retired(person.id):
            raise _Wrong(f"“{person.id}” left the team, says voice.former: take them out of one of the two", *at, "id")
        if person.initials.casefold() in retired:
            raise _Wrong(
                f"^{person.initials} is the signature of somebody who left: choose other initials", *at, "initials"
            )


def _check_texts(parsed: ConfigurationFile) -> None:
    """Nothing is left open; a community's own texts exist in each language that it speaks, and fit wherever it does."""
    voice = _voice(parsed.community)
    for location, sentence in mistakes(voice, parsed.community.faq):
        raise _Wrong(sentence, "community", *location)
    languages = [language for language in parsed.community.languages if language in LANGUAGES]
    for number, own in enumerate(voice.replies):
        if own.situation in SAID_NO_MORE:
            continue
        at = ("community", "voice", "replies", number, "texts")
        if missing := [language for language in languages if language not in own.texts]:
            raise _Wrong(f"this community also speaks {', '.join(missing)}: write these texts in it too", *at)
        for language, texts in own.texts.items():
            signature = voice.team_signature.get(language, "") if is_automatic(own.situation) else " ^ABCD"
            for place, text in enumerate(texts):
                if sentence := _too_long(f"{fill(text, FILLED_LIKE)}\n{signature}", parsed.channels):
                    raise _Wrong(sentence, *at, language, place)


def _too_long(text: str, channels: tuple[WrittenChannel, ...]) -> str:
    for channel in channels:
        card = PLATFORMS[channel.platform].CARD
        if (n := length(text, card.text_unit)) > card.text_limit:
            return f"filled and signed, this may take {n} characters, and {channel.platform} takes {card.text_limit}"
    return ""


# --- the community ---


def _voice(community: WrittenCommunity) -> Voice:
    return community.voice or Voice(
        team_signature={
            language: table(spoken(language), "setup")["team_signature"].format(name=community.name)
            for language in community.languages
        }
    )


def _rota(community: WrittenCommunity) -> Rota:
    if community.rota:
        return community.rota.without_secrets()
    way = Way(kind="email", address=community.contact) if community.contact else Way(kind="console")
    return Rota(people=(Person(id="team", name=community.name, languages=community.languages, ways=(way,)),))


def community_of(parsed: ConfigurationFile) -> Community:
    """The community without any secret."""
    told = parsed.community
    return Community(
        id=told.id,
        name=told.name,
        languages=told.languages,
        timezone=told.timezone,
        modes=told.modes,
        charter_base_url=told.charter_base_url,
        voice=_voice(told),
        faq=told.faq,
        own_contacts=told.own_contacts,
        own_domains=told.own_domains,
        allowed=told.allowed,
        ambassadors=told.ambassadors,
        may_be_named=told.may_be_named,
        reserve=told.reserve,
        rota=_rota(told),
        team=told.team,
        posts=told.posts,
        fans=told.fans,
        mentions=told.mentions,
        operations=told.operations,
        engagement=told.engagement,
        climate=told.climate.without_secret(),
        channels=tuple(
            Channel(platform=channel.platform, channel=channel.channel, accounts=channel.accounts)
            for channel in parsed.channels
        ),
    )


# --- the secrets ---


def _secrets(channel: WrittenChannel) -> ChannelSecrets:
    verify = {name: secret.get_secret_value() for name, secret in channel.verify if secret is not None}
    act = {name: secret.get_secret_value() for name, secret in channel.act.items()}
    if channel.reply_url:
        # A site that signs what it sends us checks what we send back with the same secret, unless it says another.
        act = {"secret": verify["current"]} | act | {"reply_url": channel.reply_url}
    return ChannelSecrets(channel.platform, channel.channel, verify, act)


def _press(told: Press) -> Hidden:
    values = {name: secret.get_secret_value() for name, secret in told.slack or () if secret is not None}
    return Hidden(values)


def _check_secrets(channels: tuple[WrittenChannel, ...]) -> None:
    """Can the platform's own recipe sign with them? Never says which secret was wrong but by its name."""
    for number, channel in enumerate(channels):
        for name in ("current", "previous"):
            secret: SecretStr | None = getattr(channel.verify, name)
            if secret is None:
                continue
            try:
                PLATFORMS[channel.platform].sign(b"{}", secret.get_secret_value(), datetime.fromtimestamp(0, UTC), "x")
            except BadConfiguration as error:
                raise _Wrong(error.sentence, "channels", number, "verify", name) from error
