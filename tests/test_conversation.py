"""How threads go: exact up to 512 of them, a whole and random sample beyond, and two times add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.conversation import MOST, Thread, Threads, threads
from tribune.journal import Action, ActionState, Head, HeadKind

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def head(name: str, thread: str, minutes: int = 0, **more: Any) -> Head:
    at = NOW + minutes * MINUTE
    base = Head(
        community="garance", platform="facebook", account="1001", object=name, kind=HeadKind.COMMENT, v="1", rev=1,
        space="page", thread=thread, post="1", audience=Audience.PUBLIC, posted_at=at, received_at=at, author=name,
        counted=("comment", 1), hour=f"{at:%Y-%m-%dT%H}",
    )  # fmt: skip
    return replace(base, **more)


def ours(name: str, thread: str, minutes: int, *, asks: bool = False) -> Head:
    return head(name, thread, minutes, kind=HeadKind.TEAM, counted=None, author=None, asks=asks)


def told(*heads: Head) -> list[Thread]:
    return sorted(threads(heads, {one.at: one for one in heads}).of.values())


def seconds(minutes: int) -> int:
    return int((NOW + minutes * MINUTE).timestamp())


def test_a_thread_tells_how_much_members_and_we_said_and_when_we_asked_something() -> None:
    first = [head("1", "1", 0), ours("2", "1", 5, asks=True), head("3", "1", 9), ours("4", "1", 12, asks=True)]
    assert told(*first) == [Thread(members=2, ours=2, asked=seconds(5), heard=seconds(9))]


def test_what_we_send_ourselves_counts_in_the_thread_and_asks_only_where_a_person_signed_it() -> None:
    sent = Action("a", ActKind.REPLY, "answer", ActionState.SENT, "1", NOW, NOW, done_at=NOW + MINUTE, asks=True)
    by_machine = head("1", "1", actions=(sent,))
    by_person = head("2", "2", actions=(replace(sent, signed_by="marie"),))
    assert [(one.ours, one.asked) for one in told(by_machine, by_person)] == [(1, 0), (1, seconds(1))]


def test_what_is_private_confidential_or_gone_is_no_part_of_it() -> None:
    private = head("1", "1", audience=Audience.PRIVATE)
    distress = head("2", "2", confidential=True, counted=None)
    gone = head("3", "3", deleted=True, counted=None)
    assert told(private, distress, gone) == []


names = st.integers(0, 2000).map(lambda n: f"{n * 2654435761 % 2**32:08x}")
some_threads = st.dictionaries(names, st.builds(Thread, *(st.integers(0, 9) for _ in range(4))), max_size=40)


@given(some_threads, some_threads, some_threads)
@settings(max_examples=30)
def test_threads_add_up_in_whatever_order(a: dict[str, Thread], b: dict[str, Thread], c: dict[str, Thread]) -> None:
    one, other, third = map(Threads.counted, (a, b, c))
    assert (one + other) + third == one + (other + third)
    assert one + other == other + one


def test_beyond_512_threads_those_that_are_kept_are_whole() -> None:
    hours = [{f"{n:04x}": Thread(members=1) for n in range(first, first + 700)} for first in (0, 100)]
    both = Threads.counted(hours[0]) + Threads.counted(hours[1])
    assert len(both.of) == MOST
    assert not both.is_exact
    assert both.of == {f"{n:04x}": Thread(members=1 + (n >= 100)) for n in range(MOST)}
