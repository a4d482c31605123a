"""What is read of an operation: its own days, where something of it can be, and the editions before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from local.configuration import EXAMPLE_FILE, read
from tribune.aws import keys
from tribune.community import Community
from tribune.crowd import Crowd
from tribune.figures import Figures
from tribune.operation import Entered, Operation
from tribune.partaking import ENTRIES, Partaking, Taken, entrants
from tribune.workflow.operations import HEARD_LATE, Operations

AFTERWARDS = datetime(2027, 6, 1, tzinfo=UTC)
FACEBOOK = "facebook-garance"


@dataclass
class Kept:
    """Figures by space and day, and what was asked for."""

    days_of: Mapping[tuple[str, date], Figures]
    asked: list[tuple[str, date, date]] = field(default_factory=list)

    def sealed_to(self, _community: str) -> datetime | None:
        return AFTERWARDS

    def days(self, _community: str, space: str, first: date, last: date) -> dict[date, Figures]:
        self.asked.append((space, first, last))
        return {day: of for (where, day), of in self.days_of.items() if where == space and first <= day <= last}

    def hours(self, *_asked: object) -> dict[str, dict[date, Figures]]:
        return {}

    def objects(self, *_asked: object) -> tuple[set[tuple[str, str, str]], int]:
        return set(), 0

    def entered(self, _community: str, _operation: str) -> Entered:
        return Entered()

    def keep(self, *_kept: object) -> None:
        raise AssertionError("nothing is written by looking")


def edition(year: int, **more: Any) -> Operation:
    (post,) = [{"platform": "facebook", "account": "102030405060708", "id": f"p{year}"}]
    told = {"id": f"noel-{year}", "kind": "contest", "name": {"fr": "Noël"}, "series": "noel", "posts": [post]}
    dates = {"start": f"{year}-12-01", "end": f"{year}-12-24", "rules_url": "https://garance.example/regles"}
    return Operation.model_validate(told | dates | more)


def community(*operations: Operation) -> Community:
    return read(EXAMPLE_FILE).community.model_copy(update={"operations": operations})


def figures(operation: Operation, *people: str) -> Figures:
    counts = Partaking()
    counts.counts[Taken(operation.id, "", ENTRIES)] = len(people)
    return Figures(operations=counts, people={entrants(operation.id): Crowd.of(people)})


def counted(kept: Kept, operation: Operation, *others: Operation) -> Any:
    running = Operations(kept, kept, None, keys)  # looking reads no head
    return running.counted(community(operation, *others), operation, AFTERWARDS)


def test_who_took_part_in_an_earlier_edition_is_told_apart() -> None:
    before, now, later = edition(2025), edition(2026), edition(2027)
    kept = Kept(
        {
            (FACEBOOK, date(2025, 12, 3)): figures(before, "ana", "bo"),
            (FACEBOOK, date(2026, 12, 3)): figures(now, "bo", "cy"),
            (FACEBOOK, date(2026, 12, 4)): figures(now, "bo"),
        }
    )
    found = counted(kept, now, before, later)

    assert (found.results.entries, found.results.participants, found.results.of_before) == (3, 2, 1)
    assert found.by_day == {date(2026, 12, 3): 2, date(2026, 12, 4): 1}
    assert counted(kept, before, now).results.of_before is None


def test_only_its_days_are_read_and_only_where_its_posts_stand() -> None:
    kept = Kept({})
    counted(kept, edition(2026))
    assert kept.asked == [(FACEBOOK, date(2026, 12, 1), date(2026, 12, 24) + HEARD_LATE)]

    kept = Kept({})
    counted(kept, edition(2026, hashtags=["#noel"]))
    assert len(kept.asked) == len(community().spaces), "a hashtag is said anywhere"


def test_before_it_begins_nothing_is_read() -> None:
    kept = Kept({})

    assert counted(kept, edition(2030)).results.entries == 0
    assert kept.asked == []
