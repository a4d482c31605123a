"""How we speak: which text, in which words, signed by whom. Pure.

A machine's text never says "je", never promises, never repeats what a member wrote; a person's initials
stand only under what that person wrote or approved.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Written(BaseModel):
    """A part of the configuration: unknown fields are an error, so that a typing mistake is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Voice(Written):
    """How a community speaks."""

    team_signature: dict[str, str] = Field(min_length=1)
    """Language -> what signs the machine's messages: "L'équipe Garance (message automatique)"."""
    identity_mode: Literal["brand", "initials", "first_name", "full_name", "persona"] = "initials"
    """How a person of the team signs; `brand` leaves it to the page's name."""
    persona: str = ""
    """The name that signs in mode `persona`."""
    address: Literal["vous", "tu"] = "vous"


class FaqEntry(Written):
    """A question people ask, and the answer the team reviewed."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")
    questions: dict[str, tuple[str, ...]]
    """Language -> phrases that ask it."""
    answer: dict[str, str]
    url: str | None = None
    reviewed_at: date
    valid_until: date | None = None
    """The last day on which the answer is true."""
