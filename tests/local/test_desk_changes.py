"""The file and the desk say the same things: the file goes first where it says something new, the desk stays elsewhere."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local import configuration
from local.desk_changes import as_filed, kept
from tribune.community import Community, Modes
from tribune.decision import Mode
from tribune.voice import FaqEntry

EXAMPLE = configuration.read(configuration.EXAMPLE_FILE)
TOLD = EXAMPLE.community.model_copy(update={"modes": Modes(default=Mode.PROPOSE, clauses={"spam": Mode.ACT})})
APPLIED = TOLD.model_copy(update={"filed": as_filed(TOLD, EXAMPLE.charter)})


def changed(community: Community, **what: Any) -> Community:
    return community.model_copy(update=what)


def answer(name: str, text: str) -> FaqEntry:
    return FaqEntry(id=name, questions={"fr": ("quand",)}, answer={"fr": text}, reviewed_at=date(2026, 11, 1))


def test_what_the_desk_set_outlives_the_same_file() -> None:
    modes = Modes(default=Mode.ACT, clauses={"spam": Mode.ACT, "respect": Mode.PROPOSE})
    faq = (answer("noel", "ouvert"), *APPLIED.faq[1:])
    voice = APPLIED.voice.model_copy(update={"address": "tu"})
    desk = changed(APPLIED, modes=modes, faq=faq, voice=voice)

    after = kept(desk, TOLD)

    assert (after.modes, after.voice) == (modes, voice)
    assert {entry.id for entry in after.faq} == {entry.id for entry in faq}


def test_what_the_file_says_anew_goes_before_the_desk_and_the_rest_of_the_desk_stays() -> None:
    desk = changed(APPLIED, modes=Modes(default=Mode.ACT, clauses={"spam": Mode.OBSERVE, "respect": Mode.PROPOSE}))
    file = changed(TOLD, modes=Modes(default=Mode.OBSERVE, clauses={"spam": Mode.ACT}))

    after = kept(desk, file)

    assert after.modes.default is Mode.OBSERVE
    assert after.modes.clauses == {"spam": Mode.OBSERVE, "respect": Mode.PROPOSE}


def test_what_the_file_no_longer_says_goes() -> None:
    desk = changed(APPLIED, faq=(*APPLIED.faq, answer("noel", "ouvert")))
    file = changed(TOLD, modes=Modes(default=Mode.PROPOSE), faq=TOLD.faq[:1])

    after = kept(desk, file)

    assert after.modes.clauses == {}
    assert {entry.id for entry in after.faq} == {TOLD.faq[0].id, "noel"}


def test_a_stack_of_before_takes_what_the_file_says() -> None:
    assert kept(changed(APPLIED, modes=Modes(), filed=None), TOLD) == TOLD


MODES = st.builds(
    Modes,
    default=st.sampled_from(Mode),
    clauses=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(Mode)),
    hide_gravity_4=st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(MODES, MODES, MODES)
def test_applying_the_same_file_twice_changes_nothing_and_a_desk_that_did_nothing_leaves_the_file_alone(
    was: Modes, desk: Modes, says: Modes
) -> None:
    def filed(modes: Modes, said: Modes) -> Community:
        return changed(APPLIED, modes=modes, filed=as_filed(changed(TOLD, modes=said), EXAMPLE.charter))

    once = kept(filed(desk, was), changed(TOLD, modes=says)).modes
    assert kept(filed(once, says), changed(TOLD, modes=says)).modes == once
    assert kept(filed(was, was), changed(TOLD, modes=says)).modes == says


@pytest.mark.parametrize("name", ["modes", "voice", "faq"])
def test_all_that_the_desk_changes_is_filed(name: str) -> None:
    assert name in type(as_filed(TOLD, EXAMPLE.charter)).model_fields
