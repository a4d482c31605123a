"""botocore clients, made once per process at module level of a door, with timeouts and retries set.

`botocore.session` instead of boto3: it is what boto3 would do, without its import.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import NoRegionError, ProfileNotFound

from tribune.errors import BadConfiguration

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _client(service: str) -> Any:
    try:
        return _session().create_client(service, config=_CONFIG)
    except NoRegionError as error:
        raise BadConfiguration("say in which region of AWS the stack is", field="AWS_DEFAULT_REGION") from error
    except ProfileNotFound as error:
        raise BadConfiguration("your AWS configuration has no profile of that name", field="AWS_PROFILE") from error


@cache
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client of this process."""
    client: DynamoDBClient = _client("dynamodb")
    return client


@cache
def sqs() -> "SQSClient":
    """The SQS client of this process."""
    client: SQSClient = _client("sqs")
    return client


@cache
def ssm() -> "SSMClient":
    """The SSM client of this process."""
    client: SSMClient = _client("ssm")
    return client


@cache
def ses() -> "SESClient":
    """The SES client of this process."""
    client: SESClient = _client("ses")
    return client


@cache
def sns() -> "SNSClient":
    """The SNS client of this process."""
    client: SNSClient = _client("sns")
    return client


@cache
def s3() -> "S3Client":
    """The S3 client of this process."""
    client: S3Client = _client("s3")
    return client


@cache
def kms() -> "KMSClient":
    """The KMS client of this process."""
    client: KMSClient = _client("kms")
    return client


@cache
def cloudformation() -> Any:
    """The CloudFormation client of this process: `tribune apply` asks it for the names it gave."""
    return _client("cloudformation")


def beside(service: str, endpoint: str, region: str) -> Any:
    """A client of an AWS that is not this process's own: the local stack's, at `endpoint`, with keys that mean nothing."""
    return _session().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="AKIALOCALSTACK000000",
        aws_secret_access_key="local",  # noqa: S106  moto checks no secret
        config=_CONFIG,
    )


def forget() -> None:
    """Make every client anew: the process now talks to another AWS (the local stack's)."""
    for made in (_session, dynamodb, sqs, ssm, ses, sns, s3, kms):
        made.cache_clear()
