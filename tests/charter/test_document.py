"""The charter as a document: what it refuses, its hashes, its words, the version in force."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tribune import words, written
from tribune.charter import Charter, PublishedCharter, in_force
from tribune.charter.document import Clause, Dsa, Kind
from tribune.charter.schema import json_schema
from tribune.errors import BadConfiguration

START = datetime(2026, 1, 1, tzinfo=UTC)


def published(charter: Charter, version: int, days: int, announced: int | None = None) -> PublishedCharter:
    return PublishedCharter(
        version=version,
        published_at=START + timedelta(days=days if announced is None else announced),
        effective_from=START + timedelta(days=days),
        notice_days=15,
        content_hash=charter.content_hash,
        charter=charter,
    )


def changed(clause: Clause, **fields: Any) -> Clause:
    return Clause.model_validate(clause.model_dump() | fields)


def test_nothing_is_in_force_before_the_first_version_takes_effect(model: Charter) -> None:
    assert in_force([], START) is None
    assert in_force([published(model, 1, days=1)], START) is None


def test_the_last_version_to_take_effect_is_in_force(model: Charter) -> None:
    versions = [published(model, 2, days=20), published(model, 1, days=0), published(model, 3, days=40)]
    assert [getattr(in_force(versions, START + timedelta(days=days)), "version", None) for days in (0, 19, 20, 99)] == [
        1, 1, 2, 3,
    ]  # fmt: skip


def test_a_version_never_binds_words_written_before_it_was_shown(model: Charter) -> None:
    backdated = published(model, 2, days=0, announced=10)
    assert in_force([backdated], START + timedelta(days=5)) is None


@given(
    st.lists(st.integers(-50, 50), unique=True, max_size=8),
    st.integers(-60, 60),
)
def test_what_is_in_force_took_effect_last_among_those_that_did(days: list[int], at: int) -> None:
    charter = model_of_one()
    versions = [published(charter, number, days=day) for number, day in enumerate(days, 1)]
    found = in_force(versions, START + timedelta(days=at))
    past = [day for day in days if day <= at]
    assert (found is None) == (not past)
    assert found is None or found.effective_from == START + timedelta(days=max(past))


def model_of_one() -> Charter:
    words = {"fr": "Bonjour {brand}"}
    delay = {"minutes": 60, "text": {"fr": "une heure"}}
    return Charter.model_validate(
        {
            "title": {"fr": "Charte"},
            "languages": ["fr"],
            "commitments": {
                "moderation_hours": {"fr": "toujours"},
                "appeal_contact": "a@b.example",
                **dict.fromkeys(("response_target", "appeal_delay", "temp_ban", "strike_ttl", "retention"), delay),
            },
            "clauses": [{"number": 1, "id": "objet", "kind": "frame", "title": words, "text": words}],
        }
    )


def test_the_content_hash_changes_with_anything_that_is_said(model: Charter) -> None:
    same = Charter.model_validate(model.model_dump())
    respect = model.clause("respect")
    assert respect is not None
    others = tuple(clause for clause in model.clauses if clause.id != "respect")
    graver = model.model_copy(update={"clauses": (*others, changed(respect, gravity=3))})
    assert same.content_hash == model.content_hash != graver.content_hash


def test_the_text_hash_is_of_one_clause_and_one_language(model: Charter) -> None:
    respect = model.clause("respect")
    assert respect is not None
    reworded = changed(respect, text={**respect.text, "en": "Be kind."})
    assert reworded.text_hash("fr") == respect.text_hash("fr")
    assert reworded.text_hash("en") != respect.text_hash("en")


def test_somebody_whose_language_the_charter_does_not_speak_was_shown_the_first_one() -> None:
    charter = model_of_one()
    [clause] = charter.clauses
    assert charter.hash_of(clause, "en") == charter.hash_of(clause, "fr") == clause.text_hash("fr")


texts = st.dictionaries(st.sampled_from(("fr", "en")), st.text(max_size=30), min_size=1)


@given(texts, texts, texts)
def test_a_text_hash_is_equal_exactly_when_title_and_text_are(title: Any, text: Any, other: Any) -> None:
    first, second = (
        Clause.model_validate({"number": 1, "id": "objet", "kind": "frame", "title": title, "text": said})
        for said in (text, other)
    )
    for language in ("fr", "en"):
        same = text.get(language, "") == other.get(language, "")
        assert (first.text_hash(language) == second.text_hash(language)) is same


@given(
    st.dictionaries(st.sampled_from(("fr", "en")), st.lists(st.text(min_size=1, max_size=9), max_size=4)),
    st.text(max_size=20),
)
def test_a_charter_is_the_same_after_it_was_stored(terms: dict[str, list[str]], words_shown: str) -> None:
    bare = model_of_one().model_dump()
    more = {
        "kind": "thank",
        "text": {"fr": words_shown},
        "detectors": [{"name": "expression", "terms": terms}],
        "examples": {"allowed_when": [{"text": "a", "language": "fr", "on": "2026-03-01"}]},
    }
    bare["clauses"] = [bare["clauses"][0] | more]
    charter = Charter.model_validate(bare)
    stored = Charter.model_validate_json(json.dumps(charter.model_dump(mode="json")))
    assert stored == charter
    assert stored.content_hash == charter.content_hash


def test_a_published_clause_has_all_its_placeholders_filled(model: Charter) -> None:
    version = published(model, 7, days=0)
    for clause in model.clauses:
        for language in model.languages:
            assert "{" not in version.words_of(clause, language, UTC)
    last = model.clause("donnees")
    assert last is not None
    assert "7" in version.words_of(last, "fr", UTC)
    assert "2026-01-01" in version.words_of(last, "fr", UTC)


def test_a_placeholder_nobody_fills_stays_visible() -> None:
    charter = model_of_one()
    assert charter.words_of(charter.clauses[0], "fr") == "Bonjour {brand}"


def test_a_promise_fills_the_placeholder_of_its_name(model: Charter) -> None:
    assert model.values("fr")["appeal_delay"] == "sept jours"
    assert model.values("en")["moderation_hours"].startswith("Monday")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"gravity": None}, "needs gravity"),
        ({"gravity": 5}, "gravity"),
        ({"kind": "frame"}, "is no rule"),
        ({"id": "Bad Id"}, "id"),
    ],
)
def test_a_clause_that_contradicts_itself_is_refused(model: Charter, wrong: dict[str, Any], says: str) -> None:
    respect = model.clause("respect")
    assert respect is not None
    with pytest.raises(ValidationError, match=says):
        changed(respect, **wrong)


def test_two_clauses_never_share_an_id_or_a_number(model: Charter) -> None:
    twice = model.model_dump() | {"clauses": [clause.model_dump() for clause in (model.clauses[0], model.clauses[0])]}
    with pytest.raises(ValidationError, match=r"“objet” .* have the same id: each needs its own"):
        Charter.model_validate(twice)


def test_a_mistake_in_a_charter_file_names_the_clause(charters: Path) -> None:
    text = (charters / "model.fr-en.yaml").read_text(encoding="utf-8")
    wrong = text.replace("    gravity: 2\n    ceiling: partial", "    gravity: 2\n    celing: partial", 1)
    assert wrong != text
    with pytest.raises(BadConfiguration) as refused:
        written.load(wrong, Charter, file="charter.yaml")
    assert refused.value.field == "clauses[respect].celing"
    assert refused.value.line == wrong.splitlines().index("    celing: partial") + 1
    assert "did you mean “ceiling”" in refused.value.sentence


def test_rules_that_hold_in_private_are_few(model: Charter) -> None:
    assert [clause.id for clause in model.rules(private=True)] == ["menace", "escroquerie"]
    assert all(clause.kind is Kind.RULE for clause in model.rules())


# --- what a person is told ---


def refused(text: str) -> list[BadConfiguration]:
    with pytest.raises(BadConfiguration) as error:
        written.load(text, Charter, file="charter.yaml")
    return [error.value, *error.value.others]


def spoilt(charters: Path, **replaced: str) -> str:
    """The model's text with words replaced, keyed by any name: each « old » → « new »."""
    text = (charters / "model.fr-en.yaml").read_text(encoding="utf-8")
    for change in replaced.values():
        old, _, new = change.partition(" → ")
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_all_the_mistakes_of_a_charter_are_told_each_where_it_stands(charters: Path) -> None:
    text = spoilt(
        charters,
        category="STATEMENT_CATEGORY_VIOLENCE → violence grave",
        ceiling="ceiling: full → ceiling: ful",
        detector="- name: contact_data → - name: contact-data",
        minutes="minutes: 240 → minutes: soon",
        kind="kind: rule → knid: rule",
        clause="id: vie-privee → id: Vie privée",
    )
    told = {str(mistake.field): mistake.sentence for mistake in refused(text)}
    said = {
        "commitments.response_target.minutes": "a whole number is expected here",
        "clauses[haine].knid": "unknown field; did you mean “kind”?",
        "clauses[menace].dsa.category": "the nearest are STATEMENT_CATEGORY_VIOLENCE (Violence) or",
        "clauses[Vie privée].id": "write small letters, digits and hyphens, a letter first, like vie-privee, not “Vie",
        "clauses[Vie privée].ceiling": "did you mean “full”?",
        "clauses[Vie privée].detectors[0].name": "nothing is called “contact-data” here; did you mean “contact_data”?",
    }
    assert told.keys() == said.keys()
    assert [field for field, words in said.items() if words not in told[field]] == []
    assert [mistake.line for mistake in refused(text)] == sorted(mistake.line or 0 for mistake in refused(text))


