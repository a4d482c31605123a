"""What could be said this morning: at most three things, of different kinds, each from comments that may be named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune import words
from tribune.channel import ActKind
from tribune.charter import Circumstances, Reader, Vocabulary
from tribune.charter.findings import Breach, Findings, Signal
from tribune.comment import Audience
from tribune.decision import Mode
from tribune.journal import Action, ActionState, Case, CaseState, Head, HeadKind, Verdict
from tribune.proposals import (
    LOOK_BACK,
    MOST,
    REASONS,
    SITUATIONS,
    Heard,
    Kind,
    asked_by_many,
    heard,
    may_be_source,
    of_the_day,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
READER = Reader(None, Vocabulary(questions={"dimanche": ("ouverts le dimanche", "open on sundays")}))


def one(number: int, text: str, reason: str = "question", *, person: str = "", waits: bool = True) -> Heard:
    """A comment as the journal knows it, said `number` minutes after the morning before."""
    return Heard(
        source=("facebook", "1001", f"1_{number}"),
        person=person or f"p{number}",
        said_at=NOW - timedelta(days=1) + timedelta(minutes=number),
        reason=reason,
        waits=waits,
        text=text,
        findings=READER.read(text, Circumstances()),
    )


def numbers(sources: tuple[tuple[str, str, str], ...]) -> list[int]:
    return [int(source[2].removeprefix("1_")) for source in sources]


CABIN = [
    "Quelqu'un sait si le G3 tient en cabine d'avion ?",
    "Bonjour, le G3 est accepté en cabine dans l'avion ?? Merci !",
    "On peut prendre le G3 en cabine ?",
]


def test_a_helper_is_thanked_a_question_put_to_everyone_and_what_many_ask_becomes_a_post() -> None:
    comments = [
        *(one(number, text) for number, text in enumerate(CABIN, 1)),
        one(4, "Quels pneus pour rouler sur des pavés mouillés ?"),
        one(5, "@Karim il faut resserrer le moyeu, ça marche", "helps_member"),
        one(6, "Coucou, je découvre la page", "newcomer"),
    ]

    thank, everyone, post = of_the_day(comments)

    assert (thank.kind, numbers(thank.sources)) == (Kind.THANK, [5])
    assert (everyone.kind, numbers(everyone.sources)) == (Kind.EVERYONE, [4])
    assert (post.kind, numbers(post.sources), post.people) == (Kind.POST, [3, 2, 1], 3)


def test_a_newcomer_is_welcomed_where_there_is_room() -> None:
    comments = [one(1, "@Karim resserre le moyeu", "helps_member"), one(2, "Coucou tout le monde", "newcomer")]

    assert [chosen.kind for chosen in of_the_day(comments)] == [Kind.THANK, Kind.WELCOME]


def test_whoever_helped_most_is_thanked_first_for_all_of_it() -> None:
    comments = [
        one(1, "resserre le moyeu", "helps_member", person="nadia"),
        one(2, "essaie un 38", "helps_member", person="nadia"),
        one(3, "oui ça passe", "helps_member", person="karim"),
    ]

    first, second = of_the_day(comments)

    assert (numbers(first.sources), numbers(second.sources)) == ([2, 1], [3])


def test_three_of_one_kind_only_where_there_is_no_other() -> None:
    helpers = [one(number, "resserre le moyeu", "helps_member") for number in range(1, 6)]

    assert [chosen.kind for chosen in of_the_day(helpers)] == [Kind.THANK] * 3
    more = [*helpers, one(6, "Coucou", "newcomer"), one(7, "Je partirais au lac", "conversation")]
    assert [chosen.kind for chosen in of_the_day(more)] == [Kind.THANK, Kind.ASK_BACK, Kind.WELCOME]


def test_nobody_is_spoken_to_twice_in_a_morning() -> None:
    comments = [
        one(1, "resserre le moyeu", "helps_member", person="nadia"),
        one(2, "Coucou", "newcomer", person="nadia"),
    ]

    assert [chosen.kind for chosen in of_the_day(comments)] == [Kind.THANK]


def test_what_was_proposed_before_is_not_proposed_again() -> None:
    comments = [one(1, "resserre le moyeu", "helps_member"), one(2, "essaie un 38", "helps_member")]
    yesterday = of_the_day(comments[:1])[0].sources

    assert [numbers(chosen.sources) for chosen in of_the_day(comments, yesterday)] == [[2]]


def test_a_post_is_not_proposed_again_because_one_more_person_asks() -> None:
    comments = [one(number, text) for number, text in enumerate(CABIN, 1)]
    (post,) = of_the_day(comments)

    assert of_the_day([*comments, one(4, "Le G3 va en cabine ?")], post.sources) == []


# --- what is put to everyone, and what many ask ---


@pytest.mark.parametrize(
    "text",
    [
        "Où est ma commande ?",
        "Quand arrive mon colis ?",
        "Vous êtes ouverts le dimanche ?",
        "Pourquoi c'est aussi nul ?",
        "Je peux parler à un humain ?",
        "Where is my order?",
    ],
)
def test_what_is_its_authors_own_affair_or_ours_to_answer_is_not_put_to_everyone(text: str) -> None:
    assert of_the_day([one(1, text)]) == []


def test_what_somebody_of_the_team_settled_is_not_put_to_everyone() -> None:
    assert of_the_day([one(1, CABIN[0], waits=False)]) == []


def test_what_many_ask_counts_people_and_not_comments() -> None:
    insistent = [one(number, CABIN[0], person="nadia") for number in range(1, 6)]

    assert asked_by_many(insistent) == []


def test_what_many_asked_becomes_a_post_though_each_was_answered() -> None:
    answered = [one(number, text, waits=False) for number, text in enumerate(CABIN, 1)]

    assert [chosen.kind for chosen in of_the_day(answered)] == [Kind.POST]


def test_an_entry_of_the_faq_is_one_question_however_it_is_asked() -> None:
    texts = ["Vous êtes ouverts le dimanche ?", "C'est ouvert dimanche ?", "Are you open on Sundays?"]
    comments = [one(number, text, "faq") for number, text in enumerate(texts, 1)]

    (post,) = of_the_day(comments)

    assert (post.kind, post.faq, post.people) == (Kind.POST, "dimanche", 3)


def test_a_subject_alone_is_no_question_that_many_ask() -> None:
    texts = ["Quel pneu pour le G3 ?", "Le G3 existe en rouge ?", "Combien pèse le G3 ?"]

    assert asked_by_many([one(number, text) for number, text in enumerate(texts, 1)]) == []


def test_the_brands_name_tells_no_question_from_another() -> None:
    texts = ["Garance Lille répare ?", "Garance Lille recrute ?", "Garance Lille livre ?"]
    comments = [one(number, text) for number, text in enumerate(texts, 1)]

    assert asked_by_many(comments, ["Garance Lille"]) == []


def test_what_stands_beside_the_question_does_not_hide_it() -> None:
    texts = [
        "Superbe sortie hier avec le club, merci à tous. Le G3 passe en cabine ?",
        "J'hésite encore pour Noël… le G3, en cabine, ça passe ?",
        "G3 en cabine : possible ?",
    ]

    assert len(asked_by_many([one(number, text) for number, text in enumerate(texts, 1)])) == 1


# --- what may be a source at all ---


def head(**more: Any) -> Head:
    verdict = Verdict(measure="draft", reason="question", mode=Mode.ACT)
    base = Head(
        community="garance", platform="facebook", account="1001", object="1_1", kind=HeadKind.COMMENT, v="1", rev=1,
        space="page", thread="1_1", post="1", audience=Audience.PUBLIC, posted_at=NOW - timedelta(hours=5),
        received_at=NOW, author="nadia", verdict=verdict,
    )  # fmt: skip
    return replace(base, **more)


def case(**more: Any) -> Case:
    base = Case(
        community="garance", id="c1", platform="facebook", account="1001", object="1_1", thread="1_1", space="page",
        state=CaseState.OPEN, reason="question", opened_at=NOW, promise_at=NOW, rev=1, awaits_answer=True,
    )  # fmt: skip
    return replace(base, **more)


def hide(state: ActionState) -> Action:
    return Action("a", ActKind.HIDE, "protect", state, "1_1", created_at=NOW, due_at=NOW)


def test_an_ordinary_question_may_be_a_source() -> None:
    assert may_be_source(head(), case(), NOW, sensitive=False, silent=False)


HELD = Verdict(measure="remind", reason="insult_at_person", mode=Mode.ACT, clause="respect")
LAW = Verdict(measure="hide", reason="threat", mode=Mode.ACT, ground="law")


@pytest.mark.parametrize(
    "why",
    [
        {"confidential": True},
        {"audience": Audience.PRIVATE},
        {"deleted": True},
        {"kind": HeadKind.TEAM},
        {"verdict": HELD},
        {"verdict": LAW},
        {"verdict": None},
        {"posted_at": NOW - LOOK_BACK - timedelta(minutes=1)},
        {"actions": (hide(ActionState.SENT),)},
        {"actions": (hide(ActionState.PROPOSED),)},
    ],
    ids=str,
)
def test_never_a_source(why: dict[str, Any]) -> None:
    assert not may_be_source(head(**why), case(), NOW, sensitive=False, silent=False)


def test_nor_under_a_sensitive_post_nor_where_something_grave_stands_nor_of_what_its_author_took_back() -> None:
    assert not may_be_source(head(), case(), NOW, sensitive=True, silent=False)
    assert not may_be_source(head(), case(), NOW, sensitive=False, silent=True)
    for by in ("deleted", "edited", "erased"):
        gone = case(state=CaseState.CLOSED, closed_by=by)
        assert not may_be_source(head(), gone, NOW, sensitive=False, silent=False)


@pytest.mark.parametrize("reason", ["distress", "discrimination", "insult_reported", "legal", "human_request", "harm"])
def test_what_is_grave_is_no_reason_to_propose_anything(reason: str) -> None:
    assert reason not in REASONS
    assert not may_be_source(head(), case(reason=reason), NOW, sensitive=False, silent=False)


def test_words_that_show_more_than_their_case_said_are_left_alone() -> None:
    breach = Breach("respect", "insult_at_person", 0, 3, gravity=2)

    assert heard(head(), case(), "…", Findings(language="fr", words=3)) is not None
    assert heard(head(), case(), "…", Findings(language="fr", words=3, breaches=(breach,))) is None
    assert heard(head(), case(), "…", Findings(language="fr", words=3, signals=frozenset({Signal.HARM}))) is None


# --- laws ---

_SAID = st.builds(
    one,
    st.integers(0, 40),
    st.sampled_from([*CABIN, "Où est ma commande ?", "Vous êtes ouverts le dimanche ?", "resserre le moyeu", "Coucou"]),
    st.sampled_from(sorted(REASONS)),
    person=st.sampled_from(["", "nadia", "karim", "lou", "sam"]),
    waits=st.booleans(),
)


@given(st.lists(_SAID, max_size=25, unique_by=lambda said: said.source), st.randoms(use_true_random=False))
def test_at_most_three_each_from_its_sources_and_the_same_in_any_order(comments: list[Heard], shuffle: Any) -> None:
    chosen = of_the_day(comments)
    shuffled = list(comments)
    shuffle.shuffle(shuffled)

    assert of_the_day(shuffled) == chosen
    assert len(chosen) <= MOST
    said = {one.source for one in comments}
    named = [source for proposal in chosen for source in proposal.sources]
    assert all(proposal.sources for proposal in chosen)
    assert set(named) <= said
    assert len(named) == len(set(named)), "a comment is the source of one thing"


def test_each_kind_has_its_words() -> None:
    assert SITUATIONS.keys() == set(Kind)
    for language in words.LANGUAGES:
        assert set(SITUATIONS.values()) <= words.table(language, "replies")["situations"].keys()
