"""A member reads why, contests, and somebody who did not decide undoes it: through the doors, checked on the platform."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from redress import contest, decision_about, handling, kept, restrictions, reviewing, show, statement
from world import PAGE, World

from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.channel import ActKind, Delivery
from tribune.desk.telling import Telling
from tribune.errors import AlreadyDone, OwnDecision, UnreadableBody
from tribune.journal import ActionState, CaseState, Head
from tribune.notice import ANSWER_WITHIN, AppealState
from tribune.statement import problems
from tribune.workflow.contest import written
from tribune.workflow.deed import case_id

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
PHONE = "Rappelez-moi au 06 39 98 12 34"
CASE = case_id(("garance", "facebook", PAGE, "1_1"))


def read(world: World, token: str) -> str:
    """What the member reads."""
    return html.unescape(show(world, token)["body"])


def head_of(world: World, number: int = 1) -> Head:
    return world.kept(number)


def restricted(world: World, text: str, number: int = 1) -> str:
    """Somebody writes, it is hidden: the token of its page."""
    world.deliver("facebook", world.comment(number, text, author=f"70{number}"))
    world.settle()
    return decision_about(head_of(world, number))


def hidden_by_hand(world: World) -> str:
    """The machine reminds; the words become a threat, it hides them provisionally; Marie confirms."""
    world.deliver("facebook", world.comment(1, INSULT, author="701"))
    world.settle()
    assert any(action.reminds and action.state is ActionState.SENT for action in head_of(world).actions)
    world.deliver("facebook", world.comment(1, THREAT, author="701", verb="edited"))
    world.settle()
    handling(world).hide("garance", CASE, "marie")
    return decision_about(head_of(world))


def tallied(world: World) -> dict[str, int]:
    total: dict[str, int] = {}
    for item in clients.dynamodb().scan(TableName=world.stack.tables()["CounterTable"])["Items"]:
        for name, value in item.items():
            if name.startswith("under#"):
                what = name.rpartition("#")[2]
                total[what] = total.get(what, 0) + int(value["N"])
    return total


def strikes(world: World, head: Head) -> int:
    assert head.author is not None
    known = world.journal.read([{"pk": f"garance#author#{head.author}", "sk": "standing"}])
    return len(known.author("garance", head.author, world.now).standing.strikes)


# --- the page ---


def test_the_page_says_it_in_four_parts_without_a_word_of_the_member(world: World) -> None:
    token = restricted(world, PHONE)

    page = show(world, token)

    assert page["statusCode"] == 200
    body = html.unescape(page["body"])
    for part in (
        "est masqué depuis le 24 novembre 2026",
        "ce que vous avez écrit le",
        "article 8",
        "jusqu'au 24 mai 2027",
    ):
        assert part in body, part
    assert "ce n'est pas une sanction" in body
    assert "06 39" not in body
    assert "Une personne</" not in body
    assert "701" not in body
    assert "STATEMENT_CATEGORY" not in body
    assert (page["headers"]["cache-control"], page["headers"]["x-robots-tag"]) == ("no-store", "noindex")
    assert "<script" not in body
    assert "Why this comment is hidden" in show(world, token, language="en")["body"]


def test_the_reason_of_a_hide_does_not_say_that_what_was_deleted_since_is_still_there(world: World) -> None:
    token = restricted(world, THREAT)
    handling(world).delete("garance", CASE, "marie")
    world.settle()

    assert world.facebook.comments["1_1"].deleted
    assert "n'est pas supprimé" not in read(world, token)
    assert "is not deleted" not in show(world, token, language="en")["body"]


def test_machines_read_a_statement_that_is_valid(world: World) -> None:
    token = restricted(world, THREAT)

    value = statement(world, token)

    assert problems(value["statement"]) == []
    assert value["statement"]["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert value["beside"]["redress"]["url"] == f"https://charte.garance.example/decisions/garance/{token}"
    assert value["beside"]["clause_hash"]
    handling(world).hide("garance", CASE, "marie")
    confirmed = statement(world, token)["statement"]
    assert problems(confirmed) == []
    assert confirmed["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert confirmed["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"


def test_nothing_can_be_guessed_and_reading_changes_nothing(world: World) -> None:
    token = restricted(world, PHONE)
    before = head_of(world)

    other = token[:-1] + ("e" if token.endswith("a") else "a")
    for path in (other, "a" * 26, "a" * 25, token.upper(), f"{token}/appeal", "../charter"):
        assert show(world, path)["statusCode"] == 404
    assert show(world, token)["statusCode"] == 200

    assert head_of(world) == before
    assert kept(world, token)[1] is None


# --- the appeal ---


def test_an_appeal_is_made_once_and_stands_in_the_list_that_a_cm_opens(world: World) -> None:
    token = restricted(world, PHONE)

    answer = contest(world, token, "C'est le numéro du magasin, pas le mien. Mon mail : a@b.example")

    assert answer["statusCode"] == 303
    assert answer["headers"]["location"] == f"../{token}"
    assert contest(world, token, "autre chose")["statusCode"] == 303
    (shown,) = handling(world).open("garance")
    assert (shown.case.id, shown.case.reason) == (CASE, "appeal")
    (appeal,) = reviewing(world).waiting()
    contested = reviewing(world).find(appeal.code.lower())
    assert contested.text == "C'est le numéro du magasin, pas le mien. Mon mail : a@b.example"
    assert contested.words == PHONE
    body = read(world, token)
    assert "Vous avez contesté cette décision le 24 novembre 2026" in body
    assert "numéro du magasin" not in body
    assert "<form" not in body
    world.settle()
    assert any("conteste une décision" in json.dumps(rung, ensure_ascii=False) for rung in world.rung)
    assert not any("numéro du magasin" in json.dumps(rung, ensure_ascii=False) for rung in world.rung)


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        (b'{"text": " Relisez, merci "}', "application/json; charset=utf-8", "Relisez, merci"),
        ("text=Relisez%2C+merci%0D%0AÀ+bientôt".encode(), "", "Relisez, merci\nÀ bientôt"),
        (b"", "", ""),
        (b"", "application/json", ""),
        (b"other=x", "", ""),
    ],
)
def test_a_form_is_read(raw: bytes, kind: str, text: str) -> None:
    assert written(Delivery("POST", {"content-type": kind} if kind else {}, raw)) == text


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"text=" + b"x" * 20_000, ""),
        (b"\xff\xfe", "application/json"),
        (b'{"text": 3}', "application/json"),
        (b"[]", "application/json"),
        (b"text=x", "multipart/form-data"),
        (b"&".join([b"a=b"] * 30), ""),
        (b"text=%FF", ""),
    ],
)
def test_what_is_no_form_is_refused(raw: bytes, kind: str) -> None:
    with pytest.raises(UnreadableBody):
        written(Delivery("POST", {"content-type": kind} if kind else {}, raw))


def test_too_many_words_are_not_cut_but_given_back(world: World) -> None:
    token = restricted(world, PHONE)

    assert contest(world, token, "x" * 1001)["statusCode"] == 413
    assert contest(world, token, raw=b"text=x", kind="multipart/form-data")["statusCode"] == 400
    assert kept(world, token)[1] is None
    assert contest(world, token, "x" * 1000)["statusCode"] == 303


def test_what_cannot_be_contested_is_said_on_the_page(world: World) -> None:
    token, other = restricted(world, PHONE), restricted(world, "Appelez-moi au 06 12 34 56 78", number=2)
    assert contest(world, "a" * 26)["statusCode"] == 404
    handling(world).show("garance", CASE, "marie")
    world.settle()

    assert contest(world, token)["statusCode"] == 303
    assert kept(world, token)[1] is None
    assert "de nouveau visible" in read(world, token)

    world.now += timedelta(days=190)
    assert contest(world, other)["statusCode"] == 303
    assert kept(world, other)[1] is None
    assert "Le délai de six mois" in read(world, other)


def test_who_writes_the_code_contests_too_and_nobody_else_can(world: World) -> None:
    token = restricted(world, PHONE)
    notice, _ = kept(world, token)
    assert notice is not None

    world.deliver("facebook", world.comment(5, f"contester {notice.code}", author="999"))
    world.settle()
    assert kept(world, token)[1] is None

    world.deliver("facebook", world.comment(6, f"Mon code : {notice.code.lower()} merci", author="701"))
    world.settle()
    appeal = kept(world, token)[1]
    assert appeal is not None
    assert (appeal.way, appeal.state) == ("message", AppealState.OPEN)
    assert [shown.case.reason for shown in handling(world).open("garance") if shown.case.id == CASE] == ["appeal"]


@pytest.mark.parametrize("way", ["page", "message"])
def test_a_charter_that_cannot_be_read_any_more_takes_nobody_s_redress_away(world: World, way: str) -> None:
    token = restricted(world, PHONE)
    notice, _ = kept(world, token)
    assert notice is not None
    table = world.stack.tables()["CharterTable"]
    for item in clients.dynamodb().scan(TableName=table)["Items"]:
        damaged = {name: {"B": b"damaged"} if "B" in value else value for name, value in item.items()}
        clients.dynamodb().put_item(TableName=table, Item=damaged)
    world.forget()

    if way == "page":
        assert contest(world, token)["statusCode"] == 303
    else:
        world.deliver("facebook", world.comment(6, f"Mon code : {notice.code} merci", author="701"))
    world.settle()

    appeal = kept(world, token)[1]
    assert appeal is not None
    assert (appeal.way, appeal.due_at - appeal.at) == (way, ANSWER_WITHIN)


# --- the review ---


def test_an_appeal_won_restores_everything(world: World) -> None:
    token = hidden_by_hand(world)
    before = head_of(world)
    assert world.facebook.comments["1_1"].hidden
    (reminder,) = (action.platform_id for action in before.actions if action.reminds)
    assert reminder is not None
    assert strikes(world, before) == 1
    assert tallied(world).get("reversed", 0) == 0
    contest(world, token, "Je ne l'insultais pas.")

    (appeal,) = reviewing(world).waiting()
    with pytest.raises(OwnDecision) as own:
        reviewing(world).overturn(appeal.code, "marie")
    assert own.value.others == ("lea",)
    world.settle()
    (call,) = (call for call in world.calls_of("garance") if call.reason == "appeal")
    assert (call.without, set(call.tried)) == (("marie",), {"lea"})
    reviewing(world).overturn(appeal.code, "lea", "Relu en entier, le message plaisante.")
    world.settle()

    after = head_of(world)
    assert not world.facebook.comments["1_1"].hidden
    assert world.facebook.comments[reminder].deleted
    assert strikes(world, after) == 0
    assert after.verdict is not None
    assert (after.verdict.strike, after.verdict.reversed) == (False, True)
    assert tallied(world)["reversed"] == 1
    unhide = next(action for action in after.actions if action.kind is ActKind.UNHIDE)
    assert (unhide.state, unhide.signed_by) == (ActionState.SENT, "lea")
    body = read(world, token)
    assert "Vous aviez raison" in body
    assert "Relu en entier, le message plaisante." in body
    value = statement(world, token)
    assert problems(value["statement"]) == []
    assert value["statement"]["end_date_visibility_restriction"] == "2026-11-24"
    assert value["beside"]["reversed_by"] == "another_person"
    assert "lea" not in json.dumps(value)
    (shown,) = handling(world).open("garance")
    assert shown.case.reason == "appeal_won"
    assert any("aviez raison" in draft.text or "trompés" in draft.text for draft in shown.case.drafts)


@pytest.mark.parametrize(("days", "kind"), [(2, ActKind.PRIVATE), (8, ActKind.REPLY)])
def test_who_won_is_written_to_alone_while_the_platform_takes_that_and_else_in_public(
    world: World, days: int, kind: ActKind
) -> None:
    token = hidden_by_hand(world)
    world.now += timedelta(days=days)
    contest(world, token, "Je ne l'insultais pas.")
    (appeal,) = reviewing(world).waiting()
    reviewing(world).overturn(appeal.code, "lea")

    (shown,) = handling(world).open("garance")
    assert [draft.kind for draft in shown.case.drafts] == [kind]


def test_the_same_words_delivered_again_as_an_edit_are_the_words_that_were_contested(world: World) -> None:
    token = restricted(world, PHONE)
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(1, PHONE, author="701", verb="edited"))
    world.settle()
    contest(world, token)
    (appeal,) = reviewing(world).waiting()

    reviewing(world).overturn(appeal.code, "lea")

    verdict = head_of(world).verdict
    assert verdict is not None
    assert verdict.reversed
    assert tallied(world)["reversed"] == 1


@pytest.mark.parametrize("at_the_desk", [True, False], ids=["at the desk", "on the platform"])
def test_who_answers_in_the_thread_settles_no_appeal(world: World, *, at_the_desk: bool) -> None:
    token = hidden_by_hand(world)
    contest(world, token, "Je plaisantais.")
    if at_the_desk:
        handling(world).send("garance", CASE, "marie", "Nous regardons. ^MC")
    else:
        world.deliver("facebook", world.comment(50, "Nous regardons.", author=PAGE, parent=1))
    world.settle()

    case = handling(world).find("garance", CASE).case
    assert (case.state, case.reason) == (CaseState.OPEN, "appeal"), "it stands in the list until somebody reviewed it"
    assert [appeal.token for appeal in reviewing(world).waiting()] == [token]


def test_whoever_shows_the_comment_again_on_the_platform_itself_grants_the_appeal(world: World) -> None:
    token = hidden_by_hand(world)
    contest(world, token, "Je plaisantais.")
    again = world.comment(1, "", verb="unhide")
    for _ in range(2):
        world.deliver("facebook", again)
        world.settle()

    assert reviewing(world).waiting() == []
    _, appeal = kept(world, token)
    assert appeal is not None
    assert (appeal.state, appeal.decided_by) == (AppealState.OVERTURNED, "team")
    assert "Vous aviez raison" in read(world, token)
    head = head_of(world)
    assert strikes(world, head) == 0
    assert [action for action in head.actions if action.kind is ActKind.UNHIDE] == []
    (shown,) = handling(world).open("garance")
    assert shown.case.reason == "appeal_won"
    assert len(shown.case.drafts) == 1


def test_hiding_it_once_more_on_the_platform_itself_answers_no_appeal(world: World) -> None:
    token = hidden_by_hand(world)
    contest(world, token)
    again = world.comment(1, "", verb="hide")
    world.deliver("facebook", again)
    world.settle()

    assert [appeal.token for appeal in reviewing(world).waiting()] == [token]
    (shown,) = handling(world).open("garance")
    assert shown.case.reason == "appeal"


def test_what_is_edited_answered_or_confirmed_meanwhile_leaves_the_appeal_in_the_list_that_a_cm_opens(
    world: World,
) -> None:
    for number, text in ((1, PHONE), (2, THREAT), (3, THREAT)):
        contest(world, restricted(world, text, number))
    world.now += timedelta(minutes=5)

    world.deliver("facebook", world.comment(1, "Bonne journée à tous", author="701", verb="edited"))
    world.deliver("facebook", world.comment(9, "Bonjour, nous relisons.", author=PAGE, parent=2))
    handling(world).hide("garance", case_id(("garance", "facebook", PAGE, "1_3")), "marie")
    world.settle()

    assert [shown.case.reason for shown in handling(world).open("garance")] == ["appeal"] * 3
    for appeal in reviewing(world).waiting():
        reviewing(world).uphold(appeal.code, "lea", "Relu.")
    assert handling(world).open("garance") == []


def test_whoever_waits_for_an_answer_waits_no_longer_because_they_contest_a_decision(world: World) -> None:
    token = restricted(world, f"Où en est ma commande ? {PHONE}")
    (before,) = handling(world).open("garance")
    assert before.case.awaits_answer
    contest(world, token)

    (contested,) = handling(world).open("garance")
    assert (contested.case.reason, contested.case.promise_at) == ("appeal", before.case.promise_at)
    (appeal,) = reviewing(world).waiting()
    assert appeal.due_at > before.case.promise_at
    reviewing(world).uphold(appeal.code, "lea", "Relu.")
    (after,) = handling(world).open("garance")
    assert (after.case.awaits_answer, after.case.promise_at) == (True, before.case.promise_at)


def test_a_decision_that_stands_is_explained_and_decided_once(world: World) -> None:
    token = restricted(world, THREAT)
    contest(world, token)
    (appeal,) = reviewing(world).waiting()

    reviewing(world).uphold(appeal.code, "marie", "Une menace reste une menace, même pour rire.")
    world.settle()

    with pytest.raises(AlreadyDone) as done:
        reviewing(world).overturn(appeal.code, "lea")
    assert done.value.by == "marie"
    assert world.facebook.comments["1_1"].hidden
    body = read(world, token)
    assert "la décision est maintenue" in body
    assert "Une menace reste une menace" in body
    assert reviewing(world).waiting() == []


def test_an_appeal_won_leaves_nothing_to_do_once_the_author_deleted_the_words(world: World) -> None:
    token = restricted(world, "On sait où est ton magasin, on va venir te défoncer")
    contest(world, token)
    world.deliver("facebook", world.comment(1, "", verb="remove"))
    world.settle()
    (appeal,) = reviewing(world).waiting()
    reviewing(world).overturn(appeal.code, "lea", "C'était une plaisanterie.")
    world.settle()

    assert handling(world).open("garance") == []
    assert "Vous aviez raison" in read(world, token)


def test_an_exclusion_reversed_after_its_author_deleted_the_words_is_lifted_by_hand_and_settled(world: World) -> None:
    restricted(world, THREAT)
    handling(world).block("garance", CASE, "marie", "lea")
    world.settle()
    token = next(action.notice for action in restrictions(head_of(world)) if action.kind is ActKind.BLOCK)
    assert token is not None
    world.deliver("facebook", world.comment(1, "", author="701", verb="remove"))
    world.settle()
    contest(world, token)
    (appeal,) = reviewing(world).waiting()

    reviewing(world).overturn(appeal.code, "direction")
    (shown,) = handling(world).open("garance")
    assert shown.case.reason == "appeal_by_hand"
    handling(world).close("garance", CASE, "lea")

    assert handling(world).open("garance") == []


def test_an_appeal_won_takes_the_place_of_what_was_only_proposed(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Vous êtes des voleurs, un mois que j'attends mon remboursement !"))
    world.settle()
    handling(world).hide("garance", case_id(head_of(world).at), "marie", "10")
    world.settle()
    token = next(action.notice for action in head_of(world).actions if action.notice)
    world.now += timedelta(minutes=1)
    world.deliver("facebook", world.comment(1, "J'attends mon remboursement depuis un mois", verb="edited"))
    world.settle()
    assert [a.state for a in head_of(world).actions if a.kind is ActKind.UNHIDE] == [ActionState.PROPOSED]

    contest(world, token)
    (appeal,) = reviewing(world).waiting()
    reviewing(world).overturn(appeal.code, "lea")
    world.settle()

    shown = [(a.purpose, a.state) for a in head_of(world).actions if a.kind is ActKind.UNHIDE]
    assert shown == [("restore", ActionState.CANCELLED), ("appeal_won", ActionState.SENT)]


def test_who_decided_alone_is_told_that_nobody_else_can_review(world: World) -> None:
    community = reviewing(world).community
    alone: Any = community.rota.model_copy(update={"people": community.rota.people[:1]})
    Communities(world.stack.tables()["CommunityTable"], clients.dynamodb()).write(
        community.model_copy(update={"rota": alone})
    )
    world.forget()
    token = hidden_by_hand(world)
    contest(world, token)
    world.settle()

    (appeal,) = reviewing(world).waiting()
    with pytest.raises(OwnDecision) as own:
        reviewing(world).uphold(appeal.code, "marie", "Non.")
    assert own.value.others == ()
    assert any("nul autre ne peut la relire" in json.dumps(rung, ensure_ascii=False) for rung in world.rung)


def test_whoever_is_told_is_told_where_to_contest(world: World) -> None:
    token = restricted(world, "Mon numéro est le 06 39 98 12 34, bonne journée à tous")
    address = f"https://charte.garance.example/decisions/garance/{token}"

    told = [entry.text for entry in world.outbox.entries if entry.kind == "private" and entry.text]
    drafts = [draft.text for shown in handling(world).open("garance") for draft in shown.case.drafts]

    assert any(address in text for text in told + drafts), (told, drafts)


def test_whoever_asks_why_can_be_given_the_address(world: World) -> None:
    token = restricted(world, "On sait où est ton magasin, on va venir te défoncer")

    telling = Telling(reviewing(world).community, world.now, "fr")
    (line,) = telling.reasons(head_of(world))
    assert line.endswith(f": https://charte.garance.example/decisions/garance/{token}")
