"""call_manager's use case: the right person, at the right hour, told once, and never nobody."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from duty_room import GARANCE, PARIS, Died, MemoryJournal, Phones, communities, no_tools

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.community import Community
from tribune.decision import CALLS
from tribune.desk.place import Screens
from tribune.errors import AlreadyDone, NotFound, Unavailable
from tribune.journal import Action, ActionState, Call, CallState, Head, HeadKind
from tribune.workflow.call import LEASE, MUTED, ROUNDS, Calling, Outcome, Rung, mute_scopes, take

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=PARIS)
"""A Tuesday afternoon."""
NIGHT = datetime(2026, 11, 24, 22, 40, tzinfo=PARIS)
THREAT = (
    "On sait où est ton magasin, appelle le 06 39 98 12 34\nou écris à moi@evil.example https://evil.example @Karim"
)


def a_call(reason: str = "threat", urgency: str = "now", at: datetime = NOW, **changes: Any) -> Call:
    call = Call(
        community="garance",
        id=f"{reason}-1",
        reason=reason,
        urgency=urgency,
        state=CallState.READY,
        created_at=at,
        due_at=at + timedelta(minutes=2),
        rev=1,
        platform="facebook",
        account="1001",
        space="page",
        thread="1_1",
        objects=("1_14",),
        received_at=at - timedelta(minutes=3),
        known_at=at - timedelta(minutes=2),
    )
    return replace(call, **changes)


def a_head(*hides: ActionState, **changes: Any) -> Head:
    actions = tuple(
        Action(
            id=f"a{number}",
            kind=ActKind.HIDE,
            purpose="provisional",
            state=state,
            target="1_14",
            created_at=NOW,
            due_at=NOW,
            done_at=NOW - timedelta(minutes=1) if state is ActionState.SENT else None,
        )
        for number, state in enumerate(hides)
    )
    head = Head(
        community="garance",
        platform="facebook",
        account="1001",
        object="1_14",
        kind=HeadKind.COMMENT,
        v="1",
        rev=1,
        space="page",
        thread="1_1",
        post="1_1",
        audience=Audience.PUBLIC,
        posted_at=NOW,
        received_at=NOW,
        url="https://facebook.example/1_14",
        actions=actions,
    )
    return replace(head, **changes)


class Desk:
    """One community's calls, with everything they touch in memory."""

    def __init__(self, journal: MemoryJournal, phones: Phones, **changes: Any) -> None:
        self.journal, self.phones, self.now = journal, phones, NOW
        self.secrets: Callable[[str], Any] = lambda _: {"marie.slack": "https://hooks.slack.example/T0"}
        self.announce: Callable[[str, str, str, bytes, datetime], None] = no_tools
        self.community = cast("Callable[[str], Community]", communities(**changes))

    def keep(self, call: Call, head: Head | None = None, words: str | None = THREAT) -> None:
        self.journal.calls[call.community, call.id] = call
        if head is not None:
            self.journal.heads["garance", "facebook", "1001", "1_14"] = head
        if words is not None:
            self.journal.words["garance", "facebook", "1001", "1_14"] = words

    def calling(self) -> Calling:
        screens = Screens("https://desk.example/desk")
        return Calling(self.journal, self.community, self.secrets, self.phones.deliver, screens, self.announce)

    def ring(self, call: str = "threat-1") -> Rung:
        return self.calling().ring("garance", call, self.now)

    def take(self, person: str, call: str = "threat-1") -> Call:
        return take(self.journal, "garance", call, person, self.now)

    def state(self, call: str = "threat-1") -> Call:
        return self.journal.calls["garance", call]

    def wait_and_ring(self, call: str = "threat-1") -> Rung:
        """What keep_watch does: wakes the call once it is due."""
        self.now = max(self.now, self.state(call).due_at)
        return self.ring(call)


@pytest.fixture
def desk(journal: MemoryJournal, phones: Phones) -> Desk:
    return Desk(journal, phones)


def lone(**rota: Any) -> dict[str, Any]:
    """A community manager who works alone."""
    return {"rota": {"people": [GARANCE["rota"]["people"][0]]} | rota}


# --- who is told ---


def test_the_person_on_duty_is_called_through_their_first_way_and_has_a_quarter_of_an_hour(desk: Desk) -> None:
    desk.keep(a_call(), a_head(ActionState.SENT))

    assert desk.ring() == Rung(Outcome.SENT, ("slack",))
    assert desk.phones.rung == ["marie"]
    assert desk.phones.secrets_seen == ["https://hooks.slack.example/T0"]
    assert desk.state().state is CallState.SENT
    assert desk.state().due_at == NOW + timedelta(minutes=15)


