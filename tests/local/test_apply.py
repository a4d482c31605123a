"""tribune apply: what a file says, written once, the differences told, no secret shown."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from local.apply import Target, apply
from local.configuration import EXAMPLE_FILE, read
from local.resources import Stack
from tribune.aws import clients, directory, keys, secrets
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.charter.drafting import Entry, Part, added
from tribune.community import Modes
from tribune.decision import Mode
from tribune.errors import BadConfiguration, Unavailable

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TOLD = """
community:
  id: atelier
  name: L'Atelier
  rota: {people: [{id: ana, name: Ana, ways: [{kind: slack, secret: https://hooks.example/hush}]}]}
channels:
  - platform: facebook
    accounts: [{id: "1", space: page}, {id: "2", space: page2}]
    verify: {current: hush-verify}
    act: {token: hush-token}
  - platform: line
    accounts: [{id: U1, space: line}]
    verify: {current: hush-line}
"""


@pytest.fixture
def target(stack: Stack) -> Target:
    tables = stack.tables()
    return Target("test", tables["CommunityTable"], tables["CharterTable"])


@pytest.fixture
def applied(target: Target) -> Callable[..., list[str]]:
    """Applies a text, by default nine o'clock."""

    def run(text: str, now: datetime = NOW, *, dry_run: bool = False) -> list[str]:
        return apply(read(text), target, now, dry_run=dry_run)

    return run


def test_the_example_can_be_applied_and_applying_it_again_changes_nothing(target: Target) -> None:
    example = read(EXAMPLE_FILE)
    assert apply(example, target, NOW)
    assert apply(example, target, NOW + DAY) == []
    assert Communities(target.community_table).load("garance").modes == example.community.modes
    published = Charters(target.charter_table).load("garance", NOW)
    assert published is not None
    assert (published.version, published.charter) == (1, example.charter)
    assert directory.channel_accounts(target.community_table, "line", "main") == {
        "Ubbbbbbbbbbbbbbbbbbbbbbbbbbbbbb01": ("garance", "line-garance")
    }


def test_everything_that_receiving_needs_is_there_afterwards(applied: Callable[..., list[str]]) -> None:
    applied(TOLD)
    proof = secrets.verify_secrets("test", "facebook", "main")
    assert proof is not None
    assert proof.current == "hush-verify"
    assert secrets.access("test", "facebook", "main") == {"token": "hush-token"}
    assert secrets.access("test", "line", "main") == {}
    assert secrets.call_secrets("test", "atelier") == {"ana.slack": "https://hooks.example/hush"}
    assert len(secrets.pseudonym_key("test", "atelier")) >= 32


def test_what_proves_slack_is_one_for_all_communities(applied: Callable[..., list[str]]) -> None:
    path = "/tribune/test/press/slack"
    first = applied(TOLD + "press: {slack: {current: hush-1}}\n")
    assert f"secret {path}: written" in first
    assert applied(TOLD) == [], "a file that does not speak of it takes nothing away"
    assert applied(TOLD + "press: {slack: {current: hush-2, previous: hush-1}}\n") == [f"secret {path}: changed"]

    proof = secrets.press_secrets("test", "slack")
    assert proof is not None
    assert proof.all() == ("hush-2", "hush-1")
    assert secrets.press_secrets("other", "slack") is None


def test_the_differences_name_what_changed_and_no_secret(applied: Callable[..., list[str]]) -> None:
    lines = applied(TOLD)
    assert "community atelier: created" in lines
    assert "secret /tribune/test/verify/facebook/main: written" in lines
    changed = TOLD.replace("hush-verify", "hush-new").replace("name: L'Atelier", "name: L'Atelier\n  mode: propose")
    lines += (second := applied(changed))
    assert second == [
        "secret /tribune/test/verify/facebook/main: changed",
        'community.modes.default: "observe" -> "propose"',
    ]
    assert not [line for line in lines if "hush" in line]


def test_a_dry_run_says_the_same_and_writes_nothing(applied: Callable[..., list[str]], target: Target) -> None:
    said = applied(TOLD, dry_run=True)
    assert Communities(target.community_table).all() == ()
    assert Charters(target.charter_table).versions("atelier") == ()
    assert clients.ssm().describe_parameters()["Parameters"] == []
    assert applied(TOLD) == said


def test_what_was_taken_out_of_the_file_is_taken_out_of_the_stack(
    applied: Callable[..., list[str]], target: Target
) -> None:
    applied(TOLD)
    lines = applied(TOLD.partition("  - platform: line")[0].replace(', {id: "2", space: page2}', ""))
    assert "channel line/main: given up" in lines
    assert "secret /tribune/test/verify/line/main: removed" in lines
    secrets.forget()
    assert secrets.verify_secrets("test", "line", "main") is None
    assert directory.stored_accounts(target.community_table, "line", "main") is None
    assert directory.stored_accounts(target.community_table, "facebook", "main") == {"1": ("atelier", "page")}


def test_an_account_of_another_community_stops_everything_before_anything_is_written(
    applied: Callable[..., list[str]], target: Target
) -> None:
    applied(TOLD)
    with pytest.raises(BadConfiguration, match="belongs to the community 'atelier'"):
        applied(TOLD.replace("id: atelier", "id: voleur"))
    assert Communities(target.community_table).all() == ("atelier",)
    assert Charters(target.charter_table).versions("voleur") == ()
    assert secrets.stored("/tribune/test/pseudonym/voleur") is None


def test_the_pseudonym_key_never_changes(applied: Callable[..., list[str]]) -> None:
    applied(TOLD)
    key = secrets.pseudonym_key("test", "atelier")
    applied(TOLD.replace("L'Atelier", "Atelier"), NOW + DAY)
    secrets.forget()
    assert secrets.pseudonym_key("test", "atelier") == key


def test_the_community_remembers_since_when_there_is_history(applied: Callable[..., list[str]], target: Target) -> None:
    applied(TOLD)
    applied(TOLD.replace("L'Atelier", "Atelier"), NOW + 90 * DAY)
    assert Communities(target.community_table).load("atelier").since == NOW


def test_the_levels_of_the_past_stay_as_they_were(applied: Callable[..., list[str]]) -> None:
    def levels(*changes: str) -> str:
        return TOLD.replace("  rota:", f"  engagement: [{', '.join(changes)}]\n  rota:")

    first, next_week = "{since: 2026-01-01, kinds: {share: 3}}", "{since: 2026-12-01, kinds: {save: 2}}"
    applied(levels(first))
    assert applied(levels(first, next_week))
    assert applied(levels(first))  # what is still to come may be taken back

    for rewritten in (levels(), levels("{since: 2026-01-01, kinds: {share: 2}}"), levels(first, "{since: 2026-11-22}")):
        with pytest.raises(BadConfiguration, match="tomorrow"):
            applied(rewritten)


def test_the_first_charter_binds_at_once_and_a_change_only_after_the_notice_it_promised(
    applied: Callable[..., list[str]], target: Target
) -> None:
    applied(TOLD)
    lines = applied(TOLD.replace("L'Atelier", "Atelier"), NOW + DAY)
    assert lines[0] == "charter: version 2, in force from 2026-12-08 09:00 UTC"
    charters = Charters(target.charter_table)

    def in_force(at: datetime) -> int | None:
        found = charters.load("atelier", at)
        return found.version if found else None

    assert [in_force(NOW), in_force(NOW + 15 * DAY), in_force(NOW + 16 * DAY)] == [1, 1, 2]


def test_members_are_told_what_changes(target: Target) -> None:
    apply(read(TOLD), target, NOW, summary="")
    changed = read(TOLD.replace("L'Atelier", "Atelier"))
    with pytest.raises(BadConfiguration, match="say in a sentence") as refused:
        apply(changed, target, NOW + DAY, summary=" ")
    assert refused.value.field == "--summary"
    apply(changed, target, NOW + DAY, summary="Notre nom change.")
    assert [meta.summary for meta in Charters(target.charter_table).versions("atelier")] == ["", "Notre nom change."]


def test_a_charter_that_was_public_before_binds_the_words_written_since(
    applied: Callable[..., list[str]], target: Target
) -> None:
    lines = applied(TOLD.replace("name: L'Atelier", "name: L'Atelier\n  charter_since: 2026-01-01"))
    assert lines[0] == "charter: version 1, in force from 2025-12-31 23:00 UTC"  # midnight in Paris
    charters = Charters(target.charter_table)
    assert charters.load("atelier", NOW - 30 * DAY) is not None
    assert charters.load("atelier", datetime(2025, 12, 31, tzinfo=UTC)) is None


def test_it_is_the_first_version_that_was_public_before_not_the_next_one(
    applied: Callable[..., list[str]], target: Target
) -> None:
    applied(TOLD)
    applied(TOLD.replace("name: L'Atelier", "name: Atelier\n  charter_since: 2026-01-01"), NOW + DAY)
    first, second = Charters(target.charter_table).versions("atelier")
    assert (first.effective_from, second.published_at) == (NOW, NOW + DAY)
    assert second.effective_from > NOW + DAY


def test_a_charter_cannot_be_public_since_tomorrow(applied: Callable[..., list[str]]) -> None:
    with pytest.raises(BadConfiguration, match="cannot be public since a day to come"):
        applied(TOLD.replace("name: L'Atelier", "name: L'Atelier\n  charter_since: 2026-11-24"))


def test_a_third_version_waits_for_the_second(applied: Callable[..., list[str]], target: Target) -> None:
    applied(TOLD)
    applied(TOLD.replace("L'Atelier", "B"), NOW + DAY)
    applied(TOLD.replace("L'Atelier", "C"), NOW + DAY)
    dates = [meta.effective_from for meta in Charters(target.charter_table).versions("atelier")]
    assert dates == sorted(dates)
    assert len(dates) == 3


def test_a_damaged_charter_is_published_again(applied: Callable[..., list[str]], target: Target) -> None:
    applied(TOLD)
    part = next(
        item
        for item in clients.dynamodb().scan(TableName=target.charter_table)["Items"]
        if item["sk"]["S"].startswith("part#")
    )
    clients.dynamodb().delete_item(TableName=target.charter_table, Key={"pk": part["pk"], "sk": part["sk"]})
    assert applied(TOLD)[0] == "charter: version 1 cannot be read and is published again"
    assert Charters(target.charter_table).load("atelier", NOW) is not None


def test_only_the_order_of_a_list_is_a_change_too(applied: Callable[..., list[str]]) -> None:
    two = TOLD.replace("people: [", "people: [{id: bo, name: Bo}, ")
    applied(two)
    other = TOLD.replace("hush}]}]", "hush}]}, {id: bo, name: Bo}]")
    assert applied(other) == ["community: the order of a list"]
    assert applied(other) == []


def test_what_people_changed_at_the_desk_outlives_the_same_file_and_is_said(
    applied: Callable[..., list[str]], target: Target
) -> None:
    communities, charters = Communities(target.community_table), Charters(target.charter_table)
    applied(TOLD)
    communities.change("atelier", lambda one: one.model_copy(update={"modes": Modes(clauses={"respect": Mode.ACT})}))
    charter = charters.version("atelier", 1).charter
    entry = Entry("respect", Part.EXCEPTIONS, "fr", "vieux briscard")
    charters.publish("atelier", added(charter, entry), effective_from=NOW + 20 * DAY, now=NOW)

    said = applied(TOLD, dry_run=True)

    assert any("kept as the desk has it: community.modes.clauses.respect: added" in line for line in said)
    assert any("charter: version 2, published since, stays" in line for line in said)
    assert applied(TOLD) == said
    stored = communities.stored("atelier")
    assert stored is not None
    assert stored.modes.clauses == {"respect": Mode.ACT}
    assert len(charters.stored_versions("atelier")) == 2


def test_applying_again_finishes_what_was_cut_short(
    applied: Callable[..., list[str]], target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(*_: object) -> None:
        raise Unavailable("dynamodb: ReadTimeoutError")

    with monkeypatch.context() as broken:
        broken.setattr(Communities, "_speak_for", cut_short)
        with pytest.raises(Unavailable):
            applied(TOLD)
    assert directory.stored_accounts(target.community_table, "line", "main") is None
    applied(TOLD)
    assert directory.stored_accounts(target.community_table, "line", "main") == {"U1": ("atelier", "line")}


def test_a_secret_that_somebody_wrote_by_hand_is_written_anew(applied: Callable[..., list[str]]) -> None:
    path = "/tribune/test/act/facebook/main"
    for by_hand in ("hush-typed", '"hush-typed"', "[1]"):
        secrets.put(path, by_hand)
        assert f"secret {path}: changed" in applied(TOLD)
        assert secrets.access("test", "facebook", "main") == {"token": "hush-token"}


def test_the_address_of_each_of_several_ways_of_one_kind_is_told(applied: Callable[..., list[str]]) -> None:
    told = """
community:
  id: atelier
  name: L'Atelier
  rota: {people: [{id: ana, name: Ana, ways: [{kind: email, address: %s}, {kind: email, address: ana@home.example}]}]}
"""
    applied(told % "ana@old.example")
    assert any("ana@new.example" in line for line in applied(told % "ana@new.example", dry_run=True))


def _stores(target: Target, settings: str) -> None:
    clients.dynamodb().update_item(
        TableName=target.community_table,
        Key=directory.typed(keys.community("atelier")),
        UpdateExpression="SET settings = :of_another_version",
        ExpressionAttributeValues={":of_another_version": {"S": settings}},
    )
    with pytest.raises(BadConfiguration, match="run `tribune apply` again"):
        Communities(target.community_table).load("atelier")


def test_settings_with_a_field_of_a_later_version_are_written_anew_and_lose_nothing_else(
    applied: Callable[..., list[str]], target: Target
) -> None:
    applied(TOLD)
    communities = Communities(target.community_table)
    communities.change("atelier", lambda one: one.model_copy(update={"modes": Modes(default=Mode.PROPOSE)}))
    before = communities.load("atelier")
    later = json.loads(before.model_dump_json())
    later["rota"]["people"][0]["of_tomorrow"] = later["of_tomorrow"] = "?"
    _stores(target, json.dumps(later))
    applied(TOLD, NOW + DAY)
    assert Communities(target.community_table).load("atelier") == before


def test_settings_that_nobody_can_read_are_written_anew(applied: Callable[..., list[str]], target: Target) -> None:
    applied(TOLD)
    _stores(target, '{"id": "atelier"}')
    assert "community atelier: what is stored cannot be read and is written anew" in applied(TOLD)
    assert Communities(target.community_table).load("atelier").name == "L'Atelier"


def test_a_file_without_an_access_takes_none_away_from_another_community_of_the_same_channel(
    applied: Callable[..., list[str]],
) -> None:
    applied(TOLD)
    lines = applied("""
community: {id: quai, name: Le Quai}
channels:
  - platform: facebook
    accounts: [{id: "9", space: quai}]
    verify: {current: hush-verify}
""")
    assert not [line for line in lines if "/act/" in line]
    assert secrets.access("test", "facebook", "main") == {"token": "hush-token"}
