"""The name of a comment inside an address: what it stands under, the community left out."""

import base64
import binascii
import json
from dataclasses import dataclass

from tribune.errors import NotFound
from tribune.journal import Call
from tribune.workflow.worksheet import ObjectId

_PARTS = 3


def named(at: ObjectId) -> str:
    """Of a comment: its platform, account and object, in characters that any address takes."""
    return base64.urlsafe_b64encode(json.dumps(at[1:], separators=(",", ":")).encode()).rstrip(b"=").decode()


def found(community: str, name: str) -> ObjectId:
    """The comment of that name, in this community and no other. Raises NotFound."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)))
    except (binascii.Error, ValueError) as error:
        raise NotFound(name) from error
    if not isinstance(parts, list) or len(parts) != _PARTS or not all(isinstance(part, str) for part in parts):
        raise NotFound(name)
    return (community, parts[0], parts[1], parts[2])


@dataclass(frozen=True, slots=True)
class Screens:
    """The addresses of pages, for whoever is not at the desk: each shows something, and changes nothing."""

    desk: str
    """Where the desk is: `https://…/desk`."""

    def about(self, call: Call) -> str:
        """The comment when a call is about one, the figures of a report's period, else the list of calls."""
        if "period" in call.figures:
            return f"{self.desk}/{call.community}/engagement?period={call.figures['period']}"
        if call.platform is None or call.account is None or len(call.objects) != 1:
            return self.calls(call.community)
        return (
            f"{self.desk}/{call.community}/case/{named((call.community, call.platform, call.account, *call.objects))}"
        )

    def report(self, call: Call) -> str:
        """The report that a call brings, as a file."""
        return f"{self.desk}/{call.community}/report.json?period={call.figures['period']}"

    def calls(self, community: str) -> str:
        """The list of calls."""
        return f"{self.desk}/{community}/calls"
