"""What people read, in every language we speak: complete, well typed, and safe where nobody reads it before it leaves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tribune import lengths, promises, replies, words
from tribune.budgets import Silence
from tribune.channel import Verdict
from tribune.charter import findings
from tribune.charter.brake import Why
from tribune.decision import CALLS, SITUATIONS
from tribune.platforms import PLATFORMS
from tribune.voice import Voice, compose

ROOT = Path(__file__).resolve().parents[2]
TABLES = (
    "replies",
    "measures",
    "care",
    "calls",
    "alarms",
    "time",
    "desk",
    "trace",
    "notices",
    "audit",
    "digest",
    "question",
    "operation",
    "report",
    "register",
    "screens",
    "lint",
)
HEARD = ("moments",)
"""Words that are recognised and never said: nobody reads how they are typed."""
BRAKES = {f"brake_{why}" for why in Why}
ACCOUNTS = {"subscription_dead", "silent", "poll_refused", "unheard", "quota_spent", "lookup_refused", "refresh_failed"}
ACCOUNTS |= {"access_back", "access_renewed"}
"""What poll_platforms and refresh_tokens call about: an account, not a comment."""
ACTS = {"failed", "uncertain", "hide_waits", Verdict.BLOCKED, Verdict.TOKEN_DEAD}
ENOUGH_SAID = {"flood_post", "flood_account", "loop"}
"""Somebody must know that the machine stopped speaking, not that one comment was not answered."""
APPEALS = {"appeal", "appeal_alone"}
CLIMATE = {f"climate_{what}" for what in ("yellow", "orange", "red", "green", "past", "event")} | {"tools_deaf", "echo"}
WHOLE_DAYS = {"digest", "report", "many"}
COLLEAGUES = {"given", "colleague_answered", "colleague_late", "colleague_unsent"}
FROM_ELSEWHERE = (
    ENOUGH_SAID
    | BRAKES
    | ACCOUNTS
    | ACTS
    | CLIMATE
    | WHOLE_DAYS
    | {"promise", "promise_unclear", "unconfirmed", "alarm", "alarm_over", "other"}
    | COLLEAGUES
    | APPEALS
)
"""Reasons for a call that no decision gives: keep_watch, perform_action and relay_alarm do."""
FIELDS = {
    "n": "10",
    "url": "https://garance.example/charter/garance/v1/fr#article-10",
    "title": "Respect",
    "faq_url": "https://garance.example/faq",
    "help": "3114",
}


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a table with the way to it."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, inner in value.items():
                yield from texts(inner, f"{path}.{key}")
        case list():
            for number, inner in enumerate(value):
                yield from texts(inner, f"{path}.{number}")


def shape(value: Any) -> Any:
    """The keys of a table; lists of texts are free in length, flags must agree."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items() if key != "texts"}
        case bool():
            return value
    return None


def situations(language: str) -> dict[str, Any]:
    return dict(words.table(language, "replies")["situations"])


def said(language: str, situation: str) -> Iterator[str]:
    """Every form of every variant of a situation."""
    for text in situations(language)[situation]["texts"]:
        yield from (text,) if isinstance(text, str) else text.values()


AUTOMATIC = sorted(name for name, entry in situations("fr").items() if entry["automatic"])


@pytest.mark.parametrize(
    "file", sorted((ROOT / "layers/common/tribune/words").rglob("*.yaml")), ids=lambda file: "/".join(file.parts[-2:])
)
def test_nothing_is_said_twice_in_a_file_where_the_first_would_be_lost(file: Path) -> None:
    def twice(node: yaml.Node) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            yield from (name for name in names if names.count(name) > 1)
        for inner in node.value if isinstance(node.value, list) else ():
            for one in inner if isinstance(inner, tuple) else (inner,):
                yield from twice(one)

    assert list(twice(yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))) == []


@pytest.mark.parametrize("name", TABLES + HEARD)
def test_each_table_has_the_same_keys_and_flags_in_french_and_in_english(name: str) -> None:
    assert shape(words.table("fr", name)) == shape(words.table("en", name))


@pytest.mark.parametrize(
    "name", ["calls", "alarms", "care", "time", "desk", "trace", "notices", "digest", "report", "register", "measures"]
)
def test_the_same_text_uses_the_same_placeholders_in_both_languages(name: str) -> None:
    french, english = (dict(texts(words.table(language, name))) for language in ("fr", "en"))

    assert {path: words.placeholders(text) for path, text in french.items()} == {
        path: words.placeholders(text) for path, text in english.items()
    }


