"""The CM's desk on the command line: one community of one stack, on that stack's own clock, in the team's language.

The stack is the one that `tribune serve` runs on this machine, or a deployed one that `--stage` names.
"""

import re
import uuid
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from local.clock import SharedClock
from local.running import running
from tribune import clock, words
from tribune.aws import clients, keys, stack
from tribune.aws import operations as entering
from tribune.aws.anchors import Anchors
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.aws.sealed import Sealed
from tribune.charter.contacts import Shape
from tribune.community import Community
from tribune.desk.telling import Telling
from tribune.duty import Person
from tribune.errors import (
    AlreadyDone,
    BadConfiguration,
    CannotDo,
    Gone,
    NoGround,
    NotFound,
    NotHere,
    TribuneError,
    Unavailable,
)
from tribune.platforms import platform
from tribune.workflow.appeal import Reviewing
from tribune.workflow.cases import Handling
from tribune.workflow.masking import without_contacts
from tribune.workflow.operations import Operations

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

type Now = Callable[[], datetime]

_CONTACTS = frozenset({Shape.PHONE, Shape.EMAIL, Shape.IBAN, Shape.HOME})
_ENVIRONMENT = uuid.uuid4().hex
"""Each process is the only writer of its counters, and of its chain in the ledger."""
_JOINER = "\u200d"
"""Holds the people of one emoji together."""


# --- which stack, which community, which language ---


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a stack keeps things, and the time it lives in."""

    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    tables: dict[str, str]
    queues: dict[str, str]
    now: Now
    anchors: Anchors | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One community's desk."""

    community: Community
    journal: Journal
    charters: Charters
    actions: Queue
    unhandled: Queue
    """Comments that could not be read: of every community of the stack."""
    now: Now
    language: str
    communities: Communities
    operations: Operations
    anchors: Anchors | None = None
    """None where the stack signs none."""

    @property
    def handling(self) -> Handling:
        """What a person does about cases."""
        return Handling(
            journal=self.journal,
            keys=keys,
            actions=self.actions,
            now=self.now,
            platform=platform,
            charter=lambda community, version: self.charters.version(community, version).charter,
        )

    @property
    def reviewing(self) -> Reviewing:
        """What a person does about appeals."""
        return Reviewing(self.journal, keys, self.actions, platform, self.community, self.now)

    @property
    def telling(self) -> Telling:
        """How this desk says things."""
        return Telling(self.community, self.now(), self.language)

    @property
    def table(self) -> Any:
        """The words of the desk."""
        return self.telling.table

    def say(self, *path: str, **fields: str) -> str:
        """One sentence of the desk."""
        return self.telling.say(*path, **fields)

    def at(self, moment: datetime) -> str:
        """`à 17 h`, `on 22 November at 5 pm`."""
        return self.telling.at(moment)

    def since(self, moment: datetime) -> str:
        """`depuis 17 h`."""
        return self.telling.since(moment)

    def until(self, moment: datetime) -> str:
        """`jusqu'à 17 h`."""
        return self.telling.until(moment)

    def person(self, given: str) -> Person:
        """Somebody of the team, by id or initials. Raises BadConfiguration with who there is."""
        wanted = given.casefold().removeprefix("^")
        everybody = self.everybody()
        exact = [person for person in everybody if person.id == wanted]
        found = exact or [person for person in everybody if person.initials and person.initials.casefold() == wanted]
        if len(found) == 1:
            return found[0]
        people = ", ".join(person.id for person in found or everybody)
        raise BadConfiguration(self.say("refused", "two" if found else "who", given=given, people=people))

    def everybody(self) -> tuple[Person, ...]:
        """The team, the fallback included."""
        return self.community.rota.everybody

    def called(self, person_id: str | None) -> str:
        """The name of somebody who did something."""
        return self.telling.called(person_id)

    @contextmanager
    def refusing(self, name: str, missing: str = "no_case") -> Iterator[None]:
        """Say in the team's language why an act on `name` is refused. Raises BadConfiguration (2) or TribuneError (1)."""
        try:
            yield
        except NotFound as error:
            raise BadConfiguration(self.say("refused", missing, id=name)) from error
        except (Gone, AlreadyDone) as error:
            raise TribuneError(self.telling.refused(error)) from error
        except CannotDo as error:
            raise TribuneError(f"{self.telling.refused(error)} {self._instead(error)}".strip()) from error
        except NoGround as error:
            # What names a clause can be put right by naming one.
            refusal = BadConfiguration if error.clauses else TribuneError
            raise refusal(self.telling.refused(error)) from error

    def _instead(self, error: CannotDo) -> str:
        """What can be done where the comment stands."""
        can = ", ".join(self.table["verbs"][kind] for kind in error.can) if isinstance(error, NotHere) else ""
        return self.say("refused", "can", acts=can) if can else ""


