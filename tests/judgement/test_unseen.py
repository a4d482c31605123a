"""Sentences that nobody had tuned the lists for, and innocent ones that look like trouble: `unseen.yaml`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.judgement.test_sentences import judged
from tribune.decision import Decision, Leave, Measure

SETS: dict[str, dict[str, dict[str, list[Any]]]] = yaml.safe_load(
    (Path(__file__).parent / "unseen.yaml").read_text("utf-8")
)
ROWS: list[tuple[str, dict[str, Any]]] = [
    (kind, entry if isinstance(entry, dict) else {"text": entry})
    for languages in SETS.values()
    for kinds in languages.values()
    for kind, entries in kinds.items()
    for entry in entries
]
GRAVE = {"legal", "journalist", "safety", "harm", "discrimination", "insult_reported"}
COMPLAINTS = GRAVE | {
    "irony", "still_waiting", "criticism", "criticism_sourced", "complaint", "human_request", "quoted_insult",
}  # fmt: skip
GUILTY = {"insult", "hate", "threat", "spam", "contact"}
"""What is really a breach; everything else is innocent, and the worst mistake is to touch it."""


def held_against(decision: Decision) -> bool:
    """Is a clause cited, or something hidden or recalled?"""
    return decision.clause is not None or decision.measure in {Measure.HIDE, Measure.REMIND}


def left_alone(decision: Decision) -> bool:
    """Nothing held against it, and nobody called."""
    return not held_against(decision) and decision.measure is not Measure.ESCALATE


def heard(decision: Decision) -> bool:
    """Somebody with a problem will have an answer."""
    return not held_against(decision) and (decision.awaits_answer or decision.reason in COMPLAINTS)


def small_talk(decision: Decision) -> bool:
    """Neither breach nor complaint."""
    return left_alone(decision) and decision.reason not in COMPLAINTS


def cited(*clauses: str) -> Callable[[Decision], bool]:
    """One of these clauses is cited."""
    return lambda decision: decision.clause in clauses


MUST_HOLD: dict[str, Callable[[Decision], bool]] = {
    "complaint": heard,
    "irony": heard,
    "brand_abuse": heard,
    "chatter": small_talk,
    "praise": small_talk,
    "question": small_talk,
    "self": left_alone,
    "idiom": left_alone,
    "trap": left_alone,
    "figurative": lambda decision: not held_against(decision) and decision.reason != "distress",
    "distress": lambda decision: decision.reason == "distress",
    "insult": cited("respect", "diffamation", "haine", "menace"),
    "quoted": lambda decision: not held_against(decision) and decision.case,
    "hate": cited("haine"),
    "threat": cited("menace"),
    "spam": cited("publicite", "escroquerie"),
    "contact": cited("vie-privee"),
    "serious": lambda decision: not held_against(decision) and decision.reason in GRAVE,
    "human": lambda decision: decision.silence_person,
}


def named(row: tuple[str, dict[str, Any]]) -> str:
    """The name of a row in the test report."""
    return f"{row[0]}: {row[1]['text'][:50]}"


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_the_sentence_is_taken_for_what_it_is(row: tuple[str, dict[str, Any]]) -> None:
    kind, entry = row
    findings, decision = judged(entry)
    if entry.get("missed"):
        assert not MUST_HOLD[kind](decision), "this is no longer missed: take the mark away"
    else:
        assert MUST_HOLD[kind](decision), findings


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] not in GUILTY], ids=named)
def test_nothing_innocent_is_touched_even_where_it_is_misunderstood(row: tuple[str, dict[str, Any]]) -> None:
    findings, decision = judged(row[1])
    assert not held_against(decision), findings
    automatic = [act for act in decision.acts if act.leave is Leave.ALONE and act.why != "faq"]
    assert automatic == []


def test_the_sets_are_large_and_few_sentences_are_still_missed() -> None:
    sizes = {
        (name, language): sum(map(len, kinds.values()))
        for name, languages in SETS.items()
        for language, kinds in languages.items()
    }
    assert all(sizes["first", language] >= 200 for language in ("fr", "en"))
    assert all(sizes["second", language] >= 100 for language in ("fr", "en"))
    assert all(sizes[name, language] >= 97 for name in ("third", "fourth") for language in ("fr", "en"))
    assert all(sizes[name, language] >= 110 for name in ("fifth", "sixth") for language in ("fr", "en"))
    assert all(sizes["traps", language] >= 60 for language in ("fr", "en"))
    missed = [entry for kind, entry in ROWS if entry.get("missed")]
    assert len(missed) <= len(ROWS) // 20
