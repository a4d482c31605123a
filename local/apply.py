"""`tribune apply`: brings a stack to what a configuration file says, and says what changed.

Repeating it changes nothing. A secret is never shown: only that it was written, changed or removed.
"""

import json
import secrets as randomness
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local import desk_changes
from local.configuration import Configuration
from local.public_holidays import with_public_holidays
from tribune.aws import keys, secrets
from tribune.aws.charters import Charters, VersionMeta
from tribune.aws.communities import Communities
from tribune.charter.drafting import next_effect
from tribune.community import Community
from tribune.errors import BadConfiguration, CharterUnreadable
from tribune.rota_changes import kept

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ssm import SSMClient

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that is written to."""

    stage: str
    community_table: str
    charter_table: str
    dynamodb: "DynamoDBClient | None" = None
    ssm: "SSMClient | None" = None
    """None: the clients of this process."""


def apply(
    configuration: Configuration, target: Target, now: datetime, *, summary: str | None = None, dry_run: bool = False
) -> list[str]:
    """Write the configuration and answer the differences, one line each; with `dry_run` only answer them.

    The charter goes first and the accounts last: nothing is received before it can be judged.
    `summary`: what changes in the charter, in a sentence for members; None where no members read it.
    Raises BadConfiguration when it is empty and needed, or when another community owns an account; Unavailable.
    """
    communities = Communities(target.community_table, target.dynamodb)
    communities.check_owners(configuration.community)
    before = communities.understood(configuration.community.id)
    if before is not None:
        _leave_the_past_alone(before, configuration.community, now)
    rota = with_public_holidays(configuration.community.rota, now)
    if before is not None:
        rota = kept(before.rota, rota, now, configuration.community.zone)
    since = before.since if before else now
    told = configuration.community.model_copy(update={"since": since, "rota": rota})
    community = desk_changes.kept(before, told) if before else told
    filed = before.filed if before else None
    community = community.model_copy(update={"filed": desk_changes.as_filed(told, configuration.charter)})
    return [
        *_charter(configuration, target, now, filed.charter if filed else "", summary=summary, dry_run=dry_run),
        *_secrets(configuration, communities, target, dry_run=dry_run),
        *_community(communities, before, community, target, dry_run=dry_run),
        *(f"kept as the desk has it: {line}" for line in differences(told, community)),
    ]


def is_told(configuration: Configuration, target: Target) -> bool:
    """Is the charter of the file the one that it told last, so that nothing of it is published? Raises Unavailable."""
    before = Communities(target.community_table, target.dynamodb).understood(configuration.community.id)
    return bool(before and before.filed and before.filed.charter == configuration.charter.content_hash)


def _leave_the_past_alone(before: Community, after: Community, now: datetime) -> None:
    """Raises BadConfiguration where a table of levels that was counted with would be another one."""
    today = now.astimezone(before.zone).date()
    past = [change for change in before.engagement if change.since <= today]
    if list(after.engagement[: len(past)]) != past or any(
        change.since <= today for change in after.engagement[len(past) :]
    ):
        raise BadConfiguration(
            "what was counted keeps the levels of its day: leave the changes up to today as they are, and add one from "
            "tomorrow on",
            field="community.engagement",
        )


# --- the charter ---


def _charter(  # noqa: PLR0913  each is named at the call
    configuration: Configuration, target: Target, now: datetime, filed: str, *, summary: str | None, dry_run: bool
) -> Iterator[str]:
    """The first charter binds at once, or since members could read it elsewhere; those that follow are announced as
    long ahead as they promise. Raises BadConfiguration when that was in the future.

    `filed`: the hash of the charter that the file told last. Where it still tells that one, what was published at the
    desk since stays.
    """
    charters, community = Charters(target.charter_table, target.dynamodb), configuration.community.id
    versions = charters.stored_versions(community)
    latest = versions[-1] if versions else None
    if latest:
        try:
            stands = charters.version(community, latest.version).charter
            if stands == configuration.charter:
                return
            if filed == configuration.charter.content_hash:
                yield f"charter: version {latest.version}, published since, stays: the file says what it said last"
                return
            if filed and stands.content_hash != filed:
                yield f"charter: version {latest.version} was published since, and the file goes before it"
        except CharterUnreadable:
            yield f"charter: version {latest.version} cannot be read and is published again"
    published, effective_from = _dates(configuration, versions, now)
    version = (latest.version if latest else 0) + 1
    if latest and summary is not None and not summary.strip() and not dry_run:
        raise BadConfiguration(
            "the charter is not what members were shown: say in a sentence, for them, what changes", field="--summary"
        )
    if not dry_run:
        version = charters.publish(
            community, configuration.charter, effective_from=effective_from, now=published, summary=summary or ""
        )
    yield f"charter: version {version}, in force from {effective_from:%Y-%m-%d %H:%M} UTC"


def _dates(configuration: Configuration, versions: Sequence[VersionMeta], now: datetime) -> tuple[datetime, datetime]:
    """(when it is published, when it takes effect)."""
    if not versions:
        since = configuration.charter_since or now
        if since > now:
            raise BadConfiguration("the charter cannot be public since a day to come", field="community.charter_since")
        return since, since
    return now, next_effect(versions[-1], now)


# --- the secrets ---


def _secrets(configuration: Configuration, communities: Communities, target: Target, *, dry_run: bool) -> Iterator[str]:
    community = configuration.community.id
    for channel in configuration.channels:
        yield from _put(target, channel.verify, "verify", channel.platform, channel.channel, dry_run=dry_run)
        # A file that gives no access takes none away from another community that acts through the same channel.
        if channel.act or not communities.is_shared(channel.platform, channel.channel, community):
            yield from _put(target, channel.act, "act", channel.platform, channel.channel, dry_run=dry_run)
    yield from _put(target, configuration.calls, "call", community, dry_run=dry_run)
    if configuration.press:  # one app for all communities: a file that does not speak of it takes nothing away
        yield from _put(target, configuration.press, "press", "slack", dry_run=dry_run)
    pseudonym = keys.secret_path(target.stage, "pseudonym", community)
    if secrets.stored(pseudonym, target.ssm) is None:
        if not dry_run:
            secrets.put_once(pseudonym, randomness.token_urlsafe(32), target.ssm)
        yield f"secret {pseudonym}: made"
    desk = keys.secret_path(target.stage, "desk", "keys")
    if secrets.stored(desk, target.ssm) is None:
        if not dry_run:
            secrets.put_once(desk, secrets.as_text({"current": randomness.token_urlsafe(32)}), target.ssm)
        yield f"secret {desk}: made"


def _put(target: Target, values: Mapping[str, str], purpose: str, *name: str, dry_run: bool) -> Iterator[str]:
    path = keys.secret_path(target.stage, purpose, *name)
    stored, wanted = secrets.stored(path, target.ssm), secrets.as_text(values) if values else None
    # An access that was renewed since is better than the one that stands in the file: the platform no longer takes that.
    if secrets.given(stored) == secrets.given(wanted):
        return
    if not dry_run:
        if wanted is None:
            secrets.remove(path, target.ssm)
        else:
            secrets.put(path, wanted, target.ssm)
    yield f"secret {path}: {'removed' if wanted is None else 'written' if stored is None else 'changed'}"


# --- the community ---


def _community(
    communities: Communities, before: Community | None, after: Community, target: Target, *, dry_run: bool
) -> Iterator[str]:
    if before is not None and before.model_copy(update={"filed": after.filed}) == after:
        if not dry_run:
            communities.write(after)  # also where nothing changed: what was cut short is finished
        return
    if before is None:
        yield f"community {after.id}: {_written_anew(communities, after.id)}"
    else:
        changed = list(differences(before, after))
        yield from changed or ["community: the order of a list"]
    given_up = () if dry_run else communities.write(after)
    for platform, channel in given_up:
        yield f"channel {platform}/{channel}: given up"
        for purpose in ("verify", "act"):
            yield from _put(target, {}, purpose, platform, channel, dry_run=dry_run)


def _written_anew(communities: Communities, community_id: str) -> str:
    try:
        communities.stored(community_id)
    except BadConfiguration:
        return "what is stored cannot be read and is written anew"
    return "created"


def differences(before: Community, after: Community) -> Iterator[str]:
    """What changed between two states of a community: `community.modes.default: observe -> act`."""
    old, new = (dict(_leaves(one.model_dump(mode="json", exclude={"filed"}), "community")) for one in (before, after))
    for place in dict.fromkeys((*old, *new)):
        if place not in old:
            yield f"{place}: added, {_shown(new[place])}"
        elif place not in new:
            yield f"{place}: removed"
        elif old[place] != new[place]:
            yield f"{place}: {_shown(old[place])} -> {_shown(new[place])}"


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Every value under its dotted place; entries of a list go by what names them, so that their order is no change.

    Where a name stands there twice (two addresses of one person), the second is `email 2`.
    """
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{place}.{name}")
    elif isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        names = [_name(entry) for entry in value]
        for number, (name, entry) in enumerate(zip(names, value, strict=True)):
            earlier = names[:number].count(name)
            own = f"{name} {earlier + 1}" if earlier else name
            yield from _leaves(entry, f"{place}[{own if name else number}]")
    else:
        yield place, value


def _name(entry: Mapping[str, Any]) -> str:
    if "channel" in entry:
        return f"{entry['platform']}/{entry['channel']}"
    return str(entry.get("id") or entry.get("kind") or "")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
