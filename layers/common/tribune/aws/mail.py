"""Mail through SES, from the one verified address."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from tribune.aws.kept import answered

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends mail as `sender`."""

    client: "SESClient"
    sender: str

    def __call__(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one mail in plain text and HTML. Raises Unavailable when SES did not take it."""
        letter = written(self.sender, to, subject, text, html)
        with answered("ses"):
            # Raw, because SendEmail takes no header of ours.
            self.client.send_raw_email(Source=self.sender, Destinations=[to], RawMessage={"Data": letter})


def written(sender: str, to: str, subject: str, text: str, html: str) -> bytes:
    """The letter as it travels."""
    letter = EmailMessage(policy=SMTP)
    # A header is one line: a place or an alarm that is told in two must not cost somebody their call.
    letter["From"], letter["To"], letter["Subject"] = sender, to, " ".join(subject.splitlines())
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: whoever is on leave need not say so to a machine
    letter.set_content(text, cte="quoted-printable")
    letter.add_alternative(html, subtype="html", cte="quoted-printable")
    return letter.as_bytes()
