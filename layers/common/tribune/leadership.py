"""The leader ratio: which public messages lead, serve or police, and which of them a person said. Pure.

Source: `(lead + serve) / (lead + serve + police)`, over the public messages that a person wrote or approved; what the
machine said alone stands beside it and moves nothing. Every message is classified from the journal, never by its words:

- one that we sent, by the situation its text was prepared for, else by what it answers;
- one that a person wrote in the platform's own application, by what it answers.

What it answers: a breach that a clause holds makes it policing, somebody who waits for an answer makes it service,
anything else, or nothing at all, makes it leading. A person who answers a breach kindly in words of their own counts
as policing: where in doubt the ratio is not flattered. Private messages, acts without words and messages that we took
back count nowhere; nor does anything said to somebody in distress.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.journal import Action, ActionState, Head, HeadKind


class Part(StrEnum):
    """What a public message does in the conversation."""

    LEAD = "lead"
    """Welcomes, thanks, asks, gives the floor, corrects."""
    SERVE = "serve"
    """Answers a question, a complaint, a request."""
    POLICE = "police"
    """Reminds, warns, redirects, says that something was hidden."""


_PARTS = {
    "thanks": Part.LEAD,
    "welcome": Part.LEAD,
    "lead": Part.LEAD,
    "draft.conversation": Part.LEAD,
    "draft.condolences": Part.LEAD,
    "draft.facts": Part.LEAD,
    "lead.redirect": Part.SERVE,
    "faq": Part.SERVE,
    "criticism": Part.SERVE,
    "human": Part.SERVE,
    "appeal": Part.SERVE,
    "care": Part.SERVE,
    "draft": Part.SERVE,
    "reminder1": Part.POLICE,
    "warning1": Part.POLICE,
    "warning2": Part.POLICE,
    "warning3": Part.POLICE,
    "protect": Part.POLICE,
    "redirect": Part.POLICE,
    "disclosure": Part.POLICE,
    "reserve": Part.POLICE,
}
"""A reply situation, or the word before its first dot where the whole of it is not named -> its part."""


@dataclass(frozen=True, slots=True)
class Message:
    """One public message of ours."""

    part: Part
    by_person: bool
    """A person wrote or approved it."""
    at: datetime | None = field(default=None, compare=False)
    """When it was said."""
    asks: bool = False
    """A person asks something in it."""


def part_of_situation(situation: str) -> Part | None:
    """The part of a text prepared for a reply situation (`lead.floor`, `reminder1.respect`); None for an unknown one."""
    return _PARTS.get(situation) or _PARTS.get(situation.partition(".")[0])


def part_of_answer(answered: Head | None) -> Part:
    """The part of words that nobody prepared, by what they answer; None: they answer nothing that we know."""
    verdict = answered.verdict if answered else None
    if verdict is None:
        return Part.LEAD
    if verdict.clause is not None or verdict.ground == "law":
        return Part.POLICE
    return Part.SERVE if verdict.awaits_answer else Part.LEAD


def messages_of(head: Head, known: Mapping[tuple[str, str, str, str], Head]) -> Iterator[Message]:
    """The public messages that stand under one object, or that it is; `known`: what it may answer."""
    if head.audience is not Audience.PUBLIC:
        return
    if head.kind is HeadKind.TEAM and not head.deleted:
        found = answered(head, known)
        if found is None or not found.confidential:
            yield Message(part_of_answer(found), by_person=True, at=head.posted_at, asks=head.asks)
    elif head.kind is HeadKind.COMMENT and not head.confidential:
        yield from (_sent(action, head) for action in head.actions if _stands(action, head))


def _sent(action: Action, head: Head) -> Message:
    situation = (action.variant or "").partition("/")[0]
    part = part_of_situation(situation) or part_of_answer(head)
    return Message(part, by_person=action.signed_by is not None, at=action.done_at, asks=action.asks)


def _stands(action: Action, head: Head) -> bool:
    """Was it said in public, and not taken back since?"""
    if action.kind is not ActKind.REPLY or action.state is not ActionState.SENT:
        return False
    taken_back = (one for one in head.actions if one.purpose == "withdraw" and one.state is ActionState.SENT)
    return action.platform_id is None or all(one.target != action.platform_id for one in taken_back)


def answered(head: Head, known: Mapping[tuple[str, str, str, str], Head]) -> Head | None:
    """The member's comment that a person's own message answers: its parent, else the top of its thread."""
    place = head.at[:3]
    found = (known.get((*place, name)) for name in (head.parent, head.thread) if name and name != head.object)
    return next((one for one in found if one is not None and one.kind is HeadKind.COMMENT), None)
