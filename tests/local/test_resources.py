"""The template as the local stack reads it: resolved as CloudFormation would, or refused with the place."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from moto import mock_aws

from local import moto_patch
from local.resources import Stack, Template, create
from tribune.aws import clients
from tribune.errors import BadConfiguration

TINY = Path(__file__).resolve().parent / "tiny" / "template.yaml"
PARTS = yaml.safe_load(
    """
    Parameters: {Stage: {Type: String}, Mail: {Type: String, Default: ""}, Limit: {Type: Number, Default: 3}}
    Conditions:
      HasMail: {"Fn::Not": [{"Fn::Equals": [{Ref: Mail}, ""]}]}
      HasNone: {"Fn::And": [{"Fn::Not": [{Condition: HasMail}]}, {"Fn::Equals": [{Ref: Limit}, "3"]}]}
    Resources:
      Queue: {Type: "AWS::SQS::Queue"}
      Topic: {Type: "AWS::SNS::Topic"}
      Table:
        Type: "AWS::DynamoDB::Table"
        Properties:
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
          KeySchema: [{AttributeName: pk, KeyType: HASH}]
      Alarm: {Type: "AWS::CloudWatch::Alarm"}
      Work: {Type: "AWS::Serverless::Function", Properties: {CodeUri: work, Handler: app.handler}}
    """
)


@pytest.fixture
def parts() -> Any:
    moto_patch.apply()
    clients.forget()
    with mock_aws():
        template = Template(Path("parts.yaml"), PARTS)
        yield create(
            template,
            dynamodb=clients.dynamodb(),
            sqs=clients.sqs(),
            sns=clients.beside("sns", "https://sns.eu-west-3.amazonaws.com", "eu-west-3"),
            name="parts",
            parameters={"Stage": "test"},
        )
    clients.forget()


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ({"Ref": "Stage"}, "test"),
        ({"Ref": "AWS::Region"}, "eu-west-3"),
        ({"Ref": "Table"}, "parts-Table"),
        ({"Fn::GetAtt": ["Queue", "QueueName"]}, "parts-Queue"),
        ({"Fn::GetAtt": "Queue.Arn"}, "arn:aws:sqs:eu-west-3:123456789012:parts-Queue"),
        ({"Fn::GetAtt": ["Work", "Arn"]}, "arn:aws:lambda:eu-west-3:123456789012:function:parts-Work"),
        ({"Ref": "Topic"}, "arn:aws:sns:eu-west-3:123456789012:parts-Topic"),
        (
            {"Fn::Sub": "${AWS::StackName}/${Table.Arn}/${!kept}"},
            "parts/arn:aws:dynamodb:eu-west-3:123456789012:table/parts-Table/${kept}",
        ),
        ({"Fn::Sub": ["${one}-${Stage}", {"one": {"Ref": "Limit"}}]}, "3-test"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1, True]]}, "a-test-1-true"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::If": ["HasMail", "yes", "no"]}, "no"),
        ({"Fn::If": ["HasNone", "yes", "no"]}, "yes"),
        ({"a": {"Fn::If": ["HasMail", 1, {"Ref": "AWS::NoValue"}]}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
    ],
)
def test_intrinsics_are_worked_out(parts: Stack, written: Any, resolved: Any) -> None:
    assert parts.resolve(written, "here") == resolved


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"Fn::Cidr": ["10.0.0.0/8", 1]}, "Fn::Cidr is not known"),
        ({"Ref": "Nobody"}, "neither a parameter nor a resource"),
        ({"Ref": "Alarm"}, "has no value here"),
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "Queue.Colour is not known"),
        ({"Fn::GetAtt": ["Nobody", "Arn"]}, "no resource"),
        ({"Fn::If": ["Nobody", 1, 2]}, "no such condition: Nobody"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_with_its_place(parts: Stack, written: Any, sentence: str) -> None:
    with pytest.raises(BadConfiguration, match=sentence) as refused:
        parts.resolve(written, "Resources.Here")

    assert refused.value.file == "parts.yaml"
    assert refused.value.field.startswith("Resources.Here")


def test_a_parameter_without_default_must_be_given(parts: Stack) -> None:
    parts.parameters.clear()

    with pytest.raises(BadConfiguration, match="Stage has no default"):
        parts.resolve({"Ref": "Stage"}, "here")


def test_a_schedule_that_is_no_rate_is_refused(parts: Stack) -> None:
    event = {"Type": "Schedule", "Properties": {"Schedule": "cron(0 8 * * ? *)"}}
    body = PARTS | {
        "Resources": PARTS["Resources"]
        | {"Work": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Daily": event}}}}
    }
    parts.template = Template(Path("parts.yaml"), body)

    with pytest.raises(BadConfiguration, match="cron"):
        parts.schedules()


def test_a_file_that_is_no_yaml_says_where(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text("Resources:\n  Queue: [\n", encoding="utf-8")

    with pytest.raises(BadConfiguration) as refused:
        Template.read(file)

    assert refused.value.line == 3


def test_the_tiny_template_says_what_runs() -> None:
    stack = Stack(
        Template.read(TINY),
        *(None, None, None),  # nothing is created
        "tiny",
        "eu-west-3",
        {"Stage": "tiny"},
        refs={"JobsQueue": "url", "JobsUnhandled": "url2", "DoneTable": "table"},
        arns={"JobsQueue": "arn:jobs", "JobsUnhandled": "arn:dead", "DoneTable": "arn:table"},
    )

    (mapping,) = stack.mappings()
    assert (mapping.function, mapping.queue, mapping.batch_size) == ("Work", "JobsQueue", 4)
    assert (mapping.reports_failures, mapping.maximum_concurrency, mapping.window_s) == (True, 2, 0)
    (schedule,) = stack.schedules()
    assert (schedule.function, schedule.every_s) == ("Tick", 3600)
    assert {route.key for route in stack.routes()} == {"GET /echo/{name}", "POST /echo/{name}", "GET /echo/{proxy+}"}
    assert stack.dead_letters() == {"JobsUnhandled"}
    work = stack.function("Work")
    assert (work.timeout_s, work.handler, work.code.name) == (2, "app.handler", "work")
    assert work.environment == {"STAGE": "tiny", "LEVEL": "low", "DONE_TABLE": "table"}
