"""The configuration file: a minimal one works, the example is whole, and a mistake is said with its line."""

import re
from pathlib import Path

import pytest

from local.configuration import (
    EXAMPLE_FILE,
    MODEL_FILE,
    ConfigurationFile,
    read,
)
from tribune.decision import Mode
from tribune.duty import Way
from tribune.errors import BadConfiguration
from tribune.managers import MANAGERS
from tribune.platforms import PLATFORMS

MINIMAL = "community: {id: atelier, name: L'Atelier}\n"
CHANNEL = """
channels:
  - platform: facebook
    accounts: [{id: "1", space: page}]
    verify: {current: s3cret-of-facebook, token: t0ken}
    act: {token: page-token}
"""


APPLIED = {"public_holidays", "holidays_until"}
"""What `tribune apply` works out and writes itself."""


def refused(text: str) -> BadConfiguration:
    with pytest.raises(BadConfiguration) as caught:
        read(text, file="c.yaml")
    return caught.value


# --- what works ---


def test_the_example_is_a_whole_and_working_configuration() -> None:
    example = read(EXAMPLE_FILE)
    community = example.community
    assert (community.id, community.name, community.modes.default) == ("garance", "Vélos Garance", Mode.ACT)
    assert sorted(channel.platform for channel in community.channels) == sorted(PLATFORMS), "one of each"
    assert [(person.name, person.initials, person.role) for person in community.rota.people] == [
        ("Marie", "MC", "cm"),
        ("Léa", "LD", "smm"),
    ]
    assert community.faq
    assert community.own_contacts
    assert community.charter_base_url.startswith("https://charte.")
    assert {way.kind for person in community.rota.people for way in person.ways} == {one.KIND for one in MANAGERS}


def test_everything_that_can_be_written_stands_in_the_example() -> None:
    schema = ConfigurationFile.model_json_schema()
    fields = {name for one in (schema, *schema["$defs"].values()) for name in one.get("properties", {})}
    text = EXAMPLE_FILE.read_text(encoding="utf-8")

    assert {name for name in fields if not re.search(rf"\b{name}\b", text)} == APPLIED


def test_an_id_and_a_name_are_enough() -> None:
    minimal = read(MINIMAL)
    community = minimal.community
    assert community.modes.default is Mode.OBSERVE, "a community starts safely"
    assert community.voice.team_signature["fr"] == "L'équipe L'Atelier (message automatique)"
    assert community.rota.people[0].ways == (Way(kind="console"),)
    assert minimal.charter.values("fr")["brand"] == "L'Atelier"


def test_an_address_is_where_calls_end_and_appeals_go_when_nothing_else_is_said() -> None:
    told = read("community: {id: atelier, name: L'Atelier, contact: bonjour@atelier.example}")
    assert told.community.rota.people[0].ways == (Way(kind="email", address="bonjour@atelier.example"),)
    assert told.charter.commitments.appeal_contact == "bonjour@atelier.example"


def test_the_model_charter_speaks_in_the_community_s_name_and_of_its_own_hours() -> None:
    told = read(
        """
community:
  id: atelier
  name: L'Atelier
  timezone: Europe/Brussels
  rota: {people: [{id: ana, name: Ana, initials: AB}], presence: "tue,thu 10:00-12:30"}
"""
        + CHANNEL
    )
    french, english = told.charter.values("fr"), told.charter.values("en")
    assert french["moderation_hours"] == "mardi et jeudi, de 10\u00a0h à 12\u00a0h\u00a030"
    assert english["moderation_hours"] == "Tuesday and Thursday, 10 am to 12:30 pm (Brussels time)"
    assert french["spaces"] == "notre page Facebook"
    assert french["signature_example"] == "^AB"
    said = " ".join(
        told.charter.words_of(clause, language) for clause in told.charter.clauses for language in ("fr", "en")
    )
    assert "Garance" not in said
    assert "garance" not in said
    assert "Marie" not in said


