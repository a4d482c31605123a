"""Text messages as SNS is asked for them."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from tribune.aws.sms import Sms
from tribune.errors import Unavailable


class Sns:
    """SNS, with a memory; it can refuse."""

    def __init__(self, code: str = "") -> None:
        self.asked: list[dict[str, Any]] = []
        self.code = code

    def publish(self, **request: Any) -> dict[str, str]:
        self.asked.append(request)
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "to +33639980001"}}, "Publish")
        return {"MessageId": "1"}


def sent(sender: str, code: str = "") -> dict[str, Any]:
    sns = Sns(code)
    Sms(cast("Any", sns), sender)(to="+33639980001", text="Menace")
    (request,) = sns.asked
    return request


def test_a_call_is_worth_an_hour_of_the_night_and_never_more_than_a_dollar() -> None:
    request = sent("none")

    assert (request["PhoneNumber"], request["Message"]) == ("+33639980001", "Menace")
    assert request["MessageAttributes"] == {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "1.00"},
    }


def test_a_name_is_shown_where_one_was_given() -> None:
    assert sent("Garance")["MessageAttributes"]["AWS.SNS.SMS.SenderID"]["StringValue"] == "Garance"


@pytest.mark.parametrize("code", ["OptedOut", "InvalidParameter", "Throttled", "AuthorizationError"])
def test_a_refusal_is_told_without_the_number(code: str) -> None:
    with pytest.raises(Unavailable) as told:
        sent("none", code)

    assert code in str(told.value)
    assert "+33" not in str(told.value)
