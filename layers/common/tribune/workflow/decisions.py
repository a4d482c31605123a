"""decisions: one decision about a member, found by its address: what is kept of it, and the rule it rests on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tribune.charter import PublishedCharter
from tribune.charter.document import Ceiling
from tribune.community import Community
from tribune.errors import CharterUnreadable, NotFound
from tribune.notice import Appeal, AppealState, Ground, Notice
from tribune.workflow.deed import clause_link
from tribune.workflow.ports import Communities


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, with everything that its page says."""

    notice: Notice
    community: Community
    published: PublishedCharter | None
    """The version that judged the words; None where none was in force, or where it cannot be read."""
    appeal: Appeal | None = None

    @property
    def contestable(self) -> bool:
        """Is there still something to contest? (Whether there is still time is another question.)"""
        return self.notice.ended_at is None and self.notice.reversed_at is None

    def open(self, now: datetime) -> bool:
        """May it be contested now?"""
        until = self.notice.contestable_until(self.community.zone)
        return self.appeal is None and self.contestable and now <= until

    @property
    def provisional(self) -> bool:
        """Did the machine alone hide it, for a person to confirm or show again, and has nobody done so?"""
        if self.notice.decided_by or (self.appeal and self.appeal.state is AppealState.UPHELD):
            return False
        clause = self.published.charter.clause(self.notice.clause) if self.published and self.notice.clause else None
        return self.notice.purpose == "provisional" or (clause is not None and clause.ceiling is Ceiling.PARTIAL)

    def ground(self, language: str) -> Ground:
        """The rule behind it."""
        notice, community = self.notice, self.community
        clause = self.published.charter.clause(notice.clause) if self.published and notice.clause else None
        if self.published is None or clause is None:
            return Ground(language)
        ground = Ground(language, self.published, clause, zone=community.zone)
        if not community.charter_base_url:
            return ground
        reference = clause_link(community, self.published.version, ground.told_in, clause.number)
        return replace(ground, reference=reference)


# ruff: disable[D102]  what each of these does is said where it is done
class Charters(Protocol):
    """The published charters."""

    def version(self, community: str, version: int) -> PublishedCharter: ...


# ruff: enable[D102]


type Kept = Callable[[str, str], tuple[Notice | None, Appeal | None]]
"""(community, token) -> what is kept of a decision."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of this stack, by their address."""

    kept: Kept
    communities: Communities
    charters: Charters

    def find(self, community_id: str, token: str) -> Decision:
        """One decision. Raises NotFound, Unavailable, CharterUnreadable, BadConfiguration."""
        decision = self._without_its_rule(community_id, token)
        version = decision.notice.charter_version
        published = self.charters.version(community_id, version) if version is not None else None
        return replace(decision, published=published)

    def contested(self, community_id: str, token: str) -> Decision:
        """The same for whoever contests it: a charter that cannot be read takes nobody's redress away.

        Raises NotFound, Unavailable, BadConfiguration.
        """
        try:
            return self.find(community_id, token)
        except CharterUnreadable:
            return self._without_its_rule(community_id, token)

    def _without_its_rule(self, community_id: str, token: str) -> Decision:
        notice, appeal = self.kept(community_id, token)
        if notice is None:
            raise NotFound("there is no such decision")
        return Decision(notice, self.communities.load(community_id), None, appeal)
