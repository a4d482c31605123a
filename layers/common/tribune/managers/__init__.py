"""The human edge: one module per way to reach a person of the team, and the explicit list of them.

Each module turns a `CallMessage` into the form of its way and hands it to the network or the mail service it
is given; `send` returns when the way took the message and raises a TribuneError when it did not.
"""

from typing import Protocol

from tribune.duty import CallMessage, Person, Way
from tribune.managers import console, email, slack
from tribune.managers.edge import Edge


class Manager(Protocol):
    """The shape of every module in `tribune.managers`."""

    @property
    def KIND(self) -> str:  # noqa: N802  a constant of the module
        """The `kind` of the ways it serves."""

    def send(self, message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
        """Reach the person. Raises BadConfiguration when the way lacks an address, Unavailable when it refused."""


MANAGERS: tuple[Manager, ...] = (console, email, slack)


def deliver(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """Send through the module that serves this way; raises as `Manager.send` does."""
    next(manager for manager in MANAGERS if way.kind == manager.KIND).send(message, person, way, secret, edge)
