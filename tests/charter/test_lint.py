"""Is a charter complete, and what changes from one to the next."""

from datetime import date
from typing import Any

import pytest

from tribune.charter import Charter, Vocabulary
from tribune.charter.lint import MIN_EXAMPLES, diff, lint

TODAY = date(2026, 11, 22)
OWN = {"name": "expression", "terms": {"fr": ["schtroumpf grognon"]}}
"""A detector with words of its own."""


def with_clause(model: Charter, clause_id: str, **fields: Any) -> Charter:
    clauses = [clause.model_dump() | (fields if clause.id == clause_id else {}) for clause in model.clauses]
    return Charter.model_validate(model.model_dump() | {"clauses": clauses})


def around(charter: Charter, *clauses: str) -> Charter:
    """The charter with little more than some clauses: sooner read."""
    kept = [one for one in charter.clauses if one.id in {"objet", "bienvenue", "mesures", *clauses}]
    numbered = (one.model_copy(update={"number": number}) for number, one in enumerate(kept, start=1))
    return charter.model_copy(update={"clauses": tuple(numbered)})


def remarks(charter: Charter, vocabulary: Vocabulary | None = None) -> list[str]:
    return [str(remark) for remark in lint(charter, vocabulary or Vocabulary(brand="Vélos Garance"), TODAY)]


def examples(model: Charter, clause_id: str, expected: str, *more: str) -> dict[str, Any]:
    """The examples of a clause and some more in French."""
    clause = model.clause(clause_id)
    assert clause is not None
    own = clause.examples.model_dump()
    own[expected]["fr"] = [*own[expected]["fr"], *more]
    return own


