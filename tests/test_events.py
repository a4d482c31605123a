"""Every events/<function>.json runs through its function with the real Lambda runtime client (awslambdaric).

The function runs in a process of its own as the local stack starts it, on the example configuration, against moto;
`sam local invoke -e events/<function>.json` sends it the same envelope. Its permissions are the template's.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local import configuration
from local.apply import Target, apply
from local.runtime import Ending
from local.stack import LocalStack
from tribune.aws import clients

ROOT = Path(__file__).resolve().parent.parent
ON_DEMAND = {"anchor_ledger"}
"""Only there where a parameter of the template asks for it: its own test runs its envelope."""
ENVELOPES = sorted(file for file in (ROOT / "events").glob("*.json") if file.stem not in ON_DEMAND)


def answered_well(answer: Any) -> bool:
    """An HTTP answer that is no refusal."""
    return isinstance(answer, dict) and answer["statusCode"] < 400


def did_all(answer: Any) -> bool:
    """A batch of which nothing has to come again."""
    return bool(answer == {"batchItemFailures": []})


def said_nothing(answer: Any) -> bool:
    """Nobody waits for an answer."""
    return answer is None


def showed_the_way_in(answer: Any) -> bool:
    """Nobody is inside before they signed in."""
    return bool(answer["statusCode"] == 303 and answer["headers"]["location"].startswith("/desk/sign-in"))


def knew_no_such_decision(answer: Any) -> bool:
    """A page that says so."""
    return bool(answer["statusCode"] == 404 and "Page introuvable" in answer["body"])


def refused_what_is_old(answer: Any) -> bool:
    """The signature is genuine and of another day: nobody can record one that stays fresh."""
    return bool(answer["statusCode"] == 401)


ANSWERS: dict[str, Callable[[Any], bool]] = {
    "receive_webhook": answered_well,
    "poll_platforms": said_nothing,
    "refresh_tokens": said_nothing,
    "receive_erasure": answered_well,
    "erase_person": did_all,
    "moderate_comments": did_all,
    "perform_action": did_all,
    "call_manager": did_all,
    "receive_press": refused_what_is_old,
    "relay_alarm": said_nothing,
    "keep_watch": said_nothing,
    "seal_hours": said_nothing,
    "send_report": said_nothing,
    "show_charter": answered_well,
    "receive_appeal": knew_no_such_decision,
    "desk": showed_the_way_in,
    "ask_colleague": knew_no_such_decision,
}


@pytest.fixture(scope="module")
def running() -> Iterator[LocalStack]:
    """The local stack with the community of the example configuration."""
    with LocalStack() as stack:
        tables = stack.created.tables()
        target = Target(
            stage=stack.stage,
            community_table=tables["CommunityTable"],
            charter_table=tables["CharterTable"],
            dynamodb=clients.dynamodb(),
            ssm=clients.ssm(),
        )
        apply(stack.host(configuration.read(configuration.EXAMPLE_FILE)), target, datetime.now(UTC))
        yield stack


@pytest.mark.parametrize("envelope", ENVELOPES, ids=lambda envelope: envelope.stem)
def test_an_envelope_runs_through_its_function(running: LocalStack, envelope: Path) -> None:
    logical_id = "".join(word.capitalize() for word in envelope.stem.split("_"))

    result = running.invoke(logical_id, json.loads(envelope.read_text(encoding="utf-8")))

    assert result.ending is Ending.RETURNED, result.payload
    assert ANSWERS[envelope.stem](result.value()), result.value()
    assert running.cloud.denied == {}


def test_a_forged_envelope_is_refused(running: LocalStack) -> None:
    event = json.loads((ROOT / "events/receive_webhook.json").read_text(encoding="utf-8"))
    event["body"] = event["body"].replace("Loire", "Seine")

    assert running.invoke("ReceiveWebhook", event).value()["statusCode"] == 401
