"""What we believe about template.yaml. Each rule is shown a template that breaks it (tests/template/defects.yaml)."""

import ast
import copy
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from local.resources import Template
from tribune import climate, settings
from tribune.aws.keys import ITEMS
from tribune.channel import ActKind
from tribune.decision import Measure
from tribune.engagement import Level
from tribune.managers import MANAGERS
from tribune.platforms import PLATFORMS
from tribune.telemetry import METRICS, NAMESPACE
from tribune.workflow.call import TRY_AGAIN
from tribune.workflow.press import Outcome

ROOT = Path(__file__).resolve().parent.parent
DEFECTS = yaml.safe_load((ROOT / "tests/template/defects.yaml").read_text(encoding="utf-8"))

type Body = dict[str, Any]
type Rule = Callable[[Body], Iterator[str]]

RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """A conviction: yields one sentence for each place that breaks it."""
    RULES[check.__name__] = check
    return check


# --- reading ----------------------------------------------------------------------------------------------------


def of_type(body: Body, kind: str) -> Iterator[tuple[str, Body]]:
    for name, resource in body["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def functions(body: Body) -> Iterator[tuple[str, Body]]:
    """Every function, with what Globals gives it."""
    common = body["Globals"]["Function"]
    for name, own in of_type(body, "AWS::Serverless::Function"):
        variables = {**common["Environment"]["Variables"], **own.get("Environment", {}).get("Variables", {})}
        yield name, {**common, **own, "Environment": {"Variables": variables}}


def events(body: Body, kind: str) -> Iterator[tuple[str, Body, Body]]:
    """(function, its properties, the event's properties)."""
    for name, function in functions(body):
        for event in function.get("Events", {}).values():
            if event["Type"] == kind:
                yield name, function, event["Properties"]


def referred(value: Any) -> str:
    """The logical id that a Ref, GetAtt or Sub begins with; empty for anything else."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text)} if found := re.match(r"\$\{(\w+)", text):
            return found[1]
        case _:
            return ""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def alarms(body: Body) -> Iterator[tuple[str, Body]]:
    """Metric alarms and composite ones."""
    yield from of_type(body, "AWS::CloudWatch::Alarm")
    yield from of_type(body, "AWS::CloudWatch::CompositeAlarm")


def children(body: Body) -> set[str]:
    """The alarms that are heard through a composite one."""
    rules = (alarm["AlarmRule"]["Fn::Sub"] for _, alarm in of_type(body, "AWS::CloudWatch::CompositeAlarm"))
    return {name for rule in rules for name in re.findall(r'ALARM\("\$\{(\w+)\}"\)', rule)}


def watched(alarm: Body) -> Iterator[tuple[str, str, list[Body]]]:
    """(namespace, metric, dimensions) of everything that an alarm looks at."""
    for one in [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", ()) if "MetricStat" in part] or [alarm]:
        if "MetricName" in one:
            yield one["Namespace"], one["MetricName"], one["Dimensions"]


def subjects(alarm: Body) -> set[str]:
    """The resources that an alarm is about."""
    return {referred(dimension["Value"]) for _, _, dimensions in watched(alarm) for dimension in dimensions}


def statements(function: Body) -> Iterator[Body]:
    for policy in function.get("Policies", ()):
        if isinstance(policy, dict):
            yield from policy.get("Statement", ())


# --- nothing is lost --------------------------------------------------------------------------------------------


@rule
def a_message_stays_hidden_for_six_timeouts(body: Body) -> Iterator[str]:
    for name, function, mapping in events(body, "SQS"):
        queue = referred(mapping["Queue"])
        given = body["Resources"][queue]["Properties"].get("VisibilityTimeout", 30)
        right = 6 * function["Timeout"] + mapping.get("MaximumBatchingWindowInSeconds", 0)
        if given != right:
            yield f"{queue}: VisibilityTimeout is {given}, not 6 x the timeout of {name} and its window, {right}"


@rule
def nothing_is_given_up_early_or_silently(body: Body) -> Iterator[str]:
    depths = {
        queue
        for _, alarm in of_type(body, "AWS::CloudWatch::Alarm")
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        for queue in subjects(alarm)
    }
    for _, _, mapping in events(body, "SQS"):
        queue = referred(mapping["Queue"])
        redrive = body["Resources"][queue]["Properties"].get("RedrivePolicy")
        if not redrive:
            yield f"{queue}: has no dead letters"
            continue
        if not 3 <= redrive["maxReceiveCount"] <= 10:
            yield f"{queue}: maxReceiveCount {redrive['maxReceiveCount']} is not between 3 and 10"
        if referred(redrive["deadLetterTargetArn"]) not in depths:
            yield f"{queue}: no alarm watches its dead letters"


@rule
def dead_letters_outlive_a_holiday(body: Body) -> Iterator[str]:
    for _, queue in of_type(body, "AWS::SQS::Queue"):
        if redrive := queue.get("RedrivePolicy"):
            name = referred(redrive["deadLetterTargetArn"])
            kept = body["Resources"][name]["Properties"].get("MessageRetentionPeriod", 345600)
            if kept != 14 * 86400:
                yield f"{name}: keeps its messages {kept} s, not 14 days"


@rule
def a_batch_reports_its_failures(body: Body) -> Iterator[str]:
    for name, _, mapping in events(body, "SQS"):
        if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", ()):
            yield f"{name}: without ReportBatchItemFailures, what it could not do is deleted"


@rule
def a_large_batch_has_a_window(body: Body) -> Iterator[str]:
    for name, _, mapping in events(body, "SQS"):
        if mapping["BatchSize"] > 10 and mapping.get("MaximumBatchingWindowInSeconds", 0) < 1:
            yield f"{name}: a BatchSize over 10 needs a window of at least a second"


@rule
def workers_are_bounded(body: Body) -> Iterator[str]:
    for name, function, mapping in events(body, "SQS"):
        workers = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        reserved = function.get("ReservedConcurrentExecutions")
        if workers is None:
            yield f"{name}: its mapping has no MaximumConcurrency"
        elif isinstance(reserved, int) and workers > reserved:
            yield f"{name}: {workers} workers poll for {reserved} reserved executions; the rest ends in the dead letters"
        if "FilterCriteria" in mapping:
            yield f"{name}: SQS deletes what a filter does not match"


@rule
def what_is_kept_outlives_the_stack(body: Body) -> Iterator[str]:
    for name, resource in body["Resources"].items():
        if resource["Type"] in {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::KMS::Key"}:
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                if resource.get(policy) != "Retain":
                    yield f"{name}: {policy} is not Retain"


@rule
def tables_are_kept_well(body: Body) -> Iterator[str]:
    for name, table in of_type(body, "AWS::DynamoDB::Table"):
        if table.get("BillingMode") != "PAY_PER_REQUEST":
            yield f"{name}: is not on demand"
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield f"{name}: cannot be recovered to a point in time"
        if table.get("TimeToLiveSpecification") != {"AttributeName": "ttl", "Enabled": True}:
            yield f"{name}: its items do not expire by `ttl`"


@rule
def tables_are_keyed_as_the_code_says(body: Body) -> Iterator[str]:
    declared = dict(of_type(body, "AWS::DynamoDB::Table"))
    for item in ITEMS:
        if f"{item.table.capitalize()}Table" not in declared:
            yield f"there is no table for the items `{item.name}`"
    for name, table in declared.items():
        if [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] != [("pk", "HASH"), ("sk", "RANGE")]:
            yield f"{name}: is not keyed by pk and sk"
    indexes = {
        index["IndexName"]: (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for index in declared["JournalTable"].get("GlobalSecondaryIndexes", ())
    }
    if indexes != {"due": (["due_pk", "due_at"], "KEYS_ONLY"), "author": (["author_pk", "author_at"], "KEYS_ONLY")}:
        yield "JournalTable: its indexes are not `due` and `author`, of keys only"


# --- nothing private gets out -----------------------------------------------------------------------------------


@rule
def what_is_kept_is_encrypted(body: Body) -> Iterator[str]:
    for name, queue in of_type(body, "AWS::SQS::Queue"):
        if queue.get("SqsManagedSseEnabled") is not True:
            yield f"{name}: is not encrypted"
    for name, table in of_type(body, "AWS::DynamoDB::Table"):
        if table.get("SSESpecification", {}).get("SSEEnabled") is not True:
            yield f"{name}: is not encrypted with the account's key"


@rule
def the_door_is_narrow_and_watched(body: Body) -> Iterator[str]:
    for name, _, route in events(body, "HttpApi"):
        if route.get("Method") not in {"GET", "POST"}:
            yield f"{name}: {route.get('Method')} {route.get('Path')} opens more than GET or POST"
        if not referred(route.get("ApiId")):
            yield f"{name}: {route.get('Path')} belongs to an API that nobody configured"
    for name, api in of_type(body, "AWS::Serverless::HttpApi"):
        throttle = api.get("DefaultRouteSettings", {})
        if not throttle.get("ThrottlingRateLimit") or not throttle.get("ThrottlingBurstLimit"):
            yield f"{name}: is not throttled"
        said = set(re.findall(r"\$context\.([\w.]+)", api.get("AccessLogSettings", {}).get("Format", "")))
        if said != {"routeKey", "status", "responseLatency"}:
            yield f"{name}: its access log tells {sorted(said)}, not route key, status and latency alone"


@rule
def logs_have_an_end(body: Body) -> Iterator[str]:
    for name, group in of_type(body, "AWS::Logs::LogGroup"):
        if not group.get("RetentionInDays"):
            yield f"{name}: keeps its lines for ever"
    groups = [referred(function.get("LoggingConfig", {}).get("LogGroup")) for _, function in functions(body)]
    for (name, _), group in zip(functions(body), groups, strict=True):
        if group not in dict(of_type(body, "AWS::Logs::LogGroup")) or groups.count(group) > 1:
            yield f"{name}: has no log group of its own"


# --- least privilege --------------------------------------------------------------------------------------------

SECRETS = {
    "ReceiveWebhook": {"verify"},
    "ModerateComments": {"pseudonym"},
    "PollPlatforms": {"act"},
    "RefreshTokens": {"act"},
    "ReceiveErasure": {"verify"},
    "ErasePerson": {"pseudonym"},
    "PerformAction": {"act"},
    "CallManager": {"call"},
    "ReceivePress": {"press"},
    "Desk": {"desk"},
}
"""Which secrets each function may read; the others may read none."""

_SECRET = re.compile(
    r"arn:\$\{AWS::Partition\}:ssm:\$\{AWS::Region\}:\$\{AWS::AccountId\}:parameter/tribune/\$\{Stage\}/([a-z]+)/\*"
)
_ANCHORS = "${AnchorBucket.Arn}/anchors/*"
_MAIL = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*"


@rule
def nobody_may_do_more_than_it_must(body: Body) -> Iterator[str]:
    for name, function in functions(body):
        for policy in function.get("Policies", ()):
            if not isinstance(policy, dict) or "Statement" not in policy:
                yield f"{name}: {policy} is somebody else's list of permissions"
        for statement in statements(function):
            actions = listed(statement["Action"])
            if any("*" in action for action in actions) or len(actions) > 2:
                yield f"{name}: {actions} is more than one or two actions"
            if "NotResource" in statement and (name != "CallManager" or not _telephones_only(statement)):
                yield f"{name}: everything but {statement['NotResource']} is wider than it must be"
            for resource in listed(statement.get("Resource", [])):
                yield from _too_wide(name, resource, statement)


def _telephones_only(statement: Body) -> bool:
    """A number has no ARN: who may publish to whatever has none may send text messages and do nothing else."""
    whatever = {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
    return (statement["Action"], statement["NotResource"]) == ("sns:Publish", whatever)


def _too_wide(name: str, resource: Any, statement: Body) -> Iterator[str]:
    text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else str(resource)
    if "*" not in text:
        return
    if secret := _SECRET.fullmatch(text):
        if secret[1] not in SECRETS.get(name, set()):
            yield f"{name}: has no business with the secrets under {secret[1]}/"
    elif text == _ANCHORS:
        if name != "AnchorLedger":
            yield f"{name}: has no business with the anchors"
    elif text != _MAIL or statement.get("Condition") != {"StringEquals": {"ses:FromAddress": {"Ref": "MailSender"}}}:
        yield f"{name}: {text} is wider than it must be"


_READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
_WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}


def _tables(function: Body, actions: set[str]) -> set[str]:
    return {
        referred(resource).removesuffix("Table").lower()
        for statement in statements(function)
        if actions & set(listed(statement["Action"]))
        for resource in listed(statement.get("Resource", []))
    }


def test_a_function_may_touch_no_table_that_the_keys_do_not_name_it_for(template: Template) -> None:
    for name, function in functions(template.body):
        read = {item.table for item in ITEMS if name in item.readers}
        written = {item.table for item in ITEMS if name in item.writers}

        assert _tables(function, _READS) <= read, f"{name} may read more than the keys say"
        assert _tables(function, _WRITES) <= written, f"{name} may write more than the keys say"


def test_every_permission_says_what_for() -> None:
    lines = (ROOT / "template.yaml").read_text(encoding="utf-8").splitlines()
    unexplained = [
        number
        for number, line in enumerate(lines, 1)
        if line.strip() == "- Effect: Allow" and not lines[number - 2].strip().startswith("# ")
    ]

    assert unexplained == []


def test_every_secret_has_its_reader(template: Template) -> None:
    readers = {
        name: {
            found[1]
            for statement in statements(function)
            for resource in listed(statement.get("Resource", []))
            if isinstance(resource, dict) and (found := _SECRET.fullmatch(resource.get("Fn::Sub", "")))
        }
        for name, function in functions(template.body)
    }

    assert {name: secrets for name, secrets in readers.items() if secrets} == SECRETS


# --- one thing, one name ----------------------------------------------------------------------------------------

_TOLD_ALL = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_LOGGER_LOG_EVENT", "AWS_ENDPOINT_URL"}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _settings_of(door: Path) -> type[settings.Settings]:
    """The Settings class whose `read` the door calls."""
    for node in ast.walk(ast.parse(door.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="read") if name.endswith("Settings"):
                found: type[settings.Settings] = getattr(settings, name)
                return found
    raise AssertionError(f"{door} reads no settings")


@rule
def a_function_is_told_exactly_its_settings(body: Body) -> Iterator[str]:
    common = set(body["Globals"]["Function"]["Environment"]["Variables"])
    if common != _TOLD_ALL | {"STAGE"}:
        yield f"Globals: tells every function {sorted(common - _TOLD_ALL - {'STAGE'})}"
    for name, function in functions(body):
        needed = {field.name.upper() for field in fields(_settings_of(ROOT / f"functions/{snake(name)}/app.py"))}
        given = set(function["Environment"]["Variables"]) - _TOLD_ALL
        if given != needed:
            yield f"{name}: is told {sorted(given)}, needs {sorted(needed)}"


@rule
def names_are_given_by_the_stack(body: Body) -> Iterator[str]:
    fixed = (
        "FunctionName",
        "QueueName",
        "TableName",
        "TopicName",
        "LogGroupName",
        "AlarmName",
        "LayerName",
        "DashboardName",
    )
    for name, resource in body["Resources"].items():
        for given in fixed:
            if isinstance(resource.get("Properties", {}).get(given), str):
                yield f"{name}: {given} is fixed, a second installation cannot stand beside it"


@rule
def one_python(body: Body) -> Iterator[str]:
    version = f"python{(ROOT / '.python-version').read_text(encoding='utf-8').strip()}"
    runtimes = {function["Runtime"] for _, function in functions(body)}
    compatible = {
        runtime
        for _, layer in of_type(body, "AWS::Serverless::LayerVersion")
        for runtime in layer["CompatibleRuntimes"]
    }
    if runtimes | compatible != {version}:
        yield f"the functions run {sorted(runtimes)}, the layer is for {sorted(compatible)}, we test {version}"


@rule
def whoever_answers_a_request_is_quick(body: Body) -> Iterator[str]:
    for name in {name for name, _, _ in events(body, "HttpApi")}:
        if (timeout := dict(functions(body))[name]["Timeout"]) > 10:
            yield f"{name}: answers a request, its Timeout is {timeout} s"


def test_a_function_has_one_name_in_four_places(template: Template) -> None:
    expected = {snake(name) for name, _ in functions(template.body)}

    assert {folder.parent.name for folder in (ROOT / "functions").glob("*/app.py")} == expected
    assert {file.stem for file in (ROOT / "events").glob("*.json")} == expected
    assert {file.stem.removeprefix("test_") for file in (ROOT / "tests/functions").glob("test_*.py")} >= expected
    for name, function in functions(template.body):
        assert function["CodeUri"] == f"functions/{snake(name)}"
        assert function["Handler"] == "app.handler"


# --- alarms -----------------------------------------------------------------------------------------------------

_SENTENCES = re.compile(r"[A-ZÀ-Ý].{60,}[.]\n[A-Z].{60,}[.]")
_DEAD_MEN = re.compile(r"\w+SilentAlarm|\w+StoppedAlarm|(?:Access|Anchors|Reports)FailingAlarm")
_ABOUT_CALLS = {"CallsQueue", "CallsUnhandled", "CallManager", "RelayAlarm"}
_WAKES_CALLS = {"KeepWatch"}
"""Without it no call that is held rings, nor one that nobody took: the call about it is one of them."""
_CALLS_COUNTED = {"CallsFailed", "GraveWaits"}


@rule
def an_alarm_is_a_sentence_for_the_cm(body: Body) -> Iterator[str]:
    for name, alarm in alarms(body):
        said = alarm.get("AlarmDescription", "")
        said = said["Fn::Sub"] if isinstance(said, dict) else said
        if not _SENTENCES.fullmatch(said):
            yield f"{name}: its description is not what happened and what to do, in French and then in English"
        if any(function in said for function, _ in functions(body)) or re.search(r"tribune:|Lambda|SQS|DynamoDB", said):
            yield f"{name}: names what only an engineer knows"


@rule
def an_alarm_has_decided_about_silence(body: Body) -> Iterator[str]:
    for name, alarm in of_type(body, "AWS::CloudWatch::Alarm"):
        silence = "breaching" if _DEAD_MEN.fullmatch(name) else "notBreaching"
        if alarm.get("TreatMissingData") != silence:
            yield f"{name}: TreatMissingData is not {silence}"


def test_every_alarm_says_why_it_takes_silence_as_it_does() -> None:
    lines = (ROOT / "template.yaml").read_text(encoding="utf-8").splitlines()
    silent = [line.strip() for line in lines if line.strip().startswith("TreatMissingData:")]

    assert silent
    assert [line for line in silent if not re.search(r" # .{8,}", line)] == []


@rule
def an_alarm_reaches_the_right_person(body: Body) -> Iterator[str]:
    quiet = children(body)
    for name, alarm in alarms(body):
        if name in quiet:
            if alarm.get("AlarmActions") or alarm.get("OKActions"):
                yield f"{name}: rings beside the composite alarm that hears it"
            continue
        about_calls = bool(subjects(alarm) & _ABOUT_CALLS) or alarm.get("MetricName") in _CALLS_COUNTED
        right = [] if about_calls else [{"Fn::GetAtt": ["RelayAlarm", "Arn"]}]
        if about_calls or subjects(alarm) & _WAKES_CALLS:
            right.append({"Ref": "AlertTopic"})
        if alarm.get("AlarmActions") != right:
            yield f"{name}: does not go to {' and '.join(map(referred, right))}"
        if alarm.get("OKActions") != alarm.get("AlarmActions"):
            yield f"{name}: whoever hears of it does not hear that it is over"
    if not any(
        permission["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
        and referred(permission["FunctionName"]) == "RelayAlarm"
        and "SourceAccount" in permission
        and permission["SourceArn"]["Fn::Sub"].endswith(":alarm:${AWS::StackName}-*")
        for _, permission in of_type(body, "AWS::Lambda::Permission")
    ):
        yield "our alarms may not invoke RelayAlarm"


@rule
def a_composite_alarm_hears_alarms_that_exist(body: Body) -> Iterator[str]:
    there = dict(alarms(body))
    for name in sorted(children(body) - there.keys()):
        yield f"{name}: is heard and does not exist"
    for name, composite in of_type(body, "AWS::CloudWatch::CompositeAlarm"):
        if not re.fullmatch(r'ALARM\("\$\{\w+\}"\)(?: OR ALARM\("\$\{\w+\}"\))+', composite["AlarmRule"]["Fn::Sub"]):
            yield f"{name}: its rule is not `one of these`"


def counted_as(body: Body, namespace: str, metric: str, dimensions: list[Body]) -> str:
    """What is wrong with a metric of ours that is looked at; empty when somebody counts it so."""
    if namespace != NAMESPACE:
        return ""
    known = {one.name: one for one in METRICS}.get(metric)
    if known is None:
        return f"nobody counts {metric}"
    names = [dimension["Name"] for dimension in dimensions]
    if names not in (["service"], ["service", *known.dimensions]):
        return f"{metric} is not counted by {names}"
    service = body["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    return "" if dimensions[0]["Value"] == service else "watches another service than the one that counts"


@rule
def an_alarm_watches_what_is_counted(body: Body) -> Iterator[str]:
    for name, alarm in of_type(body, "AWS::CloudWatch::Alarm"):
        for one in watched(alarm):
            if wrong := counted_as(body, *one):
                yield f"{name}: {wrong}"
        if "Unit" in alarm:
            yield f"{name}: a Unit hides whatever is counted in another one"


_OF_AWS = {
    "AWS/SQS": ("QueueName", {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}),
    "AWS/Lambda": ("FunctionName", {"Errors", "Throttles", "Invocations", "Duration"}),
    "AWS/ApiGateway": ("ApiId", {"5xx"}),
}
"""What AWS counts that we look at, each under exactly this dimension."""


@rule
def an_alarm_watches_what_aws_counts(body: Body) -> Iterator[str]:
    for name, alarm in of_type(body, "AWS::CloudWatch::Alarm"):
        for namespace, metric, dimensions in watched(alarm):
            if namespace == NAMESPACE:
                continue
            known, metrics = _OF_AWS.get(namespace, ("", set()))
            if metric not in metrics or [dimension["Name"] for dimension in dimensions] != [known]:
                yield f"{name}: {namespace} does not count {metric} so"
            elif referred(dimensions[0]["Value"]) not in body["Resources"]:
                yield f"{name}: looks at nothing of this stack"


@rule
def nothing_fails_or_waits_unseen(body: Body) -> Iterator[str]:
    seen = [(metric, subjects(alarm)) for _, alarm in alarms(body) for _, metric, _ in watched(alarm)]
    fails = {name for metric, about in seen if metric in {"Errors", "5xx"} for name in about}
    ages = {name for metric, about in seen if metric == "ApproximateAgeOfOldestMessage" for name in about}
    polled = {name for name, _, _ in events(body, "SQS")}
    answers = {name for name, _, _ in events(body, "HttpApi")}
    for name, _ in functions(body):
        by_the_api = name in answers and "HttpApi" in fails
        if name not in fails | polled and not by_the_api:
            yield f"{name}: no alarm hears it fail"
    for _, _, mapping in events(body, "SQS"):
        if referred(mapping["Queue"]) not in ages:
            yield f"{referred(mapping['Queue'])}: no alarm hears how long it waits"


def test_while_nobody_can_be_reached_that_is_mailed_once_and_not_at_each_try(template: Template) -> None:
    period = template.body["Resources"]["CallsFailedAlarm"]["Properties"]["Period"]

    assert timedelta(seconds=period) >= 2 * TRY_AGAIN


@rule
def what_runs_by_the_clock_is_missed_when_it_does_not_run(body: Body) -> Iterator[str]:
    missed = {
        name
        for _, alarm in of_type(body, "AWS::CloudWatch::Alarm")
        if alarm["TreatMissingData"] == "breaching"
        and {("AWS/Lambda", "Invocations"), ("AWS/Lambda", "Errors")}
        <= {(space, what) for space, what, _ in watched(alarm)}
        for name in subjects(alarm)
    }
    for name, _, _ in events(body, "Schedule"):
        if name not in missed:
            yield f"{name}: no alarm hears that it no longer runs"


# --- the dashboard ----------------------------------------------------------------------------------------------


def board(body: Body) -> Body:
    """The dashboard, with `<Ref>` where CloudFormation puts a value."""
    found: Body = json.loads(
        re.sub(r"\$\{([^}]+)\}", r"<\1>", body["Resources"]["Overview"]["Properties"]["DashboardBody"]["Fn::Sub"])
    )
    return found


@rule
def the_dashboard_is_read_by_a_cm(body: Body) -> Iterator[str]:
    widgets = board(body)["widgets"]
    if len(widgets) > 10:
        yield f"{len(widgets)} widgets are more than one looks at"
    for widget in widgets:
        properties = widget["properties"]
        if widget["type"] == "text":
            continue
        titles = [properties["title"], *(metric[-1]["label"] for metric in properties.get("metrics", ()))]
        yield from (f"{title}: is not said in French, then in English" for title in titles if " · " not in title)
        if widget["type"] == "metric" and properties["period"] < 300:
            yield f"{properties['title']}: looks at less than five minutes"


def asked(expression: str) -> list[Any]:
    """A line of the dashboard that sums up a metric over a dimension, as if it were one of the metric."""
    found = re.fullmatch(
        r"SUM\(SEARCH\('\{(\w+),([\w,]+)\} MetricName=\"(\w+)\" service=\"([^\"]+)\" (\w+)=\"(\w+)\"', 'Sum', \d+\)\)",
        expression,
    )
    assert found is not None, expression
    namespace, names, metric, service, name, value = found.groups()
    told = {"service": service, name: value}
    return [namespace, metric, *(part for one in names.split(",") for part in (one, told.get(one, "*"))), {}]


def never(dimensions: list[Body]) -> Iterator[str]:
    """The values among these that a dimension never takes."""
    for one in dimensions:
        value = one["Value"]["Fn::Sub"]
        if value != "*" and value not in BOUNDS.get(one["Name"], {value}):
            yield value


@rule
def the_dashboard_shows_what_is_counted(body: Body) -> Iterator[str]:
    widgets = board(body)["widgets"]
    lines = [one for w in widgets for one in w["properties"].get("metrics", ())]
    for line in (asked(one[0]["expression"]) if len(one) == 1 else one for one in lines):
        namespace, metric, *dimensions, _ = line
        name, value = dimensions[:2]
        if namespace == NAMESPACE:
            pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
            told = [
                {"Name": name, "Value": {"Fn::Sub": value.replace("<", "${").replace(">", "}")}}
                for name, value in pairs
            ]
            if wrong := counted_as(body, namespace, metric, told):
                yield wrong
            yield from (f"{metric} is never {one}" for one in never(told))
        elif name != _OF_AWS[namespace][0] or metric not in _OF_AWS[namespace][1]:
            yield f"{namespace} does not count {metric} by {name}"
        elif value.strip("<>").split(".")[0] not in body["Resources"]:
            yield f"{value}: is nothing of this stack"
    shown = {arn.removeprefix("<").removesuffix(".Arn>") for w in widgets for arn in w["properties"].get("alarms", ())}
    always = {name for name, _ in alarms(body) if "Condition" not in body["Resources"][name]} - children(body)
    for name in sorted(shown ^ always):
        yield f"{name}: is {'not shown' if name in always else 'shown and no alarm of its own'}"


# --- the roads of other alarms ----------------------------------------------------------------------------------


@rule
def alarms_of_other_stacks_have_their_roads(body: Body) -> Iterator[str]:
    (pattern,) = (event["Pattern"] for _, _, event in events(body, "EventBridgeRule"))
    roads = pattern["detail"].get("$or", ())
    if {"alarmName": [{"prefix": {"Ref": "OtherAlarmPrefix"}}]} not in roads:
        yield "an alarm is not relayed by its name"
    if {"configuration": {"description": [{"wildcard": "*tribune:*"}]}} not in roads:
        yield "an alarm is not relayed by a line of its description"
    if pattern["detail"].get("state") != {"value": ["ALARM", "OK"]}:
        yield "whoever hears of an alarm does not hear that it is over"
    arns = [permission["SourceArn"]["Fn::Sub"] for _, permission in of_type(body, "AWS::Lambda::Permission")]
    if not any(arn.endswith(":alarm:${OtherAlarmPrefix}*") for arn in arns):
        yield "an alarm of another stack may not invoke RelayAlarm"


# --- what is counted --------------------------------------------------------------------------------------------

BOUNDS = {
    "platform": set(PLATFORMS),
    "measure": {measure.value for measure in Measure},
    "kind": {kind.value for kind in ActKind},
    "level": {str(level) for level in get_args(Level.__value__)},
    "climate": {one.value for one in climate.Level},
    "way": {manager.KIND for manager in MANAGERS} | {"tools"},
    "outcome": {outcome.value for outcome in Outcome},
}
"""Every value that a dimension may take: a dimension that anybody could invent would cost without end."""
MOST_SERIES = 700
"""Custom metrics at the very most, if every platform did everything within the same hours."""


def constants(*folders: str) -> set[str]:
    """Every string that the code says."""
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py") if file.name != "telemetry.py")
    trees = (ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for file in files)
    return {
        node.value for tree in trees for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_somebody_counts_every_metric() -> None:
    assert {metric.name for metric in METRICS} <= constants("functions", "layers/common/tribune")


def test_the_dimensions_are_bounded_and_counted() -> None:
    assert {name for metric in METRICS for name in metric.dimensions} == BOUNDS.keys()
    series = 0
    for metric in METRICS:
        bounds = BOUNDS | ({"kind": {"action", "call", "breaker", "provisional"}} if metric.name == "Woken" else {})
        under_all = math.prod(len(bounds[name]) for name in metric.dimensions)
        series += 1 + (under_all if metric.dimensions else 0)

    assert series <= MOST_SERIES, series


# --- the rules against the template, and against its defects ----------------------------------------------------


@pytest.mark.parametrize("check", RULES.values(), ids=RULES)
def test_the_template_keeps_the_rule(check: Rule, template: Template) -> None:
    assert list(check(template.body)) == []


@pytest.mark.parametrize("seeded", DEFECTS, ids=[seeded["defect"] for seeded in DEFECTS])
def test_the_defect_is_caught(seeded: dict[str, Any], template: Template) -> None:
    body = copy.deepcopy(template.body)
    for planted in seeded["plant"]:
        _plant(body, planted["at"].split("."), planted["put"])

    complaints = list(RULES[seeded["caught_by"]](body))

    assert set(complaints) - set(RULES[seeded["caught_by"]](template.body))


def test_every_rule_is_shown_a_template_that_breaks_it() -> None:
    assert {seeded["caught_by"] for seeded in DEFECTS} == set(RULES)


def _plant(body: Any, path: list[str], value: Any) -> None:
    *parents, last = path
    for part in parents:
        body = body.setdefault(part, {})
    if value is None:
        del body[last]
    else:
        body[last] = value
