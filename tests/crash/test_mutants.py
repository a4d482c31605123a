"""The harness bites: each mutant breaks one promise of the design, and some single fault shows it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from story import run
from world import Fault, World

from tribune.aws.journal import Journal
from tribune.journal import ActionState
from tribune.platforms import facebook
from tribune.workflow.perform import Performing
from tribune.workflow.watch import Watching

type Break = Callable[[pytest.MonkeyPatch], None]


def sends_again_without_reading_back(patch: pytest.MonkeyPatch) -> None:
    act = facebook.act
    patch.setattr(facebook, "act", lambda *args: replace(act(*args), repeatable=True))


def nobody_watches(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Watching, "watch", lambda *_: {})


def writes_without_conditions(patch: pytest.MonkeyPatch) -> None:
    put = Journal._put

    def careless(self: Journal, *args: Any) -> dict[str, Any]:
        request = put(self, *args)
        return {name: value for name, value in request.items() if name in ("TableName", "Item")}

    patch.setattr(Journal, "_put", careless)


def does_not_claim(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Performing, "_claim", lambda _self, errand, _around, _plan: errand)


@pytest.mark.parametrize(
    ("mutant", "call", "kind"),
    [
        (sends_again_without_reading_back, "POST", "kill_after"),
        (nobody_watches, "POST", "error_before"),
        (writes_without_conditions, "TransactWriteItems", "another_worker"),
        (does_not_claim, "POST", "another_worker"),
    ],
)
def test_a_broken_promise_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: Break, call: str, kind: str
) -> None:
    mutant(monkeypatch)

    end = run(world, Fault(call, kind))

    assert (end.replies, end.hides, end.counters, end.states) != (
        1,
        1,
        (("comment.1", 3),),
        (ActionState.SENT, ActionState.SENT),
    )