def test_members_read_the_break_at_noon_and_the_shorter_saturday_too() -> None:
    hours = '["mon-fri 09:00-12:30", "mon-fri 14:00-18:00", "sat 09:00-13:00"]'
    written = f"""
community:
  id: atelier
  name: L'Atelier
  rota: {{people: [{{id: ana, name: Ana}}], presence: {hours}}}
"""
    told = read(written + CHANNEL)
    french, english = (told.charter.values(language)["moderation_hours"] for language in ("fr", "en"))
    plain = re.sub("[\u00a0\u202f]", " ", french)
    assert plain == "du lundi au vendredi, de 9 h à 12 h 30 et de 14 h à 18 h ; samedi, de 9 h à 13 h"
    assert english == "Monday to Friday, 9 am to 12:30 pm and 2 pm to 6 pm; Saturday, 9 am to 1 pm (Paris time)"


def test_a_charter_of_one_s_own_is_found_beside_the_file_and_its_own_words_win(tmp_path: Path) -> None:
    model = EXAMPLE_FILE.parent.parent / "charters" / "model.fr-en.yaml"
    (tmp_path / "mine.yaml").write_text(
        model.read_text("utf-8").replace("brand: Vélos Garance", "brand: À moi"), "utf-8"
    )
    file = tmp_path / "c.yaml"
    file.write_text("community: {id: atelier, name: L'Atelier, charter: mine.yaml}", "utf-8")
    assert read(file).charter.values("fr")["brand"] == "À moi"


def test_a_mode_is_a_word_or_said_clause_by_clause() -> None:
    told = read("community: {id: a, name: A, mode: {default: propose, clauses: {publicite: act}}}")
    assert (told.community.modes.default, told.community.modes.clauses) == (Mode.PROPOSE, {"publicite": Mode.ACT})


def test_secrets_leave_the_settings_and_are_never_printed() -> None:
    told = read(
        """
community:
  id: a
  name: A
  rota: {people: [{id: ana, name: Ana, ways: [{kind: slack, secret: https://hooks.example/x1}]}]}
"""
        + CHANNEL
    )
    assert told.channels[0].verify == {"current": "s3cret-of-facebook", "token": "t0ken"}
    assert told.channels[0].act == {"token": "page-token"}
    assert told.calls == {"ana.slack": "https://hooks.example/x1"}
    shown = repr(told) + told.community.model_dump_json()
    for secret in ("s3cret-of-facebook", "t0ken", "page-token", "hooks.example"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("{kind: sms, address: '0639980001'}", "a number with its country"),
        ("{kind: line, address: marie, secret: t}", "the person's user id"),
        ("{kind: line, address: U0123456789abcdef0123456789abcdef}", "the token of the account"),
        ("{kind: telegram, address: marie, secret: t}", "the number of the chat"),
        ("{kind: email, address: marie}", "one mail address"),
        ("{kind: teams, secret: https://10.0.0.7/x}", "an https address of a public host"),
        ("{kind: slack, secret: http://hooks.slack.com/x}", "an https address of a public host"),
        ("{kind: slack, secret: https://hooks.slack.com/x, user: marie}", "should match pattern"),
        ("{kind: pigeon, address: loft}", "sms"),
    ],
)
def test_a_way_that_leads_nowhere_is_said_with_its_line(way: str, said: str) -> None:
    with pytest.raises(BadConfiguration) as told:
        read(f"""
community:
  id: a
  name: A
  rota:
    people:
      - id: ana
        name: Ana
        ways:
          - {way}
""")
    assert told.value.line == 10
    assert (told.value.field or "").startswith("community.rota.people[ana].ways[0]")
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("marie", "lea", "said"),
    [
        (
            "{kind: slack, secret: https://a.example/1}, {kind: slack, secret: https://a.example/2}",
            "",
            "one secret for slack",
        ),
        ("{kind: slack, user: U01}", "{kind: slack, user: U01}", "a Slack user stands there twice"),
    ],
)
def test_no_secret_replaces_another_and_no_press_is_two_people_s(marie: str, lea: str, said: str) -> None:
    with pytest.raises(BadConfiguration, match=said):
        read(
            "community: {id: a, name: A, rota: {people: ["
            f"{{id: marie, name: Marie, ways: [{marie}]}}, {{id: lea, name: Léa, ways: [{lea}]}}]}}}}"
        )


