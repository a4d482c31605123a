"""Answers of the FAQ: never after their last day, put right once in a thread; an order of one's own goes to who has it."""

from datetime import date

import pytest
from world import PAGE, START, World

from tribune.aws import keys
from tribune.aws.communities import Communities
from tribune.journal import Case, CaseState

SHORT = "Vous êtes ouverts le dimanche ?"
FACT = "Jamais ouverts le dimanche, c'est nul"


def last_day_is(world: World, day: date) -> None:
    """Every answer of the FAQ is true until then."""
    communities = Communities(world.stack.tables()["CommunityTable"])
    garance = communities.load("garance")
    faq = tuple(entry.model_copy(update={"valid_until": day}) for entry in garance.faq)
    communities.write(garance.model_copy(update={"faq": faq}))


def says(world: World, number: int, text: str, *, parent: int | None = None) -> Case | None:
    """Somebody says it, and everything that follows at once has happened."""
    world.deliver("facebook", world.comment(number, text, author=str(7000 + number), parent=parent))
    world.settle(minutes=12, quiet_minutes=4)
    at = ("garance", "facebook", PAGE, f"1_{number}")
    return world.journal.read([keys.case(*at)]).case(*at)


def test_on_its_last_day_an_answer_leaves_alone(world: World) -> None:
    last_day_is(world, START.date())
    says(world, 1, SHORT)

    (reply,) = world.outbox.effects
    assert "10 h à 13 h" in (reply.text or "").replace("\u00a0", " ")


def test_an_answer_that_expired_is_never_sent_and_the_question_waits_for_a_person(world: World) -> None:
    last_day_is(world, date(2026, 11, 23))
    case = says(world, 1, SHORT)

    assert world.outbox.effects == ()
    assert case is not None
    assert (case.state, case.reason, case.awaits_answer) == (CaseState.OPEN, "question", True)
    assert [draft.variant.partition("/")[0] for draft in case.drafts] == ["draft.question"]
    assert not [draft for draft in case.drafts if "13" in draft.text]


def test_a_fact_is_put_right_once_in_a_thread(world: World) -> None:
    first = says(world, 1, FACT)
    again = says(world, 2, FACT, parent=1)
    elsewhere = says(world, 3, FACT)

    assert first is not None
    assert [draft.variant.partition("/")[0] for draft in first.drafts] == ["lead.fact"]
    assert again is not None
    assert [draft.variant.partition("/")[0] for draft in again.drafts] == ["criticism"]
    assert elsewhere is not None
    assert [draft.variant.partition("/")[0] for draft in elsewhere.drafts] == ["lead.fact"]
    assert world.outbox.effects == (), "nothing of it leaves without a person"


@pytest.mark.parametrize("text", ["J'ai commandé un G3 chez vous mardi"])
def test_who_tells_of_their_own_order_is_led_to_those_who_have_it(world: World, text: str) -> None:
    case = says(world, 1, text)

    assert case is not None
    assert [draft.variant.partition("/")[0] for draft in case.drafts] == ["lead.redirect"]
    assert world.outbox.effects == ()
