"""What is sealed of a space stays far below what one item of DynamoDB holds, also on the day of a crisis."""

from collections import Counter
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, cast

from tribune.aws.sealed import Sealed
from tribune.conversation import MOST as MOST_THREADS
from tribune.conversation import Thread, Threads
from tribune.crowd import Crowd
from tribune.figures import ANSWERED, EVERYBODY, MOST_WAITING, THREADS, Figures, Slot
from tribune.thanks import MOST as MOST_MEMBERS
from tribune.thanks import Contribution, Members

DAY, NOON = date(2026, 11, 24), int(datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp())
LIMIT = 400 * 1024
COMMENTS = 30_000


class Table:
    """A table that keeps what is put into it."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def put_item(self, *, TableName: str, Item: dict[str, Any]) -> None:  # noqa: N803, ARG002  as boto3 names them
        self.items.append(Item)

    def query(self, **request: Any) -> dict[str, Any]:
        pk, first, last = (request["ExpressionAttributeValues"][name] for name in (":p", ":from", ":to"))
        there = {item["sk"]["S"]: item for item in self.items if item["pk"] == pk}
        return {"Items": [there[sk] for sk in sorted(there) if first["S"] <= sk <= last["S"]]}


def digest(n: int) -> str:
    return sha256(str(n).encode()).hexdigest()[:32]


def crisis() -> Figures:
    """Thirty thousand different people ask something under twenty posts, each in a thread of their own."""
    everybody = Crowd.of(map(str, range(COMMENTS)))
    posts = {f"facebook/1001/{n}": NOON + n for n in range(20)}
    return Figures(
        counts=Counter({Slot(post, "question", 1, False, "comment", level): 750 for post in posts for level in (1, 2)}),
        posted=Counter({f"2026-11-24T{hour:02}": 1250 for hour in range(24)}),
        talk=Counter(asked=COMMENTS, comments=COMMENTS),
        answers={digest(-n): (NOON, NOON + n) for n in range(1, 1000)},
        waiting={digest(n): NOON + n for n in range(COMMENTS)},
        threads=Threads.counted({digest(n)[:16]: Thread(1, 0, 0, NOON + n) for n in range(COMMENTS)}),
        first=posts,
        members=Members({digest(n): Contribution(3, 0, frozenset({DAY})) for n in range(COMMENTS)}),
        people=dict.fromkeys([EVERYBODY, THREADS, ANSWERED, "level#1", "level#2"], everybody)
        | {f"post#{post}": Crowd.of(f"{post}{n}" for n in range(1500)) for post in posts},
    )


def size(item: dict[str, Any]) -> int:
    """About what DynamoDB counts: names and bytes."""

    def of(value: dict[str, Any]) -> int:
        ((kind, held),) = value.items()
        return sum(len(name) + 3 + of(one) for name, one in held.items()) if kind == "M" else len(held)

    return sum(len(name) + of(value) for name, value in item.items())


def test_the_day_of_a_crisis_fits_and_is_read_again_with_a_sample_of_what_is_too_much() -> None:
    table = Table()
    sealed, figures = Sealed(cast("Any", table), "counters"), crisis()
    sealed.keep_day("garance", "page", DAY, figures, datetime(2026, 11, 25, tzinfo=UTC))

    assert max(map(size, table.items)) < LIMIT
    (found,) = sealed.days("garance", "page", DAY, DAY).values()

    assert (len(found.waiting), len(found.members.of), len(found.threads.of)) == (
        MOST_WAITING,
        MOST_MEMBERS,
        MOST_THREADS,
    )
    assert found.waiting.items() <= figures.waiting.items()
    assert found.members.of.items() <= figures.members.of.items()
    assert (found.counts, found.talk, found.answers, found.first) == (
        figures.counts,
        figures.talk,
        figures.answers,
        figures.first,
    )
    assert found.people == figures.people


def test_the_people_of_a_hundred_viral_posts_take_several_items_and_fewer_when_they_are_counted_again() -> None:
    table = Table()
    sealed, now = Sealed(cast("Any", table), "counters"), datetime(2026, 11, 25, tzinfo=UTC)
    viral = Figures(
        people={f"post#facebook/1001/{n}": Crowd.of(f"{n}-{who}" for who in range(2000)) for n in range(100)}
    )
    quiet = Figures(people={EVERYBODY: Crowd.of(["one"])})

    sealed.keep_day("garance", "page", DAY, viral, now)
    sealed.keep_hour("garance", "page", "2026-11-24T11", {DAY: viral}, now)
    assert max(map(size, table.items)) < LIMIT
    assert sealed.days("garance", "page", DAY, DAY)[DAY].people == viral.people
    assert (
        sealed.hours("garance", "page", "2026-11-24T11", "2026-11-24T11")["2026-11-24T11"][DAY].people == viral.people
    )

    sealed.keep_day("garance", "page", DAY, quiet, now)
    assert sealed.days("garance", "page", DAY, DAY)[DAY].people == quiet.people
