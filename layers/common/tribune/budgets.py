"""How much the machine says without a person, and when it has said enough. Pure.

These are the constants that bound whatever people, bots and viral posts do. A message counts when it is planned, in
the transaction that decides about it, so that two workers never plan the same last one; one that did not leave gives
its place back to the person and the thread. What a person signs counts nowhere.
"""

import hashlib
from datetime import timedelta
from enum import StrEnum

PER_PERSON_AND_DAY = 1
"""Automatic messages about what one person says in public, in 24 hours."""

PER_THREAD = 2
"""Automatic messages in a thread; in a private conversation, which has no end, within `THREAD_IN_PRIVATE`."""

THREAD_IN_PRIVATE = timedelta(hours=24)

PER_POST_AND_HOUR = 20
"""Automatic messages under one public post: whoever comes after with the same question can read the answer."""

PER_ACCOUNT_AND_HOUR = 60
"""Automatic public messages of one account: one a minute is far below every platform's limit and reads like one page."""

TURNS = 3
TURNS_WITHIN = timedelta(minutes=10)
"""So often may somebody come back within that time after the machine spoke to them in a thread: then it is a
machine like us, or a person who needs another person."""

COURTESIES = frozenset({"faq"})
"""Purposes that may wait a moment, and that stop when the climate turns. Protection never waits; a reminder does not
either: it is there to stop what is going on.
"""

UNQUIET = ("orange", "red")
"""Climates in which no machine speaks."""


class Silence(StrEnum):
    """Why the machine did not say what it would have said."""

    SUBJECT = "subject"
    """What is said belongs to a person: irony, death, the law, a journalist…"""
    SENSITIVE = "sensitive_post"
    THREAD_SILENT = "silent"
    """A person answered there, or an urgent case or a mute stands there."""
    HUMAN = "human_request"
    """They asked for a human, and no human answered them yet."""
    LONG_AGO = "long_ago"
    CLIMATE = "climate"
    THREAD = "thread"
    PERSON = "person"
    POST = "post"
    ACCOUNT = "account"


FLOODS = frozenset({Silence.POST, Silence.ACCOUNT})
"""So much is asked that an answer which stands there opens no case for each who asks again: one call says so."""


def over(*, thread: int, person: int, post: int, account: int, private: bool) -> Silence | None:
    """The budget that is used up, None when one more message may be planned.

    `thread`, `person`, `post` and `account` are the messages already planned in their windows. In private each
    conversation is its own: nobody else reads it, and its budget is the thread's.
    """
    if thread >= PER_THREAD:
        return Silence.THREAD
    if private:
        return None
    if person >= PER_PERSON_AND_DAY:
        return Silence.PERSON
    if post >= PER_POST_AND_HOUR:
        return Silence.POST
    return Silence.ACCOUNT if account >= PER_ACCOUNT_AND_HOUR else None


def courtesy_delay(action_id: str, seconds: tuple[int, int]) -> timedelta:
    """How long a courtesy waits before it leaves, between two numbers of seconds: the same for the same action."""
    least, most = seconds
    share = int(hashlib.sha256(action_id.encode()).hexdigest()[:4], 16) / 0xFFFF
    return timedelta(seconds=least + round((most - least) * share))