@pytest.mark.parametrize(
    ("clause", "fields", "says"),
    [
        ("objet", {"text": {"fr": "Bonjour"}}, "objet: the text is missing in en"),
        ("objet", {"title": {"fr": "a", "en": "b", "de": "c"}}, "objet: the title is in de"),
        ("objet", {"text": {"fr": "{nobody}", "en": "x"}}, "objet: nothing fills {nobody} in fr"),
        ("objet", {"title": {"fr": "Chez {brand", "en": "At {brand}"}}, "objet: a brace stands alone in fr"),
        (
            "objet",
            {"title": {"fr": "Objet, version {version}", "en": "Purpose"}},
            "objet: a title is also read in reminders and at the desk, where nothing fills {version} in fr",
        ),
        ("objet", {"number": 77}, "objet: it stands at place 1 and is numbered 77"),
        ("objet", {"detectors": [OWN]}, "objet: “expression” watches a clause that nobody can breach"),
        ("bienvenue", {"detectors": [{"name": "hate"}]}, "bienvenue: only the words of a clause that is no rule count"),
        ("bienvenue", {"kind": "frame"}, "there is no clause that protects criticism"),
        ("respect", {"replies": []}, "respect: “remind” speaks to the author"),
        ("respect", {"replies": ["reminder.respect"]}, "respect: there is no reply text “reminder.respect” in fr; there are:"),
        ("respect", {"examples": {}}, f"respect: fewer than {MIN_EXAMPLES} allowed examples in fr"),
        ("respect", {"strike": False}, "respect: a clause without strikes has no ladder"),
        ("respect", {"ladder": ["suspend", "remind"]}, "respect: the ladder goes down"),
        ("respect", {"first_action": "hide_and_remind", "ladder": ["remind"]}, "respect: the ladder goes down"),
        ("respect", {"ceiling": "none"}, "respect: `ceiling: none` leaves everything to a person"),
        ("respect", {"detectors": []}, "respect: `ceiling: partial` leaves something to the machine and nothing watches"),
        (
            "respect",
            {"detectors": [{"name": "expression", "lists": ["insult"]}]},
            "respect: no list is called “insult”; the nearest are insults",
        ),
        (
            "respect",
            {"detectors": [{"name": "pattern", "patterns": ["gros", "(?=nigaud)"]}]},
            "respect: the pattern “(?=nigaud)” is refused: ",
        ),
        ("neutralite", {"detectors": []}, "neutralite: `forbidden_when` and `allowed_when` prove a detector"),
        ("respect", {"gravity": 4}, "respect: gravity 4 is hidden provisionally and seen by a person"),
        ("langage", {"ceiling": "full"}, "langage: what is only noted leaves nothing to the machine"),
        ("publicite", {"strike": True}, "publicite: what is hidden in silence cannot count as a strike"),
        ("publicite", {"first_action": "remind"}, "publicite: only `first_action: hide` can be silent"),
        (
            "haine",
            {"dsa": {"category": "STATEMENT_CATEGORY_VIOLENCE", "ground": "DECISION_GROUND_ILLEGAL_CONTENT"}},
            "haine: a machine calls nothing illegal",
        ),
        (
            "neutralite",
            {"detectors": [{"name": "neutrality", "periods": [{"start": "2026-03-01", "end": "2026-03-15"}]}]},
            "neutralite: “neutrality” watches nothing since 2026-03-15",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_or_contradicts_itself_is_said(
    model: Charter, clause: str, fields: dict[str, Any], says: str
) -> None:
    changed = with_clause(model, clause, **fields)
    said = remarks(changed if "number" in fields else around(changed, clause))
    assert any(remark.startswith(says) for remark in said), said


@pytest.mark.parametrize("replies", [[], ["reminder1.flood", "warning2"]])
def test_copies_are_hidden_without_a_text_and_one_that_charters_of_old_name_is_no_mistake(
    model: Charter, replies: list[str]
) -> None:
    assert not any("repl" in said for said in remarks(around(with_clause(model, "flood", replies=replies), "flood")))


def test_what_concerns_the_whole_charter_is_said(model: Charter) -> None:
    whole = model.model_dump() | {"families": {}, "review_by": "2026-11-21", "title": {"fr": "Charte"}}
    whole["commitments"]["strike_ttl"]["text"] = {"fr": "un an"}
    assert remarks(Charter.model_validate(whole))[:9] == [
        "the title is missing in en",
        *(
            f"the family “{family}” has no heading in {language}"
            for family in ("loi", "indigne", "spam")
            for language in ("fr", "en")
        ),
        "it was to be read again by 2026-11-21: read it, then write the next date in review_by",
        "the promise strike_ttl is missing in en",
    ]
    whole |= {"review_by": "2026-11-22"}
    assert not any("read again" in said for said in remarks(Charter.model_validate(whole)))


@pytest.mark.parametrize(
    ("part", "values", "says"),
    [
        ("fields", {"spaces": " "}, "objet: nothing fills {spaces} in fr: add it to `fields`"),
        ("fields", {"contact": "{brand} SAV"}, "“contact” is put in as it stands, and members would read its brace in fr"),
        (
            "commitments",
            {"moderation_hours": {"fr": "9 h-18 h", "en": "9 to 6, {contact}"}},
            "“moderation_hours” is put in as it stands, and members would read its brace in en",
        ),
    ],
)  # fmt: skip
def test_what_fills_a_placeholder_says_something_and_has_none_itself(
    model: Charter, part: str, values: dict[str, Any], says: str
) -> None:
    whole = model.model_dump()
    whole[part] |= values
    said = remarks(around(Charter.model_validate(whole)))
    assert any(remark.startswith(says) for remark in said), said


def test_a_sentence_that_one_clause_allows_and_another_forbids_is_a_contradiction(model: Charter) -> None:
    haine = model.clause("haine")
    assert haine is not None
    forbidden = haine.examples.forbidden["fr"][0]
    both = with_clause(model, "respect", examples=examples(model, "respect", "allowed", forbidden))
    assert f"respect: “{forbidden}” is allowed here and forbidden by “haine”: keep one" in remarks(
        around(both, "respect", "haine")
    )


def test_a_sentence_that_another_clause_would_find_is_a_contradiction_too(model: Charter) -> None:
    sentence = "@Karim t'es vraiment un abruti"
    both = with_clause(model, "langage", examples=examples(model, "langage", "allowed", sentence))
    assert remarks(around(both, "langage", "respect")) == [
        f"langage: “{sentence}” is allowed here, and “respect” forbids it: keep one"
    ]


# --- terms that can never be found ---


def own_words(model: Charter, *terms: str, **fields: Any) -> Charter:
    respect = model.clause("respect")
    assert respect is not None
    uses = [*(use.model_dump() for use in respect.detectors), OWN | {"terms": {"fr": terms}}]
    return around(with_clause(model, "respect", **({"detectors": uses} | fields)), "respect", "diffamation")


@pytest.mark.parametrize(
    ("term", "fields", "vocabulary", "why"),
    [
        ("gros nigaud", {"exceptions": {"fr": ["Gros nigaud"]}}, Vocabulary(), "in the exceptions of this clause too"),
        ("gros nigaud", {}, Vocabulary(allowed=("GROS NIGAUD",)), "in the community's allow-list"),
        ("plus jamais", {}, Vocabulary(), "protected as criticism"),
    ],
)
def test_a_term_that_somebody_else_has_a_claim_on_is_said(
    model: Charter, term: str, fields: dict[str, Any], vocabulary: Vocabulary, why: str
) -> None:
    said = remarks(own_words(model, term, **fields), vocabulary)
    assert any(one.startswith(f"respect: the term “{term}” is never found: ") and why in one for one in said), said
    assert "respect: “expression” has no term left that it could find: remove it" in said


def test_the_same_term_under_two_clauses_belongs_to_the_graver_one(model: Charter) -> None:
    graver = with_clause(
        own_words(model, "gros nigaud"), "diffamation", detectors=[OWN | {"terms": {"en": ["Gros nigaud"]}}]
    )
    said = remarks(graver)
    assert "respect: the term “gros nigaud” is never found: “diffamation” has it too and comes first; keep one" in said
    assert not any(one.startswith("diffamation: the term") for one in said)


# --- what nothing proves ---


def test_a_detector_that_no_example_needs_is_said(model: Charter) -> None:
    respect = model.clause("respect")
    assert respect is not None
    uses = [*(use.model_dump() for use in respect.detectors), {"name": "rate"}]
    [said] = remarks(around(with_clause(model, "respect", detectors=uses), "respect"))
    assert said.startswith("respect: no forbidden example is found by “rate” alone: add one")


def test_what_looks_beyond_the_words_is_proven_by_a_staged_example(model: Charter) -> None:
    respect = model.clause("respect")
    assert respect is not None
    uses = [*(use.model_dump() for use in respect.detectors), {"name": "rate"}]
    staged = {"text": "Et encore un mot.", "language": "fr", "comments_before": 5}
    own = examples(model, "respect", "forbidden") | {"forbidden_when": [staged]}
    assert remarks(around(with_clause(model, "respect", detectors=uses, examples=own), "respect")) == []


def test_each_term_is_said_by_an_example_with_its_letters_and_accents(model: Charter) -> None:
    own = examples(model, "respect", "forbidden", "Quels schtroumpfs éméchés !", "@Léa espèce de gros nigaud")
    good = own_words(model, "schtroumpf éméché", "gros nigaud", examples=own)
    assert remarks(good) == []
    wrong = own_words(model, "schtroumpf emeché", "gros nigot", examples=own)
    assert [one for one in remarks(wrong) if "says" in one] == [
        f"respect: no forbidden example says “{term}”, with these letters and accents: correct the term, or add one"
        for term in ("schtroumpf emeché", "gros nigot")
    ]


def test_what_a_keyboard_decides_is_no_other_spelling(model: Charter) -> None:
    own = examples(
        model, "respect", "forbidden", "Quels Schtroumpfs e\u0301me\u0301che\u0301s !", "Espèce de\u00a0fils d’ogre"
    )
    assert remarks(own_words(model, "schtroumpf éméché", "fils d'ogre", examples=own)) == []


def test_two_sentences_are_not_read_as_one(model: Charter) -> None:
    own = examples(model, "respect", "forbidden", "Quel schtroumpf", "grognon que tu es, gros nigaud")
    said = remarks(own_words(model, "gros nigaud", "schtroumpf grognon", examples=own))
    assert any("no forbidden example says “schtroumpf grognon”" in one for one in said)


def test_each_exception_is_said_by_an_allowed_example(model: Charter) -> None:
    bare = around(with_clause(model, "respect", exceptions={"fr": ["bête de course"]}), "respect")
    [said] = remarks(bare)
    assert said.startswith("respect: no allowed example says the exception “bête de course”, with these letters")
    own = examples(model, "respect", "allowed", "Ce vélo, quelle bête de course !")
    assert (
        remarks(around(with_clause(model, "respect", exceptions={"fr": ["bête de course"]}, examples=own), "respect"))
        == []
    )


# --- ordinary words ---


def test_a_term_that_catches_ordinary_words_is_said_with_them(model: Charter) -> None:
    own = examples(model, "respect", "forbidden", "Quel con celui-là", "Espèce de saloir")
    said = remarks(own_words(model, "pedale", "con", "saloir", examples=own))
    [broad] = [one for one in said if "ordinary words" in one]
    assert broad.startswith("respect: “expression” catches ordinary words: “pédale”; write the whole expression")


def test_an_ordinary_word_that_an_example_shows_is_meant(model: Charter) -> None:
    own = examples(model, "respect", "forbidden", "Vas-y, pédale !")
    assert remarks(own_words(model, "pédale", examples=own)) == []


def test_a_disguise_that_an_ordinary_word_wears_is_said(model: Charter) -> None:
    own = examples(model, "respect", "forbidden", "Quel cone celui-là")
    use = {"name": "expression", "terms": {"fr": ["cone"]}, "disguised": True}
    said = remarks(own_words(model, examples=own, detectors=[*_uses(model, "respect"), use]))
    assert any("“cône”" in one for one in said), said


def _uses(model: Charter, clause_id: str) -> list[dict[str, Any]]:
    clause = model.clause(clause_id)
    assert clause is not None
    return [use.model_dump() for use in clause.detectors]


def test_a_title_that_lost_an_accent_which_its_own_text_has_is_said(model: Charter) -> None:
    title = {"fr": "Haine, discrimination, negation", "en": "Hatred, discrimination, denial"}
    said = remarks(around(with_clause(model, "haine", title=title), "haine"))
    assert "haine: “negation” lost an accent in fr: everywhere else it is written “négation”" in said


@pytest.mark.parametrize("name", ["title", "text"])
def test_two_languages_that_changed_places_are_said(model: Charter, name: str) -> None:
    clause = model.clause("haine")
    assert clause is not None
    texts = getattr(clause, name)
    said = remarks(around(with_clause(model, "haine", **{name: {"fr": texts["en"], "en": texts["fr"]}}), "haine"))
    assert f"haine: the {name} in fr is written in en: were the two exchanged?" in said
    assert f"haine: the {name} in en is written in fr: were the two exchanged?" in said


def test_a_title_or_text_that_lost_an_accent_is_said(model: Charter) -> None:
    respect = model.clause("respect")
    assert respect is not None
    text = respect.text | {"fr": respect.text["fr"].replace("employés", "employes").replace("é", "e")}
    said = remarks(around(with_clause(model, "respect", text=text), "respect"))
    assert any(one.startswith("respect: “") and "lost an accent in fr" in one for one in said), said


def test_every_remark_points_into_its_clause(model: Charter) -> None:
    wrong = own_words(model, "plus jamais", ladder=["suspend", "remind"])
    assert {(one.clause, one.at) for one in lint(wrong, Vocabulary(), TODAY)} >= {
        ("respect", ("detectors", 2, "terms")),
        ("respect", ("ladder",)),
    }


# --- what changes ---


def test_nothing_changes_from_a_charter_to_itself(model: Charter) -> None:
    assert diff(model, model) == []


def test_each_change_is_one_line_under_its_clause(model: Charter) -> None:
    changed = with_clause(model, "respect", gravity=3, title={"fr": "Respect", "en": "Respect"})
    assert diff(model, changed) == [
        "respect.title.fr: “Respect des personnes” → “Respect”",
        "respect.title.en: “Respect for people” → “Respect”",
        "respect.gravity: 2 → 3",
    ]


def test_clauses_that_come_and_go_are_named(model: Charter) -> None:
    shorter = Charter.model_validate(
        model.model_dump() | {"clauses": [clause.model_dump() for clause in model.clauses[:-1]]}
    )
    assert diff(model, shorter) == ["donnees: removed"]
    assert diff(shorter, model) == ["donnees: added as article 19"]


def test_a_changed_promise_is_a_change(model: Charter) -> None:
    later = model.model_copy(update={"commitments": model.commitments.model_copy(update={"notice_days": 30})})
    assert diff(model, later) == ["commitments.notice_days: 15 → 30"]


def test_what_becomes_several_languages_is_told_in_each(model: Charter) -> None:
    ours = model.model_copy(update={"fields": model.fields | {"cm_public_name": {"fr": "l'équipe", "en": "the team"}}})
    assert diff(model, ours) == ["fields.cm_public_name: “Marie” → {fr: “l'équipe”, en: “the team”}"]
