"""Mails as SES is asked for them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from tribune.aws.mail import Mail


class Ses:
    """SES, with a memory."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def send_raw_email(self, **request: Any) -> dict[str, str]:
        self.asked.append(request)
        return {"MessageId": "1"}


def sent(subject: str, text: str = "Menace") -> EmailMessage:
    ses = Ses()
    Mail(cast("Any", ses), "tribune@example.test")(to="lea@example.test", subject=subject, text=text, html="<p>é</p>")
    (request,) = ses.asked
    letter = message_from_bytes(request["RawMessage"]["Data"], policy=SMTP)
    assert isinstance(letter, EmailMessage)
    return letter


def test_a_subject_is_one_line_whatever_it_tells_of() -> None:
    subject = "Vous avez promis de revenir «\u00a0demain\nà 9\u00a0h\u00a0» (blog)"

    assert sent(subject)["Subject"] == "Vous avez promis de revenir «\u00a0demain à 9\u00a0h\u00a0» (blog)"


def test_long_words_with_accents_and_their_spaces_arrive_as_they_were_written() -> None:
    text = "Trois comptes écrivent presque la même chose\u00a0: « le vélo\u202f! » " * 20 + "\n.\nFin"
    body = sent("x", text).get_body(("plain",))

    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()
