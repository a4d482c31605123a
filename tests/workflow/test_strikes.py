"""A strike is what somebody was told, as long as that stands: whatever is edited, deleted, repeated or late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from duty_room import Messages
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_world import memory_world
from publishing import decide, head, in_force
from world import PAGE, START, Fault, World

from tribune.aws import keys
from tribune.channel import ActKind
from tribune.errors import OwnDecision
from tribune.journal import ActionState
from tribune.platforms import platform
from tribune.workflow.cases import Handling

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
WORSE = "@Karim t'es vraiment un abruti, et un imbécile, si tu crois ça"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
CLEAN = "@Karim je ne suis pas d'accord avec toi"
AUTHOR = "7001"


@pytest.fixture
def place() -> Iterator[World]:
    with memory_world() as world:
        yield world


def say(world: World, number: int, text: str, *, verb: str = "add", later: timedelta = timedelta()) -> None:
    world.deliver("facebook", world.comment(number, text, verb=verb, author=AUTHOR, at=world.now + later))
    decide(world)


def struck(world: World) -> set[str]:
    """The comments that count in the author's history; the head of each says the same."""
    author = next((h.author for n in range(1, 6) if (h := _head(world, n)) and h.author), None)
    if author is None:
        return set()
    standing = world.journal.read([keys.author("garance", author)]).author("garance", author, world.now).standing
    found = {strike.object for strike in standing.strikes}
    heads = [h for n in range(1, 6) if (h := _head(world, n))]
    assert found == {h.object for h in heads if h.verdict and h.verdict.strike}
    return found


def _head(world: World, number: int) -> Any:
    return world.head("garance", "facebook", PAGE, f"1_{number}")


def told(world: World) -> set[str]:
    """The comments under which a reminder of ours stands."""
    heads = [h for n in range(1, 6) if (h := _head(world, n))]
    reminders = {h.object: [a for a in h.actions if a.reminds and a.state is ActionState.SENT] for h in heads}
    withdrawn = {
        h.object for h in heads for a in h.actions if a.purpose == "withdraw" and a.state is not ActionState.FAILED
    }
    return {name for name, sent in reminders.items() if sent} - withdrawn


def by_hand(world: World) -> Handling:
    charter = in_force(world)
    return Handling(world.journal, keys, Messages(), lambda: world.now, platform, lambda _c, _v: charter)


def name_of(world: World, number: int = 1) -> str:
    at = ("garance", "facebook", PAGE, f"1_{number}")
    case = world.journal.read([keys.case(*at)]).case(*at)
    assert case is not None
    return case.id


def test_a_reminder_that_left_counts(place: World) -> None:
    say(place, 1, INSULT)
    place.settle(minutes=4)
    assert struck(place) == told(place) == {"1_1"}


def test_who_deletes_their_words_before_they_were_told_was_never_told(place: World) -> None:
    say(place, 1, INSULT)
    say(place, 1, "", verb="remove")
    place.settle(minutes=4)
    assert struck(place) == told(place) == set()


def test_who_was_told_and_deletes_their_words_was_told(place: World) -> None:
    say(place, 1, INSULT)
    place.settle(minutes=4)
    say(place, 1, "", verb="remove")
    assert struck(place) == {"1_1"}


def test_an_edit_that_still_breaches_leaves_the_strike_as_it_leaves_the_reminder(place: World) -> None:
    say(place, 1, INSULT)
    place.settle(minutes=4)
    say(place, 1, WORSE, verb="edited")
    place.settle(minutes=4)
    assert head(place, 1).verdict is not None
    assert struck(place) == told(place) == {"1_1"}


def test_an_edit_that_ends_the_breach_ends_the_strike_and_our_message(place: World) -> None:
    say(place, 1, INSULT)
    place.settle(minutes=4)
    say(place, 1, CLEAN, verb="edited")
    place.settle(minutes=4)
    assert struck(place) == told(place) == set()


@pytest.mark.parametrize("verb", ["hide", "unhide", "remove"])
def test_our_message_that_lost_its_ground_is_taken_back_whatever_is_done_to_the_comment(
    place: World, verb: str
) -> None:
    say(place, 1, INSULT)
    place.settle(minutes=4)
    (reminder,) = place.outbox.effects
    place.calls.faults = [Fault("DELETE http://facebook.test", "error_before")]
    say(place, 1, CLEAN, verb="edited")
    place.pump_only("perform_action")
    say(place, 1, "" if verb == "remove" else CLEAN, verb=verb, later=timedelta(seconds=1))
    place.settle(minutes=30)

    assert place.facebook.comments[reminder.created or ""].deleted


def test_a_reminder_whose_fate_nobody_knows_is_held_against_nobody(place: World) -> None:
    say(place, 1, INSULT)
    sent_or_not = Fault("POST http://facebook.test", "error_after")
    nowhere_to_be_seen = [Fault("GET http://facebook.test", "error_before") for _ in range(40)]
    place.calls.faults = [sent_or_not, *nowhere_to_be_seen]
    place.settle(minutes=24 * 60, quiet_minutes=300)
    assert [action.state for action in head(place, 1).actions] == [ActionState.UNCERTAIN]
    assert struck(place) == set()


def test_who_is_answered_by_a_person_instead_was_not_reminded(place: World) -> None:
    say(place, 1, "@Karim t'es vraiment un abruti ! Vous ouvrez à quelle heure ?")
    assert struck(place) == {"1_1"}
    by_hand(place).send("garance", name_of(place), "marie", "On se calme : à 10 h. ^MC")
    assert struck(place) == set()
    place.settle(minutes=4)
    assert [entry.text for entry in place.outbox.effects] == ["On se calme : à 10 h. ^MC"]


