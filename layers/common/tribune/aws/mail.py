"""Mail through SES, from the one verified address."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tribune.aws.kept import answered

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

_CHARSET = "UTF-8"


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends mail as `sender`."""

    client: "SESClient"
    sender: str

    def __call__(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one mail in plain text and HTML. Raises Unavailable when SES did not take it."""
        with answered("ses"):
            self.client.send_email(
                Source=self.sender,
                Destination={"ToAddresses": [to]},
                Message={
                    "Subject": {"Data": subject, "Charset": _CHARSET},
                    "Body": {
                        "Text": {"Data": text, "Charset": _CHARSET},
                        "Html": {"Data": html, "Charset": _CHARSET},
                    },
                },
            )
