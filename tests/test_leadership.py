"""The leader ratio: persons' public messages alone; the machine's stand beside."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.configuration import read
from tribune import words
from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.decision import Mode
from tribune.figures import Figures, recount
from tribune.journal import Action, ActionState, Head, HeadKind, Verdict
from tribune.leadership import Message, Part, messages_of, part_of_situation
from tribune.measures import Measure, leadership

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
GARANCE = read("community: {id: garance, name: Garance, timezone: Europe/Paris}\n").community
INSULT = Verdict(measure="remind", reason="insult_at_person", mode=Mode.ACT, clause="respect")
QUESTION = Verdict(measure="draft", reason="question", mode=Mode.ACT, awaits_answer=True)
PRAISE = Verdict(measure="draft", reason="praise", mode=Mode.ACT)


def head(name: str, verdict: Verdict | None = None, *actions: Action, **more: Any) -> Head:
    base = Head(
        community="garance", platform="facebook", account="1001", object=name, kind=HeadKind.COMMENT, v="1", rev=1,
        hour="2026-11-24T10", space="page", thread=name, post="1", audience=Audience.PUBLIC, posted_at=NOW,
        received_at=NOW, verdict=verdict, actions=actions,
    )  # fmt: skip
    return replace(base, **more)


def said(variant: str | None, by: str | None, *, name: str = "a", **more: Any) -> Action:
    base = Action(
        name, ActKind.REPLY, "answer", ActionState.SENT, "1", NOW, NOW,
        variant=variant, signed_by=by, platform_id=f"ours-{name}",
    )  # fmt: skip
    return replace(base, **more)


def team(name: str, parent: str | None, thread: str) -> Head:
    return head(name, kind=HeadKind.TEAM, parent=parent, thread=thread)


def messages(heads: list[Head]) -> list[Message]:
    known = {one.at: one for one in heads}
    return [message for one in heads for message in messages_of(one, known)]


def counted(*heads: Head) -> Figures:
    known = {one.at: one for one in heads}
    return sum(recount(heads, known, GARANCE).values(), Figures())


def ratio(figures: Figures) -> Measure:
    return next(one for one in leadership(figures) if one.name == "leader_ratio")


@pytest.mark.parametrize("situation", sorted(words.table("fr", "replies")["situations"]))
def test_every_text_we_have_leads_serves_or_polices(situation: str) -> None:
    assert part_of_situation(situation) in set(Part)


@pytest.mark.parametrize(
    ("situation", "part"),
    [
        ("welcome", Part.LEAD),
        ("thanks.help", Part.LEAD),
        ("lead.floor", Part.LEAD),
        ("lead.fact", Part.LEAD),
        ("lead.redirect", Part.SERVE),
        ("draft.complaint", Part.SERVE),
        ("faq", Part.SERVE),
        ("reminder1.respect", Part.POLICE),
        ("warning3.final", Part.POLICE),
        ("redirect.hors-sujet", Part.POLICE),
    ],
)
def test_a_text_does_what_it_was_prepared_for(situation: str, part: Part) -> None:
    (found,) = messages([head("1", QUESTION, said(f"{situation}/2", "marie"))])

    assert found == Message(part, by_person=True)


@pytest.mark.parametrize(("verdict", "part"), [(QUESTION, Part.SERVE), (INSULT, Part.POLICE), (PRAISE, Part.LEAD)])
def test_words_of_ones_own_do_what_they_answer(verdict: Verdict, part: Part) -> None:
    comment = head("1", verdict, said(None, "marie"))
    from_the_platform = [head("1", verdict), team("2", "1", "1")]

    assert [one.part for one in messages([comment])] == [part]
    assert messages(from_the_platform) == [Message(part, by_person=True)]


def test_what_a_person_writes_under_nothing_leads() -> None:
    assert messages([team("2", None, "2")]) == [Message(Part.LEAD, by_person=True)]


def test_a_persons_reply_to_an_answer_of_ours_answers_the_top_of_the_thread() -> None:
    ours = head("2", kind=HeadKind.OURS, thread="1")

    assert [one.part for one in messages([head("1", QUESTION), ours, team("3", "2", "1")])] == [Part.SERVE]


def test_what_nobody_reads_in_public_counts_nowhere() -> None:
    silent = [
        head("1", QUESTION, said(None, "marie"), audience=Audience.PRIVATE),
        head("2", QUESTION, said(None, "marie", kind=ActKind.PRIVATE)),
        head("3", INSULT, said(None, "marie", kind=ActKind.HIDE)),
        head("4", QUESTION, said(None, "marie", state=ActionState.FAILED)),
        head("5", QUESTION, said(None, "marie", state=ActionState.UNCERTAIN)),
        head("6", QUESTION, said("care.distress/1", "marie"), confidential=True),
        head("7", kind=HeadKind.OURS),
    ]
    taken_back = said(None, None, name="b", kind=ActKind.DELETE, purpose="withdraw", target="ours-a")
    withdrawn = head("8", INSULT, said("reminder1/1", None), taken_back)

    assert messages([*silent, withdrawn]) == []


def test_no_message_of_the_machine_moves_the_ratio() -> None:
    by_persons = [
        head("1", QUESTION, said("draft.question/1", "marie")),
        head("2", PRAISE, said("thanks/1", "marie")),
        head("3", INSULT, said("reminder1.respect/1", "marie")),
    ]
    greetings = [head(f"g{number}", None, said("welcome/1", None)) for number in range(1000)]
    reminders = [head(f"r{number}", INSULT, said("reminder1.respect/1", None)) for number in range(50)]

    alone, beside = counted(*by_persons), counted(*by_persons, *greetings, *reminders)

    assert (ratio(alone).numerator, ratio(alone).denominator) == (2, 3)
    assert ratio(beside) == ratio(alone)
    assert (beside.said["machine", Part.LEAD], beside.said["machine", Part.POLICE]) == (1000, 50)


def test_while_nobody_spoke_there_is_no_ratio() -> None:
    assert ratio(counted(head("1", QUESTION, said("faq/1", None)))).value is None
