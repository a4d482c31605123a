"""The real template.yaml, read once: what it declares is created in moto, and told to whoever runs it.

Nothing is listed a second time: tables, queues, topics, environments, event source mappings, schedules and
routes all come from the template. An intrinsic or a resource that this reader does not know is an error.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tribune.errors import BadConfiguration

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
ACCOUNT = "123456789012"
REGION = "eu-west-3"

_NO_VALUE = object()
"""What `Ref: AWS::NoValue` resolves to: the property is absent."""


@dataclass(frozen=True, slots=True)
class EventMapping:
    """An SQS event source of a function, as the template says."""

    function: str
    queue: str
    """Logical id of the queue."""
    batch_size: int
    window_s: float
    reports_failures: bool
    maximum_concurrency: int | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that runs every `every_s` seconds of our clock."""

    function: str
    name: str
    every_s: float


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP API route: `GET` and `/webhooks/{platform}`."""

    function: str
    method: str
    path: str

    @property
    def key(self) -> str:
        """The route key, as the event carries it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the template declares it, its environment resolved."""

    logical_id: str
    code: Path
    handler: str
    timeout_s: int
    memory_mb: int
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """The template as written; nothing resolved yet."""

    file: Path
    body: dict[str, Any]

    @classmethod
    def read(cls, file: Path = TEMPLATE) -> "Template":
        """The template in `file`. Raises BadConfiguration when it is not YAML."""
        try:
            body = yaml.load(file.read_text(encoding="utf-8"), Loader=_TemplateLoader)  # noqa: S506  a SafeLoader
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            raise BadConfiguration(f"is not YAML: {error.problem}", file=str(file), line=line) from error
        return cls(file, body)

    def wrong(self, sentence: str, where: str) -> BadConfiguration:
        """The error that names this file and the place in it."""
        return BadConfiguration(sentence, file=str(self.file), field=where)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Logical id: resource."""
        resources: dict[str, dict[str, Any]] = self.body.get("Resources", {})
        return resources

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(logical id, properties) of every resource of that type, in the template's order."""
        for logical_id, resource in self.resources.items():
            if resource.get("Type") == kind:
                yield logical_id, resource.get("Properties", {})


class _TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _short_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # the third kind of node
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _short_tag)


