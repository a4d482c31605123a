"""What people change at the desk, and the file that says the same things: modes, voice, FAQ, charter. Pure.

The file goes before the desk where it says something else than it said last; where it says what it said last, what the
desk made of it stays. Setting by setting: a mode of a clause, an entry of the FAQ, a field of the voice.
"""

from collections.abc import Mapping

from tribune.charter import Charter
from tribune.community import Community, Filed, Modes
from tribune.voice import Voice


def as_filed(told: Community, charter: Charter) -> Filed:
    """What a file says, to be compared with what it will say."""
    return Filed(modes=told.modes, voice=told.voice, faq=told.faq, charter=charter.content_hash)


def kept(before: Community, told: Community) -> Community:
    """What a file tells, with what the desk changed since the file said the same."""
    was = before.filed
    if was is None:
        return told
    return told.model_copy(
        update={
            "modes": _modes(was.modes, before.modes, told.modes),
            "voice": Voice.model_validate(_merged(dict(was.voice), dict(before.voice), dict(told.voice))),
            "faq": tuple(
                _merged(*({entry.id: entry for entry in one} for one in (was.faq, before.faq, told.faq))).values()
            ),
        }
    )


def _modes(was: Modes, stands: Modes, says: Modes) -> Modes:
    whole = _merged(*({**dict(one), "clauses": None} for one in (was, stands, says)))
    return says.model_copy(update=whole | {"clauses": _merged(was.clauses, stands.clauses, says.clauses)})


def _merged[Value](
    was: Mapping[str, Value], stands: Mapping[str, Value], says: Mapping[str, Value]
) -> dict[str, Value]:
    """For each name: what the file says anew, else what stands; in the order of the file."""
    merged: dict[str, Value] = {}
    for name in dict.fromkeys((*says, *stands)):
        source = stands if says.get(name) == was.get(name) else says
        if name in source:
            merged[name] = source[name]
    return merged