def test_in_hours_a_call_that_is_no_danger_leaves_half_an_hour(desk: Desk) -> None:
    desk.keep(a_call("legal", "hours"), a_head())
    desk.ring("legal-1")

    assert desk.state("legal-1").due_at == NOW + timedelta(minutes=30)


def test_when_a_way_fails_the_next_one_is_tried(desk: Desk) -> None:
    desk.phones.dead = {"marie.slack"}
    desk.keep(a_call(), a_head())

    assert desk.ring().ways == ("email",)
    assert desk.phones.rung == ["marie"]


def test_when_no_way_reaches_a_person_the_next_person_is_called(desk: Desk) -> None:
    desk.phones.dead = {"marie"}
    desk.keep(a_call(), a_head())
    desk.ring()

    assert desk.phones.rung == ["lea"]


def test_when_nobody_on_duty_can_be_reached_the_fallback_is(desk: Desk) -> None:
    desk.phones.dead = {"marie", "lea"}
    desk.keep(a_call(), a_head())
    desk.ring()

    assert desk.phones.rung == ["equipe"]


def test_a_call_that_concerns_both_roles_reaches_both_at_once(desk: Desk) -> None:
    desk.keep(a_call("discrimination", "hours", roles=("cm", "smm")), a_head())

    assert desk.ring("discrimination-1").ways == ("slack", "email")
    assert desk.phones.rung == ["marie", "lea"]
    marie, lea = (message.text for _, _, message in desk.phones.received)
    assert "Cet appel va aussi à Léa." in marie
    assert "l'appel passe à L'équipe" in marie
    assert "This call also goes to Marie." in lea


def test_a_fallback_that_has_the_duty_is_rung_like_whoever_else_would_have_it(
    journal: MemoryJournal, phones: Phones
) -> None:
    tuesday = [{"when": "tue 00:00-24:00", "people": ["equipe"]}]
    desk = Desk(journal, phones, rota=GARANCE["rota"] | {"regular": tuesday})
    desk.keep(a_call(roles=("cm", "smm")), a_head())
    desk.ring()

    assert phones.rung == ["equipe", "lea"]


def test_a_lone_community_manager_is_called_once_for_both_roles(journal: MemoryJournal, phones: Phones) -> None:
    desk = Desk(journal, phones, **lone())
    desk.keep(a_call("discrimination", "hours", roles=("cm", "smm")), a_head())
    desk.ring("discrimination-1")

    assert phones.rung == ["marie"]


def test_when_secrets_cannot_be_read_the_ways_that_need_none_still_work(desk: Desk) -> None:
    def out(_: str) -> Any:
        raise Unavailable("ssm")

    desk.secrets, desk.phones.dead = out, {"marie.slack"}
    desk.keep(a_call(), a_head())

    assert desk.ring().ways == ("email",)


def test_what_is_for_a_colleague_who_has_no_duty_this_week_reaches_that_colleague(
    journal: MemoryJournal, phones: Phones
) -> None:
    desk = Desk(journal, phones, rota=GARANCE["rota"] | {"default": ["marie"]})
    desk.keep(a_call("given", "hours", without=("marie", "equipe"), figures={"person": "Marie"}), a_head())
    desk.ring("given-1")

    assert phones.rung == ["lea"]


# --- nobody answers ---


