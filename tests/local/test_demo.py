"""`tribune demo`, really run: the whole day ends well, and a line that comes out otherwise makes it end badly."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.demo import play
from local.demo.facts import differences
from local.demo.story import Expected, Story, load
from tribune.decision import Measure

ROOT = Path(__file__).resolve().parents[2]
CLOSING = (
    "20 messages · 0 critique masquée · 3 masqués (1 menace, 1 spam, 1 téléphone) · "
    "3 envoyés seuls (2 réponses, 1 rappel retiré après correction) · 12 préparés pour Marie · "
    "3 appels (discrimination, menace, détresse) · "
    "prises de parole de Marie : 100 % pour animer, part automatique à côté (2 messages publics sur 5) · "
    "chaque mesure cite clause, version et recours"
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def only(story: Story, *rows: int) -> Story:
    """A shorter day: these rows, and nothing around them."""
    kept = tuple(story.row(number) for number in rows)
    return story.model_copy(
        update={"rows": kept, "waits": None, "promise": None, "the_day": None, "after": None, "acts": {}}
    )


@pytest.mark.demo
def test_the_demo_tells_the_day_and_ends_well() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "local.command", "demo"],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/common'}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = [plain(line).strip() for line in finished.stdout.splitlines()]

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert CLOSING in lines
    assert [line.split()[:2] for line in lines if line.split()[1:2] == ["✓"]] == [[str(n), "✓"] for n in range(1, 21)]
    assert not [line for line in lines if "✗" in line]
    assert "\x1b" not in finished.stdout


def test_a_row_that_comes_out_otherwise_is_named_and_ends_the_demo_badly() -> None:
    story = only(load(), 16)
    row = story.rows[0]
    wrong = row.model_copy(update={"expect": row.expect.model_copy(update={"drafts": ("Bienvenue !",)})})
    out = io.StringIO()

    assert play(story.model_copy(update={"rows": (wrong,)}), out) == 1
    broken = [line.strip() for line in out.getvalue().splitlines() if "✗" in line]
    assert [plain(line) for line in broken[1:]] == ["✗ ligne 16 · drafts : attendu Bienvenue ! ; obtenu rien"]
    assert broken[0].startswith("16 ✗")


@pytest.mark.parametrize(
    ("expected", "happened"),
    [
        ({}, {"hidden": True}),
        ({}, {"replies": ("Bonjour",)}),
        ({}, {"drafts": ("Merci",)}),
        ({}, {"calls": ("threat",), "called": ("marie",)}),
        ({}, {"strike": True}),
        ({}, {"other_acts": ("hide",)}),
        ({"drafts": ("Merci",)}, {}),
        ({"counted": ("comment", 1)}, {"counted": ("comment", 2)}),
        ({"overdue": True}, {"overdue": False}),
        ({"version": 1}, {"version": None}),
    ],
)
def test_what_a_row_leaves_out_must_not_have_happened(expected: dict[str, object], happened: dict[str, object]) -> None:
    decision = {"decision": (Measure.NOTHING, "nothing")}

    found = differences(Expected.model_validate(decision | expected), Expected.model_validate(decision | happened))
    assert {what for what, _, _ in found} == expected.keys() | happened.keys()


def test_of_what_a_row_may_leave_unsaid_nothing_is_asked_and_a_space_is_a_space() -> None:
    decision = {"decision": (Measure.DRAFT, "praise")}
    expected = Expected.model_validate(decision | {"drafts": ("Qui vient ?",)})
    happened = Expected.model_validate(
        decision
        | {"drafts": ("Qui vient\u202f?",), "overdue": True, "place_in_list": 3, "way": "push", "shown_as": "x"}
    )

    assert differences(expected, happened) == []
