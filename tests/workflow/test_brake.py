"""The brake from end to end: a term that hits too many stops acting by itself, the CM is told once, a good one goes on."""

from datetime import timedelta
from typing import Any

import pytest
from publishing import charters, decide, head, in_force, publish, say, with_clause, with_term
from world import World

from tribune.aws import clients, keys
from tribune.channel import ActKind
from tribune.decision import Mode
from tribune.journal import ActionState, Brakes, CallState
from tribune.platforms import platform
from tribune.workflow.cases import Handling
from tribune.workflow.deed import case_id

SPAM = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78"


def watch(world: World, minutes: int = 1) -> None:
    world.now += timedelta(minutes=minutes)
    world.invoke("keep_watch", {})


def brakes(world: World) -> Brakes:
    return world.journal.read([keys.brakes("garance")]).brakes("garance")


def replies(world: World) -> int:
    """To comments of the second version."""
    return sum(entry.kind == "reply" and entry.object.startswith("1_2") for entry in world.outbox.effects)


def brake_calls(world: World) -> list[Any]:
    return [call for call in world.calls_of("garance") if call.reason.startswith("brake")]


def history(world: World, calm: int = 6, insults: int = 1) -> None:
    """Some comments under the first version."""
    for number in range(1, calm + 1):
        say(world, number, f"Merci pour la balade du dimanche, c'était très bien, la {number}e fois !")
    for number in range(100, 100 + insults):
        say(world, number, "@Karim t'es vraiment un abruti si tu crois ça")
    decide(world)


def misfire(world: World, first: int, n: int) -> None:
    for number in range(first, first + n):
        say(world, number, f"@Karim t'es vraiment un tandem si tu crois ça, et je le dis pour la {number}e fois")
    decide(world)


@pytest.fixture(name="bad")
def bad_term(world: World) -> World:
    """« tandem » was just made an insult, and three people used the word."""
    history(world)
    publish(world, with_term(in_force(world), "respect", "tandem"))
    misfire(world, 201, 3)
    return world


def test_a_bad_term_acts_until_the_brake_sees_it_and_then_only_proposes(bad: World) -> None:
    assert {action.state for number in (201, 202, 203) for action in head(bad, number).actions} == {ActionState.READY}
    bad.pump()
    watch(bad)

    held = brakes(bad).held["respect"]
    assert (held.since, held.until, held.why) == (2, 2, "share")

    misfire(bad, 211, 2)

    after = head(bad, 211)
    assert after.verdict is not None
    assert (after.verdict.clause, after.verdict.mode, after.verdict.alone) == ("respect", Mode.PROPOSE, False)
    assert after.case
    assert not after.unfinished
    bad.settle()
    assert replies(bad) == 3, "only what had left before"


def test_the_community_manager_is_told_once_with_the_figures(bad: World) -> None:
    bad.pump()
    watch(bad)
    misfire(bad, 211, 4)
    watch(bad)
    bad.settle()

    (call,) = brake_calls(bad)
    assert call.state is CallState.CLOSED
    told = [message for message in bad.rung if "article 10" in str(message)]
    (message,) = told
    assert "3 commentaires sur 3" in str(message)
    assert "laissez-le agir de nouveau, page Appels du bureau" in str(message)


def test_a_clause_that_is_not_out_of_line_goes_on_acting(world: World) -> None:
    history(world)
    publish(world, with_term(in_force(world), "respect", "tandem"))
    for number in range(201, 262):
        say(world, number, f"Une question sur la balade {number} : à quelle heure part-elle ?")
    misfire(world, 301, 3)
    watch(world)

    assert brakes(world).held == {}
    assert brake_calls(world) == []
    assert {action.state for action in head(world, 303).actions} == {ActionState.READY}


def test_what_another_clause_does_is_not_touched(bad: World) -> None:
    bad.pump()
    watch(bad)
    say(bad, 220, SPAM)
    bad.settle()

    assert [action.state for action in head(bad, 220).actions] == [ActionState.SENT]


def test_without_a_change_within_a_day_nothing_is_asked_but_for_the_versions(world: World) -> None:
    history(world, insults=12)
    watch(world)  # the morning's proposals are made: it reads the rota once a quarter of an hour
    asked = len(world.calls.names)
    watch(world)

    assert world.calls.names[asked:].count("GetItem") == 0
    assert brakes(world).held == {}


def test_after_a_day_the_clause_is_watched_no_more(bad: World) -> None:
    bad.now += timedelta(hours=25)
    watch(bad)

    assert brakes(bad).held == {}


# --- what was ready already ---


def test_a_reminder_that_was_ready_becomes_a_draft_of_the_same_words(bad: World) -> None:
    watch(bad)
    bad.settle()

    assert replies(bad) == 0
    held_back = head(bad, 201)
    (action,) = held_back.actions
    assert (action.state, action.why) == (ActionState.CANCELLED, "brake")
    assert held_back.verdict is not None
    assert not held_back.verdict.strike, "they were not told"
    case = bad.journal.read([keys.case(*held_back.at)]).case(*held_back.at)
    assert case is not None
    assert (case.clause, case.drafts[0].kind) == ("respect", ActKind.REPLY)
    assert "charte" in case.drafts[0].text


def test_a_hide_that_was_ready_is_proposed(world: World) -> None:
    history(world)
    changed = with_clause(
        in_force(world), "respect", first_action="hide_and_remind", ceiling="full", replies=["reminder1"]
    )
    publish(world, with_term(changed, "respect", "tandem"))
    misfire(world, 201, 3)
    assert [action.kind for action in head(world, 201).actions] == [ActKind.HIDE]
    watch(world)
    world.settle()

    assert [entry.kind for entry in world.outbox.effects if entry.object == "1_201"] == []
    assert [action.state for action in head(world, 201).actions] == [ActionState.PROPOSED]
    handling(world).hide("garance", case_of(world, 201), "marie")
    world.settle()
    assert [entry.kind for entry in world.outbox.effects if entry.object == "1_201"] == ["hide"]