def test_without_an_answer_the_next_person_is_called_then_the_fallback_then_the_first_again(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    for _ in range(4):
        desk.wait_and_ring()

    assert desk.phones.rung == ["marie", "lea", "equipe", "marie"]


def test_nobody_is_rung_for_ever_at_this_pace_and_nothing_is_forgotten(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    desk.ring()
    for _ in range(3 * ROUNDS - 1):
        desk.wait_and_ring()

    assert desk.now < NOW + timedelta(hours=3)
    assert desk.state().due_at == datetime(2026, 11, 25, 9, 0, tzinfo=PARIS)
    desk.wait_and_ring()
    assert len(desk.phones.rung) == 3 * ROUNDS + 1
    assert desk.state().due_at == datetime(2026, 11, 26, 9, 0, tzinfo=PARIS)
    assert desk.state().state is CallState.SENT


def test_a_call_that_was_taken_rings_nobody_any_more(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    desk.ring()
    desk.take("marie")
    desk.now += timedelta(hours=1)

    assert desk.ring() == Rung(Outcome.OVER)
    assert desk.phones.rung == ["marie"]
    assert (desk.state().taken_by, desk.state().taken_at) == ("marie", NOW)


def test_the_second_to_take_it_is_told_who_did_and_when(desk: Desk) -> None:
    desk.keep(a_call())
    desk.take("marie")

    with pytest.raises(AlreadyDone) as told:
        desk.take("lea")
    assert (told.value.by, told.value.at) == ("marie", NOW)


def test_a_call_that_nobody_knows_is_no_call(desk: Desk) -> None:
    assert desk.ring() == Rung(Outcome.UNKNOWN)
    with pytest.raises(NotFound):
        desk.take("marie")


def test_taking_a_call_says_when_a_person_knew(desk: Desk) -> None:
    desk.keep(a_call(known_at=None))

    assert desk.take("marie").known_at == NOW


# --- the hour ---


def test_what_can_wait_waits_for_the_morning(desk: Desk) -> None:
    desk.now = NIGHT
    desk.keep(a_call("legal", "hours", NIGHT), a_head())

    assert desk.ring("legal-1") == Rung(Outcome.HELD)
    assert desk.phones.rung == []
    assert desk.state("legal-1").due_at == datetime(2026, 11, 25, 9, 2, tzinfo=PARIS), "the digest of nine comes first"
    assert desk.wait_and_ring("legal-1").outcome is Outcome.SENT


def test_a_team_that_is_there_in_its_quiet_hours_only_is_rung_when_those_end(
    journal: MemoryJournal, phones: Phones
) -> None:
    desk = Desk(journal, phones, **lone(presence="mon-fri 20:30-23:30"))
    desk.now = NIGHT
    desk.keep(a_call("legal", "hours", NIGHT), a_head())
    assert desk.ring("legal-1") == Rung(Outcome.HELD)

    assert desk.wait_and_ring("legal-1").outcome is Outcome.SENT
    assert desk.now == datetime(2026, 11, 25, 8, 2, tzinfo=PARIS)


def test_distress_rings_at_any_hour(desk: Desk) -> None:
    desk.now = NIGHT
    desk.keep(a_call("distress", "now", NIGHT), a_head(confidential=True))
    desk.ring("distress-1")

    assert desk.phones.rung == ["marie"]


def test_a_call_held_at_night_is_written_once_however_often_it_is_woken(desk: Desk) -> None:
    desk.now = NIGHT
    desk.keep(a_call("legal", "hours", NIGHT), a_head())
    for _ in range(5):
        desk.ring("legal-1")

    assert desk.journal.saves == 1


def test_an_answer_that_is_due_at_night_is_asked_for_in_the_morning(desk: Desk) -> None:
    desk.now = datetime(2026, 11, 24, 19, 45, tzinfo=PARIS)
    desk.keep(a_call("legal", "hours", desk.now), a_head())
    desk.ring("legal-1")

    assert desk.state("legal-1").due_at == datetime(2026, 11, 25, 9, 0, tzinfo=PARIS)
    assert "le 25 novembre à 9\u00a0h" in desk.phones.last.text


def test_news_for_the_digest_waits_until_the_team_arrives(desk: Desk) -> None:
    desk.keep(a_call("other", "digest"), a_head())

    assert desk.ring("other-1").outcome is Outcome.HELD
    assert desk.state("other-1").due_at == datetime(2026, 11, 25, 9, 2, tzinfo=PARIS)
    desk.now = datetime(2026, 11, 25, 9, 3, tzinfo=PARIS)
    assert desk.ring("other-1").outcome is Outcome.SENT


# --- once ---


def test_the_same_message_again_sends_nothing(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    desk.ring()

    assert desk.ring() == Rung(Outcome.NOT_DUE)
    assert desk.phones.rung == ["marie"]


def test_two_workers_at_once_ring_once(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    outcomes: list[Rung] = []
    desk.phones.then = [lambda: outcomes.append(desk.ring())]
    outcomes.append(desk.ring())

    assert [rung.outcome for rung in outcomes] == [Outcome.NOT_DUE, Outcome.SENT]
    assert desk.phones.rung == ["marie"]


def test_a_worker_that_dies_before_it_calls_leaves_a_call_that_rings_after_the_lease(desk: Desk) -> None:
    desk.keep(a_call(), a_head())

    def die() -> None:
        raise Died

    desk.journal.before_save = [lambda: None, die]
    with pytest.raises(Died):
        desk.ring()
    assert desk.ring() == Rung(Outcome.NOT_DUE)
    assert desk.wait_and_ring().outcome is Outcome.SENT
    assert desk.now == NOW + LEASE


def test_a_comment_that_joins_the_call_meanwhile_is_not_lost(desk: Desk) -> None:
    desk.keep(a_call(), a_head())

    def joined() -> None:
        known = desk.state()
        desk.journal.calls["garance", "threat-1"] = replace(known, objects=(*known.objects, "1_15"), rev=known.rev + 1)

    desk.phones.then = [joined]

    assert desk.ring().outcome is Outcome.SENT
    assert desk.state().objects == ("1_14", "1_15")
    assert desk.state().state is CallState.SENT
    assert desk.phones.rung == ["marie"]


def test_a_call_taken_while_it_rings_stays_taken(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    desk.phones.then = [lambda: desk.take("marie")]
    desk.ring()

    assert desk.state().state is CallState.TAKEN


def test_another_writer_just_before_the_claim_is_no_reason_to_stay_silent(desk: Desk) -> None:
    desk.keep(a_call(), a_head())

    def touched() -> None:
        known = desk.state()
        desk.journal.calls["garance", "threat-1"] = replace(known, rev=known.rev + 1)

    desk.journal.before_save = [touched]

    assert desk.ring().outcome is Outcome.SENT


@pytest.mark.parametrize("spoken", [False, True])
def test_who_takes_up_what_died_while_ringing_goes_on_with_the_next_way(desk: Desk, *, spoken: bool) -> None:
    desk.keep(a_call(), a_head())
    if not spoken:
        desk.phones.dead = {"marie.slack"}

    def die() -> None:
        raise Died

    desk.phones.then = [die] if spoken else []
    desk.journal.before_save = [] if spoken else [lambda: None, die]
    with pytest.raises(Died):
        desk.ring()
    desk.phones.dead = set()

    assert desk.wait_and_ring() == Rung(Outcome.SENT, ("email",))
    ways = [(person, way) for person, way, _ in desk.phones.received]
    assert ways == ([("marie", "slack"), ("marie", "email")] if spoken else [("marie", "email")])
    assert desk.state().trying == ()


def test_where_every_way_may_have_been_used_the_same_one_again_rather_than_nobody(
    journal: MemoryJournal, phones: Phones
) -> None:
    desk = Desk(journal, phones, **lone())
    desk.keep(a_call(state=CallState.SENDING, trying=("marie.slack", "marie.email.marie@garance.example")), a_head())

    assert desk.wait_and_ring().outcome is Outcome.SENT
    assert phones.rung == ["marie"]


def test_a_call_that_is_to_be_rung_anew_while_it_rings_is(desk: Desk) -> None:
    desk.keep(a_call("climate_yellow", "hours"), a_head())

    def worse() -> None:
        known = desk.state("climate_yellow-1")
        red = replace(known, reason="climate_red", urgency="now", state=CallState.READY, rev=known.rev + 1, trying=())
        desk.journal.calls["garance", "climate_yellow-1"] = replace(red, figures=FIGURES)

    desk.phones.then = [worse]
    desk.keep(replace(desk.state("climate_yellow-1"), figures=FIGURES), a_head())
    desk.ring("climate_yellow-1")
    desk.ring("climate_yellow-1")

    assert [message.subject.split()[0] for _, _, message in desk.phones.received] == ["JAUNE", "ROUGE"]


FIGURES = {"n": "31", "share": "58", "people": "24", "times": "3", "alarming": "0"}


@pytest.mark.parametrize(
    ("alarming", "said"),
    [
        ("0", "environ 24 personnes. Plus"),
        ("1", "environ 24 personnes ; une personne parle de danger, d'accident ou de justice. Plus"),
        ("3", "environ 24 personnes ; 3 parlent de danger, d'accident ou de justice. Plus"),
    ],
)
def test_a_crisis_says_how_many_speak_of_danger_where_anybody_does(desk: Desk, alarming: str, said: str) -> None:
    desk.keep(a_call("climate_red", figures=FIGURES | {"alarming": alarming}), a_head())
    desk.ring("climate_red-1")

    assert said in desk.phones.last.text.replace("\u00a0", " ").replace("\u202f", " ")


# --- enough is enough ---


def many_calls(desk: Desk, n: int, reason: str = "legal", urgency: str = "hours") -> None:
    for number in range(n):
        desk.keep(a_call(reason, urgency, desk.now, id=f"{reason}-{number}"), a_head())
        desk.ring(f"{reason}-{number}")


def summaries(desk: Desk) -> list[Call]:
    return [call for call in desk.journal.calls.values() if call.reason == "many"]


def test_whoever_was_called_often_enough_reads_the_others_in_one_summary_with_the_exact_count(desk: Desk) -> None:
    many_calls(desk, 9)
    many_calls(desk, 3, "scam")
    (summary,) = summaries(desk)

    assert desk.phones.rung == ["marie"] * 6
    assert {desk.state(f"scam-{n}").state for n in range(3)} == {CallState.FOLDED}
    assert desk.state("legal-8").folded == summary.id
    assert desk.now + timedelta(minutes=60) <= summary.due_at < desk.now + timedelta(minutes=65)

    assert desk.wait_and_ring(summary.id).outcome is Outcome.SENT
    assert len(desk.phones.rung) == 7
    assert desk.phones.last.subject.replace("\u00a0", " ").startswith("6 autres appels en une heure")
    assert "3 × avocat ou justice, 3 × escroquerie" in desk.phones.last.text


def test_a_summary_of_one_call_says_that_it_is_one(desk: Desk) -> None:
    many_calls(desk, 7)
    (summary,) = summaries(desk)
    desk.wait_and_ring(summary.id)

    assert desk.phones.last.subject.replace("\u00a0", " ") == "Un autre appel en une heure : il attend, sans sonner"
    assert "Un autre n'a pas sonné : 1 × avocat ou justice." in desk.phones.last.text.replace("\u00a0", " ")
    assert "le prend aussi" in desk.phones.last.text


def test_the_same_call_folded_again_counts_once(desk: Desk) -> None:
    many_calls(desk, 7)
    for _ in range(3):
        assert desk.ring("legal-6") == Rung(Outcome.OVER)

    assert [len(call.objects) for call in summaries(desk)] == [1]


def test_what_comes_after_somebody_took_the_summary_is_told_in_another_one(desk: Desk) -> None:
    many_calls(desk, 8)
    (first,) = summaries(desk)
    desk.take("marie", first.id)
    desk.now += timedelta(minutes=5)
    many_calls(desk, 3, "scam")
    first, second = summaries(desk)

    assert (len(first.objects), len(second.objects)) == (2, 3)
    assert desk.wait_and_ring(second.id).outcome is Outcome.SENT
    assert "3 × escroquerie" in desk.phones.last.text


def test_what_two_people_are_to_hear_is_in_a_summary_for_both(desk: Desk) -> None:
    many_calls(desk, 7)
    desk.now += timedelta(minutes=1)
    desk.keep(a_call("journalist", "hours", desk.now, id="journalist-0", roles=("cm", "smm")), a_head())
    desk.ring("journalist-0")
    summary = desk.state(desk.state("journalist-0").folded)
    desk.wait_and_ring(summary.id)

    assert desk.phones.rung[6:] == ["marie", "lea"]


def test_danger_rings_however_often_somebody_was_called(desk: Desk) -> None:
    many_calls(desk, 8)
    many_calls(desk, 4, "threat", "now")

    assert len(desk.phones.rung) == 6 + 4


def test_an_hour_later_calls_ring_again(desk: Desk) -> None:
    many_calls(desk, 8)
    desk.now += timedelta(hours=1, minutes=1)
    many_calls(desk, 1, "scam")

    assert len(desk.phones.rung) == 7


def test_how_many_is_enough_and_how_long_one_has_are_the_communitys_own(journal: MemoryJournal, phones: Phones) -> None:
    desk = Desk(journal, phones, **lone(most_calls=2, acknowledge={"now": 5, "hours": 45}))
    many_calls(desk, 3)
    many_calls(desk, 1, "threat", "now")

    assert len(phones.rung) == 3
    assert desk.state("legal-0").due_at == NOW + timedelta(minutes=45)
    assert desk.state("threat-0").due_at == NOW + timedelta(minutes=5)


# --- muted ---


def test_what_is_muted_waits_and_rings_after_that(desk: Desk) -> None:
    for scope in ("reason#legal", "space#page", "call#legal-1"):
        desk.journal.ringings.clear()
        desk.journal.mute("garance", scope, NOW + MUTED)
        desk.keep(a_call("legal", "hours"), a_head())

        assert desk.ring("legal-1") == Rung(Outcome.HELD), scope
        assert desk.state("legal-1").due_at == NOW + MUTED
    assert desk.wait_and_ring("legal-1").outcome is Outcome.SENT


def test_danger_is_muted_only_where_it_is_itself(desk: Desk) -> None:
    for scope in ("reason#threat", "space#page"):
        desk.journal.mute("garance", scope, NOW + MUTED)
    desk.keep(a_call(), a_head())
    desk.keep(a_call(id="threat-2"), a_head())
    desk.journal.mute("garance", "call#threat-2", NOW + MUTED)

    assert desk.ring().outcome is Outcome.SENT
    assert desk.ring("threat-2").outcome is Outcome.HELD


def test_what_can_be_muted_from_a_call_is_the_call_its_reason_and_its_space() -> None:
    assert mute_scopes(a_call("legal", "hours")) == {
        "call": "call#legal-1",
        "reason": "reason#legal",
        "space": "space#page",
    }


# --- the tools that plan posts ---


def test_the_tools_are_told_once_and_nobody_is_rung(journal: MemoryJournal, phones: Phones) -> None:
    told: list[tuple[str, str, str, bytes]] = []
    desk = Desk(journal, phones, climate={"url": "https://plan.example/hook"})
    desk.secrets = lambda _: {"climate.tools": "whsec_c2VjcmV0"}
    desk.announce = lambda url, secret, name, body, _: told.append((url, secret, name, body))
    desk.keep(a_call("climate_event", "now", figures={"level": "red", "was": "green"}))

    assert desk.ring("climate_event-1") == Rung(Outcome.SENT, ("tools",))
    assert desk.ring("climate_event-1") == Rung(Outcome.OVER)
    assert phones.rung == []
    ((url, secret, name, body),) = told
    assert (url, secret, name) == ("https://plan.example/hook", "whsec_c2VjcmV0", "climate_event-1")
    assert json.loads(body)["type"] == "climate.changed"
    assert json.loads(body)["data"] == {
        "community": "garance",
        "space": "page",
        "level": "red",
        "was": "green",
        "changed_at": NOW.isoformat(),
    }


def test_tools_that_do_not_listen_are_told_again_for_a_day_and_a_person_after_the_third_time(desk: Desk) -> None:
    desk.keep(a_call("climate_event", "now", figures={"level": "red", "was": "green"}))
    for _ in range(3):
        assert desk.wait_and_ring("climate_event-1") == Rung(Outcome.LATER)
    deaf = [call for call in desk.journal.calls.values() if call.reason == "tools_deaf"]
    assert [call.id for call in deaf] == ["tools_deaf-climate_event-1"]
    for _ in range(60):
        if desk.wait_and_ring("climate_event-1").outcome is Outcome.OVER:
            break

    assert desk.state("climate_event-1").state is CallState.FAILED
    assert timedelta(days=1) <= desk.now - NOW < timedelta(days=1, hours=2)
    assert len([call for call in desk.journal.calls.values() if call.reason == "tools_deaf"]) == 1


# --- nobody can be reached ---


def test_when_nobody_at_all_can_be_reached_the_caller_is_told_and_it_is_tried_again(desk: Desk) -> None:
    desk.phones.dead = {"marie", "lea", "equipe"}
    desk.keep(a_call(), a_head())

    with pytest.raises(Unavailable):
        desk.ring()
    assert desk.state().state is CallState.READY
    assert desk.state().due_at > NOW

    desk.phones.dead = set()
    assert desk.wait_and_ring().outcome is Outcome.SENT


def test_where_everybody_is_on_leave_the_caller_is_told_and_it_is_tried_again(
    journal: MemoryJournal, phones: Phones
) -> None:
    on_leave = GARANCE["rota"]["people"][0] | {"away": [{"start": "2026-11-24", "end": "2026-11-24"}]}
    for reason, urgency in (("threat", "now"), ("legal", "hours")):
        desk = Desk(journal, phones, rota={"people": [on_leave]})
        desk.keep(a_call(reason, urgency), a_head())
        with pytest.raises(Unavailable, match="no way reached anybody on duty"):
            desk.ring(f"{reason}-1")

        assert desk.state(f"{reason}-1").due_at == NOW + timedelta(minutes=5)
        desk.now += timedelta(days=1)
        assert desk.ring(f"{reason}-1").outcome is Outcome.SENT, "she is back"


def test_what_was_for_somebody_who_left_and_for_nobody_else_is_over(journal: MemoryJournal, phones: Phones) -> None:
    desk = Desk(journal, phones, **lone())
    desk.keep(a_call("digest", "hours", only="zoe", figures={"drafts": "1"}))

    assert desk.ring("digest-1").outcome is Outcome.OVER
    assert desk.state("digest-1").state is CallState.CLOSED
    assert phones.rung == []


def test_one_dead_phone_is_not_tried_twice_in_one_round(desk: Desk) -> None:
    tried: list[str] = []
    desk.phones.dead = {"marie", "lea", "equipe"}
    deliver = desk.phones.deliver

    def noted(message: Any, person: Any, way: Any, secret: Any) -> None:
        tried.append(f"{person.id}.{way.kind}")
        deliver(message, person, way, secret)

    desk.phones.deliver = noted
    desk.keep(a_call(), a_head())
    with pytest.raises(Unavailable):
        desk.ring()

    assert sorted(tried) == ["equipe.email", "lea.email", "marie.email", "marie.slack"]


# --- what is read ---


def test_a_call_about_several_quotes_three_of_them_with_their_links_and_counts_the_people(desk: Desk) -> None:
    objects = ("1_14", "1_15", "1_16", "1_17")
    for number, name in enumerate(objects):
        at = ("garance", "facebook", "1001", name)
        desk.journal.heads[at] = a_head(object=name, url=f"https://facebook.example/{name}", author=f"u{number % 3}")
        desk.journal.words[at] = f"Appelez-moi au 06 39 98 12 34, numéro {number}"
    desk.keep(a_call("failed", "hours", objects=objects), words=None)
    desk.ring("failed-1")
    text = desk.phones.last.text

    assert "4 commentaires de 3 personnes" in text
    assert text.count("Appelez-moi au •••") == 3
    assert [name for name in objects if f"https://facebook.example/{name}" in text] == list(objects[:3])


@pytest.mark.parametrize(("level", "first"), [("yellow", "JAUNE"), ("orange", "ORANGE"), ("red", "ROUGE")])
def test_the_climate_is_told_in_the_first_hundred_characters(desk: Desk, level: str, first: str) -> None:
    desk.keep(a_call(f"climate_{level}", "now", objects=(), figures=FIGURES))
    desk.ring(f"climate_{level}-1")
    subject = desk.phones.last.subject.replace("\u00a0", " ")

    assert subject.startswith(f"{first} · 3× l'habitude sur Vélos Garance : 31 ")
    assert "58 % négatifs" in subject
    assert "environ 24 personnes" in desk.phones.last.text.replace("\u00a0", " ")


def test_the_message_says_what_happened_what_was_done_what_to_do_and_who_is_next(desk: Desk) -> None:
    desk.keep(a_call(), a_head(ActionState.SENT))
    desk.ring()
    message = desk.phones.last
    said = message.text.replace("\u00a0", " ").replace("\u202f", " ")

    assert message.subject.replace("\u00a0", " ") == "Menace sous une publication (Vélos Garance) : à voir maintenant"
    assert "Un commentaire reçu à 14 h 02 menace quelqu'un." in said
    assert "Le commentaire a été masqué à titre provisoire à 14 h 04." in said
    assert "Reçu à 14 h 02 · connu à 14 h 03 · masqué à 14 h 04." in said
    assert "gardez une capture" in said
    assert "Sans réponse à 14 h 20, l'appel passe à Léa." in said
    assert "tribune call take garance threat-1 --as marie" in said
    assert message.link == "https://facebook.example/1_14"


def test_the_person_reads_it_in_their_own_language(desk: Desk) -> None:
    desk.phones.dead = {"marie"}
    desk.keep(a_call(), a_head(ActionState.SENT))
    desk.ring()

    assert desk.phones.last.language == "en"
    assert desk.phones.last.subject == "Threat under a post of Vélos Garance: look now"
    assert "Without an answer at 2:20 pm, the call goes to Marie." in desk.phones.last.text


def test_a_lone_community_manager_reads_that_the_call_comes_back(journal: MemoryJournal, phones: Phones) -> None:
    desk = Desk(journal, phones, **lone())
    desk.keep(a_call(), a_head())
    desk.ring()

    assert "cet appel revient" in phones.last.text


@pytest.mark.parametrize(
    ("hides", "said"),
    [
        ((), "Rien n'a été masqué."),
        ((ActionState.READY,), "il n'était pas encore confirmé"),
        ((ActionState.SENDING,), "il n'était pas encore confirmé"),
        ((ActionState.OBSERVED,), "mode observation"),
        ((ActionState.PROPOSED,), "la mesure proposée attend dans le dossier"),
        ((ActionState.FAILED,), "il reste à faire à la main"),
        ((ActionState.UNCERTAIN,), "il reste à faire à la main"),
        ((ActionState.CANCELLED,), "Rien n'a été masqué."),
        ((ActionState.CANCELLED, ActionState.SENT), "a été masqué à titre provisoire"),
    ],
)
def test_it_never_claims_to_have_done_what_was_not_done(desk: Desk, hides: tuple[ActionState, ...], said: str) -> None:
    desk.keep(a_call(), a_head(*hides))
    desk.ring()

    assert said in desk.phones.last.text
    assert (ActionState.SENT in hides) == ("connu" in desk.phones.last.text)


@pytest.mark.parametrize("state", [ActionState.CANCELLED, ActionState.FAILED, ActionState.UNCERTAIN])
def test_when_a_hide_failed_or_was_called_off_is_not_when_the_comment_was_hidden(
    desk: Desk, state: ActionState
) -> None:
    head = a_head(state)
    ended = replace(head.actions[0], done_at=NOW - timedelta(minutes=1), why="refused")
    desk.keep(a_call(), replace(head, actions=(ended,)))
    desk.ring()

    assert "connu" not in desk.phones.last.text


def test_a_call_about_a_whole_page_links_to_no_comment(desk: Desk) -> None:
    desk.keep(a_call("token_dead"), a_head())
    desk.ring("token_dead-1")

    assert desk.phones.last.link == ""


def test_a_comment_that_its_author_deleted_is_said_to_be_gone(desk: Desk) -> None:
    desk.keep(a_call(), a_head(deleted=True), words=None)
    desk.ring()

    assert "supprimé son commentaire" in desk.phones.last.text
    assert desk.phones.last.link == ""


def test_at_most_a_line_is_quoted_and_contact_data_is_masked(desk: Desk) -> None:
    desk.keep(a_call(), a_head())
    desk.ring()

    assert "On sait où est ton magasin" in desk.phones.last.text
    for private in ("06 39", "evil.example", "moi@", "Karim"):
        assert private not in desk.phones.last.text


def test_in_distress_nothing_is_quoted_and_the_help_line_is_there(desk: Desk) -> None:
    desk.keep(a_call("distress"), a_head(confidential=True), words="J'en peux plus, j'ai envie d'en finir")
    desk.ring("distress-1")
    said = desk.phones.last.subject + desk.phones.last.text

    assert "3114" in said
    assert "en finir" not in said
    assert "peux plus" not in said


def test_a_confidential_comment_is_never_quoted_whatever_the_call_is_about(desk: Desk) -> None:
    desk.keep(a_call("failed", "hours"), a_head(confidential=True), words="J'en peux plus")
    desk.ring("failed-1")

    assert "peux plus" not in desk.phones.last.text


@pytest.mark.parametrize(
    "reason",
    sorted(
        CALLS
        | {
            "promise",
            "promise_unclear",
            "failed",
            "uncertain",
            "blocked",
            "token_dead",
            "access_back",
            "access_renewed",
            "new",
        }
    ),
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_reason_makes_a_message_that_reads_well(desk: Desk, reason: str, language: str) -> None:
    desk.phones.dead = {"marie"} if language == "en" else set()
    desk.keep(a_call(reason, "now", sentence="à 17 h" if reason.startswith("promise") else ""), a_head())
    desk.ring(f"{reason}-1")
    message = desk.phones.last

    assert 20 <= len(message.subject) <= 100
    assert not {"{", "}"} & set(message.subject + message.text)
    assert "  " not in message.text
    assert all(paragraph.strip() == paragraph != "" for paragraph in message.paragraphs)


def test_a_promise_that_runs_out_is_said_as_it_was_made(desk: Desk) -> None:
    desk.keep(a_call("promise", "hours", sentence="à 17 h", received_at=None), a_head())
    desk.ring("promise-1")

    assert desk.phones.last.subject.startswith("Vous avez promis de revenir à 17 h")


def test_several_comments_are_one_call_that_says_how_many(desk: Desk) -> None:
    desk.keep(a_call("failed", "hours", objects=("1_14", "1_15", "1_16")), a_head())
    desk.ring("failed-1")

    assert "3 commentaires" in desk.phones.last.text


def test_news_is_told_and_asks_nothing_of_anybody(desk: Desk) -> None:
    desk.keep(a_call("alarm_over", "hours", sentence="C'est revenu\nTout va bien.", objects=(), platform=None))
    desk.ring("alarm_over-1")

    assert desk.state("alarm_over-1").state is CallState.CLOSED
    assert desk.phones.last.subject == "C'est revenu"
    assert "Sans réponse" not in desk.phones.last.text
    assert "take" not in desk.phones.last.text


# --- one thing is told as one ---


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"waiting": "1"}, "Vélos Garance : 1 attend une réponse, sans retard"),
        ({"waiting": "1", "late": "1"}, "Vélos Garance : 1 attend une réponse, en retard"),
        ({"waiting": "2", "late": "1"}, "Vélos Garance : 2 attendent une réponse, dont 1 en retard"),
        ({"unread": "1"}, "… et un dossier de plus, à ouvrir au bureau."),
        ({"hidden": "1"}, "la machine aurait masqué un commentaire depuis hier."),
        ({"answered": "3"}, "la machine aurait répondu 3 fois depuis hier."),
        ({"hidden": "31", "answered": "1"}, "aurait masqué 31 commentaires et répondu une fois depuis hier."),
    ],
)
def test_the_morning_s_digest_counts_one_as_one_and_leaves_out_what_is_none(
    desk: Desk, figures: dict[str, str], told: str
) -> None:
    desk.keep(a_call("digest", "hours", figures=figures, objects=(), platform=None, only="marie"))
    desk.ring("digest-1")
    message = desk.phones.last

    assert told in (message.subject + "\n" + message.text).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("held_for", "rings"),
    [
        ("1:climate_past", ""),
        ("1:legal 1:climate_past", " Sans personne pour le prendre à 14 h 35, il sonnera."),
        ("2:legal", " Sans personne pour les prendre à 14 h 35, ils sonneront."),
    ],
)
def test_the_morning_s_digest_says_that_a_call_will_ring_where_it_will(desk: Desk, held_for: str, rings: str) -> None:
    figures = {"held": str(sum(int(one[0]) for one in held_for.split())), "held_for": held_for}
    desk.keep(a_call("digest", "hours", figures=figures, objects=(), platform=None, only="marie"))
    desk.ring("digest-1")
    (told,) = [line for line in desk.phones.last.paragraphs if line.startswith("Appels retenus")]

    assert told.replace("\u00a0", " ").partition(").")[2] == rings
