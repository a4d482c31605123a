"""The charter's versions: immutable, addressed by the hash of their content, kept for ever.

A version is a small meta item; its content stands in gzip parts of at most 300 KB (DynamoDB's items end at
400 KB). Parts are written before the meta item, so that a version that can be seen can be read.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tribune.aws import clients, keys
from tribune.aws.directory import typed
from tribune.aws.kept import Kept, answered
from tribune.charter import brake
from tribune.charter.document import Charter, PublishedCharter
from tribune.charter.drafting import CharterDraft
from tribune.errors import BadConfiguration, CharterUnreadable, Conflict, NotFound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PART_BYTES = 300_000
KEEP = timedelta(seconds=30)
"""How long the list of versions is kept: a version in force at once is seen everywhere within half a minute."""
MOST_LOADED = 8
DRAFT_KEPT = timedelta(days=396)
"""How long a draft that nobody touches is kept."""
SHADOW_NAME = 12
"""How many digits of its hash name a version on trial."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class VersionMeta:
    """What is known of a version without its content."""

    version: int
    content_hash: str
    """SHA-256 of the canonical JSON of the charter, 64 hexadecimal digits."""
    parts: int
    published_at: datetime
    effective_from: datetime
    notice_days: int
    """How long before it applies a change is announced: the promise this version made."""
    summary: str
    """What changed, in a sentence for members."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """The rules that weigh otherwise than in the version before, or are new: clause id -> article."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a community has published, and what it tries."""

    versions: tuple[VersionMeta, ...] = ()
    shadow: VersionMeta | None = None


