"""Text messages through SNS, straight to a number."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tribune.aws.kept import answered

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

NO_SENDER = "none"
MOST_EXPENSIVE = "1.00"
"""Dollars for one message, beyond which SNS does not send it: a mistyped country is not worth more."""


@dataclass(frozen=True, slots=True)
class Sms:
    """Sends text messages, as `sender` where the country shows one."""

    client: "SNSClient"
    sender: str
    """Up to eleven letters and digits; `none`: the number that the country's operators give."""

    def __call__(self, *, to: str, text: str) -> None:
        """Send one message to a number in E.164. Raises Unavailable when SNS did not take it."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            # Delivered before promotions, and at any hour where operators hold those back.
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": MOST_EXPENSIVE},
        }
        if self.sender != NO_SENDER:
            attributes["AWS.SNS.SMS.SenderID"] = {"DataType": "String", "StringValue": self.sender}
        with answered("sns"):
            self.client.publish(PhoneNumber=to, Message=text, MessageAttributes=attributes)
