"""tribune case, call, pause, resume: what a CM types, on a stack with people who spoke."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import world as world_of_tests
from commanding import Said, Tribune
from hypothesis import given
from hypothesis import strategies as st
from world import BLOG, LINE_ACCOUNT, PAGE, World

from local import desk
from local.command import main
from local.desk import readable
from tribune.aws import clients, keys
from tribune.journal import ActionState, AuthorNote, Breaker, Case, CaseState, Changes, Head
from tribune.platforms import facebook, platform
from tribune.standing import Strike
from tribune.workflow.deed import case_id

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
QUESTION = "Quelqu'un sait si le G3 tient en cabine d'avion ?"
NUMBER = "Colis perdu, rappelez-moi au 06 39 98 12 34 svp"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
HUMAN = "C'est un robot ou il y a quelqu'un ?"
DISTRESS = "J'en peux plus, j'ai envie d'en finir"


def place_of(number: int) -> tuple[str, str, str, str]:
    return ("garance", "facebook", PAGE, f"1_{number}")


def name(number: int) -> str:
    """The short name of the case about a comment."""
    return case_id(place_of(number))


def says(world: World, *comments: tuple[int, str], **more: Any) -> None:
    """People comment, each for the first time, and everything that follows at once has happened."""
    for number, text in comments:
        world.deliver("facebook", world.comment(number, text, author=str(7000 + number), **more))
    while world.pump():
        pass


def moves(world: World) -> None:
    while world.pump():
        pass


def head_of(world: World, number: int) -> Head:
    head = world.head(*place_of(number))
    assert head is not None
    return head


def case_of(world: World, number: int) -> Case:
    at = place_of(number)
    case = world.journal.read([keys.case(*at)]).case(*at)
    assert case is not None
    return case


def strikes_of(world: World, number: int) -> tuple[Strike, ...]:
    author = head_of(world, number).author
    assert author is not None
    known = world.journal.read([keys.author("garance", author)])
    return known.author("garance", author, world.now).standing.strikes


def replies(world: World) -> list[str | None]:
    return [entry.text for entry in world.outbox.effects if entry.kind in ("reply", "private")]


# --- case list ---


def test_when_nothing_waits_it_says_so(tribune: Tribune) -> None:
    said = tribune("case", "list")

    assert (said.code, said.plain) == (0, "Rien n'attend : aucun dossier ouvert.\n")


def test_who_waits_for_an_answer_comes_first_by_our_own_promise(world: World, tribune: Tribune) -> None:
    says(world, (1, "Super vélo, merci !"), (2, QUESTION))
    world.now += timedelta(minutes=20)
    says(world, (3, GRIEVANCE), (4, QUESTION + " Le G2 ?"))

    listed = re.findall(r"^([0-9a-f]{10})  ", tribune("case", "list").out, re.MULTILINE)

    assert listed == [name(3), name(2), name(4), name(1)]


def test_a_case_says_who_where_since_when_why_what_was_done_and_how_many_drafts(world: World, tribune: Tribune) -> None:
    says(world, (1, NUMBER))
    world.now += timedelta(minutes=5)

    lines = tribune("case", "list").plain.splitlines()

    assert lines[0] == "Dossiers ouverts : 1 · attendent une réponse : 1"
    assert lines[2] == f"{name(1)}  Une personne, Page, depuis 11 h"
    assert lines[3].strip() == "« Colis perdu, rappelez-moi au ••• svp »"
    assert lines[4].strip().startswith("La personne a laissé ses coordonnées en public")
    assert lines[5].strip() == (
        "réponse promise à 15 h · 1 brouillon prêt · Masquage (pour protéger des coordonnées) : c'est fait à 11 h"
    )


def test_what_the_machine_cannot_read_is_listed_as_such(world: World, tribune: Tribune) -> None:
    image = world.comment(1, "")
    image["entry"][0]["changes"][0]["value"]["photo"] = "https://scontent.example/a.jpg"
    world.deliver("facebook", image)
    moves(world)

    assert "(non lu par la machine : à regarder sur la page)" in tribune("case", "list").plain


def test_how_many_messages_nobody_could_read_stands_on_top(world: World, tribune: Tribune) -> None:
    broken = world.comment(2, "…")
    del broken["entry"][0]["changes"][0]["value"]["comment_id"]
    world.deliver("facebook", broken)
    world.settle(minutes=60)

    assert "En souffrance : un message que la machine n'a pas pu lire" in tribune("case", "list").plain


def test_the_list_is_short_until_everything_is_asked_for(world: World, tribune: Tribune) -> None:
    says(world, *((number, f"Le G{number} existe en rouge ?") for number in range(1, 53)))

    short, long = tribune("case", "list"), tribune("case", "list", "--all")

    assert len(re.findall(r"^[0-9a-f]{10} ", short.out, re.MULTILINE)) == 50
    assert "et 2 autres" in short.out
    assert len(re.findall(r"^[0-9a-f]{10} ", long.out, re.MULTILINE)) == 52


def test_cases_and_calls_beyond_the_first_page_of_the_index_are_found_too(
    world: World, tribune: Tribune, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(world, *((number, THREAT + "!" * number) for number in range(1, 6)))
    client = clients.dynamodb()
    query = client.query
    monkeypatch.setattr(client, "query", lambda **request: query(**{"Limit": 2, **request}))

    assert len(re.findall(r"^[0-9a-f]{10} ", tribune("case", "list").out, re.MULTILINE)) == 5
    assert tribune("call", "list").out.count("threat-") >= 5
    for number in range(1, 6):
        assert tribune("case", "close", name(number), "--as", "marie").code == 0
    assert "Marie Castel" in tribune("case", "show", name(1)).out


def test_it_speaks_english_when_asked_to(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION))

    said = tribune("case", "list", "--lang", "en")

    assert said.out.startswith("Open cases: 1 · waiting for an answer: 1\n")
    assert "A question waits for a human answer." in said.out


# --- case show ---


def test_a_case_cites_the_clause_and_the_link_to_the_version_that_judged_the_words(
    world: World, tribune: Tribune
) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, INSULT))

    said = tribune("case", "show", name(1)).plain

    assert "Une personne, Page, depuis 11 h" in said
    assert f"« {INSULT} »" in said
    assert re.search(
        r"^Article 10, .+ \(version 1\) : https://charte\.garance\.example/charter/garance/v1/fr#article-10$",
        said,
        re.MULTILINE,
    )
    assert re.search(r"^  1\. .*article 10.*#article-10$", said, re.MULTILINE), "after an attack nobody is named"
    assert f"tribune case send {name(1)} --draft 1 --as marie" in said


def test_a_hide_of_the_machine_is_to_be_confirmed_or_taken_back(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT), (2, QUESTION))

    hidden, asked = (tribune("case", "show", name(number)).plain for number in (1, 2))

    assert "Masquage (provisoire) : c'est fait à 11 h" in hidden
    assert f"Confirmer le masquage : tribune case hide {name(1)} --as marie" in hidden
    assert f"Rétablir : tribune case unhide {name(1)} --as marie" in hidden
    assert "il reste jusqu'à votre décision, et quelqu'un d'autre sera appelé à 15 h" in hidden
    assert "Masquer" not in asked, "nobody is invited to hide a question"


def test_a_suspension_is_what_the_charter_foresees_and_people_decide(world: World, tribune: Tribune) -> None:
    says(world, (2, QUESTION))
    author = head_of(world, 2).author
    assert author is not None
    old = tuple(Strike("respect", f"1_9{n}", world.now - timedelta(days=n)) for n in (3, 5, 8))
    world.journal.commit(Changes(authors=(AuthorNote("garance", author, strikes=old),)), world.now)
    world.deliver("facebook", world.comment(1, INSULT, author="7002"))
    moves(world)

    said = tribune("case", "show", name(1)).plain

    assert "La charte prévoit une suspension (sept jours), et la machine ne suspend personne" in said
    assert f"Masquer : tribune case hide {name(1)} --as marie" in said


def test_distress_says_what_is_not_kept(world: World, tribune: Tribune) -> None:
    world.deliver("line", world.line_message(1, DISTRESS))
    moves(world)
    case = case_id(("garance", "line", LINE_ACCOUNT, "1"))

    said = tribune("case", "show", case).plain

    assert "Détresse : rien de ceci ne va dans les antécédents ni dans un rapport." in said
    assert "3114" in said
    assert "Article" not in said


def test_a_settled_case_can_still_be_read(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    tribune("case", "close", name(1), "--as", "MC")

    said = tribune("case", "show", name(1)).plain

    assert said.startswith(f"Dossier {name(1)}, réglé à 11 h par Marie Castel")
    assert "tribune case send" not in said


def test_what_its_author_edited_nobody_settled(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    world.now += timedelta(minutes=5)
    says(world, (1, "Bonne journée à tous"), verb="edited")

    said = tribune("case", "show", name(1)).plain

    assert case_of(world, 1).closed_by == "edited"
    assert said.startswith(f"Dossier {name(1)}, clos à 11 h 05 : le commentaire a été modifié")


def test_what_the_machine_looked_at_is_said_word_by_word_without_contact_data(world: World, tribune: Tribune) -> None:
    says(world, (1, "On m'a traité d'abruti. Mon numéro : 06 39 98 12 34"))
    said = tribune("case", "show", name(1)).plain

    assert "Ce que la machine a regardé :" in said
    assert "« abruti » · article 10, Respect des personnes : laissé, ces mots sont cités" in said
    assert "« ••• » · article 8, Vie privée et données personnelles : retenu." in said
    assert "06 39" not in said


def test_what_moves_a_cursor_is_not_shown(world: World, tribune: Tribune) -> None:
    says(world, (1, "Ça marche \x1b[2J\x1b]0;pwned\x07 ou pas \u202etxet ?"))

    for said in (tribune("case", "show", name(1)).out, tribune("case", "list").out):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)


@given(st.text())
def test_whatever_people_write_a_terminal_may_show_it(text: str) -> None:
    assert all(one.isprintable() or one in "\n\u200d" for one in readable(text, "fr"))


def test_an_unknown_case_is_bad_input(tribune: Tribune) -> None:
    said = tribune("case", "show", "0123456789")

    assert (said.code, said.err) == (2, "Il n'y a pas de dossier 0123456789.\n")


# --- case send ---


def test_a_draft_leaves_signed_by_whoever_sends_it(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION))

    said = tribune("case", "send", name(1), "--as", "LR")
    moves(world)

    assert said.code == 0
    assert said.plain.startswith("Léa Roy répond en public à Une personne (Page) :\n")
    (text,) = replies(world)
    assert text is not None
    assert text.endswith(" ^LR")
    assert "^MC" not in text
    assert text in said.out


def test_a_draft_in_which_marie_names_herself_names_lea_when_lea_sends_it(world: World, tribune: Tribune) -> None:
    says(world, (1, HUMAN))
    assert "Marie" in tribune("case", "show", name(1)).out

    tribune("case", "send", name(1), "--as", "lea")
    moves(world)

    (text,) = replies(world)
    assert text is not None
    assert "Léa" in text
    assert "Marie" not in text


def test_in_a_thread_where_somebody_was_attacked_the_brand_signs_whoever_sends_it(
    world: World, tribune: Tribune
) -> None:
    world.apply("propose")
    says(world, (1, INSULT))
    says(world, (2, "Et sinon, le G3 passe en cabine ?"), parent=1)
    says(world, (3, "Qui êtes-vous ? Donnez-moi votre nom !"))
    assert (
        "Marie" not in tribune("case", "show", name(3)).out.split("Ce que vous pourriez dire")[1].split("Répondre")[0]
    )

    tribune("case", "send", name(2), "--text", "Oui, plié. ^MC", "--as", "marie")
    tribune("case", "send", name(3), "--as", "marie")
    moves(world)

    answer, demanded = replies(world)
    assert answer == "Oui, plié."
    assert "équipe" in (demanded or "")
    assert not re.search(r"Marie|MC", demanded or "")


@pytest.mark.parametrize("attacked", [True, False], ids=["the brand signs", "a person signs"])
def test_a_signature_alone_is_no_answer(world: World, tribune: Tribune, *, attacked: bool) -> None:
    world.apply("propose")
    says(world, (1, INSULT if attacked else QUESTION))
    told = tribune("case", "send", name(1), "--text", "^MC", "--as", "marie")
    moves(world)

    assert told.code != 0
    assert replies(world) == []


def test_words_of_ones_own_are_signed_too_and_only_once(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION), (2, GRIEVANCE))

    tribune("case", "send", name(1), "--text", "Oui, il passe en cabine.", "--as", "marie")
    tribune("case", "send", name(2), "--text", "Je regarde tout de suite. ^LR", "--as", "^mc")
    moves(world)

    assert replies(world) == ["Oui, il passe en cabine. ^MC", "Je regarde tout de suite. ^MC"]
    assert (case_of(world, 1).state, case_of(world, 1).closed_by) == (CaseState.CLOSED, "marie")


def test_a_private_draft_is_written_in_private(world: World, tribune: Tribune) -> None:
    says(world, (1, NUMBER))

    said = tribune("case", "send", name(1), "--as", "marie")
    moves(world)

    assert said.plain.startswith("Marie Castel écrit en privé à Une personne (Page) :")
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "private"]


def test_an_answer_on_line_is_pushed_to_the_person(world: World, tribune: Tribune) -> None:
    world.deliver("line", world.line_message(1, "Mon colis n'est toujours pas là, vous en êtes où ?"))
    moves(world)
    world.now += timedelta(hours=1)

    case = case_id(("garance", "line", LINE_ACCOUNT, "1"))
    said = tribune("case", "send", case, "--text", "Je regarde.", "--as", "marie")
    moves(world)

    assert said.plain.startswith("Marie Castel répond à quelqu'un (LINE) :")
    (sent,) = world.outbox.effects
    assert (sent.to, sent.object, sent.text) == ("line", "Uaaa", "Je regarde. ^MC")


def test_in_mode_observe_a_person_may_still_answer(world: World, tribune: Tribune) -> None:
    world.apply("observe")
    world.forget()
    says(world, (1, QUESTION))

    tribune("case", "send", name(1), "--text", "Oui.", "--as", "marie")
    moves(world)

    assert replies(world) == ["Oui. ^MC"]


def test_the_second_person_is_told_who_was_first_and_when(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION))
    tribune("case", "send", name(1), "--text", "Oui.", "--as", "lea")

    on_its_way = tribune("case", "send", name(1), "--text", "Non.", "--as", "marie")
    moves(world)
    world.now += timedelta(minutes=10)
    sent = tribune("case", "send", name(1), "--text", "Non.", "--as", "marie")

    for said in (on_its_way, sent):
        assert (said.code, said.out) == (1, "")
        assert said.err.replace("\u00a0", " ") == "C'est déjà fait : Léa Roy, à 11 h.\n"
    assert replies(world) == ["Oui. ^LR"]


def test_who_answered_from_the_platform_was_first_too(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION))
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(2, "Oui, en cabine.", author=PAGE, parent=1))
    moves(world)

    said = tribune("case", "send", name(1), "--as", "marie")

    assert said.code == 1
    assert "Quelqu'un de l'équipe a déjà répondu depuis la plateforme" in said.err
    assert replies(world) == []


@pytest.mark.parametrize("act", [("send", "--text", "Oui."), ("hide",), ("unhide",), ("close",)])
def test_what_its_author_deleted_needs_nothing_any_more(world: World, tribune: Tribune, act: tuple[str, ...]) -> None:
    says(world, (1, QUESTION))
    world.now += timedelta(minutes=1)
    world.deliver("facebook", world.comment(1, "", verb="remove"))
    moves(world)

    said = tribune("case", act[0], name(1), *act[1:], "--as", "marie")

    assert said.code == 1
    assert "L'auteur a supprimé ce commentaire" in said.err


def test_what_the_platform_cannot_do_is_said(world: World, tribune: Tribune) -> None:
    world.deliver("line", world.line_message(1, "Une question sur ma commande ?"))
    moves(world)

    said = tribune("case", "hide", case_id(("garance", "line", LINE_ACCOUNT, "1")), "--as", "marie")

    assert said.code == 1
    assert "ne permet pas de masquer" in said.err


def test_a_promise_keeps_the_case_until_it_is_kept(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    tribune("case", "send", name(1), "--text", "Je regarde et je reviens ici à 17 h.", "--as", "marie")
    moves(world)

    assert "rappel promis à 17 h" in tribune("case", "list").plain
    assert tribune("case", "send", name(1), "--text", "C'est remboursé.", "--as", "marie").code == 0
    moves(world)

    assert replies(world) == ["Je regarde et je reviens ici à 17 h. ^MC", "C'est remboursé. ^MC"]
    assert case_of(world, 1).state is CaseState.CLOSED


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--text", "   "), "Une réponse a besoin de mots"),
        (("--text", "a" * 8001), "8005 signes"),
        (("--draft", "2"), "Choisissez un brouillon, de 1 à 1"),
        (("--draft", "0"), "Choisissez un brouillon, de 1 à 1"),
    ],
)
def test_bad_input_is_a_sentence(world: World, tribune: Tribune, arguments: tuple[str, ...], sentence: str) -> None:
    says(world, (1, QUESTION))

    said = tribune("case", "send", name(1), *arguments, "--as", "marie")

    assert said.code == 2
    assert sentence in said.err.replace("\u00a0", " ")
    assert replies(world) == []


def test_a_case_without_a_draft_asks_for_words(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))

    said = tribune("case", "send", name(1), "--as", "marie")

    assert said.code == 2
    assert "--text" in said.err


@pytest.mark.parametrize("who", ["paul", "XX", ""])
def test_only_the_team_decides(world: World, tribune: Tribune, who: str) -> None:
    says(world, (1, QUESTION))

    said = tribune("case", "close", name(1), "--as", who)

    assert said.code == 2
    assert "marie, lea" in said.err
    assert case_of(world, 1).state is CaseState.OPEN


def test_nobody_decides_without_a_name(tribune: Tribune) -> None:
    assert tribune("case", "close", "0123456789").code == 2


# --- what counts in a history ---


def test_a_reminder_that_a_person_sends_counts_once_the_member_was_told(world: World, tribune: Tribune) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, INSULT))
    assert strikes_of(world, 1) == ()

    tribune("case", "send", name(1), "--draft", "1", "--as", "marie")
    moves(world)

    assert [(strike.clause, strike.object) for strike in strikes_of(world, 1)] == [("respect", "1_1")]
    assert head_of(world, 1).reminded


def test_an_answer_that_is_no_reminder_counts_for_nothing(world: World, tribune: Tribune) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, INSULT))

    tribune("case", "send", name(1), "--text", "On se calme ?", "--as", "marie")
    moves(world)

    assert strikes_of(world, 1) == ()


def test_an_edit_that_removes_the_breach_lifts_it_and_a_persons_words_stay(world: World, tribune: Tribune) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, INSULT))
    tribune("case", "send", name(1), "--draft", "1", "--as", "marie")
    moves(world)
    world.now += timedelta(minutes=5)

    says(world, (1, "@Karim je ne suis pas d'accord avec toi"), verb="edited")

    assert strikes_of(world, 1) == ()
    assert [entry.kind for entry in world.outbox.effects] == ["reply"]


def test_a_reminder_that_could_not_be_given_counts_for_nothing(world: World, tribune: Tribune) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, INSULT))
    world.facebook.comments.clear()  # gone on the platform, and we were not told

    tribune("case", "send", name(1), "--draft", "1", "--as", "marie")
    assert len(strikes_of(world, 1)) == 1
    moves(world)

    assert replies(world) == []
    assert strikes_of(world, 1) == ()


def test_to_confirm_a_hide_sends_nothing_and_counts(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    assert strikes_of(world, 1) == ()

    said = tribune("case", "hide", name(1), "--as", "marie")
    moves(world)

    assert (said.code, said.out) == (0, "Le masquage est confirmé par Marie Castel.\n")
    assert [entry.kind for entry in world.outbox.effects] == ["hide"]
    assert [strike.clause for strike in strikes_of(world, 1)] == ["menace"]
    assert case_of(world, 1).state is CaseState.CLOSED
    again = tribune("case", "hide", name(1), "--as", "lea")
    assert (again.code, "Marie Castel" in again.err) == (1, True)


def test_to_show_it_again_lifts_what_counted(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    tribune("case", "hide", name(1), "--as", "marie")
    moves(world)

    said = tribune("case", "unhide", name(1), "--as", "lea")
    moves(world)

    assert said.out == "Le commentaire est rétabli par Léa Roy.\n"
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "unhide"]
    assert strikes_of(world, 1) == ()
    assert tribune("case", "unhide", name(1), "--as", "marie").code == 1
    tribune("case", "hide", name(1), "--as", "marie")
    moves(world)
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "unhide", "hide"]


def test_a_hide_that_was_proposed_is_carried_out_once(world: World, tribune: Tribune) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, NUMBER))
    assert [action.state for action in head_of(world, 1).actions] == [ActionState.PROPOSED]

    said = tribune("case", "hide", name(1), "--as", "marie")
    moves(world)

    assert said.out == "Le commentaire est masqué au nom de Marie Castel.\n"
    assert [entry.kind for entry in world.outbox.effects] == ["hide"]
    assert strikes_of(world, 1) == (), "protection is no sanction"
    assert case_of(world, 1).state is CaseState.OPEN, "the person still waits for an answer"


def test_who_is_dismissed_no_longer_waits(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))

    said = tribune("case", "close", name(1), "--as", "MC")

    assert (said.code, said.out) == (0, f"Dossier {name(1)} réglé par Marie Castel.\n")
    author = head_of(world, 1).author
    assert author is not None
    record = world.journal.read([keys.author("garance", author)]).author("garance", author, world.now)
    assert record.waiting == {}
    assert tribune("case", "close", name(1), "--as", "lea").code == 1
    assert tribune("case", "list").plain == "Rien n'attend : aucun dossier ouvert.\n"


# --- calls ---


def message_of(world: World, person: str) -> str:
    return next(call["text"] for call in world.rung if call["to"] == person)


def test_the_line_that_a_call_brings_takes_the_call(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    line = re.search(r"tribune (call take .*)", message_of(world, "marie"))
    assert line is not None

    said = tribune(*line[1].split())

    assert said.code == 0
    assert said.out.startswith("Marie Castel prend l'appel.")
    assert f"tribune case show {name(1)}" in said.out
    call = world.journal.load_call("garance", f"threat-{name(1)}")
    assert call is not None
    assert call.taken_by == "marie"


def test_without_a_name_it_is_taken_by_the_only_one_who_was_rung(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))

    said = tribune("call", "take", "garance", f"threat-{name(1)}")

    assert (said.code, said.out.splitlines()[0]) == (0, "Marie Castel prend l'appel. Personne d'autre ne sera dérangé.")


def test_when_two_were_rung_one_has_to_say_who_they_are(world: World, tribune: Tribune) -> None:
    says(world, (1, "Votre vigile à Lille m'a traité de « sale arabe » devant mes enfants. Vous faites quoi ?"))

    said = tribune("call", "take", f"discrimination-{name(1)}")

    assert said.code == 2
    assert "lea, marie" in said.err
    assert tribune("call", "take", f"discrimination-{name(1)}", "--as", "lr").code == 0


def test_the_second_person_is_told_who_took_the_call(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    tribune("call", "take", f"threat-{name(1)}", "--as", "marie")
    world.now += timedelta(minutes=3)

    said = tribune("call", "take", f"threat-{name(1)}", "--as", "lea")

    assert (said.code, said.err.replace("\u00a0", " ")) == (1, "C'est déjà fait : Marie Castel, à 11 h.\n")


def test_a_call_its_kind_and_its_page_can_be_muted_for_an_hour(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    call = f"threat-{name(1)}"

    for of, said in (("call", "cet appel"), ("reason", "de ce genre"), ("space", "de cette page")):
        told = tribune("call", "mute", "garance", call, "--all-of", of)
        assert (told.code, said in told.out, "jusqu'à 12" in told.out) == (0, True, True)
    assert set(world.journal.ringing("garance").muted) == {f"call#{call}", "reason#threat", "space#facebook"}
    assert tribune("call", "mute", "threat-none").code == 2


def test_open_calls_are_listed_until_somebody_takes_them(world: World, tribune: Tribune) -> None:
    assert tribune("call", "list").out == "Personne n'est appelé en ce moment.\n"
    says(world, (1, THREAT), (2, "Je vais vous attaquer en justice, mon avocat vous écrit."))

    listed = tribune("call", "list").plain

    assert f"threat-{name(1)}  depuis 11 h" in listed
    assert f"legal-{name(2)}" in listed
    assert "Menace sous une publication (Page) : à voir maintenant" in listed
    assert "appelés : Marie Castel" in listed
    tribune("call", "take", f"threat-{name(1)}", "--as", "marie")
    assert "threat" not in tribune("call", "list").out


def test_an_unknown_call_is_bad_input(tribune: Tribune) -> None:
    for arguments in (("threat-x",), ("threat-x", "--as", "marie"), ("a", "b", "c")):
        assert tribune("call", "take", *arguments).code == 2


# --- pauses ---


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        ("all", "tout"),
        ("space:facebook", "la page Page"),
        (f"space:{PAGE}", "la page Page"),
        (f"thread:{name(1)}", "le fil 1_1"),
        (f"post:{name(1)}", f"la publication {PAGE}_1"),
    ],
)
def test_where_a_pause_is_on_nothing_is_said_and_then_it_is_lifted(
    world: World, tribune: Tribune, scope: str, named: str
) -> None:
    says(world, (1, QUESTION))

    paused = tribune("pause", scope, "--until", "+2h")
    says(world, (2, INSULT), parent=1)

    assert paused.code == 0
    assert paused.plain.splitlines()[0] == f"En pause jusqu'à 13 h : {named}."
    assert tribune("pause").plain == f"En pause jusqu'à 13 h : {named}.\n"
    assert replies(world) == []
    resumed = tribune("resume", scope)
    assert (resumed.code, resumed.plain) == (0, f"La pause est levée : {named}.\n")
    assert tribune("resume", scope).code == 1
    assert tribune("pause").out == "Aucune pause.\n"
    says(world, (3, INSULT))
    assert len(replies(world)) == 1


def test_danger_is_hidden_during_a_pause(world: World, tribune: Tribune) -> None:
    tribune("pause", "all")

    says(world, (1, THREAT))

    assert [entry.kind for entry in world.outbox.effects] == ["hide"]


def test_what_a_person_sends_during_a_pause_leaves_soon_after_it_is_lifted(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION))
    tribune("pause", "space:facebook")
    said = tribune("case", "send", name(1), "--text", "Oui.", "--as", "marie")
    moves(world)
    assert "Une pause est en cours" in said.err
    assert replies(world) == []

    tribune("resume", "space:facebook")
    world.settle(minutes=10)

    assert replies(world) == ["Oui. ^MC"]


@pytest.mark.parametrize("scope", ["", "tout", "space:", "space:instagram", "thread:nowhere", "post:nothing", "all:x"])
def test_a_scope_that_nobody_understands_is_bad_input(tribune: Tribune, scope: str) -> None:
    said = tribune("pause", scope)

    assert said.code == 2
    assert said.err


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("18:00", "2026-11-24T17:00:00+00:00"),
        ("18h30", "2026-11-24T17:30:00+00:00"),
        ("9h", "2026-11-25T08:00:00+00:00"),
        ("+30min", "2026-11-24T10:30:00+00:00"),
        ("+2j", "2026-11-26T10:00:00+00:00"),
        ("2026-12-01T09:00", "2026-12-01T08:00:00+00:00"),
        ("2026-12-01T09:00Z", "2026-12-01T09:00:00+00:00"),
    ],
)
def test_a_moment_is_the_next_one_in_the_communitys_time(
    world: World, tribune: Tribune, written: str, until: str
) -> None:
    assert tribune("pause", "all", "--until", written).code == 0

    assert world.journal.pauses("garance").until == {"all": datetime.fromisoformat(until)}


def test_an_hour_that_comes_twice_is_still_to_come_while_its_second_time_is(world: World, tribune: Tribune) -> None:
    world.now = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # half past two for the second time

    tribune("pause", "all", "--until", "2:45")

    assert world.journal.pauses("garance").until == {"all": world.now + timedelta(minutes=15)}


@pytest.mark.parametrize(
    "written", ["demain", "25:00", "2026-11-24T10:59", "1h30m", "", "0001-01-01", "9999-12-31T23:59-12:00"]
)
def test_a_moment_that_is_past_or_is_none_is_bad_input(tribune: Tribune, written: str) -> None:
    assert tribune("pause", "all", "--until", written).code == 2


# --- where ---


def test_without_a_stack_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desk, "running", lambda: ())

    assert main(["case", "list"]) == 1
    assert "tribune serve" in capsys.readouterr().err


def test_a_community_that_is_not_there_is_bad_input(tribune: Tribune) -> None:
    said = tribune("case", "list", "--community", "atelier")

    assert (said.code, "garance" in said.err) == (2, True)


# --- to like, to write alone ---


def test_a_like_is_given_once_in_the_pages_name_and_settles_nothing(world: World, tribune: Tribune) -> None:
    says(world, (1, "Super vélo, merci !"))
    assert f"Aimer : tribune case like {name(1)} --as marie" in tribune("case", "show", name(1)).plain

    said = tribune("case", "like", name(1), "--as", "lea")
    moves(world)

    assert (said.code, said.plain) == (0, "Léa Roy aime le commentaire de Une personne (Page).\n")
    assert world.facebook.comments["1_1"].liked
    assert not head_of(world, 1).by_hand, "a like is no word: nothing that was prepared is off"
    assert case_of(world, 1).state is CaseState.OPEN
    again = tribune("case", "like", name(1), "--as", "marie")
    assert (again.code, "Léa Roy" in again.err) == (1, True)
    moves(world)
    assert [entry.kind for entry in world.outbox.effects] == ["like"]
    shown = tribune("case", "show", name(1)).plain
    assert "J'aime, par Léa Roy : c'est fait à 11 h" in shown
    assert "case like" not in shown


def test_a_like_is_a_courtesy_and_none_in_a_pause(world: World, tribune: Tribune) -> None:
    says(world, (1, "Super vélo, merci !"), (2, "Bravo à toute l'équipe !"))
    tribune("case", "like", name(1), "--as", "marie")  # on its way when the pause begins
    tribune("pause", "all", "--until", "+1h")
    moves(world)

    refused = tribune("case", "like", name(2), "--as", "marie")
    tribune("resume", "all")
    world.settle(minutes=20)

    assert (refused.code, "Une pause est en cours" in refused.err) == (1, True)
    assert world.outbox.effects == ()
    assert head_of(world, 1).actions[-1].state is ActionState.CANCELLED
    assert tribune("case", "like", name(1), "--as", "marie").code == 0, "afterwards it may be given again"


def test_no_like_leaves_while_the_platform_takes_us_for_spam(world: World, tribune: Tribune) -> None:
    says(world, (1, "Super vélo, merci !"), (2, THREAT))
    world.facebook.fail({"mode": "spam", "next": 1})
    tribune("case", "send", name(1), "--text", "Merci !", "--as", "marie")
    moves(world)

    tribune("case", "like", name(1), "--as", "marie")
    tribune("case", "delete", name(2), "--yes", "--as", "marie")
    world.settle(minutes=20)

    assert [entry.kind for entry in world.outbox.effects] == ["hide", "delete"], "moderation goes on"


def test_somebody_is_written_to_alone_also_after_a_public_answer_and_once(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    assert "Écrire en privé : tribune case private" in tribune("case", "show", name(1)).plain
    tribune("case", "send", name(1), "--text", "Je vous écris en privé.", "--as", "marie")
    moves(world)

    said = tribune("case", "private", name(1), "--text", "Quel est votre numéro de commande ?", "--as", "marie")
    moves(world)

    assert said.plain.startswith("Marie Castel écrit en privé à Une personne (Page) :\n    Quel est votre numéro")
    assert [(entry.kind, entry.text) for entry in world.outbox.effects] == [
        ("reply", "Je vous écris en privé. ^MC"),
        ("private", "Quel est votre numéro de commande ? ^MC"),
    ]
    again = tribune("case", "private", name(1), "--text", "Autre chose ?", "--as", "lea")
    assert (again.code, "Marie Castel" in again.err) == (1, True)


def test_nobody_is_offered_a_private_message_that_the_platform_takes_no_more(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    world.now += timedelta(days=8)
    assert "tribune case private" not in tribune("case", "show", name(1)).plain

    said = tribune("case", "private", name(1), "--text", "Quel est votre numéro ?", "--as", "marie")
    moves(world)

    assert (said.code, "que quelques jours après un commentaire" in said.err) == (1, True)
    assert world.outbox.effects == ()


def test_a_private_message_needs_words(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    tribune("case", "close", name(1), "--as", "marie")

    said = tribune("case", "private", name(1), "--text", "  ", "--as", "marie")

    assert (said.code, "Une réponse a besoin de mots" in said.plain + said.err.replace("\u00a0", " ")) == (2, True)


def test_nobody_writes_to_who_asked_to_be_forgotten(world: World, tribune: Tribune) -> None:
    says(world, (1, GRIEVANCE))
    case = case_of(world, 1)
    gone = replace(case, state=CaseState.CLOSED, closed_by="erased", closed_at=world.now, drafts=(), rev=case.rev + 1)
    world.journal.commit(Changes(cases=(gone,)), world.now)

    said = tribune("case", "private", name(1), "--text", "Bonjour", "--as", "marie")
    moves(world)

    assert (said.code, "oublié" in said.err) == (1, True)
    assert world.outbox.effects == ()


# --- what is done about a member's words rests on an article ---


def strikes_against(world: World, number: int) -> list[str]:
    return [strike.clause for strike in strikes_of(world, number)]


def test_a_deletion_is_said_to_be_final_and_then_done_under_the_clause_that_was_cited(
    world: World, tribune: Tribune
) -> None:
    says(world, (1, THREAT))
    assert f"Supprimer, pour toujours : tribune case delete {name(1)} --yes" in tribune("case", "show", name(1)).plain

    warned = tribune("case", "delete", name(1), "--as", "marie")
    moves(world)
    assert (warned.code, "ne se défait pas" in warned.err) == (2, True)
    assert not world.facebook.comments["1_1"].deleted

    said = tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)

    assert said.code == 0
    assert "au nom de Marie Castel (article « menace »)" in said.plain
    assert world.facebook.comments["1_1"].deleted
    deletion = head_of(world, 1).actions[-1]
    assert (deletion.kind, deletion.state, deletion.clause) == ("delete", ActionState.SENT, "menace")
    assert strikes_against(world, 1) == ["menace"]
    assert case_of(world, 1).state is CaseState.CLOSED
    shown = tribune("case", "show", name(1)).plain
    assert "Suppression, article « menace », par Marie Castel : c'est fait à 11 h" in shown


def test_nothing_more_is_done_to_what_we_deleted(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)
    before = len(world.outbox.entries)
    text = ("--text", "a")

    for act in (("delete", "--yes"), ("hide",), ("unhide",), ("like",), ("private", *text), ("send", *text)):
        said = tribune("case", act[0], name(1), *act[1:], "--as", "lea")
        moves(world)

        assert (said.code, "Marie Castel" in said.err) == (1, True)
    assert len(world.outbox.entries) == before


def test_our_deletion_that_comes_back_as_an_event_keeps_the_words_as_evidence(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)
    counted = world.counters()
    world.now += timedelta(seconds=5)

    for _ in range(2):
        world.deliver("facebook", world.comment(1, "", verb="remove"))
        moves(world)

    assert f"« {THREAT} »" in tribune("case", "show", name(1)).plain
    assert world.counters() == counted
    assert strikes_against(world, 1) == ["menace"]


def test_what_its_author_deletes_before_we_do_is_erased(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    tribune("pause", "all", "--until", "+1h")
    tribune("case", "delete", name(1), "--yes", "--as", "marie")
    world.now += timedelta(seconds=5)

    world.deliver("facebook", world.comment(1, "", verb="remove"))
    moves(world)

    assert world.journal.words_of(*place_of(1)) is None
    assert head_of(world, 1).actions[-1].why == "deleted"


def test_what_the_machine_meant_to_do_is_off_once_a_person_deletes(world: World, tribune: Tribune) -> None:
    world.apply("propose")
    world.forget()
    says(world, (1, INSULT + " Rappelez-moi au 06 39 98 12 34"))
    tribune("case", "delete", name(1), "--clause", "respect", "--yes", "--as", "marie")
    moves(world)

    head = head_of(world, 1)
    assert {action.state for action in head.actions if action.signed_by is None} <= {ActionState.CANCELLED}
    assert [entry.kind for entry in world.outbox.effects] == ["delete"]
    assert strikes_against(world, 1) == ["respect"]


MEASURES = [("hide",), ("delete", "--yes"), ("block", "--confirmed-by", "lea")]


def test_without_a_clause_nothing_is_done_about_a_members_words(world: World, tribune: Tribune) -> None:
    says(world, (1, QUESTION))

    for act in MEASURES:
        for clause in ((), ("--clause", "politesse"), ("--clause", "bienvenue"), ("--clause", "4")):
            said = tribune("case", act[0], name(1), *act[1:], *clause, "--as", "marie")

            assert said.code == 2
            assert "menace" in said.err, "what there is, is said"
            assert "bienvenue" not in said.err
    moves(world)
    assert world.outbox.effects == ()
    assert head_of(world, 1).actions == ()


def test_a_person_may_name_the_clause_by_id_or_number(world: World, tribune: Tribune) -> None:
    says(world, *((number, QUESTION + "?" * number) for number in (1, 2, 3)))

    for number, act, clause in zip((1, 2, 3), MEASURES, ("hors-sujet", "12", "12"), strict=True):
        said = tribune("case", act[0], name(number), *act[1:], "--clause", clause, "--as", "marie")
        moves(world)

        assert said.code == 0
        assert world.outbox.effects[-1].kind == act[0]
        assert head_of(world, number).actions[-1].clause == "hors-sujet"
    assert len(world.outbox.effects) == len(MEASURES)


def test_before_any_charter_was_published_nothing_is_held_against_anybody(world: World, tribune: Tribune) -> None:
    says(world, (1, INSULT), at=world.now - timedelta(days=60))

    for act in MEASURES:
        said = tribune("case", act[0], name(1), *act[1:], "--clause", "respect", "--as", "marie")
        moves(world)

        assert (said.code, "Aucune charte n'était publiée" in said.err) == (1, True)
    assert world.outbox.effects == ()


def test_without_a_charter_danger_is_hidden_or_deleted_on_the_ground_of_the_law_and_nobody_excluded(
    world: World, tribune: Tribune
) -> None:
    says(world, (1, THREAT), at=world.now - timedelta(days=60))

    excluded = tribune("case", "block", name(1), "--confirmed-by", "lea", "--as", "marie")
    confirmed = tribune("case", "hide", name(1), "--as", "marie")
    deleted = tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)

    assert (excluded.code, confirmed.code, deleted.code) == (1, 0, 0)
    assert "article « loi »" in deleted.plain
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "delete"]
    assert strikes_of(world, 1) == ()


def test_a_pause_keeps_a_deletion_and_an_exclusion_until_it_is_lifted(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT), (2, THREAT + " vraiment"))
    tribune("pause", "all")

    deleted = tribune("case", "delete", name(1), "--yes", "--as", "marie")
    excluded = tribune("case", "block", name(2), "--confirmed-by", "lea", "--as", "marie")
    moves(world)
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "hide"]
    tribune("resume", "all")
    world.settle(minutes=10)

    for said in (deleted, excluded):
        assert "Une pause est en cours" in said.err
    assert sorted(entry.kind for entry in world.outbox.effects) == ["block", "delete", "hide", "hide"]


def test_in_mode_observe_a_person_may_still_delete_and_exclude(world: World, tribune: Tribune) -> None:
    world.apply("observe")
    world.forget()
    says(world, (1, INSULT))

    tribune("case", "block", name(1), "--confirmed-by", "lea", "--as", "marie")
    tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)

    assert [entry.kind for entry in world.outbox.effects] == ["block", "delete"]


def test_a_deletion_whose_answer_got_lost_is_done_and_done_once(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    world.facebook.fail({"mode": "timeout_after", "next": 1})

    tribune("case", "delete", name(1), "--yes", "--as", "marie")
    world.settle(minutes=30)

    assert world.facebook.comments["1_1"].deleted
    assert head_of(world, 1).actions[-1].state is ActionState.SENT
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "delete"]


# --- an exclusion ---

STRANGER = "70012348765"


def excludes(world: World, tribune: Tribune, *more: str) -> Said:
    world.deliver("facebook", world.comment(1, THREAT, author=STRANGER))
    moves(world)
    return tribune("case", "block", name(1), "--as", "marie", *more)


def test_two_persons_exclude_somebody_under_the_clause_that_was_cited(world: World, tribune: Tribune) -> None:
    said = excludes(world, tribune, "--confirmed-by", "LR")
    moves(world)

    assert said.plain == "Marie Castel et Léa Roy excluent Une personne (Page, article « menace »).\n"
    assert world.facebook.blocked == {(PAGE, STRANGER)}
    exclusion = head_of(world, 1).actions[-1]
    assert (exclusion.state, exclusion.signed_by, exclusion.confirmed_by, exclusion.clause) == (
        ActionState.SENT,
        "marie",
        "lea",
        "menace",
    )
    shown = tribune("case", "show", name(1)).plain
    assert "Exclusion de l'auteur, article « menace », par Marie Castel, avec Léa Roy : c'est fait à 11 h" in shown
    again = tribune("case", "block", name(1), "--confirmed-by", "marie", "--as", "lea")
    moves(world)
    assert (again.code, "Marie Castel" in again.err) == (1, True)
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "block"]


def test_nobody_excludes_alone(world: World, tribune: Tribune) -> None:
    for second in ((), ("--confirmed-by", "marie"), ("--confirmed-by", "MC"), ("--confirmed-by", "x")):
        said = excludes(world, tribune, *second)

        assert (said.code, "lea" in said.err) == (2, True)
    moves(world)
    assert world.facebook.blocked == set()


def test_a_lone_manager_is_told_whom_to_add(world: World, tribune: Tribune, monkeypatch: pytest.MonkeyPatch) -> None:
    hers = ("{id: lea", "person: lea")
    written = world_of_tests.CONFIGURATION.splitlines(keepends=True)
    alone = "".join(line for line in written if not any(part in line for part in hers))
    monkeypatch.setattr(world_of_tests, "CONFIGURATION", alone)
    world_of_tests._configuration.cache_clear()
    try:
        world.apply()
    finally:
        world_of_tests._configuration.cache_clear()
    world.forget()

    said = excludes(world, tribune)
    moves(world)

    assert (said.code, "l'équipe n'a que Marie Castel" in said.plain + said.err) == (2, True)
    assert world.facebook.blocked == set()


def test_who_is_excluded_is_known_no_longer_and_nowhere_else_than_their_own_words(
    world: World, tribune: Tribune
) -> None:
    excludes(world, tribune, "--confirmed-by", "lea")
    moves(world)

    tables = world.stack.tables()
    kept = clients.dynamodb().scan(TableName=tables["TextTable"])["Items"]
    naming = {item["sk"]["S"].partition("#")[0]: int(item["ttl"]["N"]) for item in kept if STRANGER in str(item)}
    assert naming.keys() == {"said", "out"}
    assert naming["out"] <= min(naming["said"], int((world.now + timedelta(days=30)).timestamp()))
    for table in ("JournalTable", "CounterTable", "CommunityTable"):
        assert STRANGER not in str(clients.dynamodb().scan(TableName=tables[table])["Items"])


def test_when_nobody_knows_any_more_who_it_was_it_is_said(world: World, tribune: Tribune) -> None:
    world.deliver("facebook", world.comment(1, THREAT, author=STRANGER))
    moves(world)
    world.journal.erase_words(*place_of(1))

    said = tribune("case", "block", name(1), "--as", "marie", "--confirmed-by", "lea")

    assert (said.code, "On ne sait plus qui a écrit ce commentaire" in said.err) == (1, True)
    assert all(action.kind != "block" for action in head_of(world, 1).actions)


def test_who_is_forgotten_before_the_act_leaves_is_not_excluded_and_a_person_hears_of_it(
    world: World, tribune: Tribune
) -> None:
    excludes(world, tribune, "--confirmed-by", "lea")
    world.journal.erase_words(*place_of(1))
    moves(world)

    assert world.facebook.blocked == set()
    assert (head_of(world, 1).actions[-1].state, head_of(world, 1).actions[-1].why) == (
        ActionState.FAILED,
        "no_recipient",
    )
    assert case_of(world, 1).state is CaseState.OPEN
    assert "on ne sait plus qui c'était" in tribune("case", "show", name(1)).plain


def test_after_our_deletion_its_author_can_still_be_excluded(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT))
    tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)
    world.deliver("facebook", world.comment(1, "", verb="remove"))
    moves(world)

    said = tribune("case", "block", name(1), "--as", "marie", "--confirmed-by", "lea")
    moves(world)

    assert said.code == 0
    assert world.facebook.blocked == {(PAGE, "7001")}


# --- what is possible where ---


def test_what_a_platform_cannot_do_comes_with_what_it_can(world: World, tribune: Tribune) -> None:
    world.deliver("generic", world.blog_comment("c-1", QUESTION))
    moves(world)
    case = case_id(("garance", "generic", BLOG, "c-1"))

    for act in (("delete", "--yes"), ("like",), ("private", "--text", "a"), ("block", "--confirmed-by", "lea")):
        said = tribune("case", act[0], case, *act[1:], "--as", "marie")

        assert said.code == 1
        assert "Ici, on peut : répondre, masquer, rétablir." in said.err.replace("\u00a0", " ")
    shown = tribune("case", "show", case).out
    assert not re.search(r"case (delete|like|private|block)", shown)


def test_where_we_may_delete_our_own_words_only_nobody_is_promised_more(
    world: World, tribune: Tribune, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(world, (1, THREAT))
    for elsewhere in ("x", "threads", "mastodon", "youtube"):
        monkeypatch.setattr(facebook, "CARD", replace(platform(elsewhere).CARD, name="facebook"))

        said = tribune("case", "delete", name(1), "--yes", "--as", "marie")

        assert (said.code, "ce que d'autres ont écrit" in said.err) == (1, True)
        assert "case delete" not in tribune("case", "show", name(1)).out


def test_what_the_account_was_refused_is_not_asked_for_again(world: World, tribune: Tribune) -> None:
    says(world, (1, THREAT), (2, THREAT + " vraiment"))
    breaker = Breaker("garance", "facebook", PAGE, rev=1, unable={"delete": world.now + timedelta(days=1)})
    world.journal.keep_breaker(breaker)

    said = tribune("case", "delete", name(1), "--yes", "--as", "marie")
    moves(world)

    assert said.code == 1
    assert "a refusé ce droit à ce compte" in said.err
    assert "Ici, on peut : répondre, masquer" in said.err.replace("\u00a0", " ")
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "hide"]
    assert "case delete" not in tribune("case", "show", name(2)).out


def test_an_answer_after_a_comment_was_shown_again_does_not_make_the_machine_right(
    world: World, tribune: Tribune
) -> None:
    says(world, (1, THREAT))
    tribune("case", "unhide", name(1), "--as", "marie")
    moves(world)

    tribune("case", "private", name(1), "--text", "Pardon, c'était une erreur.", "--as", "marie")
    moves(world)

    verdict = head_of(world, 1).verdict
    assert verdict is not None
    assert verdict.reversed
