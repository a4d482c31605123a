"""The team at the desk: who may open it, and what each role may do there. Pure; the roles are four, the rights are data.

What a person may do is looked up in the community's settings at every request, so whoever leaves the list is out
with the next click.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator

from tribune.written import Written


class Role(StrEnum):
    """What somebody is in a community."""

    CM = "cm"
    """Leads the exchanges: cases, answers, calls, pauses, drafts of the charter."""
    SMM = "smm"
    """The social media manager: everything of a CM, and publishes the charter, sets modes, voice, rota and FAQ."""
    REVIEWER = "reviewer"
    """Judges appeals, and reads."""
    READER = "reader"
    """Reads."""


class Right(StrEnum):
    """What a door of the desk asks for."""

    READ = "read"
    HANDLE = "handle"
    """Answer, hide, show, close, take a call, pause, propose words for the charter."""
    REVIEW = "review"
    """Decide an appeal."""
    DIRECT = "direct"
    """Publish a charter, switch modes, change voice, rota and FAQ."""


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.CM: frozenset({Right.READ, Right.HANDLE, Right.REVIEW}),
        Role.SMM: frozenset(Right),
        Role.REVIEWER: frozenset({Right.READ, Right.REVIEW}),
        Role.READER: frozenset({Right.READ}),
    }
)


def _address(written: str) -> str:
    if written.count("@") != 1 or written != written.strip():
        raise ValueError("an e-mail address, as the sign-in provider knows it")
    return written.casefold()


class Member(Written):
    """Somebody who may sign in at the desk, by the e-mail address that the sign-in provider vouches for."""

    email: Annotated[str, AfterValidator(_address)]
    role: Role = Role.READER
    person: str = ""
    """The id in the rota of whom this is: in whose name acts are signed. Whoever handles cases has one."""

    name: str = ""
    """What somebody who is not in the rota is called."""

    def may(self, right: Right) -> bool:
        """Has this role that right?"""
        return right in RIGHTS[self.role]
