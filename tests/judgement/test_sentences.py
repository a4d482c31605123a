"""Sentences against the rules of judgement: the real charter reads them, `decide` decides, the table says what must hold."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tribune.channel import ActKind
from tribune.charter import Charter, Circumstances, Findings, Reader, Vocabulary
from tribune.comment import Audience, Media, words_hash
from tribune.decision import Decision, Leave, Matter, Mode, Situation, decide
from tribune.engagement import scale
from tribune.standing import Standing, Strike, Utterance
from tribune.written import load

HERE = Path(__file__).parent
TABLE: list[dict[str, Any]] = yaml.safe_load((HERE / "sentences.yaml").read_text("utf-8"))
CHARTER = load(HERE.parents[1] / "charters" / "model.fr-en.yaml", Charter)
OURS = Vocabulary(
    own_contacts=("01 99 00 12 34",),
    own_domains=("velosgarance.example",),
    questions={
        "horaires": ("ouvert le dimanche", "ouverts le dimanche", "vous ouvrez à quelle heure", "open on sunday"),
        "belgique": ("livrez-vous en belgique", "ship to belgium", "deliver to belgium"),
    },
    brand="Vélos Garance",
)
READERS = {True: Reader(CHARTER, OURS), False: Reader(None, OURS)}
LEVELS = scale((), date(2026, 3, 4))
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
OBJECT = "object-now"


def circumstances(where: dict[str, Any]) -> Circumstances:
    """What the reader is told."""
    return Circumstances(
        audience=Audience(where.get("audience", "public")),
        answers_member=where.get("answers_member", False),
        contest=where.get("contest", False),
        tagged=tuple(where.get("tagged", ())),
        repetitions=where.get("repeated", 0),
        waiting=where.get("waiting", False),
        newcomer=where.get("newcomer"),
    )


def standing(text: str, where: dict[str, Any]) -> Standing:
    """The author's history."""
    ago = timedelta(hours=2)
    return Standing(
        strikes=tuple(Strike("respect", f"earlier-{i}", NOW - ago) for i in range(where.get("strikes", 0))),
        said=tuple(Utterance(words_hash(text), f"copy-{i}", NOW - ago) for i in range(where.get("repeated", 0))),
        waiting_since=NOW - timedelta(days=2) if where.get("waiting") else None,
        human_requested_at=NOW - ago if where.get("human_before") else None,
        automatic_today=where.get("today", 0),
    )


def situation(where: dict[str, Any]) -> Situation:
    """Everything around the comment."""
    return Situation(
        now=NOW,
        mode=Mode(where.get("mode", "act")),
        clause_modes={clause: Mode(mode) for clause, mode in where.get("clause_modes", {}).items()},
        hide_gravity_4=where.get("hide_gravity_4", True),
        can=frozenset(ActKind(kind) for kind in where.get("can", list(ActKind))),
        trusted_link=where.get("trusted_link", True),
        sensitive_post=where.get("sensitive", False),
        contest=where.get("contest", False),
        climate=where.get("climate", "green"),
        thread_automatic=where.get("automatic", 0),
        thread_silent=where.get("silent", False),
        already_reminded=where.get("reminded", False),
        first_comment=where.get("first", False),
        newcomer=where.get("newcomer"),
        solicits=where.get("solicits"),
    )


def judged(row: dict[str, Any]) -> tuple[Findings, Decision]:
    """What the reader finds and what is decided."""
    text, where = row["text"], row.get("where", {})
    around, chartered = circumstances(where), where.get("charter", True)
    findings = READERS[chartered].read(text, around)
    matter = Matter(
        object=OBJECT,
        words=words_hash(text),
        audience=around.audience,
        media=Media(where.get("media", "none")),
        to_member=around.answers_member or bool(around.tagged) or text.startswith("@"),
    )
    made = decide(matter, findings, standing(text, where), situation(where), CHARTER if chartered else None)
    return findings, made


def seen(decision: Decision) -> dict[str, Any]:
    """The decision in the words of the table."""
    act = decision.acts[0] if decision.acts else None
    return {
        "measure": decision.measure.value,
        "reason": decision.reason,
        "clause": decision.clause,
        "draft": decision.draft,
        "leave": act.leave.value if act else None,
        "faq": act.faq if act else None,
        "calls": [call.reason for call in decision.calls],
        "silence_thread": decision.silence_thread,
        "silence_person": decision.silence_person,
        "case": decision.case,
        "strike": decision.strike,
        "awaits_answer": decision.awaits_answer,
        "confidential": decision.confidential,
        "ground": decision.ground,
    }


def came_out(decision: Decision) -> set[str]:
    """What a row can forbid: the measure, the reason, and whether anything left by itself."""
    alone = {"alone"} if any(act.leave is Leave.ALONE for act in decision.acts) else set()
    return {decision.measure.value, decision.reason} | alone


def named(row: dict[str, Any]) -> str:
    """The name of a row in the test report."""
    place = f"demo {row['demo']}" if "demo" in row else f"rule {row['rule']}"
    return f"{place}: {row['text'][:50]} {row.get('where', '')}"


@pytest.mark.parametrize("row", TABLE, ids=named)
def test_the_sentence_is_judged_as_the_table_says(row: dict[str, Any]) -> None:
    findings, decision = judged(row)
    got = seen(decision)
    assert {key: got[key] for key in row["expect"]} == row["expect"], findings
    assert came_out(decision).isdisjoint(row.get("never", ())), findings


@pytest.mark.parametrize("row", [row for row in TABLE if "level" in row], ids=named)
def test_the_sentence_counts_at_its_level(row: dict[str, Any]) -> None:
    findings, _ = judged(row)
    where = row.get("where", {})
    counted = LEVELS.count_of(
        circumstances(where).audience, findings, mechanic="contest" if where.get("contest") else ""
    )
    assert (counted[1] if counted else 0) == row["level"]


def test_the_table_is_large_and_covers_both_languages_and_every_row_of_the_demo() -> None:
    languages = [judged(row)[0].language for row in TABLE]
    assert languages.count("fr") >= 70
    assert languages.count("en") >= 35
    assert {row["demo"] for row in TABLE if "demo" in row} == set(range(1, 21))
    assert {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 21, 22} <= {
        row["rule"] for row in TABLE if "rule" in row
    }


def test_the_demos_day_adds_up() -> None:
    """12 prepared, 3 hidden, 3 sent alone, 3 calls: the closing screen of the demo."""
    decisions = {row["demo"]: judged(row)[1] for row in TABLE if "demo" in row}
    alone = {n: [act for act in made.acts if act.leave is Leave.ALONE] for n, made in decisions.items()}
    assert {n for n, made in decisions.items() if made.draft} == {1, 4, 5, 6, 10, 11, 12, 13, 15, 18, 19, 20}
    assert {n for n, acts in alone.items() if any(act.kind is ActKind.HIDE for act in acts)} == {9, 11, 14}
    assert {n for n, acts in alone.items() if any(act.kind is ActKind.REPLY for act in acts)} == {2, 3, 7}
    assert not [act for acts in alone.values() for act in acts if act.kind is ActKind.PRIVATE]
    assert {n for n, made in decisions.items() if made.calls} == {13, 14, 20}
