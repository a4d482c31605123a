"""What everybody may expect of the journal, on DynamoDB as moto makes it and on the tables in memory, page by page.

What is proven in memory (every pair of faults, every interleaving) is proven because both of these hold.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from memory_world import InMemory
from moto import mock_aws

from local import moto_patch
from local.memory import Memory
from local.resources import Stack, Template, create
from tribune import clock
from tribune.aws import clients, keys
from tribune.aws.journal import Journal
from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.errors import Conflict
from tribune.journal import (
    Action,
    ActionState,
    AuthorNote,
    BrakeNote,
    Breaker,
    Call,
    CallState,
    Case,
    CaseState,
    Changes,
    Count,
    Draft,
    Given,
    Head,
    HeadKind,
    Held,
    Judged,
    Lately,
    OutgoingWords,
    Proposal,
    Proposals,
    ProposalState,
    Renewal,
    SaidWords,
    ShadowCount,
    ShadowNote,
    SweepRecord,
    Tally,
    ThreadNote,
)
from tribune.standing import Standing, Strike, Utterance

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = {"Stage": "test", "AlertAddress": "alerts@example.test", "MailSender": "tribune@example.test"}
_number = itertools.count()


@dataclass(frozen=True)
class Place:
    """A journal, seen from two environments, and a community that nobody wrote in."""

    client: Any
    tables: dict[str, str]
    community: str

    def journal(self, environment: str = "env-1") -> Journal:
        tables = self.tables
        return Journal(self.client, tables["JournalTable"], tables["TextTable"], tables["CounterTable"], environment)

    def head(self, number: int = 1, **changes: Any) -> Head:
        head = Head(
            community=self.community,
            platform="facebook",
            account="1001",
            object=f"1_{number}",
            kind=HeadKind.COMMENT,
            v="000000000000001.0.aa",
            rev=1,
            space="page",
            thread="1_1",
            post="post-1",
            audience=Audience.PUBLIC,
            posted_at=NOW + timedelta(seconds=number),
            received_at=NOW,
        )
        return replace(head, **changes)

    def action(self, number: int = 1, **changes: Any) -> Action:
        action = Action(
            id=f"action-{number}",
            kind=ActKind.REPLY,
            purpose="remind",
            state=ActionState.READY,
            target=f"1_{number}",
            created_at=NOW,
            due_at=NOW + timedelta(minutes=number),
        )
        return replace(action, **changes)

    def case(self, number: int = 1, **changes: Any) -> Case:
        case = Case(
            community=self.community,
            id=f"case-{number}",
            platform="facebook",
            account="1001",
            object=f"1_{number}",
            thread="1_1",
            space="page",
            state=CaseState.OPEN,
            reason="question",
            opened_at=NOW,
            promise_at=NOW + timedelta(hours=number),
            rev=1,
        )
        return replace(case, **changes)

    def call(self, name: str = "threat-1", **changes: Any) -> Call:
        call = Call(
            community=self.community,
            id=name,
            reason="threat",
            urgency="now",
            state=CallState.READY,
            created_at=NOW,
            due_at=NOW + timedelta(minutes=5),
            rev=0,
            objects=("1_1",),
        )
        return replace(call, **changes)

    def stored(self, head: Head) -> Head | None:
        return self.journal().head_of(head.community, head.platform, head.account, head.object)


@contextmanager
def on_moto(template: Template) -> Iterator[Stack]:
    moto_patch.apply()
    with mock_aws():
        sns: Any = clients._client("sns")
        yield create(
            template, dynamodb=clients.dynamodb(), sqs=clients.sqs(), sns=sns, name="test", parameters=PARAMETERS
        )


@contextmanager
def in_memory(template: Template) -> Iterator[Stack]:
    memory = Memory(page=2)
    stack = InMemory(template, memory.dynamodb, memory.sqs, memory.sns, "test", "eu-west-3", dict(PARAMETERS))
    stack.create()
    yield stack


@pytest.fixture(scope="module", params=[on_moto, in_memory], ids=["moto", "memory"])
def made(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with request.param(Template.read(ROOT / "template.yaml")) as stack:
        yield stack


@pytest.fixture
def place(made: Stack) -> Iterator[Place]:
    clock.follow(lambda: NOW)
    yield Place(made.dynamodb, made.tables(), f"community-{next(_number)}")
    clock.follow(lambda: datetime.now(UTC))


# --- a record is written once, and follows the one before ---


def test_what_was_written_is_read_back_as_it_was(place: Place) -> None:
    head = place.head(
        actions=(place.action(attempts=2, lease_until=NOW + timedelta(minutes=1), words="ab"),),
        author="3f2a",
        counted=("comment", 1),
        language="en",
    )
    case = place.case(drafts=(Draft("d", ActKind.REPLY, "Bonjour, voilà."),), awaits_since=NOW)

    place.journal().commit(Changes(heads=(head,), cases=(case,)), NOW)

    known = place.journal().read([keys.head(*head.at), keys.case(*head.at)])
    assert known.head(*head.at) == head
    assert known.case(*head.at) == case


def test_what_nobody_wrote_is_absent_or_empty(place: Place) -> None:
    at = place.head().at
    known = place.journal().read([keys.head(*at), keys.thread(*at), keys.author(at[0], "3f2a"), keys.breaker(*at[:3])])

    assert known.head(*at) is None
    assert known.case(*at) is None
    assert known.thread(*at).rev == 0
    assert known.author(at[0], "3f2a", NOW).standing.first_seen is None
    assert known.breaker(*at[:3]).rev == 0


def test_a_first_sight_happens_once(place: Place) -> None:
    place.journal().commit(Changes(heads=(place.head(),)), NOW)

    with pytest.raises(Conflict):
        place.journal().commit(Changes(heads=(place.head(space="other"),)), NOW)

    assert place.stored(place.head()) == place.head()


@pytest.mark.parametrize("rev", [1, 3])
def test_only_what_follows_the_record_as_it_stands_is_written(place: Place, rev: int) -> None:
    place.journal().commit(Changes(heads=(place.head(),)), NOW)

    with pytest.raises(Conflict):
        place.journal().commit(Changes(heads=(place.head(rev=rev),)), NOW)
    place.journal().commit(Changes(heads=(place.head(rev=2, by_hand=True),)), NOW)

    assert place.stored(place.head()) == place.head(rev=2, by_hand=True)


def test_all_or_nothing(place: Place) -> None:
    place.journal().commit(Changes(heads=(place.head(1),)), NOW)
    thread = ThreadNote(*place.head().thread_at, human_at=NOW)
    count = Count(place.community, "page", "2026-11-24T10", "comment", 1, 1)

    with pytest.raises(Conflict):
        place.journal().commit(
            Changes(
                heads=(place.head(2), place.head(1)),
                cases=(place.case(2),),
                threads=(thread,),
                calls=(place.call(),),
                counts=(count,),
            ),
            NOW,
        )

    assert place.stored(place.head(2)) is None
    assert place.journal().open_cases(place.community) == []
    assert place.journal().load_call(place.community, "threat-1") is None
    assert place.journal().read([keys.thread(*place.head().thread_at)]).thread(*place.head().thread_at).rev == 0
    assert counted(place) == {}


def test_as_many_as_a_transaction_holds_are_written_together_and_read_together(place: Place) -> None:
    heads = tuple(place.head(number) for number in range(1, 101))
    place.journal().commit(Changes(heads=heads), NOW)

    known = place.journal().read([keys.head(*place.head(number).at) for number in range(1, 131)])

    assert [known.head(*head.at) for head in heads] == list(heads)
    assert known.head(*place.head(130).at) is None


# --- threads and authors: what many write at once commutes ---


def test_notes_about_a_thread_come_together_in_any_order(place: Place) -> None:
    at = place.head().thread_at
    notes = (
        ThreadNote(*at, automatic={"a": NOW}, used=frozenset({"reminder.1"}), opened=frozenset({"1_1"})),
        ThreadNote(*at, human_at=NOW),
        ThreadNote(*at, automatic={"b": NOW}, opened=frozenset({"1_2"})),
    )
    for order, number in zip(itertools.permutations(notes), itertools.count()):
        moved = tuple(replace(note, id=f"t{number}") for note in order)
        for note in moved:
            place.journal().commit(Changes(threads=(note,)), NOW)
        together = tuple(replace(note, id=f"u{number}") for note in order)
        place.journal().commit(Changes(threads=together), NOW)

    known = place.journal().read(keys.thread(*at[:3], f"{letter}{number}") for letter in "tu" for number in range(6))
    records = {replace_id(known.thread(*at[:3], f"{letter}{number}")) for letter in "tu" for number in range(6)}
    assert len(records) == 1
    (record,) = records
    assert record == (NOW, ("a", "b"), ("reminder.1",), ("1_1", "1_2"))


def replace_id(record: Any) -> tuple[Any, ...]:
    return (record.human_at, tuple(sorted(record.automatic)), tuple(sorted(record.used)), tuple(sorted(record.open)))


def test_a_claim_loses_against_whatever_was_noted_since(place: Place) -> None:
    at = place.head().thread_at
    place.journal().commit(Changes(threads=(ThreadNote(*at, human_at=NOW),)), NOW)

    with pytest.raises(Conflict):
        place.journal().commit(Changes(threads=(ThreadNote(*at, automatic={"a": NOW}, expected_rev=0),)), NOW)
    place.journal().commit(Changes(threads=(ThreadNote(*at, automatic={"b": NOW}, expected_rev=1),)), NOW)

    record = place.journal().read([keys.thread(*at)]).thread(*at)
    assert set(record.automatic) == {"b"}
    assert record.rev == 2


def test_of_two_claims_of_an_unknown_thread_one_wins(place: Place) -> None:
    at = place.head().thread_at
    place.journal().commit(Changes(threads=(ThreadNote(*at, automatic={"a": NOW}, expected_rev=0),)), NOW)

    with pytest.raises(Conflict):
        place.journal().commit(Changes(threads=(ThreadNote(*at, automatic={"b": NOW}, expected_rev=0),)), NOW)


def test_what_was_forgotten_or_closed_in_a_thread_is_gone(place: Place) -> None:
    at = place.head().thread_at
    place.journal().commit(Changes(threads=(ThreadNote(*at, automatic={"a": NOW}, opened=frozenset({"1_1"})),)), NOW)
    place.journal().commit(
        Changes(threads=(ThreadNote(*at, forgotten=frozenset({"a"}), closed=frozenset({"1_1"})),)), NOW
    )

    record = place.journal().read([keys.thread(*at)]).thread(*at)
    assert (dict(record.automatic), record.open) == ({}, frozenset())


def test_an_authors_standing_is_made_of_what_each_object_noted(place: Place) -> None:
    def note(**content: Any) -> None:
        place.journal().commit(Changes(authors=(AuthorNote(place.community, "3f2a", **content),)), NOW)

    note(first_at=NOW - timedelta(days=3), said=(Utterance("aa", "1_1", NOW),), waiting={"1_1": NOW})
    note(first_at=NOW, strikes=(Strike(clause="respect", object="1_2", at=NOW),), automatic={"a": NOW})
    note(said=(Utterance("bb", "1_2", NOW),), automatic={"b": NOW - timedelta(days=2)}, used={"reminder.1": NOW})

    record = place.journal().read([keys.author(place.community, "3f2a")]).author(place.community, "3f2a", NOW)
    assert record.standing.first_seen == NOW - timedelta(days=3), "the first one that was noted"
    assert {said.object for said in record.standing.said} == {"1_1", "1_2"}
    assert [strike.object for strike in record.standing.strikes] == ["1_2"]
    assert record.standing.waiting_since == NOW
    assert record.standing.variants == {"reminder.1"}
    assert record.standing.automatic_today == 1

    note(unsaid=frozenset({"1_1"}), answered=frozenset({"1_1"}), lifted=frozenset({"1_2"}), forgotten=frozenset({"a"}))
    record = place.journal().read([keys.author(place.community, "3f2a")]).author(place.community, "3f2a", NOW)
    assert [said.object for said in record.standing.said] == ["1_2"]
    assert (record.standing.strikes, record.standing.waiting_since) == ((), None)
    assert set(record.automatic) == {"b"}


def test_what_an_author_said_lately_is_part_of_their_standing_and_is_forgotten_with_it(place: Place) -> None:
    journal = place.journal()
    known = [keys.author(place.community, "3f2a"), keys.lately(place.community, "3f2a")]
    lately = Lately(place.community, "3f2a", (Utterance("aa", "1_1", NOW),), NOW, "1_1")
    journal.keep_words([], [], [lately])

    record = journal.read(known).author(place.community, "3f2a", NOW)
    assert (record.standing.first_seen, record.standing.first_object) == (NOW, "1_1")
    assert record.standing.said == record.lately == lately.said

    earlier = AuthorNote(
        place.community,
        "3f2a",
        first_at=NOW - timedelta(days=3),
        said=(Utterance("bb", "1_2", NOW),),
        waiting={"1_2": NOW},
    )
    journal.commit(Changes(authors=(earlier,)), NOW)
    record = journal.read(known).author(place.community, "3f2a", NOW)
    assert (record.standing.first_seen, record.standing.first_object) == (NOW - timedelta(days=3), None)
    assert {said.object for said in record.standing.said} == {"1_1", "1_2"}

    journal.forget_author(place.community, "3f2a", NOW)
    assert journal.read(known).author(place.community, "3f2a", NOW).standing == Standing()
    journal.keep_words([], [], [lately])
    late = journal.read(known).author(place.community, "3f2a", NOW).standing
    assert (late.said, late.first_seen) == ((), None), "written by whoever had read before"


def test_of_a_forgotten_author_only_that_is_known(place: Place) -> None:
    note = AuthorNote(place.community, "3f2a", first_at=NOW, strikes=(Strike(clause="c", object="1_1", at=NOW),))
    place.journal().commit(Changes(authors=(note,)), NOW)
    place.journal().forget_author(place.community, "3f2a", NOW)

    record = place.journal().read([keys.author(place.community, "3f2a")]).author(place.community, "3f2a", NOW)
    assert record.forgotten_at == NOW
    assert record.standing.strikes == ()
    assert record.standing.first_seen is None


def test_everything_an_author_said_is_found_in_order_and_nothing_else(place: Place) -> None:
    mine = tuple(place.head(number, author="3f2a") for number in (3, 1, 5, 2, 4))
    place.journal().commit(Changes(heads=(*mine, place.head(6, author="beef"), place.head(7))), NOW)
    place.journal().commit(Changes(heads=(replace(place.head(4, author=None), rev=2),)), NOW)

    assert [at[3] for at in place.journal().said_by(place.community, "3f2a")] == ["1_1", "1_2", "1_3", "1_5"]


# --- what is due ---


def test_what_is_unfinished_stands_in_the_index_until_it_is_not(place: Place) -> None:
    journal, at = place.journal(), place.head().at
    ready = place.head(actions=(place.action(5),))
    journal.commit(Changes(heads=(ready,)), NOW)

    def due(minutes: int) -> bool:
        return keys.head(*at) in journal.due("action", NOW + timedelta(minutes=minutes))

    assert not due(4)
    assert due(5)
    sending = place.action(5, state=ActionState.SENDING, due_at=NOW + timedelta(minutes=9))
    journal.commit(Changes(heads=(replace(ready, rev=2, actions=(sending,)),)), NOW)
    assert not due(8)
    assert due(9)
    sent = replace(sending, state=ActionState.SENT)
    journal.commit(Changes(heads=(replace(ready, rev=3, actions=(sent,)),)), NOW)
    assert not due(600)


def test_the_earliest_action_of_an_object_decides_when_it_is_due(place: Place) -> None:
    head = place.head(actions=(place.action(9), place.action(3), place.action(1, state=ActionState.SENT)))
    place.journal().commit(Changes(heads=(head,)), NOW)

    assert keys.head(*head.at) not in place.journal().due("action", NOW + timedelta(minutes=2))
    assert keys.head(*head.at) in place.journal().due("action", NOW + timedelta(minutes=3))


def test_the_oldest_come_first_and_no_more_than_were_asked_for(place: Place) -> None:
    heads = tuple(place.head(4 * number, actions=(place.action(number),)) for number in range(1, 8))
    heads = tuple(head for head in heads if keys.due_shard("action", head.object) == keys.due_shard("action", "1_4"))
    place.journal().commit(Changes(heads=heads), NOW - timedelta(days=1))

    found = [key["pk"] for key in place.journal().due("action", NOW + timedelta(hours=1), limit=1)]

    ours = [pk for pk in found if pk.startswith(f"{place.community}#")]
    assert len(found) <= keys.SHARDS["action"]
    assert len(ours) <= 1


# --- cases ---


def test_cases_the_promise_that_runs_out_first_on_top_and_settled_ones_the_latest_first(place: Place) -> None:
    journal = place.journal()
    journal.commit(Changes(cases=tuple(place.case(number) for number in (3, 1, 5, 2, 4))), NOW)
    for number in (1, 4, 2):
        settled = place.case(number, rev=2, state=CaseState.CLOSED, closed_at=NOW + timedelta(minutes=number))
        journal.commit(Changes(cases=(settled,)), NOW)

    assert [case.object for case in journal.open_cases(place.community)] == ["1_3", "1_5"]
    assert [at[3] for at in journal.cases(place.community, CaseState.OPEN)] == ["1_3", "1_5"]
    assert [at[3] for at in journal.cases(place.community, CaseState.CLOSED)] == ["1_4", "1_2", "1_1"]


def test_the_outline_of_an_open_case_says_its_place_and_no_more(place: Place) -> None:
    journal = place.journal()
    cases = (
        place.case(1, awaits_answer=True, given=Given(to="lea", by="marie", at=NOW)),
        place.case(2, reason="threat", remind_at=NOW),
        place.case(3, state=CaseState.CLOSED, closed_at=NOW),
    )
    journal.commit(Changes(cases=cases), NOW)

    found = {one.at[3]: one for one in journal.outlines(place.community)}
    assert set(found) == {"1_1", "1_2"}
    for case in cases[:2]:
        one = found[case.object]
        assert one.at == (case.community, case.platform, case.account, case.object)
        assert (one.reason, one.awaits_answer, one.promise_at) == (case.reason, case.awaits_answer, case.promise_at)
    assert (found["1_1"].given_to, found["1_2"].given_to) == ("lea", None)


def test_what_somebody_said_last_comes_first_and_no_more_than_was_asked_for(place: Place) -> None:
    said = tuple(place.head(number, author="a1", posted_at=NOW + timedelta(minutes=number)) for number in (2, 3, 1))
    other = place.head(9, author="a2", posted_at=NOW + timedelta(hours=1))
    place.journal().commit(Changes(heads=(*said, other)), NOW)

    assert [at[3] for at in place.journal().last_said(place.community, "a1", 2)] == ["1_3", "1_2"]
    assert place.journal().last_said(place.community, "nobody", 2) == []


def test_a_promise_is_due_once_its_hour_has_come(place: Place) -> None:
    journal = place.journal()
    journal.commit(Changes(cases=(place.case(1, remind_at=NOW), place.case(2))), NOW)

    assert journal.promises_due(place.community, NOW - timedelta(seconds=1)) == []
    assert [case.object for case in journal.promises_due(place.community, NOW)] == ["1_1"]
    assert {case.object for case in journal.open_cases(place.community)} == {"1_1", "1_2"}


# --- calls ---


def test_an_incident_is_one_call_that_gains_objects(place: Place) -> None:
    journal = place.journal()
    journal.commit(Changes(calls=(place.call(),)), NOW)
    journal.commit(Changes(calls=(place.call(objects=("1_2",), reason="other", created_at=NOW + STEP),)), NOW)

    call = journal.load_call(place.community, "threat-1")
    assert call is not None
    assert (call.objects, call.reason, call.created_at) == (("1_1", "1_2"), "threat", NOW)


STEP = timedelta(minutes=1)


def test_a_call_is_taken_by_whoever_read_it_last(place: Place) -> None:
    journal = place.journal()
    journal.commit(Changes(calls=(place.call(),)), NOW)
    read = journal.load_call(place.community, "threat-1")
    assert read is not None
    journal.commit(Changes(calls=(place.call(objects=("1_2",)),)), NOW)

    with pytest.raises(Conflict):
        journal.save_call(replace(read, state=CallState.TAKEN, taken_by="marie"), NOW)

    fresh = journal.load_call(place.community, "threat-1")
    assert fresh is not None
    taken = journal.save_call(replace(fresh, state=CallState.TAKEN, taken_by="marie"), NOW)
    assert journal.load_call(place.community, "threat-1") == taken
    assert journal.open_calls(place.community) == []


def test_calls_that_nobody_took_are_due_and_open_the_oldest_first(place: Place) -> None:
    journal = place.journal()
    for number in (2, 1, 3):
        journal.commit(Changes(calls=(place.call(f"c{number}", created_at=NOW + number * STEP),)), NOW)

    assert [call.id for call in journal.open_calls(place.community)] == ["c1", "c2", "c3"]
    ours = [key for key in journal.due("call", NOW + timedelta(hours=1)) if key["pk"].startswith(place.community + "#")]
    assert len(ours) == 3


# --- counters ---


def counted(place: Place) -> dict[str, int]:
    total: dict[str, int] = {}
    for item in place.client.scan(TableName=place.tables["CounterTable"])["Items"]:
        if item["pk"]["S"].startswith(f"{place.community}#"):
            for name, value in item.items():
                if "." in name:
                    total[name] = total.get(name, 0) + int(value["N"])
    return total


def test_counters_add_up_over_transactions_and_environments(place: Place) -> None:
    one = Count(place.community, "page", "2026-11-24T10", "comment", 1, 1)
    place.journal("env-1").commit(Changes(counts=(one, one, replace(one, level=2))), NOW)
    place.journal("env-2").commit(Changes(counts=(one,)), NOW)
    place.journal("env-1").commit(Changes(counts=(replace(one, n=-1),)), NOW)

    assert counted(place) == {"comment.1": 2, "comment.2": 1}


def test_what_clauses_did_is_told_by_version_and_hour(place: Place) -> None:
    def tally(hour: str, clause: str, what: str, n: int) -> Tally:
        return Tally(place.community, "page", hour, 2, clause, what, n)

    first = (tally("2026-11-24T09", "respect", "cited", 2), tally("2026-11-24T09", "", "seen", 5))
    later = (tally("2026-11-24T10", "respect", "alone", 1), tally("2026-11-24T10", "", "seen", 3))
    place.journal("env-1").commit(Changes(tallies=first), NOW)
    place.journal("env-2").commit(Changes(tallies=later), NOW)
    place.journal("env-1").commit(Changes(tallies=first), NOW)

    since = datetime(2026, 11, 24, 9, tzinfo=UTC)
    found = list(place.journal().tallies(place.community, ["page", "other"], since))
    assert sorted((one.hour[-2:], one.clause, one.what, one.n) for one in found) == [
        ("09", "", "seen", 10),
        ("09", "respect", "cited", 4),
        ("10", "", "seen", 3),
        ("10", "respect", "alone", 1),
    ]
    later = list(place.journal().tallies(place.community, ["page"], since + timedelta(hours=1)))
    assert {(one.hour[-2:], one.version) for one in later} == {("10", 2)}


# --- words ---


def said(place: Place, number: int = 1, **changes: Any) -> SaidWords:
    words = SaidWords(
        place.community, "facebook", "1001", f"1_{number}", place.head().v, "Bonjour", NOW + timedelta(days=30), "7001"
    )
    return replace(words, **changes)


def test_words_are_there_until_they_expire_though_the_store_still_has_them(place: Place) -> None:
    journal, at = place.journal(), place.head().at
    out = OutgoingWords(*at, "action-1", "Merci", "7001", NOW + timedelta(days=1))
    journal.keep_words([said(place)], [out])
    journal.keep_words([said(place)], [out])

    assert journal.said_words(*at, place.head().v) == said(place)
    assert journal.outgoing_words(*at, "action-1") == ("Merci", "7001")
    clock.follow(lambda: NOW + timedelta(days=2))
    assert journal.outgoing_words(*at, "action-1") is None
    assert journal.said_words(*at, place.head().v) is not None
    clock.follow(lambda: NOW + timedelta(days=31))
    assert journal.said_words(*at, place.head().v) is None


def test_erasing_takes_every_word_under_an_object_and_no_other(place: Place) -> None:
    journal, at = place.journal(), place.head().at
    versions = [said(place, v=f"{number}.0.aa") for number in range(30)]
    journal.keep_words([*versions, said(place, 2)], [OutgoingWords(*at, "a", "Merci", None, NOW + STEP)])

    journal.erase_words(*at)

    assert all(journal.said_words(*at, one.v) is None for one in versions)
    assert journal.outgoing_words(*at, "a") is None
    assert journal.said_words(*place.head(2).at, place.head().v) == said(place, 2)


def test_the_words_of_an_object_are_those_of_its_current_version(place: Place) -> None:
    journal, at = place.journal(), place.head().at
    journal.commit(Changes(heads=(place.head(v="2.0.bb"),)), NOW)
    journal.keep_words([said(place, v="1.0.aa", text="avant"), said(place, v="2.0.bb", text="après")], [])

    assert journal.words_of(*at) == "après"


# --- accounts, pauses, brakes, sweeps ---


def test_the_memory_of_an_account_follows_what_was_read_and_is_due_when_its_pause_ends(place: Place) -> None:
    journal, at = place.journal(), (place.community, "facebook", "1001")
    resting = Breaker(*at, rev=1, open_until=NOW + STEP, reason="limited", unable={"like": NOW + STEP})
    journal.keep_breaker(resting)
    with pytest.raises(Conflict):
        journal.keep_breaker(replace(resting, reason="usage"))

    assert journal.read([keys.breaker(*at)]).breaker(*at) == resting
    assert keys.breaker(*at) not in journal.due("breaker", NOW)
    assert keys.breaker(*at) in journal.due("breaker", NOW + STEP)
    journal.end_pause(keys.breaker(*at))
    assert keys.breaker(*at) not in journal.due("breaker", NOW + STEP)
    assert journal.read([keys.breaker(*at)]).breaker(*at) == resting


def test_a_sweep_and_a_renewal_are_one_workers(place: Place) -> None:
    journal = place.journal()
    sweep = SweepRecord(place.community, "youtube", "UC1", rev=1, cursor="c", lease_until=NOW)
    renewal = Renewal(place.community, "x", "main", rev=1, not_before=NOW)
    journal.keep_sweep(sweep)
    journal.keep_renewal(renewal)

    with pytest.raises(Conflict):
        journal.keep_sweep(sweep)
    with pytest.raises(Conflict):
        journal.keep_renewal(renewal)
    known = journal.read([keys.sweep(place.community, "youtube", "UC1"), keys.renewal(place.community, "x", "main")])
    assert known.sweep(place.community, "youtube", "UC1") == sweep
    assert known.renewal(place.community, "x", "main") == renewal


def test_a_pause_lasts_until_it_is_lifted(place: Place) -> None:
    journal = place.journal()
    journal.pause(place.community, "all", NOW + STEP)
    journal.pause(place.community, "space#page", NOW + 2 * STEP)
    journal.pause(place.community, "all", None)

    assert dict(journal.pauses(place.community).until) == {"space#page": NOW + 2 * STEP}


def test_a_brake_takes_hold_once_and_is_let_go_by_a_person(place: Place) -> None:
    journal, held = place.journal(), Held("respect", 2, 3, NOW, "share")
    journal.commit(Changes(brakes=(BrakeNote(place.community, 0, (held,)),)), NOW)
    with pytest.raises(Conflict):
        journal.commit(Changes(brakes=(BrakeNote(place.community, 0, (held,)),)), NOW)

    assert journal.read([keys.brakes(place.community)]).brakes(place.community).held == {"respect": held}
    journal.release_brake(held, place.community, "lea", NOW + STEP)
    brakes = journal.read([keys.brakes(place.community)]).brakes(place.community)
    assert (dict(brakes.held), dict(brakes.released)) == ({}, {"respect": 2})
    assert dict(brakes.released_by) == {"respect": ("lea", NOW + STEP)}


# --- everything at once ---


def test_a_trial_is_counted_and_noted(place: Place) -> None:
    def note(number: int, measure: str) -> ShadowNote:
        was, would = Judged("nothing", "calm", None, True), Judged(measure, "calm", None, True)
        return ShadowNote(place.community, "abc", "facebook", "1001", f"1_{number}", NOW + number * STEP, was, would)

    notes = tuple(note(number, "nothing" if number == 2 else "remind") for number in (3, 1, 2, 4))
    counts = (ShadowCount(place.community, "abc", "judged", 1), ShadowCount(place.community, "abc", "judged", 2))
    place.journal("env-1").commit(Changes(shadows=notes, shadow_counts=counts), NOW)
    place.journal("env-2").commit(Changes(shadow_counts=counts), NOW)

    assert [one.object for one in place.journal().shadow_notes(place.community, "abc")] == ["1_1", "1_3", "1_4"]
    assert place.journal().shadow_counts(place.community, "abc") == {"judged": 6}


def test_a_person_who_asks_sees_every_object_since_a_moment(place: Place) -> None:
    heads = tuple(place.head(number) for number in range(1, 8))
    place.journal().commit(Changes(heads=heads, cases=(place.case(1),)), NOW)

    since = NOW + timedelta(seconds=3)
    assert {head.object for head in place.journal().heads(place.community, since)} == {
        "1_3",
        "1_4",
        "1_5",
        "1_6",
        "1_7",
    }


def test_the_latest_cases_come_first_and_no_more_than_were_asked_for(place: Place) -> None:
    cases = [place.case(number, promise_at=NOW + timedelta(hours=number)) for number in range(1, 6)]
    closed = [
        place.case(number, state=CaseState.CLOSED, closed_at=NOW - timedelta(days=number)) for number in range(11, 16)
    ]
    place.journal().commit(Changes(cases=(*cases, *closed)), NOW)

    latest = place.journal().latest_cases(place.community, NOW - timedelta(days=13), limit=2)
    everything = place.journal().latest_cases(place.community, NOW - timedelta(days=13), limit=100)

    assert [at[3] for at in latest] == ["1_5", "1_4", "1_11", "1_12"]
    assert [at[3] for at in everything] == ["1_5", "1_4", "1_3", "1_2", "1_1", "1_11", "1_12", "1_13"]


def test_the_words_of_many_comments_are_read_together_those_that_stand(place: Place) -> None:
    heads = [place.head(number) for number in range(1, 121)]
    kept = [said(place, number, v=heads[0].v, text=f"words {number}") for number in range(1, 119)]
    gone = said(place, 119, v=heads[0].v, expires=NOW - timedelta(seconds=1))
    earlier = said(place, 120, v="000000000000000.0.zz")
    place.journal().keep_words((*kept, gone, earlier), ())

    found = place.journal().current_words(heads)

    assert len(found) == 118
    assert found[heads[6].at] == "words 7"


def test_a_day_is_proposed_once_and_settled_by_whoever_read_it_last(place: Place) -> None:
    proposal = Proposal("a1", "thank", (("facebook", "1001", "1_1"),), {"fr": "Merci.", "en": "Thanks."}, "thanks/1")
    made = Proposals(place.community, NOW.date(), made_at=NOW, rev=1, proposals=(proposal,))
    place.journal().keep_proposals(made)

    with pytest.raises(Conflict):
        place.journal("env-2").keep_proposals(replace(made, proposals=()))
    settled = replace(proposal, state=ProposalState.DONE, settled_by="marie", settled_at=NOW)
    place.journal().keep_proposals(replace(made, rev=2, proposals=(settled,)))
    known = place.journal().read([keys.proposals(place.community, NOW.date())])

    assert known.proposals(place.community, NOW.date()) == replace(made, rev=2, proposals=(settled,))
    assert known.proposals(place.community, (NOW + timedelta(days=1)).date()) is None


def test_who_of_the_house_read_which_charter_is_kept_until_they_leave(place: Place) -> None:
    journal = place.journal()
    journal.acknowledge(place.community, "facebook:1", 1, NOW)
    journal.acknowledge(place.community, "facebook:1", 2, NOW + timedelta(days=1))
    journal.acknowledge(place.community, "facebook:1", 1, NOW + timedelta(days=2))
    journal.acknowledge(place.community, "x:2", 2, NOW)

    assert journal.acknowledged(place.community) == {
        "facebook:1": {1: NOW, 2: NOW + timedelta(days=1)},
        "x:2": {2: NOW},
    }
    journal.forget_ambassador(place.community, "facebook:1")
    assert journal.acknowledged(place.community) == {"x:2": {2: NOW}}


def test_a_community_sees_nothing_of_another(place: Place) -> None:
    other = replace(place, community=f"{place.community}-other")
    other.journal().commit(
        Changes(heads=(other.head(author="3f2a"),), cases=(other.case(),), calls=(other.call(),)), NOW
    )

    assert place.stored(place.head()) is None
    assert place.journal().open_cases(place.community) == []
    assert place.journal().open_calls(place.community) == []
    assert place.journal().said_by(place.community, "3f2a") == []
    assert list(place.journal().heads(place.community, NOW)) == []