@dataclass
class Stack:
    """A template with its parameters, being created: resolves what one resource says of another."""

    template: Template
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    sns: "SNSClient"
    name: str
    region: str
    parameters: dict[str, Any]
    refs: dict[str, str] = field(default_factory=dict)
    """Logical id: what `Ref` gives (queue URL, table name, topic ARN)."""
    arns: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What a condition leaves out is not there, as in CloudFormation."""
        there = {
            name: resource
            for name, resource in self.template.resources.items()
            if "Condition" not in resource or self._condition(resource["Condition"], f"Resources.{name}.Condition")
        }
        self.template = replace(self.template, body={**self.template.body, "Resources": there})

    def tables(self) -> dict[str, str]:
        """Logical id: physical name of every table."""
        return {logical_id: self.refs[logical_id] for logical_id, _ in self.template.of_type("AWS::DynamoDB::Table")}

    def queues(self) -> dict[str, str]:
        """Logical id: URL of every queue."""
        return {logical_id: self.refs[logical_id] for logical_id, _ in self.template.of_type("AWS::SQS::Queue")}

    def dead_letters(self) -> frozenset[str]:
        """The queues that others put what they could not process into."""
        targets = (
            self.resolve(properties["RedrivePolicy"], f"Resources.{logical_id}")["deadLetterTargetArn"]
            for logical_id, properties in self.template.of_type("AWS::SQS::Queue")
            if "RedrivePolicy" in properties
        )
        return frozenset(self._owner_of(target, "RedrivePolicy") for target in targets)

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables that the template declares for a function."""
        return self.function(function).environment

    # --- what runs -------------------------------------------------------------------------------------

    def functions(self) -> tuple[Function, ...]:
        """Every function of the template."""
        return tuple(self.function(logical_id) for logical_id, _ in self.template.of_type("AWS::Serverless::Function"))

    def function(self, logical_id: str) -> Function:
        """One function, with Globals merged as SAM does."""
        properties = self._function_properties(logical_id)
        where = f"Resources.{logical_id}.Properties"
        variables = self.resolve(
            properties.get("Environment", {}).get("Variables", {}),
            f"{where}.Environment",
        )
        return Function(
            logical_id=logical_id,
            code=(self.template.file.parent / str(self.resolve(properties["CodeUri"], where))).resolve(),
            handler=str(self.resolve(properties["Handler"], where)),
            timeout_s=int(self.resolve(properties.get("Timeout", 3), where)),
            memory_mb=int(self.resolve(properties.get("MemorySize", 128), where)),
            environment={key: _text(value) for key, value in variables.items()},
        )

    def mappings(self) -> tuple[EventMapping, ...]:
        """Every SQS event source mapping."""
        return tuple(
            EventMapping(
                function=function,
                queue=self._owner_of(str(event["Queue"]), where),
                batch_size=int(event.get("BatchSize", 10)),
                window_s=float(event.get("MaximumBatchingWindowInSeconds", 0)),
                reports_failures="ReportBatchItemFailures" in event.get("FunctionResponseTypes", ()),
                maximum_concurrency=event.get("ScalingConfig", {}).get("MaximumConcurrency"),
            )
            for function, _, event, where in self._events("SQS")
            if event.get("Enabled", True) is not False
        )

    def schedules(self) -> tuple[Schedule, ...]:
        """Every schedule, old and new style."""
        return tuple(
            Schedule(function, name, _every(expression, self.template, where))
            for kind, attribute in (
                ("Schedule", "Schedule"),
                ("ScheduleV2", "ScheduleExpression"),
            )
            for function, name, event, where in self._events(kind)
            if event.get("Enabled", True) is not False and event.get("State") != "DISABLED"
            for expression in (str(event[attribute]),)
        )

    def routes(self) -> tuple[Route, ...]:
        """Every HTTP API route."""
        return tuple(
            Route(function, str(event["Method"]).upper(), str(event["Path"]))
            for function, _, event, _ in self._events("HttpApi")
        )

    def _function_properties(self, logical_id: str) -> dict[str, Any]:
        try:
            own = self.template.resources[logical_id]["Properties"]
        except KeyError as missing:
            raise self.template.wrong("no such function", f"Resources.{logical_id}") from missing
        merged: dict[str, Any] = _merge(self.template.body.get("Globals", {}).get("Function", {}), own)
        return merged

    def _events(self, kind: str) -> Iterator[tuple[str, str, dict[str, Any], str]]:
        """(function, event name, resolved properties, where) of the events of one type."""
        for function, _ in self.template.of_type("AWS::Serverless::Function"):
            for name, event in self._function_properties(function).get("Events", {}).items():
                if event["Type"] == kind:
                    where = f"Resources.{function}.Properties.Events.{name}"
                    yield (
                        function,
                        name,
                        self.resolve(event.get("Properties", {}), where),
                        where,
                    )

    def _owner_of(self, arn: str, where: str) -> str:
        for logical_id, known in self.arns.items():
            if known == arn:
                return logical_id
        raise self.template.wrong(f"{arn} is none of the template's resources", where)

    # --- creating --------------------------------------------------------------------------------------

    def create(self) -> None:
        """Create every table, queue and topic, each after what it refers to."""
        for kind in ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic"):
            for logical_id, _ in self.template.of_type(kind):
                self._made(logical_id, f"Resources.{logical_id}")

    def delete(self) -> None:
        """Delete what was created."""
        for logical_id in list(self.refs):
            kind = self.template.resources[logical_id]["Type"]
            physical = self.refs.pop(logical_id)
            del self.arns[logical_id]
            if kind == "AWS::DynamoDB::Table":
                self.dynamodb.delete_table(TableName=physical)
            elif kind == "AWS::SQS::Queue":
                self.sqs.delete_queue(QueueUrl=physical)
            else:
                self.sns.delete_topic(TopicArn=physical)

    def _made(self, logical_id: str, where: str) -> None:
        if logical_id in self.refs:
            return
        resource = self.template.resources[logical_id]
        makers: dict[str, Callable[[str, dict[str, Any]], tuple[str, str]]] = {
            "AWS::DynamoDB::Table": self._make_table,
            "AWS::SQS::Queue": self._make_queue,
            "AWS::SNS::Topic": self._make_topic,
        }
        maker = makers.get(resource["Type"])
        if maker is None:
            raise self.template.wrong(
                f"refers to {logical_id}, a {resource['Type']}, which has no value here",
                where,
            )
        properties = self.resolve(resource.get("Properties", {}), f"Resources.{logical_id}.Properties")
        self.refs[logical_id], self.arns[logical_id] = maker(f"{self.name}-{logical_id}", properties)

    def _make_table(self, name: str, properties: dict[str, Any]) -> tuple[str, str]:
        given = (
            "AttributeDefinitions",
            "KeySchema",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "BillingMode",
        )
        made = self.dynamodb.create_table(
            TableName=name,
            **{key: properties[key] for key in given if key in properties},
        )
        if "TimeToLiveSpecification" in properties:
            self.dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification=properties["TimeToLiveSpecification"],
            )
        return name, made["TableDescription"]["TableArn"]

    def _make_queue(self, name: str, properties: dict[str, Any]) -> tuple[str, str]:
        given = (
            "VisibilityTimeout",
            "MessageRetentionPeriod",
            "DelaySeconds",
            "MaximumMessageSize",
            "ReceiveMessageWaitTimeSeconds",
        )
        attributes = {key: _text(properties[key]) for key in given if key in properties}
        if "RedrivePolicy" in properties:
            attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]  # names that the template spells
        return url, f"arn:aws:sqs:{self.region}:{ACCOUNT}:{name}"

    def _make_topic(self, name: str, _properties: dict[str, Any]) -> tuple[str, str]:
        arn = self.sns.create_topic(Name=name)["TopicArn"]
        return arn, arn

    # --- resolving -------------------------------------------------------------------------------------

    def resolve(self, value: Any, where: str) -> Any:
        """`value` with every intrinsic worked out. Raises BadConfiguration for what cannot be."""
        if isinstance(value, list):
            items = [self.resolve(item, where) for item in value]
            return [item for item in items if item is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, argument),) = value.items()
            if key == "Ref":
                return self._ref(argument, where)
            if key == "Condition" and isinstance(argument, str):
                return self._condition(argument, where)
            if isinstance(key, str) and key.startswith("Fn::"):
                return self._intrinsic(key.removeprefix("Fn::"), argument, where)
        pairs = ((key, self.resolve(item, f"{where}.{key}")) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _NO_VALUE}

    def _ref(self, name: str, where: str) -> Any:
        pseudo = {
            "AWS::Region": self.region,
            "AWS::AccountId": ACCOUNT,
            "AWS::StackName": self.name,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": _NO_VALUE,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.template.body.get("Parameters", {}):
            return self._parameter(name, where)
        if name in self.template.resources:
            if self.template.resources[name]["Type"] in {
                "AWS::Serverless::Function",
                "AWS::Serverless::HttpApi",
            }:
                return f"{self.name}-{name}"
            self._made(name, where)
            return self.refs[name]
        raise self.template.wrong(f"Ref to {name}, which is neither a parameter nor a resource", where)

    def _parameter(self, name: str, where: str) -> Any:
        if name in self.parameters:
            return self.parameters[name]
        declared = self.template.body["Parameters"][name]
        if "Default" not in declared:
            raise self.template.wrong(f"parameter {name} has no default and none was given", where)
        return declared["Default"]

    def _get_att(self, logical_id: str, attribute: str, where: str) -> str:
        if logical_id not in self.template.resources:
            raise self.template.wrong(f"GetAtt of {logical_id}, which is no resource", where)
        kind = self.template.resources[logical_id]["Type"]
        if kind == "AWS::Serverless::Function" and attribute == "Arn":
            return f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{self.name}-{logical_id}"
        self._made(logical_id, where)
        if attribute in {"Arn", "TopicArn"}:
            return self.arns[logical_id]
        if attribute in {"QueueName", "TopicName"}:
            return self.arns[logical_id].rsplit(":", 1)[1]
        if attribute == "QueueUrl":
            return self.refs[logical_id]
        raise self.template.wrong(f"GetAtt {logical_id}.{attribute} is not known here", where)

    def _condition(self, name: str, where: str) -> bool:
        try:
            condition = self.template.body["Conditions"][name]
        except KeyError as missing:
            raise self.template.wrong(f"no such condition: {name}", where) from missing
        return bool(self.resolve(condition, f"Conditions.{name}"))

    def _intrinsic(self, name: str, argument: Any, where: str) -> Any:
        if name == "If":
            condition, then, otherwise = argument
            return self.resolve(then if self._condition(condition, where) else otherwise, where)
        if name == "Sub":
            return self._sub(argument, where)
        if name == "GetAtt":
            parts = argument if isinstance(argument, list) else str(argument).split(".", 1)
            return self._get_att(str(parts[0]), str(parts[1]), where)
        known: dict[str, Callable[[Any], Any]] = {
            "Equals": lambda pair: _text(pair[0]) == _text(pair[1]),
            "Not": lambda terms: not terms[0],
            "And": all,
            "Or": any,
            "Join": lambda both: str(both[0]).join(_text(part) for part in both[1]),
            "Select": lambda both: both[1][int(both[0])],
            "Split": lambda both: str(both[1]).split(str(both[0])),
        }
        if name not in known:
            raise self.template.wrong(f"the intrinsic Fn::{name} is not known to the local stack", where)
        return known[name](self.resolve(argument, where))

    def _sub(self, argument: Any, where: str) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})
        variables = {name: _text(self.resolve(value, where)) for name, value in given.items()}

        def one(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in variables:
                return variables[name]
            logical_id, dot, attribute = name.partition(".")
            return _text(self._get_att(logical_id, attribute, where) if dot else self._ref(name, where))

        return re.sub(r"\$\{([^}]+)\}", one, str(text))


def create(  # noqa: PLR0913  what a stack is made of
    template: Template,
    *,
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    sns: "SNSClient",
    name: str = "tribune",
    region: str = REGION,
    parameters: Mapping[str, Any] | None = None,
) -> Stack:
    """Create the template's tables, queues and topics behind these clients, named `<name>-<logical id>`."""
    stack = Stack(template, dynamodb, sqs, sns, name, region, dict(parameters or {}))
    stack.create()
    return stack


def _merge(base: Any, own: Any) -> Any:
    """SAM's rule for Globals: maps merge, lists follow one another, the rest is overridden."""
    if isinstance(base, dict) and isinstance(own, dict):
        return {
            key: _merge(base[key], own[key]) if key in base and key in own else own.get(key, base.get(key))
            for key in base | own
        }
    if isinstance(base, list) and isinstance(own, list):
        return base + own
    return own


def _text(value: Any) -> str:
    """As CloudFormation writes a scalar into a string."""
    return str(value).lower() if isinstance(value, bool) else str(value)


_UNITS = {"minute": 60, "hour": 3600, "day": 86400}


def _every(expression: str, template: Template, where: str) -> float:
    """Seconds of a `rate(1 minute)`."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression.strip())
    if match is None:
        raise template.wrong(f"the local stack knows rate(…) schedules, not {expression}", where)
    return float(int(match[1]) * _UNITS[match[2]])
