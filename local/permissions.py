"""What each function may do, as its policies in the template say: the local stack refuses what AWS would refuse.

Nobody can try IAM on a laptop, and a permission that is missing is found on the first day in production. So every
request of a function is held against its own statements: action, resource, and the one condition that we use.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import parse_qsl

from local.resources import ACCOUNT, Stack

_IN_A_TRANSACTION: Mapping[str, str] = MappingProxyType(
    {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
)
"""A transaction needs the permissions of what it is made of, and none of its own."""


@dataclass(frozen=True, slots=True)
class Need:
    """One permission that a request asks for, and what a condition may look at."""

    action: str
    resource: str
    about: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


@dataclass(frozen=True, slots=True)
class _Statement:
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    equal: Mapping[str, str]
    others: bool = False
    """Every resource but these (`NotResource`)."""

    def allows(self, need: Need) -> bool:
        return (
            need.action in self.actions
            and any(fnmatchcase(need.resource, pattern) for pattern in self.resources) is not self.others
            and all(need.about.get(key) == value for key, value in self.equal.items())
        )


@dataclass(frozen=True, slots=True)
class Permissions:
    """The policies of every function of a stack."""

    region: str
    _statements: Mapping[str, tuple[_Statement, ...]]

    @classmethod
    def of(cls, stack: Stack) -> Self:
        """The template's policies. Raises BadConfiguration for a policy that is not written out in statements."""
        statements = {
            function: tuple(_written(stack, function, properties.get("Policies", ())))
            for function, properties in stack.template.of_type("AWS::Serverless::Function")
        }
        return cls(stack.region, statements)

    def missing(self, function: str, service: str, operation: str, body: bytes) -> list[Need]:
        """What a request needs and the function may not do."""
        return [
            need
            for need in self._needs(service, operation, body)
            if not any(statement.allows(need) for statement in self._statements.get(function, ()))
        ]

    def _needs(self, service: str, operation: str, body: bytes) -> Iterator[Need]:
        if service == "ses":
            told = dict(parse_qsl(body.decode()))
            sender = told.get("Source", "")
            yield Need(f"ses:{operation}", self._arn("ses", f"identity/{sender}"), {"ses:FromAddress": sender})
            return
        if service == "sns":
            told = dict(parse_qsl(body.decode()))
            yield Need(f"sns:{operation}", told.get("TopicArn") or told.get("PhoneNumber", "*"), {})
            return
        told = json.loads(body or b"{}")
        if service == "dynamodb":
            yield from self._of_tables(operation, told)
        elif service == "sqs":
            queue = str(told["QueueUrl"]).rpartition("/")[2]
            yield Need(f"sqs:{operation.removesuffix('Batch')}", self._arn("sqs", queue), {})
        elif service == "ssm":
            yield Need(f"ssm:{operation}", self._arn("ssm", f"parameter{told.get('Name', '')}"), {})
        else:
            yield Need(f"{service}:{operation}", "*", {})

    def _of_tables(self, operation: str, told: Mapping[str, Any]) -> Iterator[Need]:
        asked: Iterable[tuple[str, str]]
        if operation == "TransactWriteItems":
            parts = (next(iter(item.items())) for item in told["TransactItems"])
            asked = {(_IN_A_TRANSACTION[kind], request["TableName"]) for kind, request in parts}
        elif operation in {"BatchGetItem", "BatchWriteItem"}:
            asked = {(operation, table) for table in told["RequestItems"]}
        else:
            index = f"/index/{told['IndexName']}" if "IndexName" in told else ""
            asked = {(operation, told["TableName"] + index)}
        for action, table in sorted(asked):
            yield Need(f"dynamodb:{action}", self._arn("dynamodb", f"table/{table}"), {})

    def _arn(self, service: str, name: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{name}"


def _written(stack: Stack, function: str, policies: Iterable[Any]) -> Iterator[_Statement]:
    where = f"Resources.{function}.Properties.Policies"
    for policy in policies:
        if not isinstance(policy, dict) or "Statement" not in policy:
            raise stack.template.wrong("is not written out in statements", where)
        for statement in stack.resolve(policy["Statement"], where):
            conditions = statement.get("Condition", {})
            if statement["Effect"] != "Allow" or set(conditions) - {"StringEquals"}:
                raise stack.template.wrong("the local stack knows Allow, and StringEquals", where)
            yield _Statement(
                actions=_all(statement["Action"]),
                resources=_all(statement.get("Resource") or statement["NotResource"]),
                equal=conditions.get("StringEquals", {}),
                others="NotResource" in statement,
            )


def _all(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)
