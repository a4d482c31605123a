"""Anchors in S3, where Object Lock lets nobody change or delete them, signed by a key of KMS that never leaves it.

An anchor is an object of one line, the line it is in an export. An hour is one key, written if nothing stands there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tribune.aws.kept import answered
from tribune.errors import NotFound
from tribune.ledger import Anchor, hour_of, line, read_line

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

_NEAR = timedelta(days=30)
"""An anchor an hour: what a month holds is one page of a list."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors of a stack."""

    client: "S3Client"
    bucket: str

    def latest(self, community: str, now: datetime) -> Anchor | None:
        """The last anchor, None before the first one. Raises Unavailable."""
        for after in (_key(community, hour_of(now - _NEAR)), ""):
            found = list(self._keys(community, after))
            if found:
                return self._read(found[-1])
        return None

    def all(self, community: str) -> Iterator[Anchor]:
        """Every anchor of a community, in order. Raises Unavailable."""
        yield from (self._read(key) for key in self._keys(community))

    def keep(self, community: str, hour: str, anchor: Anchor) -> bool:
        """Keep the anchor of an hour; False when that hour has one already. Raises Unavailable."""
        with answered("s3"):
            try:
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=_key(community, hour),
                    Body=line(anchor).encode(),
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "PreconditionFailed":
                    raise
                return False
        return True

    def _keys(self, community: str, after: str = "") -> Iterator[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"anchors/{community}/", StartAfter=after
        )
        with answered("s3"):
            for page in pages:
                yield from (found["Key"] for found in page.get("Contents", ()))

    def _read(self, key: str) -> Anchor:
        with answered("s3"):
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        found = read_line(body.decode())
        if not isinstance(found, Anchor):
            raise NotFound(f"{key} is no anchor")
        return found


def sign(client: "KMSClient", key: str, message: bytes) -> bytes:
    """The signature of a message, DER. Raises Unavailable."""
    with answered("kms"):
        answer = client.sign(KeyId=key, Message=message, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
    return answer["Signature"]


def public_key(client: "KMSClient", key: str) -> bytes:
    """The public half of a key, DER. Raises Unavailable."""
    with answered("kms"):
        return client.get_public_key(KeyId=key)["PublicKey"]


def _key(community: str, hour: str) -> str:
    return f"anchors/{community}/{hour}.json"
