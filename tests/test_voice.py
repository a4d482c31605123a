"""How we speak: the right words, signed by the right hand, of the right length."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune import replies, words
from tribune.decision import SITUATIONS
from tribune.lengths import UNITS, length
from tribune.voice import (
    FaqEntry,
    Voice,
    Written,
    clock_words,
    compose,
    day_words,
    faq_answer,
    help_line,
    mistakes,
    moment_words,
    safe_name,
    signed_by,
)

PARIS = ZoneInfo("Europe/Paris")
URL = "https://garance.example/charter/garance/v1/fr#article-10"
TEAM = "L'équipe Garance (message automatique)"


@dataclass(frozen=True)
class Somebody:
    name: str = "Marie Caron"
    initials: str = "MC"


MARIE = Somebody()
AUTOMATIC = frozenset(situation for situation in SITUATIONS if replies.is_automatic(situation))


def voice(**changes: Any) -> Voice:
    return Voice.model_validate(
        {"team_signature": {"fr": TEAM, "en": "The Garance team (automatic message)"}, "team": {"fr": "l'atelier"}}
        | changes
    )


def say(situation: str, fields: Mapping[str, str] | None = None, **changes: Any) -> Written | None:
    asked: dict[str, Any] = {
        "language": "fr",
        "voice": voice(),
        "key": "action-1",
        "automatic": False,
        "signer": MARIE,
        "limit": 8000,
        "unit": "utf16",
        "citation": "link",
    }
    return compose(situation, fields=fields or {}, **(asked | changes))


def text(written: Written | None) -> str:
    assert written is not None
    return written.text.replace("\u00a0", " ").replace("\u202f", " ")


# --- the machine speaks ---


def test_a_reminder_cites_the_article_and_its_address_and_is_signed_by_the_team() -> None:
    reminder = text(say("reminder1.respect", {"n": "10", "url": URL}, automatic=True))

    assert reminder.endswith(f"C'est l'article 10 de notre charte : {URL}\n{TEAM}"), "a full stop would join the link"
    assert "^" not in reminder


def test_where_links_do_not_work_the_reminder_names_the_charter() -> None:
    reminder = text(say("reminder1.respect", {"n": "10", "url": URL}, automatic=True, citation="name"))

    assert "notre charte, article 10, lien en bio" in reminder
    assert "http" not in reminder
    assert "bio" not in text(say("reminder1.respect", {"n": "10"}, citation="name")), "no address, no link in the bio"


@pytest.mark.parametrize("citation", ["link", "name"])
def test_without_an_address_that_people_trust_no_reminder_leaves_alone(citation: str) -> None:
    assert say("reminder1.respect", {"n": "10"}, automatic=True, citation=citation) is None
    assert say("reminder1.respect", {"n": "10"}, automatic=False, citation=citation) is not None


def test_the_machine_has_no_words_for_what_only_a_person_may_say() -> None:
    for situation in SITUATIONS - AUTOMATIC:
        assert say(situation, {"n": "10", "url": URL, "help": "3114"}, automatic=True) is None


def test_the_machine_stays_silent_where_nobody_wrote_its_signature() -> None:
    unsigned = voice(team_signature={"fr": TEAM})

    assert say("reminder1.respect", {"n": "10", "url": URL}, automatic=True, language="en", voice=unsigned) is None


def test_a_person_s_initials_never_stand_under_a_message_of_the_machine() -> None:
    reminder = text(say("reminder1.respect", {"n": "10", "url": URL}, automatic=True, signer=MARIE))

    assert "MC" not in reminder
    assert "Marie" not in reminder


def test_the_machine_repeats_no_name() -> None:
    notice = say("protect.vie-privee", {"name": "Sale Voleur"}, automatic=True)

    assert "Voleur" not in text(notice)


def test_an_answer_written_as_a_phrase_follows_the_greeting() -> None:
    answer = text(
        say("faq", {"answer": "le dimanche de 10 h à 13 h.", "faq_url": "https://g.example/h"}, automatic=True)
    )

    assert answer.startswith("Bonjour, le dimanche de 10 h à 13 h")
    assert "https://g.example/h" in answer
    assert ".." not in answer


def test_an_answer_written_as_a_sentence_stays_one() -> None:
    answer = text(say("faq", {"answer": "Le dimanche de 10 h à 13 h"}, automatic=True))

    assert ", Le" not in answer
    assert "Le dimanche de 10 h à 13 h." in answer


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("oui, toute l'année !", "fr", "Oui, toute l'année !"),
        ("peut-être… qui sait ?", "fr", "Peut-être… qui sait ?"),
        ("Bonjour, nous livrons partout.", "fr", "nous livrons partout"),
        ("Bonjour à tous ! Nous livrons partout", "fr", "Nous livrons partout."),
        ("Hello, yes we do.", "en", "yes we do"),
    ],
)
def test_an_answer_is_said_with_one_greeting_and_one_full_stop(written: str, language: str, said: str) -> None:
    read: set[str] = set()
    while answer := say("faq", {"answer": written}, language=language, automatic=True, avoid=read):
        read.add(answer.variant)
        assert said in text(answer)
        assert len(re.findall("bonjour|hello", text(answer), re.IGNORECASE)) == 1
        assert not re.search(r"[!?…]\.", text(answer))
    assert len(read) >= 3


def test_nobody_reads_the_same_automatic_sentence_twice() -> None:
    read: set[str] = set()
    while (reminder := say("reminder1.respect", {"n": "10", "url": URL}, automatic=True, avoid=read)) is not None:
        assert reminder.variant not in read
        read.add(reminder.variant)

    assert len(read) == 3


def test_the_same_action_always_says_the_same_words() -> None:
    assert say("draft.complaint", key="a") == say("draft.complaint", key="a")
    assert len({say("thanks", key=str(number)) for number in range(40)}) > 1


# --- a person speaks ---


def test_a_draft_is_signed_by_the_initials_of_the_person_it_is_prepared_for() -> None:
    assert text(say("draft.complaint", {"since": "deux mois", "when": "17 h"}, key="4")).endswith(" ^MC")


@pytest.mark.parametrize(
    ("mode", "ending"),
    [("initials", " ^MC"), ("first_name", " — Marie"), ("full_name", " — Marie Caron"), ("persona", " — Garance")],
)
def test_a_brand_chooses_how_its_people_sign(mode: str, ending: str) -> None:
    assert text(say("thanks.help", voice=voice(identity_mode=mode, persona="Garance"))).endswith(ending)


def test_a_brand_may_let_the_page_sign() -> None:
    assert text(say("thanks.help", voice=voice(identity_mode="brand")))[-1] in ".!"
    assert "Marie" not in text(say("human.requested", voice=voice(identity_mode="brand")))


def test_whoever_asks_for_a_human_is_told_who_is_there() -> None:
    assert "Marie" in text(say("human.requested"))


def test_a_draft_comes_back_to_a_text_already_read_rather_than_stay_empty() -> None:
    every = {f"thanks/{number}" for number in range(1, 10)}

    assert say("thanks", avoid=every) is not None


def test_the_most_specific_draft_comes_first() -> None:
    draft = text(say("draft.complaint", {"since": "deux mois", "when": "17 h"}))

    assert draft.startswith("Deux mois, c")
    assert draft.endswith("je reviens ici à 17 h. ^MC")
    assert "l'atelier" in draft


def test_a_draft_without_any_value_still_says_something() -> None:
    for situation in SITUATIONS - AUTOMATIC:
        assert say(situation) is not None, situation


def test_a_community_that_says_tu_says_it_everywhere() -> None:
    for situation in SITUATIONS:
        for key in "abcdef":
            written = say(situation, {"n": "10", "url": URL, "answer": "oui"}, key=key, voice=voice(address="tu"))
            assert "vous" not in text(written).lower().split(), written


def test_a_draft_in_english_is_english() -> None:
    assert text(say("thanks", language="en-GB")).isascii()


# --- another person sends what was prepared for somebody ---

LEA = Somebody("Léa Roy", "LR")


def signed(text: str, signer: Somebody = LEA, variant: str = "", **changes: Any) -> str:
    return signed_by(text, signer, team=(MARIE, LEA), voice=voice(**changes), language="fr", variant=variant)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Je regarde. ^MC", "Je regarde. ^LR"),
        ("Je regarde. ^LR", "Je regarde. ^LR"),
        ("Je regarde.", "Je regarde. ^LR"),
        ("Je regarde.  \n", "Je regarde. ^LR"),
        ("Le ^MC du milieu reste.", "Le ^MC du milieu reste. ^LR"),
        ("Merci Marie. ^MC", "Merci Marie. ^LR"),
    ],
)
def test_the_signature_is_that_of_whoever_sends_it(text: str, sent: str) -> None:
    assert signed(text) == sent


@pytest.mark.parametrize(
    ("mode", "text", "sent"),
    [
        ("first_name", "Je regarde. — Marie", "Je regarde. — Léa"),
        ("full_name", "Je regarde. — Marie Caron", "Je regarde. — Léa Roy"),
        ("brand", "Je regarde.", "Je regarde."),
    ],
)
def test_however_a_brand_signs_it_is_whoever_sends_it(mode: str, text: str, sent: str) -> None:
    assert signed(text, identity_mode=mode) == sent


@pytest.mark.parametrize("number", [1, 2])
def test_a_draft_in_which_somebody_names_themselves_names_the_other(number: int) -> None:
    draft = say("human.requested", avoid={f"human.requested/{3 - number}"})
    assert draft is not None
    assert "Marie" in draft.text

    text = signed(draft.text, variant=draft.variant)

    assert "Léa" in text
    assert "Marie" not in text


@pytest.mark.parametrize("prepared_as", ["initials", "first_name", "full_name", "persona"])
def test_however_a_draft_was_signed_its_signature_gives_way(prepared_as: str) -> None:
    draft = text(say("thanks.help", voice=voice(identity_mode=prepared_as, persona="Garance")))

    assert signed(draft, persona="Garance").count("^") == 1
    assert signed(draft, persona="Garance").endswith(" ^LR")
    assert not {"MC", "Marie", "— Garance"} & set(signed(draft, persona="Garance").replace("^", " ").split())


def test_whoever_left_the_rota_signs_no_draft_that_they_left_behind() -> None:
    assert signed("Je regarde. ^PB") == "Je regarde. ^LR", "nobody knows them any more"

    former = [{"id": "paul", "initials": "PB", "name": "Paul Bonnet"}]
    assert signed("Je regarde. — Paul", former=former) == "Je regarde. ^LR"
    assert signed("C'est Paul, il y a quelqu'un. Dites-moi. ^PB", variant="human.requested/1", former=former) == (
        "C'est Léa, il y a quelqu'un. Dites-moi. ^LR"
    )


# --- hostile threads ---


@pytest.mark.parametrize("mode", ["brand", "initials", "first_name", "full_name", "persona"])
def test_in_a_hostile_thread_no_draft_names_anybody(mode: str) -> None:
    brand = voice(identity_mode=mode, persona="Garance")
    for situation in SITUATIONS - AUTOMATIC:
        for key in "abcd":
            written = text(say(situation, {"n": "10", "url": URL}, key=key, voice=brand, hostile=True))
            assert not re.search(r"Marie|Caron|\^MC|—|persona", written), written


@pytest.mark.parametrize("mode", ["initials", "first_name", "full_name", "persona"])
@pytest.mark.parametrize("number", [1, 2])
def test_what_was_prepared_before_a_thread_turned_hostile_leaves_without_a_name(mode: str, number: int) -> None:
    brand = {"identity_mode": mode, "persona": "Garance"}
    draft = say("human.requested", avoid={f"human.requested/{3 - number}"}, voice=voice(**brand))
    assert draft is not None

    sent = signed_by(
        draft.text, LEA, team=(MARIE, LEA), voice=voice(**brand), language="fr", variant=draft.variant, hostile=True
    )

    assert not re.search(r"Marie|Caron|Léa|Roy|MC|LR|Garance|—", sent), sent
    assert "l'équipe" in sent


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("mode", ["brand", "initials", "first_name", "full_name", "persona"])
def test_whoever_demands_a_name_is_told_none(mode: str, language: str) -> None:
    brand = voice(identity_mode=mode, persona="Garance")
    for key in "abcdef":
        said = text(say("human.name", key=key, voice=brand, language=language, hostile=True))
        assert not re.search(r"Marie|Caron|MC|Garance|—", said), said
        assert re.search(r"équipe|team", said)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_brand_whose_people_sign_by_name_does_not_say_that_it_gives_no_names(language: str) -> None:
    forms = [form for one in replies.variants("human.name", language) for form in one.forms]

    assert forms
    assert not any(re.search(r"\bnos noms\b|\bour names\b", form) for form in forms), forms


@pytest.mark.parametrize("variant", ["", "human.requested", "human.requested/9", "nowhere/1", "thanks/x"])
def test_a_variant_that_nobody_wrote_changes_no_name(variant: str) -> None:
    assert signed("Marie vous répond. ^MC", variant=variant) == "Marie vous répond. ^LR"


# --- laws ---


def subsets(names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    ordered = sorted(names)
    return chain.from_iterable(combinations(ordered, size) for size in range(len(ordered) + 1))


VALUES = {**replies.FILLED_LIKE, "n": "10", "url": URL}
GIVEN = {"sentence": "answer", "citation": "n"}
"""A blank that is filled from another value."""


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("situation", sorted(SITUATIONS))
def test_whatever_is_known_no_text_leaves_with_a_blank(situation: str, language: str) -> None:
    """Every text of a situation, filled with every subset of the values that it may have."""
    used = frozenset[str]().union(
        *(words.placeholders(form) for one in replies.variants(situation, language) for form in one.forms)
    )
    values = frozenset(GIVEN.get(name, name) for name in used - {"signer", "team"})
    said = set()
    for known in subsets(values | ({"url"} if "n" in values else set())):
        fields = {name: VALUES[name] for name in known}
        for answer in ("oui, le dimanche", "Oui, le dimanche") if "answer" in known else ("",):
            read: set[str] = set()
            while written := compose(
                situation,
                language=language,
                voice=voice(),
                fields=fields | ({"answer": answer} if answer else {}),
                key="k",
                avoid=read,
                automatic=situation in AUTOMATIC,
                limit=8000,
                unit="utf16",
                citation="link",
            ):
                assert not re.search(r"[{}\[\]]|None|  |\s[.,]|\.\.(?!\.)", written.text), written.text
                if written.variant in read:
                    break  # a draft comes back to what was read
                read.add(written.variant)
            said |= read

    assert said == {one.name for one in replies.variants(situation, language)}, "each text can be said"


@given(
    talk=st.lists(
        st.tuples(
            st.sampled_from(sorted(AUTOMATIC)), st.sampled_from(words.LANGUAGES), st.sampled_from("abc"), st.booleans()
        ),
        max_size=40,
    )
)
def test_a_machine_never_says_the_same_text_twice_where_it_was_read(talk: list[tuple[str, str, str, bool]]) -> None:
    """`avoid` holds what a thread and a person have read (a person: within 30 days, `Standing.variants`)."""
    read: set[str] = set()
    heard: list[str] = []
    for situation, language, key, linked in talk:
        fields = {"n": "10", "url": URL, "title": "Respect", "answer": "oui", "appeal": URL}
        fields |= {"faq_url": URL} if linked else {}
        written = say(situation, fields, language=language, key=key, automatic=True, avoid=read)
        ways = {one.name for one in replies.variants(situation, language)}
        if written is None:
            eligible = {name for name in ways if linked or situation != "faq"}
            assert situation == "faq" or eligible <= read, "it falls silent only once everything was said"
            continue
        assert written.variant not in read
        read.add(written.variant)
        heard.append(written.text)

    assert len(set(heard)) == len(heard)


@given(title=st.text(max_size=80), name=st.text(max_size=40))
def test_neither_a_name_nor_a_subject_stands_in_what_a_machine_says(title: str, name: str) -> None:
    fields = {"n": "10", "url": URL, "answer": "oui"}
    for situation in AUTOMATIC:
        plain = say(situation, fields, automatic=True)
        assert say(situation, fields | {"name": name, "topic": title}, automatic=True) == plain


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Le nouveau G3 pliant.", "« Le nouveau G3 pliant »"),
        ("Sortie du dimanche\nau lac", "« Sortie du dimanche au lac »"),
        ("Voir https://promo.example", ""),
        ("x" * 61, ""),
        ("🚲", ""),
        ("{when}", "« {when} »"),
    ],
)
def test_a_draft_speaks_of_the_post_in_the_words_of_whoever_published_it(title: str, said: str) -> None:
    welcome = text(say("welcome", {"topic": title, "name": "Nadia"}))

    assert (said in welcome) if said else ("«" not in welcome)


# --- texts of a community's own ---


def own_texts(**changes: Any) -> dict[str, Any]:
    return {
        "situation": "thanks",
        "texts": {"fr": ["Merci mille fois.", "Un grand merci.", "Merci, vraiment."]},
        "reviewed_at": date(2026, 11, 1),
        "valid_until": date(2026, 12, 31),
    } | changes


def ways(day: date | None, **changes: Any) -> set[str]:
    brand, read = voice(replies=[own_texts(**changes)]), set[str]()
    while (written := say("thanks", voice=brand, today=day, avoid=read)) and written.variant not in read:
        read.add(written.variant)
    return read


SHIPPED = {one.name for one in replies.variants("thanks", "fr")} - {"thanks/3"}  # it needs a name


def test_a_community_s_own_texts_are_said_beside_ours_until_their_last_day() -> None:
    assert len(ways(date(2026, 12, 31))) == len(SHIPPED) + 3
    assert ways(date(2027, 1, 1)) == SHIPPED
    assert ways(None) == SHIPPED, "nobody knows the day: what expires may have expired"


def test_instead_of_ours_as_long_as_they_hold_and_ours_come_back() -> None:
    assert not ways(date(2026, 12, 31), instead=True) & SHIPPED
    assert ways(date(2027, 1, 1), instead=True) == SHIPPED


def test_a_text_moved_about_in_its_file_is_still_the_one_that_was_read() -> None:
    moved = own_texts()["texts"]["fr"][::-1]

    assert ways(date(2026, 12, 1), texts={"fr": moved}) == ways(date(2026, 12, 1))


@given(
    situation=st.sampled_from(sorted(SITUATIONS)),
    pieces=st.lists(
        st.sampled_from(
            ["Merci", " {when}", " {name}", "{citation}.", " {answer}", " {prenom}", " [date]", " XX", "!", "{"]
        ),
        min_size=1,
        max_size=5,
    ),
    known=st.sets(st.sampled_from(sorted(VALUES))),
)
def test_an_own_text_is_refused_or_never_leaves_with_a_blank(
    situation: str, pieces: list[str], known: set[str]
) -> None:
    form = "".join(pieces)
    brand = voice(replies=[own_texts(situation=situation, texts={"fr": [form]}, valid_until=None)])
    refused = [wrong for _, wrong in mistakes(brand, ())]
    mine = [one.name for one in replies.variants(situation, "fr", brand.replies) if one.text == form]
    assert bool(mine) is not bool(refused), "what is refused where it is written is not said either, once stored"
    others = {one.name for one in replies.variants(situation, "fr")}
    written = say(
        situation,
        {name: VALUES[name] for name in known},
        voice=brand,
        avoid=others,
        automatic=situation in AUTOMATIC,
    )
    if written is not None and written.variant in mine:
        assert not re.search(r"[{}\[\]]|\bXX\b", written.text)


# --- lengths ---


@given(limit=st.integers(20, 400), key=st.text(max_size=8), unit=st.sampled_from(sorted(UNITS)))
def test_a_text_is_never_longer_than_the_platform_takes(limit: int, key: str, unit: str) -> None:
    written = say("reminder1.respect", {"n": "10", "url": URL}, automatic=True, limit=limit, key=key, unit=unit)

    assert written is None or length(written.text, unit) <= limit


def test_a_shorter_text_is_found_where_the_first_one_is_too_long() -> None:
    found = {length(say("draft.facts", key=str(k)).text, "utf16") for k in range(30)}

    assert say("draft.facts", limit=min(found)) is not None
    assert say("draft.facts", limit=10) is None


# --- names ---


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nadia", "Nadia"),
        ("  Jean-Marc  O’Neil ", "Jean-Marc O’Neil"),
        ("Zoé 🌸", "Zoé 🌸"),
        ("@Karim #1", "Karim 1"),
        ("Léa\nVoir ici", "Léa Voir ici"),
        ("\u202eeiraM\u202c", "eiraM"),
        ("Ma\u200brie\ufeff", "Marie"),
        ("<b>Tom</b>", "bTom/b"),
        ("promo.example", ""),
        ("voir https://x.example", ""),
        ("www.gagnez-tout", ""),
        ("promo.ex[ample", ""),
        ("x" * 31, ""),
        ("12345", ""),
        ("🌸", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_is_shown_only_if_it_is_one(name: str | None, shown: str) -> None:
    assert safe_name(name) == shown


@given(st.text(max_size=60))
def test_no_name_brings_markup_mentions_links_or_hidden_characters(name: str) -> None:
    shown = safe_name(name)

    assert len(shown) <= 30
    assert not set(shown) & set("@#<>{}\n\r\u200b\u202e\u2028")
    assert "://" not in shown
    assert safe_name(shown) == shown


@given(st.text(max_size=40))
def test_a_hostile_name_never_breaks_a_draft(name: str) -> None:
    written = say("thanks", {"name": name}, key=name)

    assert written is not None
    assert "{" not in written.text


# --- the FAQ ---


def entry(**changes: Any) -> FaqEntry:
    return FaqEntry.model_validate(
        {
            "id": "dimanche",
            "questions": {"fr": ["ouverts le dimanche"]},
            "answer": {"fr": "le dimanche de 10 h à 13 h"},
            "reviewed_at": date(2026, 11, 1),
            "valid_until": date(2026, 12, 31),
        }
        | changes
    )


def test_an_answer_is_given_until_its_last_day_and_not_after() -> None:
    assert faq_answer(entry(), "fr", datetime(2026, 12, 31, 23, 59, tzinfo=PARIS)) == "le dimanche de 10 h à 13 h"
    assert faq_answer(entry(), "fr", datetime(2027, 1, 1, 0, 0, tzinfo=PARIS)) is None
    assert faq_answer(entry(valid_until=None), "fr", datetime(2099, 1, 1, tzinfo=UTC)) is not None


def test_an_answer_that_nobody_wrote_in_this_language_is_not_given() -> None:
    assert faq_answer(entry(), "en", datetime(2026, 12, 1, tzinfo=PARIS)) is None


# --- distress ---


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("fr", "3114"),
        ("be", "0800 32 123"),
        ("ch", "143"),
        ("uk", "116 123"),
        ("ie", "116 123"),
        ("us", "988"),
        ("ca", "988"),
    ],
)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_in_distress_the_help_line_of_the_country_is_given(country: str, number: str, language: str) -> None:
    assert number in help_line(country, language)


def test_the_care_text_gives_the_help_line_and_no_rule() -> None:
    care = text(say("care.distress", {"help": help_line("fr", "fr")}))

    assert "3114" in care
    assert "charte" not in care


# --- time, as people say it ---


@pytest.mark.parametrize(
    ("hour", "french", "english"),
    [
        (time(17), "17 h", "5 pm"),
        (time(9, 5), "9 h 05", "9:05 am"),
        (time(0), "0 h", "12 am"),
        (time(12, 30), "12 h 30", "12:30 pm"),
    ],
)
def test_hours_are_written_as_people_write_them(hour: time, french: str, english: str) -> None:
    moment = datetime.combine(date(2026, 11, 24), hour, PARIS)

    assert clock_words(moment, "fr").replace("\u00a0", " ") == french
    assert clock_words(moment, "en") == english


def test_the_day_is_named_only_when_it_is_not_today() -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=PARIS)

    assert moment_words(now, now, "fr") == "à 9\u00a0h"
    assert moment_words(now - timedelta(days=1), now, "fr") == "le 23 novembre à 9\u00a0h"
    assert moment_words(now - timedelta(days=1), now, "en", "since") == "since 23 November at 9 am"


def test_the_first_of_a_month_is_written_as_each_language_does() -> None:
    first = date(2026, 12, 1)

    assert (day_words(first, "fr"), day_words(first, "en")) == ("1er décembre", "1 December")
    assert day_words(date(2026, 12, 21), "fr") == "21 décembre"
