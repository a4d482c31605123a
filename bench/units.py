"""What one comment costs in DynamoDB, item by item: units written and requests made, against the target and the floor.

A fixed mix through the real functions on the local stack: batches of ten on a page where that many are usual (a crowd would
turn its climate, and the machine fall silent); of a hundred comments twenty answered by the machine alone (half of them
reminders, half answers from the FAQ) and two escalated, whose call somebody takes; nine authors of ten heard for the
first time. Units follow DynamoDB's own rules from the recorded items (`bench.meter`), not an emulator's figures.
What a platform pushes back of our own replies is delivered afterwards, in batches of ten, and stands apart.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from bench.meter import Meter, Units
from bench.traffic import PAGE, Event, Spoken
from local.configuration import EXAMPLE_FILE, Configuration, read
from local.serve import applied
from local.stack import LocalStack
from tribune.aws import clients, keys
from tribune.aws.journal import Journal
from tribune.platforms import PLATFORMS
from tribune.workflow.call import take

COMMENTS = 200
BATCH = 10
WINDOW = timedelta(seconds=2)
"""How far the clock moves until a batch's window is over."""
REST_WITHIN_S = 60.0
BEGINNING = datetime(2031, 11, 25, 10, 0, tzinfo=UTC)
"""A Tuesday morning: whoever is called can be rung."""
HEARD_AGAIN = 10
"""One author of so many spoke before."""
FLOOR = 1.22
"""One addressable record a comment, and one change of state for each of 22 replies and escalations in a hundred."""
MOST_UNITS, MOST_REQUESTS = 5.0, 1.1
BY_NOBODY = ("KeepWatch", "PollPlatforms", "RefreshTokens", "")
"""What runs by the clock, and whoever is no function: no comment pays for them."""
_CHAT = (
    "On a fait le tour du lac avec le G3 et les enfants, {n} km de bonheur",
    "Le bleu rend vraiment mieux en vrai que sur la photo, {n} sorties au compteur",
    "Pareil, {n} km et toujours les plaquettes d'origine.",
    "Loved riding along the river on mine last summer, {n} miles of sunshine",
    "Perso je mets {n} km par semaine avec le mien, aucun souci à signaler.",
)
_ROUND, _ANSWERED = 50, 3
"""The mix repeats after so many comments; of each five of them, the one that is answered alone."""
_FAQ = "Vous êtes ouverts le dimanche ?"
_INSULT = "@Karim t'es vraiment un abruti, {n} km"
"""Too short to be an echo: nobody is called for saying it together."""
_LEGAL = "Je vais vous attaquer en justice, commande numéro {n}"


def comments(count: int) -> Iterator[Event]:
    """The mix: of fifty comments five insults, five questions of the FAQ, one legal threat, the others chat."""
    for n in range(count):
        turn = n % _ROUND
        text = _CHAT[n % len(_CHAT)]
        if turn == _ROUND - 1:
            text = _LEGAL
        elif turn % 5 == _ANSWERED:
            text = (_INSULT, _FAQ)[turn % 2]
        author = n - HEARD_AGAIN * 3 if n % HEARD_AGAIN == 0 and n > HEARD_AGAIN * 3 else n
        post = f"{PAGE}_{100 + n % 7}"
        spoken = Spoken("facebook", f"{100 + n % 7}_{900_000 + n}", f"f{author:05d}", post)
        yield Event(f"{n}", "created", spoken, text=text.format(n=n + 10))