def test_what_a_person_hides_and_shows_again_counts_and_counts_no_more(place: World) -> None:
    say(place, 1, THREAT)
    place.settle(minutes=4)
    assert struck(place) == set(), "no machine alone holds anybody to a danger"
    by_hand(place).hide("garance", name_of(place), "marie")
    assert struck(place) == {"1_1"}
    by_hand(place).show("garance", name_of(place), "marie")
    assert struck(place) == set()


def test_who_is_hidden_by_the_teams_own_hand_before_they_were_told_was_not_told(place: World) -> None:
    say(place, 1, INSULT)
    assert struck(place) == {"1_1"}
    say(place, 1, INSULT, verb="hide")
    place.settle(minutes=4)
    assert struck(place) == told(place) == set()


def test_the_ladder_from_a_reminder_in_public_to_what_two_people_decide(place: World) -> None:
    steps = []
    for number in (1, 2, 3, 4, 5):
        say(place, number, INSULT)
        place.settle(minutes=4)
        found = head(place, number)
        assert found.verdict is not None
        steps.append((found.verdict.reason, found.verdict.foresees, [(a.kind, a.state) for a in found.actions]))
        if number > 1:
            by_hand(place).hide("garance", name_of(place, number), "marie")
        assert len(struck(place)) == number
        place.now += timedelta(days=2)

    proposed = [(ActKind.HIDE, ActionState.PROPOSED)]
    assert steps == [
        ("insult_at_person", "", [(ActKind.REPLY, ActionState.SENT)]),
        ("breach_again", "", proposed),
        ("last_warning", "", proposed),
        ("after_last_warning", "suspend", proposed),
        ("after_last_warning", "exclude", proposed),
    ]
    assert [call.roles for call in place.calls_of("garance")] == [("cm", "smm")]
    alone = [a for n in (1, 2, 3, 4, 5) for a in head(place, n).actions if a.signed_by is None]
    assert [a.kind for a in alone if a.state is ActionState.SENT] == [ActKind.REPLY], "the first reminder left alone"


def test_nobody_excludes_a_member_alone(place: World) -> None:
    say(place, 1, "Vous êtes des voleurs, un mois que j'attends mon remboursement !")
    place.settle(minutes=4)

    with pytest.raises(OwnDecision):
        by_hand(place).block("garance", name_of(place), "marie", "marie", "10")
    assert not any(action.kind is ActKind.BLOCK for action in _head(place, 1).actions)


@pytest.mark.parametrize(
    "text",
    [
        "Crédit rapide sans justificatif, contactez-moi sur WhatsApp +33 6 39 98 11 22, https://bit.ly/abc",
        "Mon numéro est le 06 39 98 12 34",
        "J'en peux plus, j'ai envie d'en finir",
    ],
    ids=["spam", "their own number", "distress"],
)
def test_neither_spam_nor_a_number_nor_distress_is_ever_a_strike(place: World, text: str) -> None:
    say(place, 1, text)
    place.settle(minutes=4)
    assert struck(place) == set()
    assert not [entry for entry in place.outbox.effects if entry.kind == "reply"]


# --- in whatever order --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One delivery: which comment, which version of its words, said when."""

    number: int
    text: str
    verb: str
    day: int
    minute: int


def life(number: int, day: int, words: tuple[str, ...], *, deleted: bool) -> list[Event]:
    first = Event(number, INSULT, "add", day, 0)
    edits = [Event(number, text, "edited", day, minute) for minute, text in enumerate(words, 1)]
    end = [Event(number, "", "remove", day, 10)] if deleted else []
    return [first, *edits, *end]


lives = st.tuples(
    *(
        st.builds(
            life,
            st.just(number),
            st.integers(0, 3),
            st.lists(st.sampled_from([WORSE, CLEAN]), max_size=2).map(tuple),
            deleted=st.booleans(),
        )
        for number in (1, 2, 3)
    )
).map(lambda found: [event for one in found for event in one])


@settings(max_examples=25, deadline=None)
@given(data=st.data(), events=lives)
def test_in_any_order_and_however_often_only_what_was_said_and_stands_counts(
    data: st.DataObject, events: list[Event]
) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=3))
    order = data.draw(st.permutations([*events, *again]))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    with memory_world() as world:
        world.now = START + timedelta(days=4)
        for event, pause in zip(order, pauses, strict=True):
            at = START + timedelta(days=event.day, minutes=event.minute)
            world.deliver("facebook", world.comment(event.number, event.text, verb=event.verb, author=AUTHOR, at=at))
            decide(world)
            if pause:
                world.pump_only("perform_action")
                world.now += timedelta(hours=5)
        world.settle(minutes=6)

        counted = struck(world)
        assert counted <= {f"1_{event.number}" for event in events if event.text != CLEAN}
        for name in counted:
            found = world.head("garance", "facebook", PAGE, name)
            assert found is not None
            assert found.reminded, "nobody is held to what they were not told"
            if not found.deleted:
                assert name in told(world), "…nor to what we took back"
        assert told(world) <= counted, "what stands under their words counts"
        before = (counted, world.outbox.effects)
        for event in order:
            at = START + timedelta(days=event.day, minutes=event.minute)
            world.deliver("facebook", world.comment(event.number, event.text, verb=event.verb, author=AUTHOR, at=at))
        world.settle(minutes=6)
        assert (struck(world), world.outbox.effects) == before, "what is delivered again changes nothing"
