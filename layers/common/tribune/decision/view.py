"""Everything that a rule may look at, and the one place where modes and ceilings are."""

from dataclasses import dataclass
from functools import cached_property

from tribune.budgets import UNQUIET, Silence, over
from tribune.channel import ActKind
from tribune.charter.document import Ceiling, Charter, Clause, Gravity
from tribune.charter.findings import Breach, Findings, Signal
from tribune.comment import Audience
from tribune.decision.terms import Leave, MachineKind, Matter, Mode, Situation
from tribune.standing import Standing

COMPLAINS = (Signal.GRIEVANCE, Signal.CRITICISM, Signal.STILL_WAITING)
"""Something went wrong for this person: no courtesy, no template, an answer."""

NEVER_AUTOMATIC = (
    Signal.DISTRESS,
    Signal.HARM,
    Signal.SAFETY,
    Signal.RIP,
    Signal.DISCRIMINATION,
    Signal.QUOTED_INSULT,
    Signal.LEGAL_THREAT,
    Signal.JOURNALIST,
    Signal.HUMAN_REQUEST,
    Signal.NAME_REQUEST,
)
"""Subjects on which a machine never speaks, and never acts alone except to protect."""


@dataclass(frozen=True)
class View:
    """Everything that a rule may look at."""

    matter: Matter
    findings: Findings
    standing: Standing
    situation: Situation
    charter: Charter | None
    freely: bool = False
    """What would be decided if nothing made the machine silent?"""

    def says(self, *signals: Signal) -> bool:
        """True when the text carries one of these signals."""
        return not self.findings.signals.isdisjoint(signals)

    @property
    def private(self) -> bool:
        """Said to us alone."""
        return self.matter.audience is Audience.PRIVATE

    @property
    def can_hide(self) -> bool:
        """In a private thread there is nobody to hide from."""
        return not self.private and ActKind.HIDE in self.situation.can

    @property
    def privately(self) -> ActKind:
        """How a person is spoken to alone; on a platform without private messages the CM chooses where to say it."""
        return ActKind.PRIVATE if not self.private and ActKind.PRIVATE in self.situation.can else ActKind.REPLY

    @cached_property
    def held(self) -> tuple[tuple[Breach, Clause], ...]:
        """The breaches that a clause in force holds against these words in this place, most grave first."""
        if self.charter is None:
            return ()
        pairs = ((breach, self.charter.clause(breach.clause)) for breach in self.findings.breaches)
        return tuple((breach, clause) for breach, clause in pairs if clause and clause.applies_in(private=self.private))

    def sure_of(self, clause: Clause) -> bool:
        """Does this clause hold something besides doubts and suggestions?"""
        return any(not breach.doubtful for breach, held in self.held if held is clause)

    @property
    def wants_a_name(self) -> bool:
        """Does somebody want to know who answers for us? What members ask one another is theirs."""
        return self.says(Signal.NAME_REQUEST) and not self.matter.to_member

    @cached_property
    def ironic(self) -> bool:
        """Praise with a word of grievance: « Bravo, encore 3 semaines de retard »."""
        return self.says(Signal.PRAISE, Signal.THANKS) and self.says(*COMPLAINS)

    @property
    def waits(self) -> bool:
        """True of a person who waits for our answer, or says so."""
        return self.standing.waiting_since is not None or self.says(Signal.STILL_WAITING)

    @cached_property
    def delicate(self) -> bool:
        """Here every step belongs to a person, except protection."""
        return (
            self.ironic
            or self.says(*NEVER_AUTOMATIC)
            or self.situation.sensitive_post
            or self.situation.thread_silent
            or self.standing.human_requested_at is not None
        )

    @cached_property
    def may_speak(self) -> bool:
        """May a message leave without a person? Never in a delicate place, and only so many."""
        return self.freely or self.silence is None

    @cached_property
    def silence(self) -> Silence | None:
        """Why no message may leave here without a person; None when one may."""
        situation = self.situation
        reasons = {
            Silence.SUBJECT: self.ironic or self.says(*NEVER_AUTOMATIC),
            Silence.SENSITIVE: situation.sensitive_post,
            Silence.THREAD_SILENT: situation.thread_silent,
            Silence.HUMAN: self.standing.human_requested_at is not None,
            Silence.LONG_AGO: situation.long_ago,
            Silence.CLIMATE: situation.climate in UNQUIET,
        }
        return next((reason for reason, holds in reasons.items() if holds), None) or over(
            thread=situation.thread_automatic,
            person=self.standing.automatic_today,
            post=situation.post_automatic,
            account=situation.account_automatic,
            private=self.private,
        )

    def leave(self, clause: str | None, kind: MachineKind, *, alone: bool, danger: bool = False) -> Leave:
        """How an act leaves: the one place where ceilings and modes are looked at.

        `alone`: nothing about these words forbids it. `danger`: gravity 4, hidden unasked in every mode, which is
        the one exception. No setting goes further than the charter that people agreed to.
        """
        unlimited = clause is None or self.charter is None
        permitted = alone and (unlimited or self._under_the_ceiling(str(clause), kind, danger=danger))
        if danger and permitted and self.situation.hide_gravity_4:
            return Leave.ALONE
        mode = self.situation.clause_modes.get(clause, self.situation.mode) if clause else self.situation.mode
        if self.charter is not None:
            mode = min(mode, Mode(self.charter.mode), key=tuple(Mode).index)
        if mode is Mode.OBSERVE:
            return Leave.OBSERVED
        return Leave.ALONE if permitted and mode is Mode.ACT else Leave.PROPOSED

    def _under_the_ceiling(self, clause_id: str, kind: MachineKind, *, danger: bool) -> bool:
        """Does the clause let the machine do this alone at all?

        Members read that a machine may hide what is grave provisionally: below that, `partial` reminds and no more.
        """
        clause = self.charter.clause(clause_id) if self.charter else None
        if clause is None or clause.gravity is None:
            return False
        may_remind = clause.gravity <= Gravity.REMINDER
        match clause.ceiling:
            case Ceiling.FULL:
                return may_remind or kind is not ActKind.REPLY
            case Ceiling.PARTIAL:
                grave = danger or clause.gravity >= Gravity.GRAVE
                return may_remind if kind is ActKind.REPLY else grave and kind is ActKind.HIDE
            case Ceiling.PROPOSE | Ceiling.NONE:
                return False
