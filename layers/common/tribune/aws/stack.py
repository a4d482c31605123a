"""Where a deployed stack keeps things: the physical names that CloudFormation gave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from tribune.aws import clients
from tribune.errors import BadConfiguration, Unavailable

TABLES = {
    "journal": "JournalTable",
    "text": "TextTable",
    "counter": "CounterTable",
    "charter": "CharterTable",
    "community": "CommunityTable",
}
QUEUES = {"actions": "ActionsQueue", "calls": "CallsQueue", "unhandled": "InboxUnhandled"}

_NOT_TAKEN = {"ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"}


@dataclass(frozen=True, slots=True)
class Place:
    """The names of a stack's tables and the addresses of its queues."""

    stage: str
    tables: dict[str, str]
    """`journal`, `text`, `counter`, `charter`, `community`."""
    queues: dict[str, str]
    """`actions`, `calls`, and `unhandled`: the comments that nobody could read."""
    anchors: str = ""
    """The bucket of the signed anchors; empty where the stack was not asked for any."""


def locate(stage: str) -> Place:
    """The stack `tribune-<stage>`. Raises BadConfiguration when it is not deployed in this account and region, Unavailable."""
    name = f"tribune-{stage}"
    resources = _resources(name)
    missing = [logical for logical in (*TABLES.values(), *QUEUES.values()) if logical not in resources]
    if missing:
        raise BadConfiguration(f"the stack {name} has no {missing[0]}: deploy it again", field="--stage")
    return Place(
        stage=stage,
        tables={short: resources[logical] for short, logical in TABLES.items()},
        queues={short: resources[logical] for short, logical in QUEUES.items()},
        anchors=resources.get("AnchorBucket", ""),
    )


def address(stage: str) -> str:
    """Where the stack `tribune-<stage>` listens, without a path. Raises BadConfiguration, Unavailable."""
    name = f"tribune-{stage}"
    with _asked(name):
        outputs = clients.cloudformation().describe_stacks(StackName=name)["Stacks"][0].get("Outputs", ())
    found = next((one["OutputValue"] for one in outputs if one["OutputKey"] == "WebhookUrl"), None)
    if found is None:
        raise BadConfiguration(f"the stack {name} does not say where it listens: deploy it again", field="--stage")
    return str(found).removesuffix("/webhooks")


def _resources(name: str) -> dict[str, str]:
    with _asked(name):
        pages = clients.cloudformation().get_paginator("list_stack_resources")
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=name)
            for resource in page["StackResourceSummaries"]
            if "PhysicalResourceId" in resource
        }


@contextmanager
def _asked(name: str) -> Iterator[None]:
    """Ask CloudFormation about a stack: the first request of a command, which meets whatever keeps AWS from answering."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise BadConfiguration(
            "AWS has no credentials here: sign in (`aws configure`, `aws sso login`), or name a profile in AWS_PROFILE"
        ) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ValidationError":
            raise BadConfiguration(
                f"there is no stack {name} in this account and region: deploy it first (README), or name its stage",
                field="--stage",
            ) from error
        if code in _NOT_TAKEN:
            raise BadConfiguration(f"AWS does not take these credentials ({code}): sign in again") from error
        if code == "AccessDenied":
            raise BadConfiguration(f"your AWS credentials may not look at the stack {name}") from error
        raise Unavailable(f"AWS could not be asked about the stack {name}: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(f"AWS could not be asked about the stack {name}: {type(error).__name__}") from error
