"""Two workers at once, in every order in which their calls can follow one another.

However they meet, the world ends as if one had come after the other: the same decisions, counters and effects as in
one of the two serial worlds. All orders in `make crash`; in every run, those with at most two interruptions.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from meetings import MEETINGS, Meeting, amiss, met, one_after_the_other
from proof import EVERYTHING, Ending
from proof_table import tell
from turns import Turns, schedules

IN_EVERY_RUN = 2
"""Interruptions."""


@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: f"{meeting.function}: {meeting.name}")
def test_however_two_meet_it_is_as_if_one_had_come_after_the_other(meeting: Meeting, record_property: Any) -> None:
    serial = one_after_the_other(meeting)
    ended: list[Ending] = []

    def live(schedule: Sequence[int]) -> Turns:
        turns, ending = met(meeting, schedule)
        ended.append(ending)
        return turns

    found = [
        ("".join(str(chosen) for chosen, _ in turns.taken), what)
        for turns in schedules(live, None if EVERYTHING else IN_EVERY_RUN)
        if (what := amiss(meeting, serial, ended[-1]))
    ]

    tell(record_property, meeting.function, "interleavings", len(ended))
    tell(record_property, meeting.function, "wrong worlds", len(found))
    assert found == []