@pytest.mark.parametrize("situation", sorted(SITUATIONS))
def test_a_situation_can_use_the_same_values_in_both_languages(situation: str) -> None:
    french, english = (
        {frozenset(words.placeholders(text)) for text in said(language, situation)} for language in ("fr", "en")
    )

    assert french == english


def test_each_situation_that_a_decision_can_name_has_a_text_and_there_is_no_other() -> None:
    assert situations("fr").keys() == SITUATIONS


def test_each_reason_for_silence_has_its_words_and_there_is_no_other() -> None:
    assert words.table("fr", "desk")["unsaid"].keys() == {*Silence, "no_words"}


def test_each_reason_for_a_call_has_its_words_and_there_is_no_other() -> None:
    assert words.table("fr", "calls")["reasons"].keys() == CALLS | FROM_ELSEWHERE


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_platform_has_a_name_that_members_read_in_the_charter(language: str) -> None:
    assert set(words.table(language, "setup")["spaces"]) >= set(PLATFORMS)


def test_each_alarm_that_calls_the_person_on_duty_has_its_words_and_there_is_no_other() -> None:
    class Resources(yaml.SafeLoader):
        """CloudFormation's short forms are nobody's business here."""

    Resources.add_multi_constructor("!", lambda _, tag, node: (tag, getattr(node, "value", None)))
    resources = yaml.load((ROOT / "template.yaml").read_text("utf-8"), Resources)["Resources"]  # noqa: S506  a safe loader that knows `!Ref`
    relayed = {
        name
        for name, resource in resources.items()
        if resource["Type"] in {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
        and ("GetAtt", "RelayAlarm.Arn") in resource["Properties"].get("AlarmActions", ())
    }

    assert relayed
    assert words.table("fr", "alarms")["alarms"].keys() == relayed


@pytest.mark.parametrize("name", TABLES)
def test_french_is_typed_as_french(name: str) -> None:
    for path, written in texts(words.table("fr", name)):
        text = re.sub("`[^`]*`", "", written)  # what an engineer types is no French
        assert not re.search(r" [;!?:»%]|« ", text), f"{path}: a plain space where a line must not break: {text}"
        assert not re.search(r"(?<![\u202f\s?!])[;!?](?=[\s\"]|$)", text), (
            f"{path}: U+202F is missing before ; ! ?: {text}"
        )
        assert not re.search(r"(?<![\u00a0\s])[:»](?=\s|$)", text), f"{path}: U+00A0 is missing before : »: {text}"
        assert not re.search(r"«(?!\u00a0)", text), f"{path}: U+00A0 is missing after «: {text}"


@pytest.mark.parametrize("name", TABLES)
def test_english_carries_no_french_space(name: str) -> None:
    for path, text in texts(words.table("en", name)):
        assert not re.search(r"\s[;!?:]", text), f"{path}: {text}"


@pytest.mark.parametrize("situation", AUTOMATIC)
def test_a_machine_never_says_i_nor_promises_nor_pastes_what_a_member_said(situation: str) -> None:
    for text in said("fr", situation):
        assert not re.search(r"\b(?:je|j['’]|me|m['’]|mon|ma|mes|moi)\b", text, re.IGNORECASE), text
        assert not re.search(r"\b\w+(?:rai|rons|ra|ront)\b|revien|répond|rappel(?:le|ons)\b|promet|lu\b|vu\b", text), (
            text
        )
    for text in said("en", situation):
        assert not re.search(r"\b(?:I|I'm|I'll|me|my|we'll|will|shall|promise|get back|read your|seen)\b", text), text
    for language in words.LANGUAGES:
        for text in said(language, situation):
            assert words.placeholders(text) <= {"answer", "sentence", "faq_url", "citation", "title", "appeal"}, text


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("situation", AUTOMATIC)
@pytest.mark.parametrize("answer", ["de 10 h à 13 h", "De 10 h à 13 h."])
@pytest.mark.parametrize("left_out", ["", "faq_url", "title"])
def test_a_machine_has_three_ways_to_say_it_before_it_falls_silent(
    language: str, situation: str, answer: str, left_out: str
) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != left_out} | {"answer": answer}
    read: set[str] = set()
    for _ in range(12):
        text = compose(
            situation,
            language=language,
            voice=Voice(team_signature={"fr": "L'équipe", "en": "The team"}),
            fields=fields,
            key="k",
            avoid=read,
            automatic=True,
            limit=8000,
            unit="utf16",
            citation="link",
        )
        if text is None:
            break
        read.add(text.variant)

    assert len(read) >= 3


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("situation", sorted(SITUATIONS - set(AUTOMATIC)))
def test_each_draft_has_three_forms_that_need_no_name_nor_anything_else(language: str, situation: str) -> None:
    variants = replies.variants(situation, language)
    bare = {v.addressed("tu") for v in variants if words.placeholders(v.addressed("tu")) <= {"team"}}

    assert len(bare) >= replies.WAYS


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("situation", sorted(SITUATIONS))
def test_what_no_text_may_hold_none_of_ours_holds(language: str, situation: str) -> None:
    for text in said(language, situation):
        assert list(replies.faults(text, situation, language)) == [], text


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_each_situation_can_be_said_in_three_ways_on_each_platform(language: str, platform: str) -> None:
    card = PLATFORMS[platform].CARD
    signature = {"fr": "\nL'équipe Garance (message automatique)", "en": "\nThe Garance team (automatic message)"}
    known = dict.fromkeys(replies.FILLED_LIKE, "") | {
        "answer": "on vous attend",
        "sentence": "Oui.",
        "team": "l'équipe",
    }
    known["citation"] = words.fill(words.table(language, "replies")["citation"][card.citation], FIELDS)
    known["help"] = max(words.table(language, "care")["lines"].values(), key=len)

    for situation in SITUATIONS:
        fitting = [
            variant
            for variant in replies.variants(situation, language)
            if all(
                lengths.length(words.fill(form, known) + signature[language], card.text_unit) <= card.text_limit
                for form in variant.forms
            )
        ]
        assert len(fitting) >= replies.WAYS, situation


