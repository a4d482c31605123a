"""How the desk says things: moments, people, pages, what was done and why, in the reader's language.

The sentences are `words/<language>/desk.yaml`; the command line and the screens tell the same story with them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tribune import numerals, words
from tribune.charter import Charter
from tribune.community import Community
from tribune.errors import AlreadyDone, CannotDo, Gone, NoGround, NotHere
from tribune.journal import FELT, Action, ActionState, Case, CaseState, Head
from tribune.notice import link
from tribune.voice import day_words, moment_words, safe_name
from tribune.workflow.by_hand import TEAM
from tribune.workflow.opening import is_promised

_AT_ONCE = "courtesy"
"""What waits for a minute only out of courtesy leaves all the same."""
_NOT_PERSONS = {
    TEAM: "answered_natively",
    "edited": "edited",
    "deleted": "deleted",
    "erased": "erased",
    "": "machine",
}
"""Who settled a case when it was nobody of the rota -> the sentence that says so."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One community's words at one moment, for one reader."""

    community: Community
    now: datetime
    language: str

    @property
    def table(self) -> Any:
        """The words of the desk."""
        return words.table(self.language, "desk")

    def say(self, *path: str, **fields: str) -> str:
        """One sentence of the desk."""
        text = self.table
        for step in path:
            text = text[step]
        return words.fill(text, fields)

    def _moment(self, moment: datetime, form: Any) -> str:
        zone = self.community.zone
        return moment_words(moment.astimezone(zone), self.now.astimezone(zone), self.language, form)

    def at(self, moment: datetime) -> str:
        """`à 17 h`, `on 22 November at 5 pm`."""
        return self._moment(moment, "at")

    def since(self, moment: datetime) -> str:
        """`depuis 17 h`."""
        return self._moment(moment, "since")

    def until(self, moment: datetime) -> str:
        """`jusqu'à 17 h`."""
        return self._moment(moment, "until")

    def day(self, day: date) -> str:
        """`22 novembre`, `22 November`, `22 novembre 2024`."""
        return day_words(day, self.language, self.now.astimezone(self.community.zone).date())

    def called(self, person_id: str | None) -> str:
        """The name of somebody who did something; on the platform itself we do not know who of the team it was."""
        if person_id == TEAM:
            return self.say("one_of_us")
        return self.community.called(person_id or "") or self.say("somebody")

    def author(self, name: str | None) -> str:
        """A member's name as it may be shown."""
        return safe_name(name) or self.say("somebody")

    def place(self, head: Head) -> str:
        """The page a comment stands on, as the team calls it."""
        return self.community.name_of(head.platform, head.account) or head.space

    def promise(self, case: Case) -> str:
        """When our promise to answer runs out, or since when it has; how long somebody says that they have waited. None is
        made to whoever waits for no answer: a helper to thank, a threat.
        """
        if case.remind_at is not None:
            which = "reminder_unclear" if case.promises and case.promises[-1].guessed else "reminder"
            return self.say("list", which, time=self.at(case.remind_at), promised=case.promised or "")
        if case.owes_a_word and case.promises[-1].guessed and not case.awaits_answer:
            return self.say("list", "unclear", promised=case.promised or "")
        if not is_promised(case):
            return self.say("list", "unpromised")
        if case.says_waited is not None:
            waited = case.says_waited.total_seconds()
            return self.say("list", "waited", waited=numerals.lasting(waited, self.language))
        if case.promise_at <= self.now:
            return self.say("list", "overdue", since=self.since(case.promise_at))
        return self.say("list", "promise", time=self.at(case.promise_at))

    def settled(self, case: Case) -> str:
        """Who settled a case and when; or what its author did, after which nothing was left to settle."""
        time = self.at(case.closed_at or case.opened_at)
        if case.ended_by_author:
            return self.say("show", f"closed_{case.closed_by}", id=case.id, time=time)
        return self.say("show", "closed", id=case.id, time=time, person=self.called(case.closed_by))

    def refused(self, error: AlreadyDone | CannotDo | Gone | NoGround) -> str:
        """Why what somebody wanted to do is not done."""
        match error:
            case AlreadyDone():
                which = _NOT_PERSONS.get(error.by, "answered")
                return self.say("refused", which, person=self.called(error.by), time=self.at(error.at))
            case Gone():
                return self.say("refused", "deleted")
            case NotHere():
                return self.say("refused", "unable") if error.learned else self.say("refused", "cannot", error.kind)
            case CannotDo():
                return self.say("refused", "cannot", str(error))
            case NoGround():
                return self.say("refused", "ground", error.why, clauses=", ".join(error.clauses))

    def reason(self, reason: str) -> str:
        """Why a case stands there, in a sentence."""
        own: str | None = self.table["reasons"].get(reason)
        return own or str(words.table(self.language, "reasons")[reason]["sentence"])

    def reason_of(self, case: Case) -> str:
        """Why a case stands there; of one that is settled, why it once did."""
        reason = self.reason(case.reason)
        return reason if case.state is CaseState.OPEN else self.say("show", "was", reason=reason)

    def acts(self, head: Head) -> list[str]:
        """What became of each act about a comment, what the team did on the platform itself, and why something was not
        said.
        """
        unsaid = head.verdict.unsaid if head.verdict else ""
        acts = [self.act(action) for action in head.actions]
        if head.hidden is not None:
            acts.append(self.say("natively", "hide" if head.hidden else "unhide", person=self.called(TEAM)))
        return acts + ([self.say("unsaid", unsaid)] if unsaid else []) or [self.say("list", "nothing_done")]

    def reasons(self, head: Head) -> list[str]:
        """Where the member can read why they are restricted, and contest it; nothing before it took effect."""
        return [self.say("show", "page", url=address) for address in self.pages(head)]

    def pages(self, head: Head) -> list[str]:
        """Their addresses."""
        tokens = [action.notice for action in head.actions if action.notice and action.state in FELT]
        addresses = (link(self.community.charter_base_url, self.community.id, token) for token in tokens)
        return [address for address in addresses if address]

    def provisional(self, head: Head) -> list[str]:
        """Until when a provisional hide waits for somebody to confirm it, and what happens then."""
        hide = head.unconfirmed
        if hide is None or hide.confirm_by is None or hide.unconfirmed is None:
            return []
        return [self.say("show", hide.unconfirmed, time=self.at(hide.confirm_by))]

    def foreseen(self, head: Head, charter: Charter | None) -> list[str]:
        """A suspension or an exclusion is proposed in words: nothing of it stands ready to be carried out."""
        verdict = head.verdict
        if verdict is None or not verdict.foresees or charter is None:
            return []
        values = charter.values(charter.shown_in(self.language))
        return [self.say("show", verdict.foresees, lasting=values["temp_ban"])]

    def act(self, action: Action) -> str:
        """What became of an act, in plain words."""
        table = self.table
        unsettled = action.state not in (ActionState.SENT, ActionState.PROPOSED, ActionState.OBSERVED)
        why = table["whys"].get(action.why, "") if unsettled else ""
        waits = action.state is ActionState.READY and why and action.why != _AT_ONCE
        return self.say(
            "act",
            act=table["acts"][action.kind],
            purpose=table["purposes"].get(action.purpose, ""),
            clause=self.say("under", clause=action.clause) if action.clause and action.signed_by else "",
            by=self._signatures(action),
            state=self.say(
                "states", "WAITS" if waits else action.state, time=self.at(action.done_at or action.created_at)
            ),
            why=why,
        )

    def _signatures(self, action: Action) -> str:
        if action.signed_by is None:
            return ""
        if action.confirmed_by is None:
            return self.say("by", person=self.called(action.signed_by))
        return self.say("by_two", person=self.called(action.signed_by), second=self.called(action.confirmed_by))

    def space(self, space: str) -> str:
        """A space, as the team calls it."""
        accounts = [account for channel in self.community.channels for account in channel.accounts]
        return next((account.name for account in accounts if account.space == space and account.name), space)

    def scope(self, scope: str) -> str:
        """What a pause is about, as the team calls it."""
        kind, _, rest = scope.partition("#")
        name = rest
        if kind == "space":
            name = self.space(rest)
        elif kind == "post":
            platform, account, post_id = rest.split("#", 2)
            post = self.community.post(platform, account, post_id)
            name = post.title if post and post.title else post_id
        elif kind == "thread":
            name = rest.split("#", 2)[2]
        return self.say("pause", "scopes", kind, name=name)
