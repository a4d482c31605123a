"""The reason, as data: whatever is restricted under whatever clause, the statement is one that schema v2 allows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune import notice as reason
from tribune import words, written
from tribune.channel import ActKind
from tribune.charter import Charter, PublishedCharter
from tribune.decision import REASONS
from tribune.notice import Ground, Notice, beside, codes_in, stated
from tribune.statement import problems

PARIS = ZoneInfo("Europe/Paris")
SAID = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
HIDDEN = SAID + timedelta(minutes=1)
MODEL = written.load(Path(__file__).resolve().parents[1] / "charters/model.fr-en.yaml", Charter)
PUBLISHED = PublishedCharter(
    version=3, published_at=SAID, effective_from=SAID, notice_days=15, content_hash="ab", charter=MODEL
)


def the_notice(**changes: object) -> Notice:
    before = Notice(
        community="garance",
        token=reason.token(lambda text: f"hmac of {text}", "act-1"),
        action="3b1f0c9e-7d55-5a55-9a3c-6e1d6a1f9a10",
        kind=ActKind.HIDE,
        purpose="breach",
        reason="insult_at_person",
        platform="facebook",
        account="1001",
        object="1_2",
        v="000.0.abc",
        language="fr",
        posted_at=SAID,
        applied_at=HIDDEN,
        clause="respect",
        charter_version=3,
    )
    return replace(before, **changes)


def ground(clause: str | None = "respect", language: str = "fr") -> Ground:
    if clause is None:
        return Ground(language)
    return Ground(language, PUBLISHED, MODEL.clause(clause), "https://charte.example/charter/garance/v3/fr#article-10")


moments = st.datetimes(datetime(1970, 1, 2), datetime(2037, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001  given by `timezones`
later = st.none() | st.timedeltas(timedelta(0), timedelta(days=190))


@settings(max_examples=150)
@given(
    clause=st.none() | st.sampled_from([rule.id for rule in MODEL.rules_anywhere]),
    kind=st.sampled_from(sorted(reason.RESTRICTING)),
    why=st.sampled_from(sorted(REASONS)),
    language=st.sampled_from(["fr", "en"]),
    said_in=st.sampled_from(["fr", "en", "und", ""]),
    decided_by=st.sampled_from([(), ("marie",), ("marie", "lea")]),
    found=st.booleans(),
    posted=moments,
    applied=st.datetimes(datetime(2020, 1, 2), datetime(2037, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001  as above
    until=later,
    ended=later,
)
def test_every_statement_is_one_that_the_schema_allows(
    *,
    clause: str | None,
    kind: ActKind,
    why: str,
    language: str,
    said_in: str,
    decided_by: tuple[str, ...],
    found: bool,
    posted: datetime,
    applied: datetime,
    until: timedelta | None,
    ended: timedelta | None,
) -> None:
    notice = the_notice(
        kind=kind, reason=why, language=said_in, decided_by=decided_by, found=found, posted_at=posted,
        applied_at=applied, clause=clause, ground="charter" if clause else "law",
        until=applied + until if until is not None else None, ended_at=applied + ended if ended is not None else None,
    )  # fmt: skip

    statement = stated(notice, ground(clause, language), PARIS)

    assert problems(statement) == []
    if not decided_by:
        assert statement["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
        assert statement["automated_decision"] == "AUTOMATED_DECISION_FULLY"


def test_a_machine_calls_nothing_a_crime_and_a_person_does_only_where_the_clause_says_which() -> None:
    by_machine, by_person = the_notice(clause="haine", reason="hate"), the_notice(decided_by=("marie",), reason="hate")

    assert stated(by_machine, ground("haine"), PARIS)["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    confirmed = stated(by_person, ground("haine"), PARIS)
    assert confirmed["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert "1881" in confirmed["illegal_content_legal_ground"]
    assert stated(by_person, ground("respect"), PARIS)["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"


@pytest.mark.parametrize(
    ("decided_by", "found", "detection", "decision"),
    [
        ((), True, "Yes", "AUTOMATED_DECISION_FULLY"),
        (("marie",), True, "Yes", "AUTOMATED_DECISION_PARTIALLY"),
        (("marie",), False, "No", "AUTOMATED_DECISION_NOT_AUTOMATED"),
    ],
)
def test_it_says_how_much_of_it_was_a_machine(
    *, decided_by: tuple[str, ...], found: bool, detection: str, decision: str
) -> None:
    statement = stated(the_notice(decided_by=decided_by, found=found), ground(), PARIS)

    assert (statement["automated_detection"], statement["automated_decision"]) == (detection, decision)


def test_the_measure_is_named_as_the_dsa_names_it() -> None:
    hidden, deleted, excluded, suspended = (
        stated(the_notice(kind=kind, until=until), ground(), PARIS)
        for kind, until in (
            (ActKind.HIDE, None),
            (ActKind.DELETE, None),
            (ActKind.BLOCK, None),
            (ActKind.BLOCK, HIDDEN + timedelta(days=7)),
        )
    )

    assert hidden["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert deleted["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert excluded["decision_provision"] == "DECISION_PROVISION_PARTIAL_TERMINATION"
    assert suspended["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
    assert suspended["end_date_service_restriction"] == "2026-12-01"


def test_days_are_those_of_the_community() -> None:
    statement = stated(the_notice(posted_at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC)), ground(), PARIS)

    assert statement["content_date"] == "2026-11-25"


def test_a_title_that_names_the_brand_is_told_with_its_name() -> None:
    named = MODEL.clauses[9].model_copy(update={"title": {"fr": "Respect chez {brand}", "en": "Respect at {brand}"}})
    assert Ground("en", PUBLISHED, named).title == "Respect at Vélos Garance"


def test_a_long_rule_is_cut_where_the_schema_ends() -> None:
    clause = MODEL.clause("respect")
    assert clause is not None
    long = clause.model_copy(update={"text": {"fr": "mot " * 2000, "en": "word " * 2000}})

    statement = stated(the_notice(), replace(ground(), clause=long), PARIS)

    assert problems(statement) == []
    assert statement["incompatible_content_explanation"].endswith("…")


def test_what_no_charter_judged_is_told_as_a_protection() -> None:
    notice = the_notice(clause=None, charter_version=None, ground="law", reason="threat")

    statement = stated(notice, ground(None), PARIS)

    assert statement["category"] == "STATEMENT_CATEGORY_VIOLENCE"
    assert "charte" in statement["incompatible_content_ground"]
    assert "decision_ground_reference_url" not in statement


def test_beside_the_statement_stand_the_rule_the_redress_and_the_evidence() -> None:
    more = beside(the_notice(), ground(), "https://charte.example/decisions/garance/x", "recours@x.example", PARIS)

    assert (more["charter_id"], more["charter_version"], more["clause_id"]) == ("garance", 3, "respect")
    assert more["quoted_rule"]
    assert more["redress"] == {
        "url": "https://charte.example/decisions/garance/x",
        "until": "2027-05-24",
        "contact": "recours@x.example",
    }
    assert more["evidence_hash"] != beside(the_notice(v="000.0.abd"), ground(), "", "", PARIS)["evidence_hash"]


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 24), date(2027, 5, 24)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_six_months_are_six_months_of_the_calendar(day: date, after: date) -> None:
    assert reason.months_after(day, 6) == after


def test_a_token_is_the_acts_own_and_says_nothing_of_it() -> None:
    first, again, other = (reason.token(f"key {key} of {{}}".format, "a") for key in (1, 1, 2))

    assert first == again != other
    assert len(first) == 26  # 128 bits, five to a letter


@given(
    st.binary(min_size=16, max_size=16), st.sampled_from(["{}", "mon code : {}.", "({})", "contester {} svp", "{}!"])
)
def test_a_code_is_found_in_what_a_member_writes_in_any_case(bits: bytes, said: str) -> None:
    code = reason.code(reason.token_of(bits))

    assert codes_in(said.format(code)) == codes_in(said.format(code.lower())) == {code}


@pytest.mark.parametrize("text", ["Bonjour, où est ma commande ?", "BCDFGHJ", "x@BCDFG.fr", "", "BCDFG1"])
def test_ordinary_words_hold_no_code(text: str) -> None:
    assert codes_in(text) == frozenset()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_whatever_a_machine_hides_for_has_a_sentence_without_blanks(language: str) -> None:
    facts = words.table(language, "notices")["facts"]

    assert facts.keys() - {"rule", "law", "machine"} <= REASONS
    assert not any(words.placeholders(sentence) for sentence in facts.values())