def test_what_proves_slack_is_kept_apart_and_never_printed() -> None:
    told = read(MINIMAL + "press: {slack: {current: hush-1, previous: hush-0}}\n")

    assert told.press == {"current": "hush-1", "previous": "hush-0"}
    assert "hush" not in repr(told) + told.community.model_dump_json()
    assert read(MINIMAL).press == {}


def test_a_site_is_answered_with_the_secret_it_signs_with_unless_it_says_another() -> None:
    site = """
channels:
  - platform: generic
    accounts: [{id: blog, space: blog}]
    verify: {current: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz}
    reply_url: https://blog.example/tribune
"""
    assert read(MINIMAL + site).channels[0].act == {
        "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
        "reply_url": "https://blog.example/tribune",
    }
    assert read(MINIMAL + site + "    act: {secret: whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUE=}").channels[0].act["secret"] == (
        "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUE="
    )


def test_a_secret_of_digits_needs_no_quotes() -> None:
    assert read(MINIMAL + CHANNEL.replace("s3cret-of-facebook", "1234567")).channels[0].verify["current"] == "1234567"


# --- what is refused ---


@pytest.mark.parametrize(
    "address",
    [
        "http://blog.example/wp-json",
        "https://169.254.169.254/latest",
        "https://10.0.0.7",
        "https://[::1]/",
        "https://intranet/wp-json",
        "blog.example",
    ],
)
def test_secrets_are_sent_to_public_encrypted_addresses_only(address: str) -> None:
    for line in (
        f"    act: {{rest_url: '{address}', user: u, password: not-to-be-shown}}\n",
        f"    reply_url: {address}\n",
    ):
        error = refused(MINIMAL + CHANNEL.replace("    act: {token: page-token}\n", "") + line)
        assert error.field in ("channels[0].act", "channels[0].reply_url")
        assert "https" in str(error)
        assert "not-to-be-shown" not in str(error)


@pytest.mark.parametrize("address", ["https://blog.example/wp-json", "https://8.8.8.8", "http://127.0.0.1:8080/x"])
def test_a_site_of_the_web_or_of_this_machine_is_taken(address: str) -> None:
    told = read(MINIMAL + CHANNEL.replace("token: page-token", f"server: '{address}'"), file="c.yaml")
    assert told.channels[0].act["server"] == address


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("community:\n  id: a\n  name: A\n  langages: [fr]\n", 4, "community.langages", "languages"),
        ("community:\n  id: A B\n  name: A\n", 2, "community.id", "pattern"),
        ("community:\n  name: A\n", 1, "community.id", "missing"),
        ("community:\n  id: a\n  name: A\n  timezone: Paris\n", 4, "community.timezone", "Europe/Paris"),
        ("community:\n  id: a\n  name: A\n  mode: acte\n", 4, "community.mode", "did you mean “act”"),
        ("community:\n  id: a\n  name: A\n  charter_base_url: charte.a.fr\n", 4, "community.charter_base_url", "https"),
        ("community:\n  id: a\n  name: A\n  charter: nowhere.yaml\n", 4, "community.charter", "no file"),
        (
            "community:\n  id: a\n  name: A\n  mode:\n    clauses:\n      politesse: act\n",
            6,
            "community.mode.clauses.politesse",
            "no clause",
        ),
        (
            "community:\n  id: a\n  name: A\n  rota:\n    people:\n      - {id: ana, name: Ana}\n    quiet_hours: tard\n",
            7,
            "community.rota.quiet_hours",
            "mon-fri 09:00-18:00",
        ),
        (MINIMAL + "channels:\n  - platform: minitel\n", 3, "channels[0].platform", "facebook"),
        (MINIMAL + CHANNEL + "    channel: Le Shop\n", 8, "channels[0].channel", "pattern"),
        (MINIMAL + CHANNEL.replace('[{id: "1", space: page}]', "[]"), 5, "channels[0].accounts", "at least 1"),
        (MINIMAL + CHANNEL + CHANNEL.partition("\n")[2].partition("\n")[2], None, "channels", "twice"),
    ],
)
def test_a_mistake_is_said_with_its_line_its_field_and_what_would_be_right(
    text: str, line: int | None, field: str, says: str
) -> None:
    error = refused(text)
    if line is not None:
        assert error.line == line
        assert error.field == field
    assert says in error.sentence
    assert str(error).startswith("c.yaml")