def test_a_text_that_says_vous_also_says_tu() -> None:
    for name, entry in situations("fr").items():
        for text in entry["texts"]:
            if isinstance(text, str):
                assert not re.search(r"\b(?:vous|votre|vos)\b|[^\W\d_]{3,}ez\b", text.replace("assez", "")), (
                    name,
                    text,
                )
            else:
                assert set(text) == {"vous", "tu"}, name
                assert not re.search(r"\b(?:vous|votre|vos)\b", text["tu"]), (name, text["tu"])
                assert words.placeholders(text["vous"]) == words.placeholders(text["tu"]), name


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_subject_says_it_all_on_a_lock_screen(language: str) -> None:
    calls, alarms = words.table(language, "calls")["reasons"], words.table(language, "alarms")["alarms"]
    values = {
        "place": "Vélos Garance, page de Lille",
        "community": "Vélos Garance",
        "promised": {
            "fr": "le 22 novembre de revenir « demain à 17 h »",
            "en": "on 22 November to come back “by 5 pm”",
        }[language],
        "person": "Marie-Amélie Castellane",
    }
    values |= {"n": "312", "share": "78", "people": "140", "voices": "312"}
    values |= {"article": "10", "times": "7", "time": "le 22 novembre à 13 h 40"}
    since = {"fr": "depuis le 22 novembre à 13 h 40", "en": "since 22 November at 1:40 pm"}[language]

    for name, reason in calls.items():
        assert len(words.fill(reason["subject"], values)) <= 100, name
    for name, alarm in alarms.items():
        assert len(words.fill(alarm["subject"], {"since": since})) <= 100, name


def test_a_value_is_never_read_again_as_a_template() -> None:
    assert words.fill("{a} {b}", {"a": "{b}", "b": "{0.__class__}"}) == "{b} {0.__class__}"


@pytest.mark.parametrize(
    ("wanted", "language"), [("fr", "fr"), ("fr-BE", "fr"), ("EN", "en"), ("de", "en"), ("", "en"), (None, "en")]
)
def test_who_writes_in_a_language_we_do_not_speak_is_answered_in_english(wanted: str | None, language: str) -> None:
    assert words.spoken(wanted) == language


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_whatever_becomes_of_a_match_there_is_a_word_for_it(language: str) -> None:
    assert set(words.table(language, "trace")["whys"]) == set(findings.Why)


def test_each_way_to_name_a_day_has_its_words_and_there_is_no_other() -> None:
    assert words.table("fr", "moments")["days"].keys() == promises.DAYS.keys()


def test_what_people_count_of_time_is_something_that_lasts() -> None:
    table = words.table("fr", "moments")

    assert (
        table["waiting_units"].keys() | table["day_units"].keys() | table["hour_units"].keys() == promises.LASTS.keys()
    )
