"""The communities as `tribune apply` wrote them: settings, the accounts of each channel, who owns which account."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tribune.aws import clients, directory, keys
from tribune.aws.directory import typed
from tribune.aws.kept import Kept, answered
from tribune.community import Community
from tribune.errors import BadConfiguration, Conflict, NotFound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEEP = timedelta(seconds=30)

type ChannelName = tuple[str, str]
"""(platform, channel)."""

type AccountPlace = tuple[str, str, str, str]
"""(platform, channel, account, space)."""


class Communities:
    """The communities of one stack; what `load` answers is at most half a minute old."""

    def __init__(self, table: str, client: "DynamoDBClient | None" = None) -> None:
        """Without a client: this process's own."""
        self._table = table
        self._client = client or clients.dynamodb()
        self._kept: Kept[Community] = Kept(KEEP)

    def load(self, community_id: str) -> Community:
        """The community. Raises NotFound, Unavailable, BadConfiguration when what is stored is not one."""
        community = self._kept.get(community_id, lambda: self.stored(community_id))
        if community is None:
            raise NotFound(f"there is no community {community_id!r}")
        return community

    def all(self) -> tuple[str, ...]:
        """The id of every community. Raises Unavailable."""
        return directory.communities(self._table, self._client)

    def stored(self, community_id: str) -> Community | None:
        """The community as it stands right now, None when there is none."""
        settings = self._settings(community_id)
        return None if settings is None else _read(settings, community_id)

    def understood(self, community_id: str) -> Community | None:
        """The same for whoever writes it anew: without what only a later version knows; None when that is not enough."""
        return _understood(self._settings(community_id))

    def _settings(self, community_id: str) -> str | None:
        """The very text that is stored: another version of ours may have written the same community otherwise."""
        with answered("dynamodb"):
            item = self._client.get_item(
                TableName=self._table, Key=typed(keys.community(community_id)), ConsistentRead=True
            ).get("Item")
        return item["settings"]["S"] if item else None

    def change(self, community_id: str, change: Callable[[Community], Community]) -> Community:
        """Change what is stored, on what stands there at that moment. Raises NotFound, Conflict, Unavailable."""
        before = self._settings(community_id)
        if before is None:
            raise NotFound(f"there is no community {community_id!r}")
        after = change(_read(before, community_id))
        with answered("dynamodb"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=typed(keys.community(community_id)),
                    UpdateExpression="SET settings = :after",
                    ConditionExpression="settings = :before",
                    ExpressionAttributeValues={
                        ":before": {"S": before},
                        ":after": {"S": after.model_dump_json()},
                    },
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise Conflict("somebody else changes this community at this moment: try again") from error
        self._kept.forget()
        return after

    def owner(self, platform: str, account: str) -> str | None:
        """The community that owns an account, None when nobody does. Raises Unavailable."""
        with answered("dynamodb"):
            item = self._client.get_item(
                TableName=self._table, Key=typed(keys.account(platform, account)), ConsistentRead=True
            ).get("Item")
        return item["community"]["S"] if item else None

    def is_shared(self, platform: str, channel: str, community_id: str) -> bool:
        """Does another community than this one speak through that channel? Raises Unavailable."""
        with answered("dynamodb"):
            item = self._client.get_item(
                TableName=self._table, Key=typed(keys.channel(platform, channel)), ConsistentRead=True
            ).get("Item")
        owners = {entry["M"]["community"]["S"] for entry in item["accounts"]["M"].values()} if item else set()
        return bool(owners - {community_id})

    def check_owners(self, community: Community) -> None:
        """Raises BadConfiguration when another community owns one of its accounts; Unavailable."""
        for platform, _, account, _ in _places(community):
            owner = self.owner(platform, account)
            if owner not in (None, community.id):
                raise _taken(platform, account, owner)

    def write(self, community: Community) -> tuple[ChannelName, ...]:
        """Write a community, the accounts of its channels and that they are its own; repeating it changes nothing.

        The settings say what was written before until everything else is done, so that repeating it also finishes what
        was cut short. Only those of a new community go first: nothing is received that cannot be judged.

        Out: the channels that no community speaks through any more. Raises BadConfiguration, with nothing
        written, when another community owns one of the accounts; Unavailable.
        """
        stored = self._settings(community.id)
        before = _understood(stored)
        was, now = set(_places(before) if before else ()), set(_places(community))
        self.check_owners(community)
        for platform, channel, account, _ in sorted(now):
            self._claim(community.id, platform, channel, account)
        self._put(keys.directory(community.id), {})
        settings = community.model_dump_json()
        if before is None:
            self._put(keys.community(community.id), {"settings": {"S": settings}})
        for platform, channel in sorted({place[:2] for place in now}):
            spaces = {account: space for p, c, account, space in now if (p, c) == (platform, channel)}
            self._speak_for(community.id, platform, channel, spaces)
        for platform, channel, account in sorted({place[:3] for place in was} - {place[:3] for place in now}):
            self._stop_speaking_for(platform, channel, account)
        for platform, account in sorted({(p, a) for p, _, a, _ in was} - {(p, a) for p, _, a, _ in now}):
            self._release(community.id, platform, account)
        left = {place[:2] for place in was} - {place[:2] for place in now}
        given_up = tuple(name for name in sorted(left) if self._remove_if_empty(*name))
        if before is not None and stored != settings:
            self._put(keys.community(community.id), {"settings": {"S": settings}})
        self._kept.forget()
        directory.forget()
        return given_up

    def _claim(self, community_id: str, platform: str, channel: str, account: str) -> None:
        with answered("dynamodb"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=typed(keys.account(platform, account))
                    | {"community": {"S": community_id}, "channel": {"S": channel}},
                    ConditionExpression="attribute_not_exists(pk) OR community = :community",
                    ExpressionAttributeValues={":community": {"S": community_id}},
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise _taken(platform, account, self.owner(platform, account)) from error

    def _release(self, community_id: str, platform: str, account: str) -> None:
        with answered("dynamodb"):
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key=typed(keys.account(platform, account)),
                    ConditionExpression="community = :community",
                    ExpressionAttributeValues={":community": {"S": community_id}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return  # somebody else's by now, or nobody's

    def _speak_for(self, community_id: str, platform: str, channel: str, spaces: dict[str, str]) -> None:
        """Entry by entry: one channel may serve the accounts of several communities."""
        key = typed(keys.channel(platform, channel))
        with answered("dynamodb"):
            self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression="SET accounts = if_not_exists(accounts, :none)",
                ExpressionAttributeValues={":none": {"M": {}}},
            )
            for account, space in sorted(spaces.items()):
                self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression="SET accounts.#account = :place",
                    ExpressionAttributeNames={"#account": account},
                    ExpressionAttributeValues={
                        ":place": {"M": {"community": {"S": community_id}, "space": {"S": space}}}
                    },
                )

    def _stop_speaking_for(self, platform: str, channel: str, account: str) -> None:
        with answered("dynamodb"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=typed(keys.channel(platform, channel)),
                    UpdateExpression="REMOVE accounts.#account",
                    ConditionExpression="attribute_exists(accounts.#account)",
                    ExpressionAttributeNames={"#account": account},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return  # done before, by what was cut short

    def _remove_if_empty(self, platform: str, channel: str) -> bool:
        with answered("dynamodb"):
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key=typed(keys.channel(platform, channel)),
                    ConditionExpression="attribute_not_exists(pk) OR size(accounts) = :zero",
                    ExpressionAttributeValues={":zero": {"N": "0"}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def _put(self, key: keys.Key, attributes: dict[str, dict[str, str]]) -> None:
        with answered("dynamodb"):
            self._client.put_item(TableName=self._table, Item=typed(key) | attributes)


def _read(settings: str, community_id: str) -> Community:
    try:
        return Community.model_validate_json(settings)
    except ValidationError as error:
        raise BadConfiguration(
            "what is stored is not a community of this version: run `tribune apply` again", field=community_id
        ) from error


def _understood(settings: str | None) -> Community | None:
    try:
        return None if settings is None else Community.model_validate_json(settings, extra="ignore")
    except ValidationError:
        return None


def _places(community: Community) -> Iterable[AccountPlace]:
    for channel in community.channels:
        for account in channel.accounts:
            yield channel.platform, channel.channel, account.id, account.space


def _taken(platform: str, account: str, owner: str | None) -> BadConfiguration:
    return BadConfiguration(
        f"the {platform} account {account!r} belongs to the community {owner!r} already; "
        "an account has one owner: take it out there first",
        field="accounts",
    )
