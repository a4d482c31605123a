"""Which messages of a batch come back: the rules of ReportBatchItemFailures."""

import json
from typing import Any

import pytest

from local.pump import failures
from local.runtime import Ending, Result

IDS = ["one", "two", "three"]


def reported(value: Any) -> frozenset[str]:
    payload = value if isinstance(value, bytes) else json.dumps(value).encode()
    return failures(Result(Ending.RETURNED, payload), IDS, reports=True)


@pytest.mark.parametrize("value", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, b"null"])
def test_nothing_reported_means_everything_is_done(value: Any) -> None:
    assert reported(value) == frozenset()


def test_what_is_reported_comes_back() -> None:
    assert reported({"batchItemFailures": [{"itemIdentifier": "two"}]}) == {"two"}


@pytest.mark.parametrize(
    "value",
    [
        b"no json",
        [1],
        "done",
        {"batchItemFailures": "two"},
        {"batchItemFailures": ["two"]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifer": "two"}]},
        {"batchItemFailures": [{"itemIdentifier": "two"}, {"itemIdentifier": "nobody's"}]},
    ],
)
def test_what_cannot_be_understood_brings_everything_back(value: Any) -> None:
    assert reported(value) == frozenset(IDS)


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.RETURNED])
@pytest.mark.parametrize("reports", [True, False])
def test_a_function_that_did_not_return_did_nothing(ending: Ending, reports: bool) -> None:
    assert failures(Result(ending), IDS, reports=reports) == frozenset(IDS)


def test_without_reporting_in_the_template_a_report_is_not_read() -> None:
    result = Result(Ending.RETURNED, json.dumps({"batchItemFailures": [{"itemIdentifier": "two"}]}).encode())

    assert failures(result, IDS, reports=False) == frozenset()