@contextmanager
def opened(given: Namespace, person: str | None = None) -> Iterator[Desk]:
    """The desk that the arguments name; `person` acts, and is spoken to in their language.

    Raises Unavailable when no stack runs here, BadConfiguration for a stack or community that does not exist.
    """
    with ExitStack() as own:
        place = _deployed(given.stage) if given.stage else _running(given.port, own)
        tables = place.tables["journal"], place.tables["text"], place.tables["counter"]
        journal = Journal(place.dynamodb, *tables, _ENVIRONMENT)
        desk = Desk(
            community=_community(place, given.community, given.lang),
            communities=Communities(place.tables["community"], place.dynamodb),
            journal=journal,
            operations=operations_in(place.tables, journal, place.dynamodb),
            charters=Charters(place.tables["charter"], place.dynamodb),
            actions=Queue(place.sqs, place.queues["actions"]),
            unhandled=Queue(place.sqs, place.queues["unhandled"]),
            now=place.now,
            language=given.lang or "",
            anchors=place.anchors,
        )
        yield _speaking(desk, person)


def operations_in(tables: Mapping[str, str], journal: Journal, client: "DynamoDBClient") -> Operations:
    """The operations that a stack's tables know of."""
    store = entering.Operations(client, tables["journal"])
    return Operations(store, Sealed(client, tables["counter"]), journal, keys)


def _speaking(desk: Desk, person: str | None) -> Desk:
    """The desk in the language that was asked for, the person's, or the house's."""
    if desk.language:
        return desk
    house = replace(desk, language=words.spoken(desk.community.language))
    languages = house.person(person).languages if person else ()
    if not languages:
        return house
    return replace(desk, language=words.spoken(languages[0]))


def _running(port: int | None, own: ExitStack) -> _Place:
    found = next((one for one in running() if port in (None, urlsplit(one["url"]).port)), None)
    if found is None:
        raise Unavailable("no stack runs on this machine: start `tribune serve`, or name a deployed one with --stage")
    shared = SharedClock(Path(found["clock"]))
    own.callback(shared.close)
    environment: dict[str, str] = found["environment"]
    endpoint, region = environment["AWS_ENDPOINT_URL"], environment["AWS_REGION"]
    return _Place(
        dynamodb=clients.beside("dynamodb", endpoint, region),
        sqs=clients.beside("sqs", endpoint, region),
        tables={short: environment[f"{short.upper()}_TABLE"] for short in stack.TABLES},
        queues={short: environment[f"{short.upper()}_QUEUE_URL"] for short in stack.QUEUES},
        now=shared.now,
    )


def _deployed(stage: str) -> _Place:
    place = stack.locate(stage)
    anchors = Anchors(clients.s3(), place.anchors) if place.anchors else None
    return _Place(clients.dynamodb(), clients.sqs(), place.tables, place.queues, clock.now, anchors)


def _community(place: _Place, wanted: str | None, language: str | None) -> Community:
    communities = Communities(place.tables["community"], place.dynamodb)
    known = communities.all()
    if wanted is None and len(known) == 1:
        wanted = known[0]
    if wanted not in known:
        sentences = words.table(words.spoken(language), "desk")["refused"]
        sentence = sentences["which_community" if wanted is None else "no_community"]
        raise BadConfiguration(words.fill(sentence, {"given": wanted or "", "communities": ", ".join(known) or "–"}))
    return communities.load(wanted)


# --- what people wrote, on a terminal ---


def readable(said: str, language: str) -> str:
    """What somebody wrote, as a terminal may show it: contact data masked, nothing that moves the cursor."""
    masked = without_contacts(said, lambda contact: contact.shape in _CONTACTS, language)
    return "".join(one if one.isprintable() or one in ("\n", _JOINER) else " " for one in masked).strip()


# --- moments, as people type them ---

_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])\s?(?:[h:]\s?(?P<minute>[0-5]\d)?)")
_LATER = re.compile(r"\+\s?(?P<n>\d{1,4})\s?(?P<unit>min|h|d|j)")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "j": timedelta(days=1)}


def moment(written: str, desk: Desk, *, field: str = "--until", past: bool = False) -> datetime:
    """`18:00` or `18h30` (the next one), `+2h`, `+30min`, an ISO date and time; in the community's zone.

    Raises BadConfiguration for anything else, and, unless `past`, for what is past.
    """
    zone, now = desk.community.zone, desk.now()
    text = written.strip().lower()
    if later := _LATER.fullmatch(text):
        return now + int(later["n"]) * _UNITS[later["unit"]]
    if clock_time := _CLOCK.fullmatch(text):
        return _next(time(int(clock_time["hour"]), int(clock_time["minute"] or 0)), now, zone)
    try:
        found = datetime.fromisoformat(written.strip())
        aware = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadConfiguration(desk.say("refused", "when", given=written), field=field) from error
    if aware <= now and not past:
        raise BadConfiguration(desk.say("refused", "past", time=desk.at(aware)), field=field)
    return aware


def _next(clock_time: time, now: datetime, zone: ZoneInfo) -> datetime:
    """When the clock shows that next: an hour that comes twice is still to come while its second time is."""
    today = datetime.combine(now.astimezone(zone).date(), clock_time, zone)
    times = (one.astimezone(UTC) for one in (today, today.replace(fold=1), today + timedelta(days=1)))
    return next(one for one in times if one > now)
