"""The life of a comment through the real doors: repeated, reordered, edited, deleted, answered by a person."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from redress import handling
from world import BLOG, LINE_ACCOUNT, PAGE, Fault, World

from tribune.aws import clients, keys
from tribune.journal import ActionState, CaseState, Head, HeadKind
from tribune.workflow.deed import case_id

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
CALM = "@Karim je ne suis pas d'accord avec toi"
SPAM = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78"
QUESTION = "Vous êtes ouverts le dimanche ?"
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"


def head_of(world: World, number: int) -> Head:
    return world.kept(number)


def kinds(world: World) -> list[str]:
    """What the twins carried out, in order."""
    return [entry.kind for entry in world.outbox.effects]


def words_kept(world: World) -> list[str]:
    """Every text that stands in the text table."""
    items = clients.dynamodb().scan(TableName=world.stack.tables()["TextTable"])["Items"]
    return [item["text"]["S"] for item in items if "text" in item]


# --- repeated and reordered ---


def test_however_often_it_is_delivered_it_is_decided_counted_and_answered_once(world: World) -> None:
    body = world.comment(1, INSULT)
    for _ in range(5):
        assert world.deliver("facebook", body) == 200
    world.settle()
    world.now += timedelta(days=8)
    world.deliver("facebook", body)
    world.settle()

    assert kinds(world) == ["reply"]
    assert world.counters() == {"comment.1": 1}


def test_an_edit_that_removes_the_breach_withdraws_our_reminder_and_the_strike(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()
    written = world.now - timedelta(minutes=5)
    world.deliver("facebook", world.comment(1, CALM, verb="edited", at=world.now))
    world.settle()

    reply, withdrawal = world.outbox.effects
    assert (reply.kind, withdrawal.kind) == ("reply", "delete")
    assert withdrawal.object == reply.created
    assert written < world.now
    head = head_of(world, 1)
    assert head.verdict is not None
    assert head.verdict.clause is None
    assert head.author is not None
    standing = world.journal.read([keys.author("garance", head.author)]).author("garance", head.author, world.now)
    assert standing.standing.strikes == ()


def test_an_edit_that_keeps_the_breach_is_not_reminded_twice(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()
    world.deliver("facebook", world.comment(1, INSULT + ", pauvre crétin", verb="edited", at=world.now))
    world.settle()

    assert kinds(world) == ["reply"]


def test_edits_that_overtake_the_reminder_leave_one_reminder(world: World) -> None:
    """Each planned reminder gives way to the next one before it left: it was never given, nor does it use up a budget."""
    for number in range(5):
        words = f"{INSULT}, {'vraiment ' * number}"
        world.deliver("facebook", world.comment(1, words, verb="edited" if number else "add", at=world.now))
        world.now += timedelta(seconds=1)
        world.pump_only("moderate_comments")
    world.settle()

    assert kinds(world) == ["reply"]
    head = head_of(world, 1)
    assert head.reminded
    assert [action.state for action in head.actions] == [*[ActionState.CANCELLED] * 4, ActionState.SENT]
    assert head.author is not None
    record = world.journal.read([keys.author("garance", head.author)]).author("garance", head.author, world.now)
    assert record.standing.automatic_today == 1


def test_a_deletion_is_final_whatever_its_clock_says(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()
    world.deliver("facebook", world.comment(1, "", verb="remove", at=world.now - timedelta(days=2)))
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()

    assert head_of(world, 1).deleted
    assert words_kept(world) == []
    assert world.counters() == {}
    assert kinds(world) == ["reply"]


def events(world: World) -> dict[str, dict[str, Any]]:
    """Created, edited twice, deleted, a minute apart."""
    at = world.now
    minute = timedelta(minutes=1)
    return {
        "created": world.comment(1, INSULT, at=at),
        "edited": world.comment(1, CALM, verb="edited", at=at + minute),
        "edited again": world.comment(1, SPAM, verb="edited", at=at + 2 * minute),
        "deleted": world.comment(1, "", verb="remove", at=at + 3 * minute),
    }


@pytest.mark.parametrize("order", list(permutations(["created", "edited", "edited again", "deleted"])), ids=" < ".join)
def test_in_whatever_order_events_arrive_a_deleted_comment_ends_deleted(world: World, order: tuple[str, ...]) -> None:
    bodies = events(world)
    world.now += timedelta(minutes=4)
    for name in order:
        world.deliver("facebook", bodies[name])
        world.pump()
    world.settle()

    head = head_of(world, 1)
    assert head.deleted
    assert world.counters() == {}
    assert not head.unfinished
    assert not [text for text in words_kept(world) if text in (INSULT, CALM, SPAM)]


@pytest.mark.parametrize("order", list(permutations(["created", "edited", "edited again"])), ids=" < ".join)
def test_in_whatever_order_edits_arrive_the_newest_words_are_judged(world: World, order: tuple[str, ...]) -> None:
    bodies = events(world)
    world.now += timedelta(minutes=4)
    for name in order:
        world.deliver("facebook", bodies[name])
        world.pump()
    world.settle()

    head = head_of(world, 1)
    assert head.verdict is not None
    assert head.verdict.measure == "hide"
    assert world.counters() == {"comment.1": 1}
    assert kinds(world).count("hide") == 1


# --- our own voice ---


def ours(world: World, number: int, text: str, parent: int) -> dict[str, Any]:
    return world.comment(number, text, author=PAGE, parent=parent)


def test_our_own_reply_coming_back_is_recognised(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()
    (reply,) = world.outbox.effects
    echo = world.facebook.echo(reply)
    assert echo is not None
    world.deliver_raw("facebook", echo)
    world.settle()

    own = world.head("garance", "facebook", PAGE, reply.created or "")
    assert own is not None
    assert own.kind is HeadKind.OURS
    assert kinds(world) == ["reply"]
    assert world.counters() == {"comment.1": 1}


def test_our_reply_that_a_person_rewrote_on_the_platform_is_theirs(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()
    (reply,) = world.outbox.effects
    number = int((reply.created or "").partition("_")[2])
    theirs = ours(world, number, "Karim, on reste courtois, s'il te plaît. Marie", parent=1)
    theirs["entry"][0]["changes"][0]["value"] |= {"verb": "edited"}
    world.now += timedelta(minutes=5)
    theirs["entry"][0]["time"] = int(world.now.timestamp())
    for _ in range(2):
        world.deliver("facebook", theirs)
        world.settle()
    world.deliver("facebook", world.comment(2, INSULT, author="7002", parent=1))
    world.deliver("facebook", world.comment(1, CALM, verb="edited"))
    world.settle()

    assert kinds(world) == ["reply"], "the machine neither speaks there again nor takes a person's words away"
    case = handling(world).find("garance", case_id(("garance", "facebook", PAGE, "1_1"))).case
    assert (case.state, case.reason) == (CaseState.OPEN, "reminder_stands")


def test_our_own_reply_that_comes_back_before_its_answer_settles_the_action(world: World) -> None:
    world.facebook.fail({"mode": "timeout_after", "next": 1})
    world.facebook.fail({"consistency_s": 3600})
    world.deliver("facebook", world.comment(1, INSULT))
    world.pump()
    world.pump()
    (reply,) = world.outbox.effects
    echo = world.facebook.echo(reply)
    assert echo is not None
    world.deliver_raw("facebook", echo)
    world.settle()

    (action,) = head_of(world, 1).actions
    assert action.state is ActionState.SENT
    assert action.platform_id == reply.created
    assert kinds(world) == ["reply"]


@pytest.mark.parametrize("given_up", [False, True], ids=["while it is sent", "once nobody knew what became of it"])
def test_a_persons_answer_that_comes_back_before_its_own_answer_settles_what_it_answers(
    world: World, *, given_up: bool
) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    name = case_id(("garance", "facebook", PAGE, "1_1"))
    handling(world).send("garance", name, "marie", "Je regarde, et je reviens ici à 17 h. ^MC")
    world.facebook.fail({"mode": "timeout_after", "next": 1})
    world.facebook.fail({"consistency_s": 3600})
    if given_up:
        world.calls.faults = [Fault("GET http://facebook.test", "error_before") for _ in range(40)]
        world.settle(minutes=24 * 60, quiet_minutes=300)
    else:
        world.pump()
    fate = ActionState.UNCERTAIN if given_up else ActionState.SENDING
    assert [action.state for action in head_of(world, 1).actions] == [fate]
    (reply,) = world.outbox.effects
    echo = world.facebook.echo(reply)
    assert echo is not None
    world.deliver_raw("facebook", echo)
    world.settle()
    world.deliver("facebook", world.comment(2, INSULT, author="7002", parent=1))
    world.settle()

    case = handling(world).find("garance", name).case
    late = given_up  # the hour that was promised is over by then
    assert (case.state, case.awaits_answer, case.promised) == (CaseState.OPEN, late, "à 17 h")
    assert kinds(world) == ["reply"], "after a person the machine says nothing in that thread"


def test_what_comes_with_what_it_answers_is_in_the_thread_of_both(world: World) -> None:
    world.deliver("facebook", world.comment(1, QUESTION))
    world.settle()
    world.deliver("facebook", world.comment(90, "Bonjour, je regarde.", author=PAGE, parent=1))
    world.settle()
    before = kinds(world)
    world.deliver("facebook", world.comment(4, INSULT, author="7004", parent=3))
    world.deliver("facebook", world.comment(3, "Pareil pour moi", author="7003", parent=2))
    world.deliver("facebook", world.comment(2, "Moi aussi", author="7002", parent=1))
    world.settle()

    assert {head_of(world, number).thread for number in (1, 2, 3, 4)} == {"1_1"}
    assert kinds(world) == before, "a person answered there"


def test_after_a_person_answered_the_machine_is_silent_in_that_thread(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde votre dossier tout de suite.", parent=1))
    world.settle()
    world.deliver("facebook", world.comment(2, INSULT, author="7002", parent=1))
    world.deliver("facebook", world.comment(3, QUESTION, author="7003", parent=1))
    world.settle()

    assert kinds(world) == []
    case = world.journal.read([keys.case("garance", "facebook", PAGE, "1_1")]).case("garance", "facebook", PAGE, "1_1")
    assert case is not None
    assert case.state is CaseState.CLOSED
    assert case.closed_by == "team"


def test_an_answer_to_a_reply_belongs_to_the_thread_of_that_reply(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde votre dossier tout de suite.", parent=1))
    world.settle()
    world.deliver("facebook", world.comment(2, INSULT, author="7002", parent=50))
    world.settle()

    assert head_of(world, 2).thread == "1_1"
    assert kinds(world) == [], "a person answered in that thread"


def test_our_reply_to_a_reply_coming_back_is_recognised_in_its_thread(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Bonjour à tous"))
    world.deliver("facebook", world.comment(2, INSULT, author="7002", parent=1))
    world.settle()
    (reply,) = world.outbox.effects
    echo = world.facebook.echo(reply)
    assert echo is not None
    world.deliver_raw("facebook", echo)
    world.settle()

    own = world.head("garance", "facebook", PAGE, reply.created or "")
    assert own is not None
    assert own.kind is HeadKind.OURS


def test_our_reply_to_a_reply_that_comes_back_before_its_answer_is_ours_too(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Bonjour à tous"))
    world.deliver("facebook", world.comment(2, "Bonjour Anne", author="7002", parent=1))
    world.settle()
    world.facebook.fail({"mode": "timeout_after", "next": 1})
    world.facebook.fail({"consistency_s": 3600})
    world.deliver("facebook", world.comment(3, INSULT, author="7003", parent=2))
    world.pump()
    world.pump()
    (reply,) = world.outbox.effects
    words = reply.text or ""
    echo = world.comment(60, words, author=PAGE, parent=3)
    world.deliver("facebook", echo)
    world.settle()

    (action,) = head_of(world, 3).actions
    assert action.state is ActionState.SENT
    assert head_of(world, 60).kind is HeadKind.OURS
    assert head_of(world, 60).thread == "1_1"


def test_a_person_who_answers_first_cancels_what_the_machine_was_about_to_say(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.pump_only("moderate_comments")
    world.deliver("facebook", ours(world, 50, "On se calme, s'il vous plaît.", parent=1))
    world.pump_only("moderate_comments")
    world.settle()

    assert kinds(world) == []
    (action,) = head_of(world, 1).actions
    assert (action.state, action.why) == (ActionState.CANCELLED, "human_answered")


def test_one_answer_settles_a_thread_however_many_cases_wait_there(world: World) -> None:
    for number in range(2, 32):
        body = world.comment(number, f"{GRIEVANCE} Dossier {number}.", author=f"8{number}", parent=1)
        world.deliver("facebook", body)
    world.settle()
    assert len(world.journal.open_cases("garance")) == 30
    world.deliver("facebook", ours(world, 50, "Voici où nous en sommes.", parent=1))
    world.settle()

    assert world.journal.open_cases("garance") == []


# --- modes, pauses, spaces ---


def test_in_observe_nothing_leaves_except_that_gravity_4_is_hidden(world: World) -> None:
    world.apply(mode="observe")
    world.forget()
    for number, text in enumerate([INSULT, SPAM, QUESTION, GRIEVANCE], start=1):
        world.deliver("facebook", world.comment(number, text, author=f"7{number}"))
    world.deliver("line", world.line_message(9, "Hi! Do you ship to Belgium?"))
    world.settle()
    assert kinds(world) == []
    assert head_of(world, 1).verdict.measure == "remind"

    world.deliver("facebook", world.comment(5, "On sait où est ton magasin, on va venir te défoncer", author="7999"))
    world.settle()
    assert kinds(world) == ["hide"]


def test_a_pause_cancels_replies_and_lets_threats_be_hidden(world: World) -> None:
    world.journal.pause("garance", "all", world.now + timedelta(hours=2))
    world.deliver("facebook", world.comment(1, INSULT))
    world.deliver("facebook", world.comment(2, "On sait où est ton magasin, on va venir te défoncer", author="7002"))
    world.settle()

    assert kinds(world) == ["hide"]
    assert head_of(world, 1).actions[0].why == "paused"


def test_a_line_question_is_answered_once_by_its_reply_token(world: World) -> None:
    body = world.line_message(1, "Hi! Do you ship to Belgium?")
    world.deliver("line", body)
    world.deliver("line", body)
    world.settle()

    (reply,) = world.outbox.effects
    assert reply.kind == "reply"
    assert "within three days" in (reply.text or "")
    head = world.head("garance", "line", LINE_ACCOUNT, "1")
    assert head is not None
    assert head.thread != "Uaaa", "a private thread is named after a person: it is kept under a pseudonym"


def test_a_line_reply_whose_fate_is_unknown_goes_to_the_cm_and_is_never_pushed(world: World) -> None:
    world.line.fail({"mode": "timeout_after", "next": 1})
    world.deliver("line", world.line_message(1, "Hi! Do you ship to Belgium?"))
    world.settle()

    assert kinds(world) == ["reply"]
    head = world.head("garance", "line", LINE_ACCOUNT, "1")
    assert head is not None
    assert [action.state for action in head.actions] == [ActionState.UNCERTAIN]
    assert [case.reason for case in world.journal.open_cases("garance")] == ["act_uncertain"]


def test_spam_on_a_blog_is_hidden_by_a_signed_call(world: World) -> None:
    assert world.deliver("generic", world.blog_comment("c-1", SPAM)) == 200
    world.settle()

    (hide,) = world.outbox.effects
    assert (hide.to, hide.kind, hide.object) == ("generic", "hide", "c-1")
    assert world.head("garance", "generic", BLOG, "c-1") is not None


@pytest.mark.parametrize("verb", ["hide", "unhide"])
def test_what_a_person_did_counts_also_when_it_is_told_before_the_comment(world: World, verb: str) -> None:
    said = world.comment(1, QUESTION)
    acted = world.comment(1, QUESTION, verb=verb)
    world.deliver("facebook", acted)
    world.settle()
    world.deliver("facebook", said)
    world.settle()

    head = world.kept()
    assert not world.outbox.effects, "a person was there: the machine answers nobody"
    assert (head.by_hand, head.hidden, head.author is not None, head.expires) == (True, verb == "hide", True, None)


def test_our_own_words_are_ours_also_when_they_come_after_what_was_done_about_them(world: World) -> None:
    said = world.comment(1, "Bonjour, on regarde. ^MC", author=PAGE)
    acted = world.comment(1, "Bonjour, on regarde. ^MC", author=PAGE, verb="hide")
    for body in (acted, said):
        world.deliver("facebook", body)
        world.settle()

    head = world.kept()
    assert head.kind is HeadKind.TEAM


def test_a_person_who_hides_again_what_was_shown_again_is_believed(world: World) -> None:
    world.deliver("facebook", world.comment(1, SPAM))
    world.settle()
    seen = []
    for verb in ("hide", "unhide", "hide", "unhide"):
        acted = world.comment(1, SPAM, at=world.now, verb=verb)
        world.deliver("facebook", acted)
        world.settle()
        head = world.kept()
        seen.append(head.hidden)
        world.now += timedelta(minutes=20)

    assert seen == [None, False, True, False], "the first hide was ours and came back; the others were a person's"


def test_who_bears_the_account_s_own_name_is_we_whatever_the_id(world: World) -> None:
    for number, name in ((1, "velosgarance"), (2, "velosgarance2")):
        body = world.blog_comment(f"c-{number}", SPAM)
        body["data"]["author"] = {"id": f"other-{number}", "name": name}
        world.deliver("generic", body)
    world.settle()

    heads = [world.head("garance", "generic", BLOG, f"c-{number}") for number in (1, 2)]
    assert [head.kind for head in heads if head] == [HeadKind.TEAM, HeadKind.COMMENT]


# --- the platform says no ---


def test_after_a_limit_nothing_more_is_sent_to_the_account_until_it_is_over(world: World) -> None:
    world.facebook.fail({"mode": "429", "next": 1})
    for number in range(1, 6):
        world.deliver("facebook", world.comment(number, INSULT, author=f"7{number}"))
    world.pump()
    world.pump()
    refused = [entry for entry in world.outbox.entries if not entry.happened]
    assert len(refused) == 1
    assert kinds(world) == []
    world.settle(minutes=120, quiet_minutes=90)

    assert kinds(world) == ["reply"] * 5


def test_while_the_platform_thinks_we_spam_hides_go_on_and_replies_rest(world: World) -> None:
    world.facebook.fail({"mode": "spam", "next": 1})
    world.deliver("facebook", world.comment(1, INSULT))
    world.pump()
    world.pump()
    world.deliver("facebook", world.comment(2, SPAM, author="7002"))
    world.deliver("facebook", world.comment(3, INSULT, author="7003"))
    world.settle()

    assert kinds(world) == ["hide"]
    assert [call.reason for call in world.calls_of("garance")] == ["blocked"]


def test_a_reply_that_waited_six_hours_becomes_a_matter_for_the_cm(world: World) -> None:
    world.facebook.fail({"mode": "spam", "next": 1})
    world.deliver("facebook", world.comment(1, INSULT))
    world.pump()
    world.pump()
    world.now += timedelta(hours=25)
    world.settle()

    assert kinds(world) == []
    (action,) = head_of(world, 1).actions
    assert (action.state, action.why) == (ActionState.CANCELLED, "stale")
    assert [case.reason for case in world.journal.open_cases("garance")] == ["reply_not_sent"]


def test_a_comment_that_cannot_be_read_comes_back_alone(world: World) -> None:
    world.deliver("facebook", world.comment(1, SPAM))
    broken = world.comment(2, "…")
    del broken["entry"][0]["changes"][0]["value"]["comment_id"]
    world.deliver("facebook", broken)
    world.settle(minutes=60)

    assert kinds(world) == ["hide"]
    url = world.stack.queues()["InboxUnhandled"]
    attributes = clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert attributes["Attributes"]["ApproximateNumberOfMessages"] == "1"


def test_without_a_charter_nobody_is_sanctioned_and_one_call_says_so(world: World) -> None:
    charters = world.stack.tables()["CharterTable"]
    for item in clients.dynamodb().scan(TableName=charters)["Items"]:
        clients.dynamodb().delete_item(TableName=charters, Key={"pk": item["pk"], "sk": item["sk"]})
    for number in range(1, 5):
        world.deliver("facebook", world.comment(number, INSULT, author=f"7{number}"))
    world.deliver("facebook", world.comment(9, "On sait où est ton magasin, on va venir te défoncer", author="79"))
    world.settle()

    assert kinds(world) == ["hide"]
    assert head_of(world, 9).verdict.ground == "law"
    assert sum(call.reason == "no_charter" for call in world.calls_of("garance")) == 1


def test_the_call_of_a_day_without_a_charter_does_not_grow_with_every_comment(world: World) -> None:
    """Six thousand names would be more than an item can hold, and each of them one more write of all the others."""
    charters = world.stack.tables()["CharterTable"]
    for item in clients.dynamodb().scan(TableName=charters)["Items"]:
        clients.dynamodb().delete_item(TableName=charters, Key={"pk": item["pk"], "sk": item["sk"]})
    for number in range(30):
        world.deliver("facebook", world.comment(number, f"Bonjour {number}", author=f"7{number}"))
    world.settle()

    (call,) = [call for call in world.calls_of("garance") if call.reason == "no_charter"]
    assert call.tried == ("marie",)
    assert len(call.objects) <= 10, "those of the first batch"
    assert len(world.journal.open_cases("garance")) == 30


def test_who_cannot_be_told_from_our_own_people_is_not_answered_by_the_machine(world: World) -> None:
    body = world.comment(1, QUESTION)
    del body["entry"][0]["changes"][0]["value"]["from"]
    world.deliver("facebook", body)
    world.settle()

    assert kinds(world) == []
    assert head_of(world, 1).case


def test_in_a_conversation_that_another_application_leads_the_machine_says_nothing_and_the_case_is_there(
    world: World,
) -> None:
    body = world.line_message(1, "Hi! Do you ship to Belgium?")
    body["events"][0]["mode"] = "standby"
    world.deliver("line", body)
    world.settle()
    head = world.head("garance", "line", LINE_ACCOUNT, "1")
    assert kinds(world) == []
    assert head is not None
    assert head.case
