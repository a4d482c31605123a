"""The human edge: one module per way to reach a person of the team, and the explicit list of them.

Each module turns a `CallMessage` into the form of its way and hands it to the network, the mail service or the
telephone it is given; `send` returns when the way took the message and raises a TribuneError when it did not, so that
the next way is tried. Three rules hold for each of them: words of other people never become markup, a link leads to a
page that only shows, and what must stay secret comes from the secrets and reaches no message, log or error.
"""

from typing import Protocol

from tribune.duty import CallMessage, Person, Way
from tribune.managers import console, email, line, slack, sms, teams, telegram
from tribune.managers.edge import Edge


class Manager(Protocol):
    """The shape of every module in `tribune.managers`."""

    @property
    def KIND(self) -> str:  # noqa: N802  a constant of the module
        """The `kind` of the ways it serves."""

    def check(self, way: Way, secret: str | None, field: str) -> None:
        """Can it reach somebody by this way? Raises BadConfiguration, which names `field` and never the secret."""

    def send(self, message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
        """Reach the person by a way that `check` let pass. Raises Unavailable when it refused, NotSent, PerhapsSent."""


MANAGERS: tuple[Manager, ...] = (console, email, slack, teams, sms, line, telegram)


def check(way: Way, secret: str | None, field: str) -> None:
    """Can this way reach anybody? Raises BadConfiguration."""
    _manager(way).check(way, secret, field)


def deliver(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """Send through the module that serves this way, once it was checked; raises as `check` and `Manager.send` do."""
    check(way, secret, f"{person.id}.{way.kind}")
    _manager(way).send(message, person, way, secret, edge)


def _manager(way: Way) -> Manager:
    return next(manager for manager in MANAGERS if way.kind == manager.KIND)
