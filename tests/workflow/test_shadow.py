"""A version on trial: judged beside the one in force, noted where it differs, never acting, never in the way."""

from datetime import timedelta
from typing import Any

import memory_world
import pytest
from publishing import charters, decide, head, in_force, publish, say, with_clause, with_term
from world import World

from tribune.aws import clients
from tribune.charter import PublishedCharter
from tribune.charter.reader import Reader
from tribune.errors import BadConfiguration
from tribune.journal import Judged, ShadowNote

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
JEST = "@Karim t'es vraiment un tandem si tu crois ça"


def try_beside(world: World, charter: Any) -> str:
    meta = charters(world).publish_shadow("garance", charter, now=world.now)
    world.now += timedelta(minutes=1)
    return meta.content_hash[:12]


@pytest.fixture(name="trial")
def on_trial(world: World) -> str:
    """« tandem » as an insult, on trial."""
    return try_beside(world, with_term(in_force(world), "respect", "tandem"))


def differences(world: World, name: str) -> list[ShadowNote]:
    return world.journal.shadow_notes("garance", name)


def test_only_what_would_change_is_noted_and_nothing_is_done(world: World, trial: str) -> None:
    for number, text in enumerate((INSULT, JEST, "Merci pour la balade, c'était très bien"), 1):
        say(world, number, text)
    decide(world)
    world.settle()

    (note,) = differences(world, trial)
    assert note.object == "1_2"
    assert note.was.clause is None
    assert note.would == Judged("remind", "insult_at_person", "respect", alone=True)
    assert [action.kind for number in (1, 2, 3) for action in head(world, number).actions] == ["reply"]
    assert world.journal.shadow_counts("garance", trial) == {"judged": 3, "was#respect": 1, "would#respect": 2}


def test_it_is_no_version_that_anybody_could_cite(world: World, trial: str) -> None:
    say(world, 1, INSULT)
    decide(world)

    verdict = head(world, 1).verdict
    assert trial
    assert verdict is not None
    assert verdict.charter_version == 1
    assert [meta.version for meta in charters(world).stored_versions("garance")] == [1]


def test_the_same_comments_give_the_same_notes(world: World, trial: str) -> None:
    for number in range(1, 6):
        say(world, number, f"{JEST} ({number})")
    decide(world)
    first = [(note.object, note.was, note.would) for note in differences(world, trial)]
    for number in range(1, 6):
        say(world, number, f"{JEST} ({number})")
    world.forget()
    decide(world)

    assert len(first) == 5
    assert [(note.object, note.was, note.would) for note in differences(world, trial)] == first
    assert world.journal.shadow_counts("garance", trial)["judged"] == 5, "what comes twice is decided once"


def test_an_edit_that_ends_the_difference_ends_the_note(world: World, trial: str) -> None:
    say(world, 1, JEST)
    decide(world)
    assert len(differences(world, trial)) == 1
    world.now += timedelta(minutes=1)
    world.deliver("facebook", world.comment(1, "Belle balade", verb="edited", author="7001"))
    decide(world)

    assert differences(world, trial) == []


def test_a_ceiling_that_lets_the_machine_act_alone_is_a_difference(world: World) -> None:
    name = try_beside(world, with_clause(in_force(world), "respect", ceiling="propose"))
    say(world, 1, INSULT)
    decide(world)

    (note,) = differences(world, name)
    assert (note.was.alone, note.would.alone) == (True, False)


def test_distress_is_told_to_no_version_on_trial(world: World, trial: str) -> None:
    say(world, 1, "Je n'en peux plus, je veux en finir avec la vie")
    decide(world)

    assert head(world, 1).confidential
    assert world.journal.shadow_counts("garance", trial) == {}


def test_a_version_on_trial_that_fails_disturbs_nothing_and_is_counted(
    world: World, trial: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Reader.__init__

    def broken(self: Reader, charter: Any, *args: Any, **kwargs: Any) -> None:
        if charter is not None and "vraiment un tandem" in charter.model_dump_json():
            raise RuntimeError("nobody foresaw this")
        made(self, charter, *args, **kwargs)

    monkeypatch.setattr(Reader, "__init__", broken)
    monkeypatch.setattr(memory_world, "_readers", {})
    say(world, 1, INSULT)
    world.settle()

    assert [action.state for action in head(world, 1).actions] == ["SENT"]
    assert world.journal.shadow_counts("garance", trial) == {"failed": 1}


def test_a_version_on_trial_whose_parts_are_gone_disturbs_nothing(world: World, trial: str) -> None:
    table = world.stack.tables()["CharterTable"]
    meta = charters(world).shadow_meta("garance")
    assert meta is not None
    key = {"pk": {"S": "garance#charter"}, "sk": {"S": f"part#{meta.content_hash}#0000"}}
    clients.dynamodb().delete_item(TableName=table, Key=key)
    say(world, 1, INSULT)
    world.settle()

    assert [action.state for action in head(world, 1).actions] == ["SENT"]
    assert world.journal.shadow_counts("garance", trial) == {"failed": 1}


def test_publishing_what_was_tried_ends_the_trial_and_another_version_does_not(world: World, trial: str) -> None:
    tried = charters(world).shadow_charter("garance").charter
    publish(world, with_clause(in_force(world), "menace", exceptions={"fr": ["guidon d'enfer"]}))
    assert charters(world).shadow("garance") == trial
    assert publish(world, tried) == 3

    assert charters(world).shadow("garance") is None
    published: PublishedCharter = charters(world).version("garance", 3)
    assert published.charter == tried


def test_a_trial_is_stopped_by_its_own_name_only(world: World, trial: str) -> None:
    meta = charters(world).shadow_meta("garance")
    assert meta is not None
    assert meta.content_hash.startswith(trial)
    assert not charters(world).stop_shadow("garance", "0" * 64)
    assert charters(world).stop_shadow("garance", meta.content_hash)
    assert charters(world).shadow("garance") is None
    say(world, 1, JEST)
    decide(world)
    assert differences(world, trial) == []


def test_there_is_nothing_to_try_without_a_difference(world: World) -> None:
    with pytest.raises(BadConfiguration, match="nothing to try"):
        charters(world).publish_shadow("garance", in_force(world), now=world.now)
    with pytest.raises(BadConfiguration, match="compared"):
        charters(world).publish_shadow("nobody", in_force(world), now=world.now)


def test_a_trial_costs_one_item_a_batch_and_one_a_difference(world: World, trial: str) -> None:
    def items(table: str) -> int:
        return sum(
            trial in item["pk"]["S"] for item in clients.dynamodb().scan(TableName=world.stack.tables()[table])["Items"]
        )

    for number in range(1, 9):
        say(world, number, f"Merci pour la balade {number}")
    say(world, 9, JEST)
    decide(world)

    assert (items("CounterTable"), items("JournalTable")) == (1, 1)