class _Holding(LocalStack):
    """A stack whose platforms' echoes wait until they are asked for."""

    def __init__(self, environments: int) -> None:
        super().__init__(environments=environments)
        self._echoes: list[tuple[str, Mapping[str, str], bytes]] = []

    def deliver(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        self._echoes.append((path, dict(headers), body))
        return 200

    def echo(self) -> int:
        """Deliver what was held back, in batches; how many there were."""
        held, self._echoes = self._echoes, []
        waiting = iter(held)
        while batch := list(islice(waiting, BATCH)):
            for one in batch:
                super().deliver(*one)
            self.rest()
        return len(held)

    def rest(self) -> None:
        """Let everything that was delivered come to its end."""
        self.clock.advance(WINDOW)
        self.settle(REST_WITHIN_S)


@dataclass(frozen=True, slots=True)
class Measured:
    """What some comments, or echoes, took."""

    of: int
    written: Mapping[str, int]
    units: Mapping[str, int]
    indexed: Mapping[str, int]
    requests: Mapping[tuple[str, str], int]
    read_units: float

    @property
    def tables(self) -> float:
        """Units of items of tables, each."""
        return sum(self.units.values()) / self.of

    @property
    def indexes(self) -> float:
        """Units of index entries, each."""
        return sum(self.indexed.values()) / self.of

    @property
    def asked(self) -> float:
        """Requests to DynamoDB, each."""
        return sum(self.requests.values()) / self.of


@dataclass(frozen=True, slots=True)
class Run:
    """The run: what the comments took, what the echoes took, and whether the mix was what it says."""

    comments: Measured
    echoes: Measured | None
    answered: int
    escalated: int


def run(count: int = COMMENTS, environments: int = 1) -> Run:
    """Send the mix through a stack of its own. Raises TimeoutError when it does not come to rest."""
    configuration = _used_to(count, read(EXAMPLE_FILE))
    secret = next(one.verify["current"] for one in configuration.channels if one.platform == "facebook")
    with _Holding(environments) as stack:
        stack.clock.advance(BEGINNING - stack.clock.now())
        applied(stack, configuration)
        meter = Meter(stack.region, stack.cloud.function_of)
        with meter.installed():
            events = list(comments(BATCH + count))
            _send(stack, events[:BATCH], secret)  # every process has started and has read what it keeps
            stack.echo()
            before, acted = Counter(stack.cloud.calls), len(stack.outbox.entries)
            meter.clear()
            for start in range(BATCH, len(events), BATCH):
                _send(stack, events[start : start + BATCH], secret)
                _take_calls(stack, configuration)
            spoken = _measured(stack, meter, before, count)
            answered = sum(entry.to in PLATFORMS for entry in stack.outbox.entries[acted:])
            before = Counter(stack.cloud.calls)
            meter.clear()
            echoes = stack.echo()
            pushed = _measured(stack, meter, before, echoes) if echoes else None
        return Run(spoken, pushed, answered, spoken.written.get("case", 0))


def _used_to(comments: int, configuration: Configuration) -> Configuration:
    """The same for a community in which so many comments are usual in a quarter of an hour."""
    community = configuration.community
    climate = community.climate.model_copy(update={"unknown": float(comments)})
    return replace(configuration, community=community.model_copy(update={"climate": climate}))


def _send(stack: _Holding, events: Sequence[Event], secret: str) -> None:
    for event in events:
        now = stack.clock.now()
        body = event.body(now)
        headers = PLATFORMS["facebook"].sign(body, secret, now, f"msg_{event.id}")
        LocalStack.deliver(stack, event.path, {"content-type": "application/json", **headers}, body)
    stack.rest()


def _take_calls(stack: LocalStack, configuration: Configuration) -> None:
    """Whoever was called says so: nobody is called again."""
    community = configuration.community
    journal = Journal(clients.dynamodb(), stack.created.tables()["JournalTable"])
    for call in journal.open_calls(community.id):
        take(journal, community.id, call.id, community.rota.people[0].id, stack.clock.now())


def _measured(stack: LocalStack, meter: Meter, before: Counter[tuple[str, str]], of: int) -> Measured:
    """`of`: how many comments; what runs by the clock is nobody's."""
    used = [units for function, units in meter.used.items() if function not in BY_NOBODY]
    made = {
        (function, call.partition(".")[2]): n
        for (function, call), n in (stack.cloud.calls - before).items()
        if call.startswith("dynamodb.") and function not in BY_NOBODY
    }
    indexes = {name for units in used for name in units.writes if name.endswith(" index")}
    return Measured(
        of=of,
        written=_sum(used, "written"),
        units={name: n for name, n in _sum(used, "writes").items() if name not in indexes},
        indexed=_sum(used, "indexed"),
        requests=made,
        read_units=sum(units.read_units for units in used) / of,
    )


def _sum(used: Sequence[Units], name: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for units in used:
        total += getattr(units, name)
    return total


# --- what is said ---------------------------------------------------------------------------------------


def report(done: Run) -> Iterator[str]:
    """The table, then what must hold."""
    spoken = done.comments
    yield (f"{spoken.of} comments in batches of {BATCH}: {done.answered} answered alone, {done.escalated} escalated")
    yield from _items(spoken)
    yield ""
    yield from _requests(spoken)
    if done.echoes:
        yield ""
        yield f"beside them, each of {done.echoes.of} echoes of our own replies:"
        yield from _items(done.echoes)
        yield from _requests(done.echoes)
    yield ""
    yield from (f"{'ok  ' if holds else 'FAIL'} {sentence}" for sentence, holds in must_hold(done))


def _items(one: Measured) -> Iterator[str]:
    yield f"{'item type':16} {'writes':>8} {'units':>8} {'in indexes':>11}"
    order = [item.name for item in keys.ITEMS]
    for name in sorted(one.written, key=lambda name: (-one.units[name], order.index(name))):
        indexed = one.indexed.get(name, 0)
        yield f"{name:16} {one.written[name] / one.of:8.3f} {one.units[name] / one.of:8.3f} {indexed / one.of:11.3f}"
    yield f"{'together':16} {sum(one.written.values()) / one.of:8.3f} {one.tables:8.3f} {one.indexes:11.3f}"


def _requests(one: Measured) -> Iterator[str]:
    yield f"{'requests':36} {'':8}"
    for (function, operation), n in sorted(one.requests.items(), key=lambda entry: (entry[0][0], -entry[1])):
        yield f"{function:18} {operation:18} {n / one.of:8.3f}"
    yield f"{'together':36}  {one.asked:8.3f}   ({one.read_units:.2f} read units)"


def must_hold(done: Run) -> list[tuple[str, bool]]:
    """The mix, and the two targets: a sentence, and whether it holds."""
    spoken = done.comments
    units = (
        f"{spoken.tables:.2f} write units a comment in the tables, at most {MOST_UNITS} (floor {FLOOR}); "
        f"with index entries {spoken.tables + spoken.indexes:.2f}"
    )
    requests = f"{spoken.asked:.2f} requests to DynamoDB a comment, at most {MOST_REQUESTS}"
    return [
        (f"{done.answered / spoken.of:.0%} answered alone", done.answered * 5 == spoken.of),
        (f"{done.escalated / spoken.of:.0%} escalated", done.escalated * 50 == spoken.of),
        (units, spoken.tables <= MOST_UNITS),
        (requests, spoken.asked <= MOST_REQUESTS),
    ]


def main() -> int:
    """Run, print, and fail when a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--comments", type=int, default=COMMENTS, help="a multiple of fifty")
    given = parser.parse_args()
    done = run(given.comments)
    print("\n".join(report(done)))
    return 0 if all(holds for _, holds in must_hold(done)) else 1


if __name__ == "__main__":
    sys.exit(main())
