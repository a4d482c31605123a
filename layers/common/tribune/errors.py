"""Everything that can go wrong, grouped by who has to know.

Each class carries a `reason`: the bounded word that logs and metrics use.
"""

from collections.abc import Iterable
from datetime import datetime


class TribuneError(Exception):
    """Base of every error that Tribune raises on purpose."""

    reason = "error"


# --- what a sender did wrong (the platform gets a status, nothing is kept) ---


class DeliveryRefused(TribuneError):
    """A delivery was refused; `status` is the HTTP answer."""

    reason = "refused"
    status = 400


class UnknownChannel(DeliveryRefused):
    """No such platform or channel."""

    reason = "unknown_channel"
    status = 404


class Forged(DeliveryRefused):
    """The signature is missing, malformed, stale or wrong."""

    reason = "forged"
    status = 401


class WrongToken(DeliveryRefused):
    """A subscription handshake came with the wrong verify token."""

    reason = "wrong_token"
    status = 403


class TooLarge(DeliveryRefused):
    """The body is larger than we accept."""

    reason = "too_large"
    status = 413


class UnreadableBody(DeliveryRefused):
    """The signature is genuine, the body is not what the platform documents."""

    reason = "unreadable_body"
    status = 400


class Unreadable(TribuneError):
    """One item of a genuine delivery, or a call that is kept, cannot be understood: its message goes to the dead letters, and
    a person hears of it.
    """

    reason = "unreadable_item"


# --- what passes by itself ---


class Unavailable(TribuneError):
    """Something we depend on did not answer; trying again is right."""

    reason = "unavailable"


class Conflict(TribuneError):
    """Somebody else changed the same record first: read again and decide again."""

    reason = "conflict"


class NotSent(Unavailable):
    """A request certainly did not reach its receiver."""

    reason = "not_sent"


class Unreached(Unavailable):
    """No way of anybody on duty took a call."""

    reason = "unreached"


class PerhapsSent(TribuneError):
    """A request may or may not have reached its receiver: sending it again could be doing it twice."""

    reason = "perhaps_sent"


# --- what a person must settle ---


class CannotDo(TribuneError):
    """The platform has no such act: the decision escalates instead of pretending."""

    reason = "cannot_do"


class NotHere(CannotDo):
    """What a person wants done is not possible where the comment stands; `can`: what is (`ActKind`)."""

    def __init__(self, kind: str, can: Iterable[str], *, learned: bool = False) -> None:
        self.kind, self.can, self.learned = kind, tuple(can), learned
        super().__init__(kind)


class Unwritable(TribuneError):
    """What is to be kept is more than a store can hold: trying again changes nothing, and its neighbours are not to blame."""

    reason = "unwritable"


class NoGround(TribuneError):
    """Law 1: nothing is done to a member without a clause that was in force; `clauses`: those that were (ids)."""

    reason = "no_ground"

    def __init__(self, why: str, clauses: Iterable[str] = ()) -> None:
        self.why, self.clauses = why, tuple(clauses)
        super().__init__(why)


class BadConfiguration(TribuneError):
    """A file written by a person is wrong: says the file, the line, the field and what would be right.

    A file may have several mistakes: the error is the first one, `others` are those after it, and all of them are said.
    """

    reason = "bad_configuration"

    def __init__(self, sentence: str, *, file: str = "", line: int | None = None, field: str = "") -> None:
        self.sentence, self.file, self.line, self.field = sentence, file, line, field
        self.others: tuple[BadConfiguration, ...] = ()
        place = ":".join(str(part) for part in (file, line) if part)
        super().__init__(" ".join(part for part in (place and f"{place}:", field and f"{field}:", sentence) if part))

    def with_others(self, others: Iterable["BadConfiguration"]) -> "BadConfiguration":
        """This mistake, and those that the same file makes after it."""
        self.others = (*self.others, *others)
        return self

    def __str__(self) -> str:
        """One mistake a line, under their number when there are several."""
        if not self.others:
            return super().__str__()
        lines = [super().__str__(), *map(str, self.others)]
        return "\n".join((f"{self.file or 'this file'} has {len(lines)} mistakes:", *lines))


class MissingSetting(BadConfiguration):
    """An environment variable that the function needs is absent or empty."""

    reason = "missing_setting"


class CharterUnreadable(TribuneError):
    """The charter in force cannot be loaded: nobody is sanctioned, everything goes to the CM."""

    reason = "charter_unreadable"


class NotFound(TribuneError):
    """A case, call or version that a person asked for does not exist."""

    reason = "not_found"


class OwnDecision(TribuneError):
    """An appeal is reviewed by somebody else than who decided; `others`: who may (ids), nobody where the team has no other."""

    reason = "own_decision"

    def __init__(self, person: str, others: Iterable[str]) -> None:
        self.person, self.others = person, tuple(others)
        super().__init__(f"{person} took this decision")


class Gone(TribuneError):
    """What a person wanted to act on is no longer there: its author deleted it."""

    reason = "gone"


class AlreadyDone(TribuneError):
    """Somebody decided first; says who and when."""

    reason = "already_done"

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at = by, at
        super().__init__(f"{by} decided first, at {at.isoformat()}")