def test_a_secret_that_the_platform_cannot_sign_with_is_named_by_its_place_only() -> None:
    error = refused(
        MINIMAL
        + "channels:\n  - platform: generic\n    accounts: [{id: b, space: b}]\n    verify:\n      current: whsec_n@t-base64\n"
    )
    assert (error.line, error.field) == (6, "channels[0].verify.current")
    assert "n@t-base64" not in str(error)


@pytest.mark.parametrize("secret", ["[a, b]", "{a: topsecret}", "''", "~"])
def test_a_secret_of_the_wrong_shape_is_refused_without_being_shown(secret: str) -> None:
    error = refused(MINIMAL + CHANNEL.replace("s3cret-of-facebook", secret))
    assert error.line == 6
    assert "topsecret" not in str(error)


# --- files beside the configuration ---


def test_the_allow_list_may_stand_in_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "harmless.csv").write_text(
        "term,language,note\nbête de course,fr,a bike\ntête de pioche,fr,\n", "utf-8"
    )
    file = tmp_path / "c.yaml"
    file.write_text(MINIMAL.replace("}", ", allowed: [tête de pioche], allowed_from: harmless.csv}", 1), "utf-8")
    assert read(file).community.allowed == ("tête de pioche", "bête de course")


@pytest.mark.parametrize(
    ("csv", "says"), [(None, "there is no file"), ("term,language\nx,francais\n", "two small letters")]
)
def test_a_spreadsheet_that_is_missing_or_wrong_is_said(tmp_path: Path, csv: str | None, says: str) -> None:
    if csv:
        (tmp_path / "harmless.csv").write_text(csv, "utf-8")
    file = tmp_path / "c.yaml"
    file.write_text(MINIMAL.replace("}", ", allowed_from: harmless.csv}", 1), "utf-8")
    with pytest.raises(BadConfiguration, match=says):
        read(file)


def test_a_charter_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "charter.yaml").write_text("community: garance\n" + MODEL_FILE.read_text("utf-8"), "utf-8")
    file = tmp_path / "c.yaml"
    file.write_text(MINIMAL.replace("}", ", charter: charter.yaml}", 1), "utf-8")
    with pytest.raises(BadConfiguration, match="is the charter of “garance”, not of “atelier”") as refused:
        read(file)
    assert refused.value.field == "community.charter"
    file.write_text(file.read_text("utf-8").replace("id: atelier", "id: garance"), "utf-8")
    assert read(file).charter_file == tmp_path / "charter.yaml"


# --- texts of one's own, and who may sign ---

OWN = """\
community:
  id: atelier
  name: L'Atelier
  languages: [fr, en]
  voice:
    team_signature: {fr: L'Atelier (message automatique), en: The Workshop (automatic message)}
    replies:
      - situation: SITUATION
        texts:
          fr: ["FRENCH"]
          en: ["ENGLISH"]
        reviewed_at: 2026-11-01
"""


def own(situation: str = "thanks", french: str = "Merci à vous.", english: str = "Thank you.") -> str:
    return OWN.replace("SITUATION", situation).replace("FRENCH", french).replace("ENGLISH", english)


def test_a_community_adds_texts_of_its_own() -> None:
    (texts,) = read(own()).community.voice.replies

    assert texts.texts == {"fr": ("Merci à vous.",), "en": ("Thank you.",)}
    assert not texts.instead, "beside ours"