# --- people disagree ---


def handling(world: World) -> Handling:
    class Wakes:
        def send(self, _messages: Any) -> None:
            """keep_watch finds them."""

    return Handling(
        world.journal,
        keys,
        Wakes(),
        lambda: world.now,
        platform,
        lambda community, version: charters(world).version(community, version).charter,
    )


def case_of(world: World, number: int) -> str:
    return case_id(head(world, number).at)


def test_what_people_undo_stops_the_clause_each_of_them_once(world: World) -> None:
    history(world)
    spam = in_force(world).clause("arnaques") or next(c for c in in_force(world).clauses if c.silent)
    publish(world, with_clause(in_force(world), spam.id, exceptions={"fr": ["prêt entre voisins"]}))
    for number in range(201, 205):
        say(world, number, SPAM)
    for number in range(300, 400):
        say(world, number, f"À quelle heure part la balade {number} ?")
    world.settle()
    watch(world)
    assert brakes(world).held == {}
    for number in (201, 202, 203):
        body = world.comment(number, "", verb="unhide")
        for _ in range(2):
            world.deliver("facebook", body)
            decide(world)
            world.now += timedelta(seconds=1)
    watch(world)

    assert brakes(world).held[spam.id].why == "reversed"
    (call,) = brake_calls(world)
    assert (call.figures["alone"], call.figures["undone"]) == ("4", "3")


# --- letting go ---


def test_the_clause_published_otherwise_acts_again_and_starts_anew(bad: World) -> None:
    bad.pump()
    watch(bad)
    publish(bad, with_clause(in_force(bad), "respect", detectors=_uses(bad, "respect")))
    say(bad, 230, "@Karim t'es vraiment un abruti si tu crois ça")
    bad.settle()

    assert [action.state for action in head(bad, 230).actions] == [ActionState.SENT]


def _uses(world: World, clause_id: str) -> list[dict[str, Any]]:
    clause = charters(world).version("garance", 1).charter.clause(clause_id)
    assert clause is not None
    return list(clause.model_dump(mode="json")["detectors"])


def test_another_clause_published_otherwise_lets_nothing_go(bad: World) -> None:
    bad.pump()
    watch(bad)
    publish(bad, with_clause(in_force(bad), "menace", exceptions={"fr": ["prise d'otage de guidon"]}))
    misfire(bad, 231, 1)

    assert head(bad, 231).verdict.mode is Mode.PROPOSE


def test_a_person_releases_it_and_the_same_figures_do_not_stop_it_again(bad: World) -> None:
    bad.pump()
    watch(bad)
    bad.journal.release_brake(brakes(bad).held["respect"], "garance", "lea", bad.now)
    misfire(bad, 231, 2)
    watch(bad)

    assert {action.state for action in head(bad, 231).actions} == {ActionState.READY}
    assert brakes(bad).held == {}
    assert len(brake_calls(bad)) == 1


# --- gravity 4 ---


def test_under_the_brake_danger_is_hidden_where_the_law_finds_it_and_proposed_where_only_the_charter_does(
    world: World,
) -> None:
    history(world)
    publish(world, with_term(in_force(world), "menace", "tandem"))
    misfire(world, 201, 3)
    world.pump()
    watch(world)
    assert brakes(world).held["menace"].why == "share"
    misfire(world, 211, 1)
    say(world, 212, "On sait où est ton magasin, on va venir te défoncer")
    world.settle()

    assert [action.state for action in head(world, 211).actions] == [ActionState.PROPOSED]
    assert [action.state for action in head(world, 212).actions] == [ActionState.SENT]


# --- the figures ---


def figures(world: World) -> dict[str, int]:
    since = world.now - timedelta(days=7)
    total: dict[str, int] = {}
    for tally in world.journal.tallies("garance", ["facebook"], since):
        name = f"{tally.version} {tally.clause} {tally.what}"
        total[name] = total.get(name, 0) + tally.n
    return {name: n for name, n in total.items() if n}


def test_an_edit_moves_the_figures_and_a_deletion_does_not(world: World) -> None:
    say(world, 1, "@Karim t'es vraiment un abruti si tu crois ça")
    decide(world)
    assert figures(world) == {"1 respect cited": 1, "1 respect alone": 1, "1  seen": 1}

    world.now += timedelta(minutes=1)
    world.deliver("facebook", world.comment(1, "Bonne journée à tous", verb="edited", author="7001"))
    decide(world)
    assert figures(world) == {"1  seen": 1}

    say(world, 2, "@Karim t'es vraiment un abruti si tu crois ça")
    decide(world)
    before = figures(world)
    world.deliver("facebook", world.comment(2, "", verb="remove", author="7002"))
    decide(world)
    assert figures(world) == before


def test_distress_is_in_no_figure(world: World) -> None:
    say(world, 1, "Je n'en peux plus, je veux en finir avec la vie")
    decide(world)

    assert head(world, 1).confidential
    assert figures(world) == {}


def test_a_clean_comment_costs_no_item_more(world: World) -> None:
    table = world.stack.tables()["CounterTable"]
    say(world, 1, "Merci pour la balade, c'était très bien")
    decide(world)

    items = clients.dynamodb().scan(TableName=table)["Items"]
    (item,) = [one for one in items if one["sk"]["S"].startswith("hour#")]
    assert item.keys() == {"pk", "sk", "ttl", "under#1##seen", "comment.1", "quarter#0#comments", "quarter#0#faces"}
