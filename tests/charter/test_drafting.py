"""The next version of a charter: its changes, and what belongs in none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.configuration import model
from tribune.charter.drafting import (
    CannotEdit,
    Change,
    Entry,
    Part,
    Wording,
    added,
    applied,
    carried_over,
    changes,
    entries,
    given_up,
    personal,
    removed,
    restored,
    reworded,
    rewordings,
)

MODEL = model()
RULES = [clause.id for clause in MODEL.rules_anywhere]


def entry(text: str, part: Part = Part.EXCEPTIONS, clause: str = "respect", language: str = "fr") -> Entry:
    return Entry(clause, part, language, text)


@pytest.mark.parametrize("part", Part)
def test_what_is_added_is_the_one_change_and_taking_it_away_leaves_no_trace(part: Part) -> None:
    wanted = entry("vieux briscard", part)
    after = added(MODEL, wanted)

    assert changes(MODEL, after) == [Change(wanted, added=True)]
    assert changes(after, MODEL) == [Change(wanted, added=False)]
    assert removed(after, wanted) == MODEL


@pytest.mark.parametrize("clause", RULES)
def test_whatever_a_draft_takes_away_is_put_back_where_it_stood(clause: str) -> None:
    found = MODEL.clause(clause)
    assert found is not None
    for one in dict.fromkeys(entries(found)):
        assert given_up(removed(MODEL, one), MODEL, Change(one, added=False)) == MODEL, one


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (entry("  "), "empty"),
        (entry("!!!"), "empty"),
        (entry("mot " * 80), "long"),
        (entry("mot", language="xx"), "language"),
        (entry("mot", clause="none"), "no_clause"),
        (entry("mot", clause="bienvenue"), "no_clause"),
        (entry("mot", Part.TERMS, "langage"), "no_words"),
        (entry("appelez le 06 39 98 12 34"), "personal"),
        (entry("karim@example.org"), "personal"),
        (entry("@Karim, abruti"), "personal"),
        (entry("www.spam.example"), "personal"),
    ],
)
def test_what_a_charter_cannot_hold_is_refused_with_its_reason(wanted: Entry, why: str) -> None:
    with pytest.raises(CannotEdit) as refused:
        added(MODEL, wanted)

    assert refused.value.why == why


def test_nothing_is_added_twice_nor_taken_away_where_it_is_not() -> None:
    after = added(MODEL, entry("vieux briscard"))

    with pytest.raises(CannotEdit, match="there"):
        added(after, entry("vieux  briscard"))
    with pytest.raises(CannotEdit, match="gone"):
        removed(MODEL, entry("vieux briscard"))


def test_a_members_name_is_personal_in_whatever_letters() -> None:
    assert personal("quel abruti ce Benali", ["Karim BENALI"])
    assert personal("Léo est un abruti", ["Leo"])
    assert not personal("quel abruti de vélo", ["Karim Benali", "Al"])


def test_a_draft_moves_to_a_later_version_and_leaves_behind_what_makes_no_sense_there() -> None:
    mine = added(added(MODEL, entry("vieux briscard")), entry("bougre", clause="diffamation"))
    latest = added(MODEL, entry("vieux briscard"))
    latest = latest.model_copy(update={"clauses": tuple(one for one in latest.clauses if one.id != "diffamation")})

    moved = carried_over(mine, MODEL, latest)

    assert changes(latest, moved) == []
    assert changes(MODEL, carried_over(mine, MODEL, MODEL)) == changes(MODEL, mine)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(RULES),
            st.sampled_from(Part),
            st.sampled_from(["fr", "en"]),
            st.sampled_from(["mot", "deux mots", "un"]),
        ),
        max_size=8,
    )
)
def test_the_changes_of_a_draft_made_again_give_the_same_draft(wanted: list[tuple[str, Part, str, str]]) -> None:
    draft = MODEL
    for clause, part, language, text in wanted:
        try:
            draft = added(draft, Entry(clause, part, language, text))
        except CannotEdit:
            continue

    again = MODEL
    for change in changes(MODEL, draft):
        again = applied(again, change)
    assert again == draft


# --- what an article says ---


def said(clause: str = "respect", language: str = "fr", **parts: str) -> Wording:
    found = MODEL.clause(clause)
    own = {"title": found.title[language], "text": found.text[language]} if found else {"title": "x", "text": "x"}
    return Wording(clause, language, **own | parts)


def test_an_article_said_otherwise_is_the_one_change_and_is_said_again_as_before() -> None:
    after = reworded(MODEL, said(title=" Le respect  de tous ", text="Une règle.  \r\n\r\n\r\n\r\nSa raison.\n"))
    title, text = rewordings(MODEL, after)

    assert (title.part, title.after) == ("title", "Le respect de tous")
    assert (text.part, text.after) == ("text", "Une règle.\n\nSa raison.")
    assert changes(MODEL, after) == []
    assert restored(restored(after, MODEL, title), MODEL, text) == MODEL


@pytest.mark.parametrize("clause", [clause.id for clause in MODEL.clauses])
def test_an_article_saved_as_it_was_is_no_change(clause: str) -> None:
    for language in MODEL.languages:
        assert reworded(MODEL, said(clause, language)) == MODEL


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        (said(title=" "), "unsaid"),
        (said(text="\n\n"), "unsaid"),
        (said(title="x" * 121), "too_long"),
        (said(text="x" * 6_001), "too_long"),
        (Wording("respect", "xx", "a", "b"), "language"),
        (said("none"), "no_article"),
    ],
)
def test_what_no_article_can_say_is_refused_with_its_reason(wording: Wording, why: str) -> None:
    with pytest.raises(CannotEdit) as refused:
        reworded(MODEL, wording)

    assert refused.value.why == why


def test_the_words_of_an_article_move_to_a_later_version_where_it_still_stands() -> None:
    draft = reworded(reworded(MODEL, said(title="Le respect")), said("menace", title="Les menaces, jamais"))
    later = reworded(MODEL, said(title="Entre nous", text="Autre chose."))
    without = later.model_copy(update={"clauses": tuple(one for one in later.clauses if one.id != "menace")})
    moved = carried_over(draft, MODEL, without)

    assert [(one.clause, one.part, one.before, one.after) for one in rewordings(without, moved)] == [
        ("respect", "title", "Entre nous", "Le respect")
    ]
