"""How a community speaks, through the real doors: what was read does not come back, and what turned sour names nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from memory_world import memory_world
from publishing import in_force
from world import PAGE, World

from tribune.aws import clients, keys
from tribune.aws.communities import Communities
from tribune.aws.queues import Queue
from tribune.journal import Draft
from tribune.platforms import platform
from tribune.replies import OwnTexts
from tribune.workflow.cases import Handling
from tribune.workflow.deed import case_id

PRAISE = "Super vélo, merci !"
QUESTION = "Quelqu'un sait si le G3 tient en cabine d'avion ?"
KIND_WORDS = ("Merci, quel service !", "Génial ce vélo, merci", "Excellent accueil, bravo", "Merci à toute l'équipe !")
"""As many as there are ways to thank."""


@pytest.fixture
def place() -> Iterator[World]:
    with memory_world() as world:
        yield world


def prepared(
    world: World, number: int, text: str = PRAISE, *, author: str = "7001", parent: int | None = None
) -> Draft:
    """What Marie finds when somebody says this."""
    world.deliver("facebook", world.comment(number, text, author=author, parent=parent))
    world.settle(minutes=4, quiet_minutes=2)
    at = ("garance", "facebook", PAGE, f"1_{number}")
    case = world.journal.read([keys.case(*at)]).case(*at)
    assert case is not None
    (draft,) = case.drafts
    return draft


def send(world: World, number: int, draft: Draft) -> None:
    """Marie sends it as it is."""
    actions = Queue(clients.sqs(), world.stack.queues()["ActionsQueue"])
    desk = Handling(world.journal, keys, actions, lambda: world.now, platform, lambda _c, _v: in_force(world))
    desk.send("garance", case_id(("garance", "facebook", PAGE, f"1_{number}")), "marie", draft.text, draft)
    world.settle(minutes=4, quiet_minutes=2)


def read_by(world: World, number: int) -> frozenset[str]:
    """The texts that the author of a comment read within 30 days."""
    head = world.kept(number)
    assert head.author is not None
    known = world.journal.read([keys.author("garance", head.author)])
    return known.author("garance", head.author, world.now).standing.variants


def test_nobody_is_prepared_the_text_that_they_read_until_each_was_said(place: World) -> None:
    told = []
    for number, kind_words in enumerate(KIND_WORDS, start=1):
        draft = prepared(place, number, kind_words)
        send(place, number, draft)
        told.append(draft.variant)

    assert len(set(told)) == len(KIND_WORDS)
    assert prepared(place, 9).variant in told, "a person's draft may come back, rather than none"


def test_nor_is_anybody_in_the_thread_where_somebody_else_read_it(place: World) -> None:
    first = prepared(place, 1, QUESTION)
    send(place, 1, first)

    assert prepared(place, 2, QUESTION, author="7002", parent=1).variant != first.variant


def test_after_thirty_days_it_may_come_back(place: World) -> None:
    draft = prepared(place, 1)
    send(place, 1, draft)
    assert read_by(place, 1) == {draft.variant}

    place.now += timedelta(days=29)
    assert read_by(place, 1) == {draft.variant}
    place.now += timedelta(days=2)
    assert read_by(place, 1) == frozenset()


def test_marie_signs_until_the_climate_turns(place: World) -> None:
    assert prepared(place, 1).text.endswith(" ^MC")

    clients.dynamodb().update_item(
        TableName=place.stack.tables()["JournalTable"],
        Key={name: {"S": value} for name, value in keys.brakes("garance").items()},
        UpdateExpression="SET #space = :level",
        ExpressionAttributeNames={"#space": "climate.facebook"},
        ExpressionAttributeValues={":level": {"S": "orange"}},
    )
    place.forget()
    assert "^" not in prepared(place, 2, "Toujours rien pour ma commande, c'est nul", author="7002").text


@pytest.mark.parametrize(("last_day", "own"), [(date(2099, 1, 1), 1), (date(2020, 1, 1), 0)])
def test_a_community_speaks_its_own_words_until_they_expire(place: World, last_day: date, own: int) -> None:
    communities = Communities(place.stack.tables()["CommunityTable"])
    garance = communities.load("garance")
    texts = ("Merci, le peloton est ravi.", "Un grand merci de tout le peloton.", "Merci, c'est bon pour les jambes.")
    ours = OwnTexts(
        situation="thanks", texts={"fr": texts}, instead=True, reviewed_at=date(2019, 1, 1), valid_until=last_day
    )
    voice = garance.voice.model_copy(update={"replies": (ours,)})
    communities.write(garance.model_copy(update={"voice": voice}))
    place.forget()

    assert texts.count(prepared(place, 1).text.removesuffix(" ^MC")) == own


def test_a_signed_question_is_known_as_one_and_so_is_a_hide_on_the_platform_itself(place: World) -> None:
    draft = prepared(place, 1, QUESTION)
    send(place, 1, replace(draft, text="Oui, et vous, vous roulez en ville ? ^MC"))
    place.deliver("facebook", place.comment(1, QUESTION, verb="hide"))
    place.settle(minutes=4, quiet_minutes=2)

    asked = place.kept()
    assert [(action.asks, action.signed_by) for action in asked.actions if action.signed_by] == [(True, "marie")]
    assert (asked.by_hand, asked.hidden) == (True, True), "answered by hand before, hidden since"

    place.deliver("facebook", place.comment(1, QUESTION, verb="unhide", at=place.now))
    place.settle(minutes=4, quiet_minutes=2)
    shown = place.kept()
    assert shown.hidden is False
