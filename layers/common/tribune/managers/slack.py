"""Slack, through an incoming webhook; its address is the secret `<person>.slack`.

Protocol: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/messaging/formatting-message-text#escaping. Blocks are `plain_text`, in which Slack
reads no markup and no mention; only the link is `mrkdwn`. `text` is what the notification shows.
"""

import json

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge, address, post

KIND = "slack"
_SECTION = 3000
_HEADER = 150


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """POST the message to the webhook."""
    url = secret or way.address
    if not url:
        raise BadConfiguration("the address of the Slack webhook is missing", field=f"{person.id}.{KIND}")
    body = json.dumps(payload(message), ensure_ascii=False).encode()
    post(address(url, f"{person.id}.{KIND}"), body, edge)


def payload(message: CallMessage) -> dict[str, object]:
    """The message as Slack takes it."""
    blocks = [_plain("header", message.subject[:_HEADER])]
    blocks += [_plain("section", paragraph[:_SECTION]) for paragraph in message.paragraphs]
    if message.link:
        link = f"<{_link(message.link)}|{escaped(message.link_words)}>"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}})
    return {"text": escaped(message.subject), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _plain(kind: str, text: str) -> dict[str, object]:
    return {"type": kind, "text": {"type": "plain_text", "text": text, "emoji": False}}


def escaped(text: str) -> str:
    """The three characters with which Slack's markup begins, made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(url: str) -> str:
    """An address inside a link: the bar would end it."""
    return escaped(url).replace("|", "%7C")