def test_texts_for_a_situation_that_there_is_no_more_keep_nothing_else_from_being_applied() -> None:
    (texts,) = read(own("reminder1.flood", "Une fois suffit.", "Once is enough.")).community.voice.replies

    assert texts.situation == "reminder1.flood"


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        (own("thank"), 8, "situation", "there is no such situation"),
        (own(french="Merci {prenom}."), 10, "texts.fr[0]", "nothing fills {prenom} here"),
        (own(french="Merci, on se voit le [date]."), 10, "texts.fr[0]", "a blank is left open: “[date]”"),
        (own(french="Merci, à XX h."), 10, "texts.fr[0]", "a blank is left open: “XX”"),
        (own(french="Merci ____."), 10, "texts.fr[0]", "a blank is left open: “____”"),
        (own(french="Merci {Name}."), 10, "texts.fr[0]", "a blank is left open: “{”"),
        (own(french="Merci. " * 60) + CHANNEL.replace("facebook", "x"), 10, "texts.fr[0]", "x takes 280"),
        (own("faq", "Je vous le dis : {answer}.", "Yes: {answer}."), 10, "texts.fr[0]", "it cannot say “Je”"),
        (own("faq", "On vous répond : {answer}.", "Yes: {answer}."), 10, "texts.fr[0]", "it cannot promise"),
        (own("faq", "Oui : {answer}.", "I say {answer}."), 11, "texts.en[0]", "it cannot say “I”"),
        (own("faq", "Oui : {answer}.", "We'll tell you, {answer}."), 11, "texts.en[0]", "it cannot promise"),
        (own("faq", "Nous avons bien lu, {answer}.", "Yes: {answer}."), 10, "texts.fr[0]", "cannot claim to have read"),
        (own("faq", "Bonjour {name}, {answer}.", "Yes: {answer}."), 10, "texts.fr[0]", "nothing fills {name} here"),
        (own("faq", "Merci.", "Yes: {answer}."), 10, "texts.fr[0]", "every text of this situation says {answer}"),
        (own("reminder1", "Du calme.", "Calm down."), 10, "texts.fr[0]", "says {citation}"),
        (own("warning2", "Encore !", "Again."), 10, "texts.fr[0]", "“!” has no place"),
        (own("warning2", "Encore 🙂", "Again."), 10, "texts.fr[0]", "“🙂” has no place"),
        (own().replace('          en: ["Thank you."]\n', ""), 9, "texts", "also speaks en"),
        (own().replace("2026-11-01", "2026-11-01\n        valid_until: 2026-10-01"), 13, "valid_until", "end before"),
        (own().replace("reviewed_at", "instead: true\n        reviewed_at"), 10, "texts.fr", "write 3 different texts"),
    ],
)
def test_a_text_that_cannot_be_said_is_refused_where_it_is_written(text: str, line: int, field: str, says: str) -> None:
    error = refused(text)

    assert (error.file, error.line, error.field) == ("c.yaml", line, f"community.voice.replies[0].{field}")
    assert says in error.sentence


@pytest.mark.parametrize(
    ("blank", "field"),
    [
        ("voice: {team_signature: {fr: 'L''équipe [nom]'}}", "community.voice.team_signature.fr"),
        (
            "voice: {team_signature: {fr: L'équipe}, team: {fr: '{equipe}'}}",
            "community.voice.team.fr",
        ),
        (
            "faq: [{id: a, questions: {fr: [ouvert]}, answer: {fr: 'à XX h'}, reviewed_at: 2026-11-01}]",
            "community.faq[0].answer.fr",
        ),
    ],
)
def test_nothing_that_members_read_is_written_with_a_blank_in_it(blank: str, field: str) -> None:
    error = refused(f"community: {{id: atelier, name: L'Atelier, languages: [fr], {blank}}}\n")

    assert error.field == field
    assert "a blank is left open" in error.sentence


TEAM = """\
community:
  id: atelier
  name: L'Atelier
  voice:
    team_signature: {fr: L'équipe}
    former: [{id: paul, initials: PB, name: Paul Bonnet}]
  rota:
    people:
      - {id: ID, name: Somebody, initials: INITIALS}
"""


@pytest.mark.parametrize(("person", "initials", "field"), [("paul", "PX", "id"), ("lea", "pb", "initials")])
def test_nobody_signs_as_somebody_who_left(person: str, initials: str, field: str) -> None:
    error = refused(TEAM.replace("ID", person).replace("INITIALS", initials))

    assert (error.line, error.field) == (9, f"community.rota.people[0].{field}")
    assert read(TEAM.replace("ID", "lea").replace("INITIALS", "LR")).community.called("paul") == "PB"