class Charters:
    """The charters of one stack's communities."""

    def __init__(self, table: str, client: "DynamoDBClient | None" = None) -> None:
        """Without a client: this process's own."""
        self._table = table
        self._client = client or clients.dynamodb()
        self._listed: Kept[_Listed] = Kept(KEEP)
        self._loaded: dict[tuple[str, int, str], PublishedCharter] = {}

    def versions(self, community: str) -> tuple[VersionMeta, ...]:
        """Every published version, oldest first, at most half a minute old. Raises Unavailable, CharterUnreadable."""
        return self._list(community).versions

    def stored_versions(self, community: str) -> tuple[VersionMeta, ...]:
        """The same, read right now."""
        return self._listed_now(community).versions

    def _list(self, community: str) -> "_Listed":
        return self._listed.get(community, lambda: self._listed_now(community)) or _Listed()

    def _listed_now(self, community: str) -> "_Listed":
        """The versions, and the one on trial, in one request."""
        items = list(self._query(community, "sk BETWEEN :first AND :last", first="shadow", last="version#~"))
        on_trial = next((_shadow_meta(item) for item in items if item["sk"]["S"] == "shadow"), None)
        return _Listed(tuple(_meta(item) for item in items if item["sk"]["S"] != "shadow"), on_trial)

    # --- a version on trial ---

    def shadow(self, community: str) -> str | None:
        """The name of the version on trial, None when there is none; at most half a minute old."""
        meta = self._list(community).shadow
        return meta.content_hash[:SHADOW_NAME] if meta else None

    def shadow_meta(self, community: str) -> VersionMeta | None:
        """What is known of it; `version` is the one it stands beside, `published_at` the beginning of the trial."""
        return self._listed_now(community).shadow

    def shadow_charter(self, community: str) -> PublishedCharter:
        """Its content, never to be cited or shown. Raises NotFound, Unavailable, CharterUnreadable."""
        meta = self._list(community).shadow
        if meta is None:
            raise NotFound(f"{community} tries no version of its charter")
        return self._content(community, meta)

    def publish_shadow(self, community: str, charter: Charter, *, now: datetime) -> VersionMeta:
        """Try a version beside the one in force, in the place of the one that was on trial before.

        Raises BadConfiguration when there is nothing to compare it with, or nothing to compare; Unavailable.
        """
        versions = self.stored_versions(community)
        if not versions:
            raise BadConfiguration(f"{community} has published no charter that another could be compared with")
        if self._said(community, versions[-1]) == charter:
            raise BadConfiguration(f"version {versions[-1].version} says exactly this: there is nothing to try")
        content = _canonical(charter)
        content_hash = hashlib.sha256(content).hexdigest()
        meta = VersionMeta(
            version=versions[-1].version,
            content_hash=content_hash,
            parts=self._put_parts(community, content_hash, content),
            published_at=now,
            effective_from=now,
            notice_days=charter.commitments.notice_days,
            summary="",
        )
        item = {name: value for name, value in _stored(meta).items() if name not in ("summary", "changed")}
        with answered("dynamodb"):
            self._client.put_item(
                TableName=self._table,
                Item={**typed(keys.shadow_charter(community)), **item, "beside": {"N": str(meta.version)}},
            )
        self._listed.forget()
        return meta

    def stop_shadow(self, community: str, content_hash: str) -> bool:
        """End a trial; False when another one, or none, goes on. Raises Unavailable."""
        with answered("dynamodb"):
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key=typed(keys.shadow_charter(community)),
                    ConditionExpression="content_hash = :hash",
                    ExpressionAttributeValues={":hash": {"S": content_hash}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        self._listed.forget()
        return True

    # --- the next version, while people work on it ---

    def draft(self, community: str) -> CharterDraft | None:
        """The draft as it stands right now, None when there is none. Raises Unavailable, CharterUnreadable."""
        item = next(iter(self._query(community, "sk = :draft", draft=keys.charter_draft(community)["sk"])), None)
        if item is None:
            return None
        meta = _draft_meta(item)
        return CharterDraft(
            charter=self._content(community, meta).charter,
            content_hash=meta.content_hash,
            beside=meta.version,
            by=item["written_by"]["S"],
            at=meta.published_at,
        )

    def save_draft(  # noqa: PLR0913  each is named at the call
        self, community: str, charter: Charter, *, before: str | None, beside: int, by: str, now: datetime
    ) -> None:
        """Put a draft in the place of the one with the hash `before`; None: where there is none.

        Raises Conflict when another one stands there by now; Unavailable.
        """
        content = _canonical(charter)
        content_hash = hashlib.sha256(content).hexdigest()
        expires = now + DRAFT_KEPT
        item = {
            **typed(keys.charter_draft(community)),
            "content_hash": {"S": content_hash},
            "parts": {"N": str(self._put_parts(community, content_hash, content, expires))},
            "written_at": {"S": now.astimezone(UTC).isoformat()},
            "written_by": {"S": by},
            "beside": {"N": str(beside)},
            "ttl": {"N": str(int(expires.timestamp()))},
        }
        condition, values = _as_seen(before)
        with answered("dynamodb"):
            try:
                self._client.put_item(TableName=self._table, Item=item, ConditionExpression=condition, **values)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise Conflict("somebody else changed the draft") from error

    def drop_draft(self, community: str, content_hash: str) -> bool:
        """The draft with this hash goes; False when another one, or none, stands there. Raises Unavailable."""
        condition, values = _as_seen(content_hash)
        with answered("dynamodb"):
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key=typed(keys.charter_draft(community)),
                    ConditionExpression=condition,
                    **values,
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def load(self, community: str, at: datetime) -> PublishedCharter | None:
        """The charter that binds words written at `at`, None when none did. Raises Unavailable, CharterUnreadable."""
        meta = in_force(self.versions(community), at)
        return self._content(community, meta) if meta else None

    def changes(self, community: str) -> Mapping[int, Mapping[str, int]]:
        """Version -> the rules that changed in it, and their articles."""
        return {meta.version: meta.changed for meta in self.versions(community)}

    def version(self, community: str, version: int) -> PublishedCharter:
        """One published version, also one that was published a second ago. Raises NotFound, Unavailable, CharterUnreadable."""
        if not any(meta.version == version for meta in self.versions(community)):
            self._listed.forget()
        for meta in self.versions(community):
            if meta.version == version:
                return self._content(community, meta)
        raise NotFound(f"{community} has no charter version {version}")

    def publish(  # noqa: PLR0913  each is named at the call
        self,
        community: str,
        charter: Charter,
        *,
        effective_from: datetime,
        now: datetime,
        summary: str = "",
        after: int | None = None,
    ) -> int:
        """Publish a charter and answer its version; publishing what is the latest version already changes nothing.

        `effective_from`: from when on words are judged by it; never in the past, nor before the version it follows.
        `after`: the version that it follows, where it was made from one. Raises BadConfiguration for such a date,
        Conflict when it would follow another version, or when others keep publishing at the same time; Unavailable.
        """
        effective_from, now = effective_from.replace(microsecond=0), now.replace(microsecond=0)
        for _ in range(_ATTEMPTS):
            versions = self.stored_versions(community)
            if versions and self._said(community, versions[-1]) == charter:
                return versions[-1].version
            if after is not None and (not versions or versions[-1].version != after):
                raise Conflict(f"version {after} of {community} is not the latest one any more")
            _check_date(effective_from, now, versions)
            content = _canonical(charter)
            content_hash = hashlib.sha256(content).hexdigest()
            meta = VersionMeta(
                version=versions[-1].version + 1 if versions else 1,
                content_hash=content_hash,
                parts=self._put_parts(community, content_hash, content),
                published_at=now,
                effective_from=effective_from,
                notice_days=charter.commitments.notice_days,
                summary=summary,
                changed=brake.changed(self._said(community, versions[-1]) if versions else None, charter),
            )
            if self._put_meta(community, meta):
                self._listed.forget()
                self.stop_shadow(community, content_hash)
                return meta.version
        raise Conflict(f"somebody else publishes charters of {community} at the same time")

    def _put_parts(self, community: str, content_hash: str, content: bytes, expires: datetime | None = None) -> int:
        packed = gzip.compress(content, mtime=0)
        slices = [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]
        for number, part in enumerate(slices):
            item: dict[str, Any] = {
                **typed(keys.charter_part(community, content_hash, number)),
                "content": {"B": part},
            }
            with answered("dynamodb"):
                if expires is None:
                    self._client.put_item(TableName=self._table, Item=item)
                else:
                    self._put_for_a_while(item, expires)
        return len(slices)

    def _put_for_a_while(self, item: dict[str, Any], expires: datetime) -> None:
        """A part that only a draft holds expires with it; one that a version holds never does."""
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.put_item(
                TableName=self._table,
                Item={**item, "ttl": {"N": str(int(expires.timestamp()))}},
                ConditionExpression="attribute_not_exists(pk) OR attribute_exists(#ttl)",
                ExpressionAttributeNames={"#ttl": "ttl"},
            )

    def _put_meta(self, community: str, meta: VersionMeta) -> bool:
        with answered("dynamodb"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={
                        **typed(keys.charter_version(community, meta.version)),
                        **_stored(meta),
                    },
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def _content(self, community: str, meta: VersionMeta) -> PublishedCharter:
        known = self._loaded.get((community, meta.version, meta.content_hash))
        if known is None:
            parts = self._query(community, "begins_with(sk, :prefix)", prefix=f"part#{meta.content_hash}#")
            packed = b"".join(item["content"]["B"] for item in parts)
            known = _published(meta, packed)
            while len(self._loaded) >= MOST_LOADED:
                self._loaded.pop(next(iter(self._loaded)))
            self._loaded[community, meta.version, meta.content_hash] = known
        return known

    def _said(self, community: str, meta: VersionMeta) -> Charter | None:
        """The charter of a version. One that cannot be read is nothing: publishing again writes its parts anew."""
        try:
            return self._content(community, meta).charter
        except CharterUnreadable:
            return None

    def _query(self, community: str, condition: str, **sort_keys: str) -> Iterable[dict[str, Any]]:
        named = {f":{name}": {"S": value} for name, value in sort_keys.items()}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=f"pk = :pk AND {condition}",
            ExpressionAttributeValues={":pk": {"S": keys.charter_pk(community)}, **named},
            ConsistentRead=True,
        )
        with answered("dynamodb"):
            return [item for page in pages for item in page["Items"]]


def in_force(versions: Iterable[VersionMeta], at: datetime) -> VersionMeta | None:
    """The version that binds words written at `at`: the same rule as `tribune.charter.in_force`, without any content."""
    effective = [meta for meta in versions if meta.effective_from <= at and meta.published_at <= at]
    return max(effective, key=lambda meta: (meta.effective_from, meta.version), default=None)


def _canonical(charter: Charter) -> bytes:
    """The charter as it is stored and hashed, its defaults written out: what it means never changes with our code."""
    value = charter.model_dump(mode="json")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check_date(effective_from: datetime, now: datetime, versions: tuple[VersionMeta, ...]) -> None:
    if effective_from < now:
        raise BadConfiguration(
            f"a charter cannot bind words written before it was shown: at the earliest {now.isoformat()}",
            field="effective_from",
        )
    if versions and effective_from < versions[-1].effective_from:
        raise BadConfiguration(
            f"version {versions[-1].version} takes effect at {versions[-1].effective_from.isoformat()}: "
            "the one that follows it cannot take effect earlier",
            field="effective_from",
        )


def _stored(meta: VersionMeta) -> dict[str, Any]:
    return {
        "content_hash": {"S": meta.content_hash},
        "parts": {"N": str(meta.parts)},
        "published_at": {"S": meta.published_at.astimezone(UTC).isoformat()},
        "effective_from": {"S": meta.effective_from.astimezone(UTC).isoformat()},
        "notice_days": {"N": str(meta.notice_days)},
        "summary": {"S": meta.summary},
        "changed": {"M": {clause: {"N": str(number)} for clause, number in meta.changed.items()}},
    }


def _shadow_meta(item: dict[str, Any]) -> VersionMeta:
    """A version on trial is stored like any other, but for its number and what members would read."""
    beside = f"version#{int(item['beside']['N']):06d}"
    return _meta({**item, "sk": {"S": beside}, "summary": {"S": ""}})


def _draft_meta(item: dict[str, Any]) -> VersionMeta:
    """A draft, as if it were the version that it began from: all that reading its content takes."""
    at = item["written_at"]
    return _shadow_meta({**item, "published_at": at, "effective_from": at, "notice_days": {"N": "0"}})


def _as_seen(content_hash: str | None) -> tuple[str, dict[str, Any]]:
    """That a draft is the one somebody saw, or that there is none: the condition, and its values."""
    if content_hash is None:
        return "attribute_not_exists(pk)", {}
    return "content_hash = :seen", {"ExpressionAttributeValues": {":seen": {"S": content_hash}}}


def _meta(item: dict[str, Any]) -> VersionMeta:
    try:
        return VersionMeta(
            version=int(item["sk"]["S"].removeprefix("version#")),
            content_hash=item["content_hash"]["S"],
            parts=int(item["parts"]["N"]),
            published_at=datetime.fromisoformat(item["published_at"]["S"]),
            effective_from=datetime.fromisoformat(item["effective_from"]["S"]),
            notice_days=int(item["notice_days"]["N"]),
            summary=item["summary"]["S"],
            changed={clause: int(number["N"]) for clause, number in item.get("changed", {"M": {}})["M"].items()},
        )
    except (KeyError, ValueError) as error:
        raise CharterUnreadable(f"version item {item['sk']['S']} is damaged") from error


def _published(meta: VersionMeta, packed: bytes) -> PublishedCharter:
    try:
        content = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        raise CharterUnreadable(f"version {meta.version}: a part is missing or damaged") from error
    if hashlib.sha256(content).hexdigest() != meta.content_hash:
        raise CharterUnreadable(f"version {meta.version}: the content is not what was published")
    try:
        charter = Charter.model_validate_json(content)
    except ValidationError as error:
        raise CharterUnreadable(f"version {meta.version}: this code does not understand it") from error
    return PublishedCharter(
        version=meta.version,
        published_at=meta.published_at,
        effective_from=meta.effective_from,
        notice_days=meta.notice_days,
        summary=meta.summary,
        content_hash=meta.content_hash,
        charter=charter,
    )
