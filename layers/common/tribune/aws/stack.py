"""Where a deployed stack keeps things: the physical names that CloudFormation gave."""

from dataclasses import dataclass

from tribune.aws import clients
from tribune.aws.kept import answered
from tribune.errors import BadConfiguration

TABLES = {
    "journal": "JournalTable",
    "text": "TextTable",
    "counter": "CounterTable",
    "charter": "CharterTable",
    "community": "CommunityTable",
}
QUEUES = {"actions": "ActionsQueue", "calls": "CallsQueue", "unhandled": "InboxUnhandled"}


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
    client = clients.cloudformation()
    with answered("cloudformation"):
        try:
            outputs = client.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", ())
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            raise BadConfiguration(f"there is no stack {name} in this account and region", field="--stage") from error
    found = next((one["OutputValue"] for one in outputs if one["OutputKey"] == "WebhookUrl"), None)
    if found is None:
        raise BadConfiguration(f"the stack {name} does not say where it listens: deploy it again", field="--stage")
    return str(found).removesuffix("/webhooks")


def _resources(name: str) -> dict[str, str]:
    client = clients.cloudformation()
    pages = client.get_paginator("list_stack_resources")
    with answered("cloudformation"):
        try:
            return {
                resource["LogicalResourceId"]: resource["PhysicalResourceId"]
                for page in pages.paginate(StackName=name)
                for resource in page["StackResourceSummaries"]
                if "PhysicalResourceId" in resource
            }
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            raise BadConfiguration(
                f"there is no stack {name} in this account and region: deploy it first (README), or name its stage",
                field="--stage",
            ) from error
