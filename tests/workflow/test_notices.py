"""The page of a decision, whatever was decided and whatever became of it: whole sentences, and nobody in them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tribune import written
from tribune.channel import ActKind
from tribune.charter import Charter, PublishedCharter
from tribune.community import Account, Channel, Community
from tribune.duty import Person, Rota
from tribune.errors import CharterUnreadable, NotFound, Unavailable
from tribune.notice import Appeal, AppealState, Notice
from tribune.statement import problems
from tribune.voice import Voice
from tribune.workflow.decisions import Decision, Decisions
from tribune.workflow.notices import Reading, as_html, as_json, contest, told
from tribune.workflow.show import Request

SAID = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOW = SAID + timedelta(days=2)
TOKEN = "abcdefghijklmnopqrstuvwxyz"
MODEL = written.load(Path(__file__).resolve().parents[2] / "charters/model.fr-en.yaml", Charter)
PUBLISHED = PublishedCharter(
    version=3, published_at=SAID, effective_from=SAID, notice_days=15, content_hash="ab", charter=MODEL
)
GARANCE = Community(
    id="garance",
    name="Vélos Garance",
    voice=Voice(team_signature={"fr": "L'équipe"}),
    rota=Rota(people=(Person(id="marie", name="Marie Castel"),)),
    charter_base_url="https://charte.garance.example",
    channels=(
        Channel(platform="facebook", accounts=(Account(id="1001", space="facebook", name="Garance sur Facebook"),)),
    ),
)
NOTICE = Notice(
    community="garance", token=TOKEN, action="act", kind=ActKind.HIDE, purpose="breach", reason="insult_at_person",
    platform="facebook", account="1001", object="1_2", v="1.0.ab", language="fr", posted_at=SAID, applied_at=SAID,
    clause="respect", clause_hash="cd", charter_version=3,
)  # fmt: skip
OPEN = Appeal("garance", TOKEN, "facebook", "1001", "1_2", at=SAID + timedelta(days=1), due_at=SAID + timedelta(days=8))


def decision(appeal: Appeal | None = None, published: PublishedCharter | None = PUBLISHED, **changes: Any) -> Decision:
    return Decision(replace(NOTICE, **changes), GARANCE, published, appeal)


def decided(state: AppealState, because: str = "") -> Appeal:
    return replace(OPEN, state=state, decided_by="marie", decided_at=NOW, because=because, rev=2)


EVERY = {
    "hidden": decision(),
    "provisional": decision(purpose="provisional", reason="threat", clause="menace"),
    "protected": decision(purpose="protect", reason="own_data", clause="vie-privee"),
    "by a person": decision(decided_by=("marie",), found=False),
    "not confirmed": decision(certain=False),
    "deleted": decision(kind=ActKind.DELETE, decided_by=("marie",)),
    "excluded": decision(kind=ActKind.BLOCK, decided_by=("marie", "lea")),
    "suspended": decision(kind=ActKind.BLOCK, decided_by=("marie",), until=SAID + timedelta(days=7)),
    "shown again": decision(ended_at=NOW),
    "without a charter": decision(published=None, clause=None, charter_version=None, ground="law", reason="grave"),
    "contested": decision(OPEN),
    "late": decision(replace(OPEN, due_at=NOW - timedelta(hours=1))),
    "upheld": decision(decided(AppealState.UPHELD, "Une menace reste une menace.")),
    "overturned": decision(decided(AppealState.OVERTURNED), ended_at=NOW, reversed_at=NOW),
    "overturned deletion": decision(decided(AppealState.OVERTURNED), kind=ActKind.DELETE, reversed_at=NOW),
    "overturned exclusion": decision(decided(AppealState.OVERTURNED), kind=ActKind.BLOCK, reversed_at=NOW),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("what", EVERY)
def test_every_page_is_whole_and_names_nobody(what: str, language: str) -> None:
    page = as_html(EVERY[what], language, NOW)

    body = page.split("<body>")[1]
    assert not re.search(r"\{[a-z_]+\}|None|STATEMENT_|KEYWORD_|DECISION_|insult_at_person", body), body
    assert not re.search(r"marie|castel|\blea\b|1_2|1001", body, re.IGNORECASE), body
    assert '<meta name="robots" content="noindex">' in page
    assert ("<form" in body) == EVERY[what].open(NOW)
    assert problems(json.loads(as_json(EVERY[what], language))["statement"]) == []


def in_french_alone() -> Decision:
    """A decision under a charter that no other language has."""
    fourteen = {"minutes": 14 * 24 * 60, "text": {"fr": "quatorze jours"}}
    french = MODEL.model_dump() | {"languages": ("fr",)}
    french["commitments"] |= {"appeal_delay": fourteen}
    return decision(published=PUBLISHED.model_copy(update={"charter": Charter.model_validate(french)}))


def test_a_charter_that_is_not_written_in_the_reader_s_language_keeps_its_own_promise() -> None:
    said = next(contest(in_french_alone(), "en", NOW))
    assert said.endswith("answers you within quatorze jours.")
    assert "seven days" in next(contest(decision(published=None), "en", NOW)), "the law says nothing of it: our own"


def test_an_article_quoted_in_another_language_than_its_page_says_so() -> None:
    page = as_html(in_french_alone(), "en", NOW)

    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert '<p lang="fr">On débat des idées, pas des personnes.' in page
    assert "lang=" not in as_html(decision(), "en", NOW).partition("<body>")[2]


def test_the_four_parts_in_french() -> None:
    first, lasts, about, rule, how = told(decision(clause="flood", reason="flood"), "fr")

    assert first.startswith("Votre commentaire est masqué depuis le 24 novembre 2026")
    assert lasts == "Cette mesure n'a pas de date de fin\u202f; elle est levée si la décision est annulée."
    assert about.startswith("Il s'agit de ce que vous avez écrit le 24 novembre 2026 (Garance sur Facebook).")
    assert "seules les copies sont masquées" in about
    assert (
        rule == "Règle\u00a0: article 13, «\u00a0Ni répétition ni détournement\u00a0», de la version 3 de notre charte."
    )
    assert how == "Repéré et décidé par notre outil, sans intervention d'une personne."


def test_what_a_machine_hides_alone_until_a_person_looks_is_said_to_be_provisional() -> None:
    alone = {"reason": "scam", "clause": "escroquerie"}
    upheld = decided(AppealState.UPHELD)

    said = [list(told(one, "fr"))[1] for one in (decision(**alone), decision(purpose="provisional"))]
    assert all(sentence.startswith("C'est provisoire") for sentence in said), said
    for looked_at in (decision(**alone, decided_by=("marie",)), decision(upheld, **alone)):
        assert list(told(looked_at, "fr"))[1].startswith("Cette mesure n'a pas de date de fin")


@pytest.mark.parametrize("what", ["shown again", "overturned", "overturned exclusion"])
def test_what_is_over_is_not_said_to_last(what: str) -> None:
    did, *_ = told(EVERY[what], "fr")

    assert "ne le voient plus" not in did
    assert "ne pouvez plus" not in did
    assert " a été " in did


def test_what_was_wrong_with_the_words_is_not_said_again_once_the_decision_is_reversed() -> None:
    assert any("insulte" in sentence for sentence in told(decision(), "fr"))
    assert not any("insulte" in sentence for sentence in told(EVERY["overturned"], "fr"))


def test_what_no_person_saw_is_not_put_into_the_team_s_mouth() -> None:
    alone, confirmed = decision(reason="breach_again"), decision(reason="breach_again", decided_by=("marie",))

    assert any("Notre outil y voit un écart" in sentence for sentence in told(alone, "fr"))
    assert not any("L'équipe y voit" in sentence for sentence in told(alone, "fr"))
    assert any("L'équipe y voit un écart" in sentence for sentence in told(confirmed, "fr"))


def test_what_a_reviewer_wrote_is_text_and_nothing_else() -> None:
    appeal = decided(AppealState.UPHELD, "<script>alert(1)</script>")

    assert "<script>" not in as_html(decision(appeal), "fr", NOW)


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound("x"), 404), (Unavailable("x"), 503), (CharterUnreadable("x"), 503)]
)
def test_what_cannot_be_shown_is_said_in_a_sentence(error: Exception, status: int) -> None:
    def kept(_community: str, _token: str) -> tuple[Notice | None, Appeal | None]:
        raise error

    reading = Reading(Decisions(kept, None, None))  # it does not come so far

    page = reading.answer(Request(f"/prod/decisions/garance/{TOKEN}"), NOW)

    assert page.status == status
    assert page.headers["cache-control"] == "no-store"
    assert bool(page.why) == (status == 503)


@pytest.mark.parametrize("path", ["/decisions/garance", f"/decisions/Garance/{TOKEN}", f"/decisions/garance/{TOKEN}x"])
def test_another_address_is_none(path: str) -> None:
    reading = Reading(Decisions(lambda _c, _t: (NOTICE, None), None, None))  # as above

    assert reading.answer(Request(path), NOW).status == 404
