"""Communities: written whole, read back equal, and no account with two owners."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ReadTimeoutError

from local.resources import Stack
from tribune.aws import clients, directory, keys
from tribune.aws.communities import Communities
from tribune.community import Account, Channel, Community
from tribune.duty import Person, Rota
from tribune.errors import BadConfiguration, NotFound, Unavailable
from tribune.voice import Voice

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def table(stack: Stack) -> str:
    return stack.tables()["CommunityTable"]


@pytest.fixture
def communities(table: str) -> Communities:
    return Communities(table)


def community(name: str, *channels: Channel, **settings: Any) -> Community:
    return Community(
        id=name,
        name=name.title(),
        voice=Voice(team_signature={"fr": f"L'équipe {name.title()}"}),
        rota=Rota(people=(Person(id="marie", name="Marie"),)),
        channels=channels,
        **settings,
    )


def channel(*accounts: str, platform: str = "facebook", name: str = "main") -> Channel:
    return Channel(
        platform=platform,
        channel=name,
        accounts=tuple(Account(id=account, space=f"page-{account}") for account in accounts),
    )


def test_a_community_comes_back_equal_and_is_listed(communities: Communities) -> None:
    garance = community("garance", channel("1", "2"), own_contacts=("01 99 00 12 34",))
    communities.write(garance)
    communities.write(community("atelier"))
    assert communities.load("garance") == garance
    assert communities.all() == ("atelier", "garance")


def test_nobody_knows_a_community_that_was_never_written(communities: Communities) -> None:
    with pytest.raises(NotFound):
        communities.load("garance")
    assert communities.all() == ()


def test_the_directory_says_for_whom_each_account_of_a_channel_speaks(communities: Communities, table: str) -> None:
    communities.write(community("garance", channel("1", "2"), channel("U9", platform="line")))
    assert directory.channel_accounts(table, "facebook", "main") == {
        "1": ("garance", "page-1"),
        "2": ("garance", "page-2"),
    }
    assert directory.channel_accounts(table, "line", "main") == {"U9": ("garance", "page-U9")}
    assert directory.channel_accounts(table, "facebook", "other") == {}


def test_one_channel_may_serve_two_communities_and_neither_loses_its_accounts(
    communities: Communities, table: str
) -> None:
    communities.write(community("garance", channel("1")))
    communities.write(community("atelier", channel("2")))
    communities.write(community("garance", channel("3")))
    assert directory.channel_accounts(table, "facebook", "main") == {
        "2": ("atelier", "page-2"),
        "3": ("garance", "page-3"),
    }


def test_an_account_of_another_community_is_refused_and_nothing_is_written(
    communities: Communities, table: str
) -> None:
    communities.write(community("garance", channel("1")))
    with pytest.raises(BadConfiguration, match="'1' belongs to the community 'garance'"):
        communities.write(community("atelier", channel("0", "1")))
    assert communities.all() == ("garance",)
    assert communities.owner("facebook", "0") is None
    assert directory.channel_accounts(table, "facebook", "main") == {"1": ("garance", "page-1")}


def test_an_account_that_was_given_up_can_be_taken_by_another_community(communities: Communities) -> None:
    communities.write(community("garance", channel("1", "2")))
    communities.write(community("garance", channel("2")))
    communities.write(community("atelier", channel("1")))
    assert communities.owner("facebook", "1") == "atelier"


def test_a_channel_that_nobody_speaks_through_any_more_is_removed_and_named(
    communities: Communities, table: str
) -> None:
    communities.write(community("garance", channel("1"), channel("2", name="shop")))
    communities.write(community("atelier", channel("3")))
    assert communities.write(community("garance")) == (("facebook", "shop"),)
    assert directory.stored_accounts(table, "facebook", "shop") is None
    assert directory.channel_accounts(table, "facebook", "main") == {"3": ("atelier", "page-3")}


def test_an_account_moves_from_one_channel_to_another(communities: Communities, table: str) -> None:
    communities.write(community("garance", channel("1")))
    communities.write(community("garance", channel("1", name="shop")))
    assert directory.stored_accounts(table, "facebook", "main") is None
    assert directory.channel_accounts(table, "facebook", "shop") == {"1": ("garance", "page-1")}
    assert communities.owner("facebook", "1") == "garance"


def test_what_another_process_wrote_is_seen_within_half_a_minute(
    communities: Communities, table: str, advance: Callable[[timedelta], None]
) -> None:
    communities.write(community("garance"))
    communities.load("garance")
    Communities(table).write(community("garance", charter_base_url="https://charte.example"))
    assert communities.load("garance").charter_base_url == ""
    advance(timedelta(seconds=30))
    assert communities.load("garance").charter_base_url == "https://charte.example"


def test_a_community_that_cannot_be_read_says_so(communities: Communities, table: str) -> None:
    clients.dynamodb().put_item(
        TableName=table,
        Item={"pk": {"S": "garance#settings"}, "sk": {"S": "community"}, "settings": {"S": '{"id": "garance"}'}},
    )
    with pytest.raises(BadConfiguration, match="tribune apply"):
        communities.load("garance")


def test_a_community_that_an_earlier_version_of_ours_wrote_can_be_changed(communities: Communities, table: str) -> None:
    communities.write(community("garance", channel("1")))
    told = json.loads(communities.load("garance").model_dump_json())
    del told["may_be_named"]  # a field that did not exist yet
    clients.dynamodb().update_item(
        TableName=table,
        Key=directory.typed(keys.community("garance")),
        UpdateExpression="SET settings = :earlier",
        ExpressionAttributeValues={":earlier": {"S": json.dumps(told)}},
    )
    communities.change("garance", lambda one: one.model_copy(update={"name": "Vélos Garance"}))
    assert communities.load("garance").name == "Vélos Garance"


class Cut:
    """A client that stops answering after so many writes."""

    def __init__(self, writes: int) -> None:
        self._client, self._left = clients.dynamodb(), writes

    def __getattr__(self, name: str) -> Any:
        if name in ("put_item", "update_item", "delete_item"):
            self._left -= 1
            if self._left < 0:
                raise ReadTimeoutError(endpoint_url="https://dynamodb.example")
        return getattr(self._client, name)


@pytest.mark.parametrize("writes", range(20))
def test_what_was_cut_short_is_finished_by_repeating_it(communities: Communities, table: str, writes: int) -> None:
    communities.write(community("garance", channel("1", "2"), channel("3", name="shop")))
    after = community("garance", channel("2", "4"), channel("5", platform="line"))
    with suppress(Unavailable):
        Communities(table, cast("DynamoDBClient", Cut(writes))).write(after)
    communities.write(after)
    assert communities.stored("garance") == after
    assert directory.stored_accounts(table, "facebook", "main") == {
        "2": ("garance", "page-2"),
        "4": ("garance", "page-4"),
    }
    assert directory.stored_accounts(table, "line", "main") == {"5": ("garance", "page-5")}
    assert directory.stored_accounts(table, "facebook", "shop") is None
    assert communities.owner("facebook", "1") is None
    assert communities.owner("facebook", "3") is None