@pytest.mark.parametrize(
    ("written_value", "near"),
    [
        ("HATE SPEECH", "KEYWORD_HATE_SPEECH"),
        ("defamation", "KEYWORD_DEFAMATION"),
        ("KEYWORD_FISHING", "KEYWORD_PHISHING"),
    ],
)
def test_an_unknown_keyword_is_told_the_nearest_one(charters: Path, written_value: str, near: str) -> None:
    [mistake] = refused(spoilt(charters, keyword=f"KEYWORD_DISCRIMINATION → {written_value}"))
    assert f"the nearest are {near} (" in mistake.sentence


@given(st.text(max_size=12))
@settings(max_examples=30)
def test_any_category_is_known_or_refused_in_a_sentence(value: str) -> None:
    dsa = {"category": value}
    if value in words.shared("dsa")["category"]:
        assert Dsa.model_validate(dsa).category == value
        return
    with pytest.raises(ValidationError, match="the nearest are STATEMENT_CATEGORY_"):
        Dsa.model_validate(dsa)


# --- the schema that editors complete from ---


def test_the_schema_beside_the_model_charter_is_current(charters: Path) -> None:
    assert json.loads((charters / "charter.schema.json").read_text(encoding="utf-8")) == json_schema()


def test_every_field_says_in_an_editor_what_it_is_for() -> None:
    schema = json_schema()
    silent = [
        f"{name}.{field}"
        for name, part in {"Charter": schema, **schema["$defs"]}.items()
        for field, described in part.get("properties", {}).items()
        if "description" not in described
    ]
    assert silent == []


def problems(text: str) -> list[str]:
    found = jsonschema.Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text))
    return [error.json_path for error in found]


def test_the_model_fits_the_schema(charters: Path) -> None:
    assert problems(spoilt(charters)) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("    ceiling: partial →     celing: partial", "$.clauses"),
        ("ceiling: full → ceiling: ful", "ceiling"),
        ("- name: contact_data → - {name: contact_data, kinds: [fax]}", "detectors"),
        ("- name: contact_data → - {name: contact_data, times: 3}", "detectors"),
        ("- name: repetition → - {name: repetition, times: 1}", "detectors"),
        ("- name: shouting → - name: shouts", "detectors"),
        ("STATEMENT_CATEGORY_VIOLENCE → STATEMENT_CATEGORY_VIOLANCE", "dsa"),
        ("type: external → type: extern", "$.type"),
    ],
)
def test_what_the_file_refuses_the_editor_underlines(charters: Path, change: str, path: str) -> None:
    found = problems(spoilt(charters, change=change))
    assert found
    assert any(path in one for one in found)


def test_an_editor_knows_the_file_of_terms_too(charters: Path) -> None:
    change = "- name: contact_data → - {name: expression, terms_from: x.csv}"
    assert problems(spoilt(charters, change=change)) == []
