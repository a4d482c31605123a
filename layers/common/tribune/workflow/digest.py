"""digest: once each morning, when the team arrives, what each person on duty finds: short enough for a phone.

keep_watch counts, and keeps the figures and the places of a few comments in a call of its own, one a person and a day;
call_manager says it, with the words as they stand at that moment. What was held in the night is told here first: it
rings by itself only if nobody takes it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from tribune import duty, words
from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import Conflict
from tribune.journal import Call, CallState, Case, CaseState, Changes, Head, Proposal, Proposals, ProposalState
from tribune.voice import clock_words, moment_words
from tribune.workflow.lead import grounds
from tribune.workflow.opening import answer_due, call_due, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Queue, readable
from tribune.workflow.worksheet import ObjectId

DIGEST = "digest"
"""The reason of its call."""
MORNING = timedelta(hours=1)
"""So long after the team arrived it is still a digest."""
LOOK_AGAIN = timedelta(minutes=15)
"""How long a changed rota may go unseen."""
A_DAY = timedelta(days=1)
MOST_READ = 200
MOST_HELD = 40
NAMED = 3
_SOON = timedelta(minutes=5)

type Place = tuple[str, str, str]
"""(platform, account, object)."""


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read in one go."""

    def head(self, community: str, platform: str, account: str, object_id: str, /) -> Head | None: ...
    def case(self, community: str, platform: str, account: str, object_id: str, /) -> Case | None: ...
    def proposals(self, community: str, day: date, /) -> Proposals | None: ...


class Journal(Protocol):
    """What the digest needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def cases(self, community: str, state: CaseState) -> list[ObjectId]: ...
    def open_calls(self, community: str) -> list[Call]: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def observed(self, community: str, spaces: Iterable[str], since: datetime) -> Mapping[str, int]: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Digesting:
    """The morning's digest, with the edges it needs."""

    journal: Journal
    keys: Keys
    communities: Communities
    calls: Queue
    _not_before: dict[str, datetime] = field(default_factory=dict)
    """Community -> when there may be something to do again: an ordinary minute reads nothing."""

    def mornings(self, communities: Sequence[str], now: datetime) -> int:
        """Write to everybody on duty wherever the team has just arrived; answers to how many. Raises Unavailable."""
        due = (name for name in communities if now >= self._not_before.get(name, now))
        return sum(self._morning(community, now) for community in readable(self.communities, due))

    def _morning(self, community: Community, now: datetime) -> int:
        rota, zone = community.rota, community.zone
        begins = max(duty.next_presence(rota, now, zone), arrived := _arrived(community, now))
        written = self._write(community, arrived, now) if begins == now and now - arrived < MORNING else 0
        self._not_before[community.id] = min(begins, now + LOOK_AGAIN) if begins > now else now + LOOK_AGAIN
        return written

    def _write(self, community: Community, arrived: datetime, now: datetime) -> int:
        """One call a person and a day, whoever writes it first; nobody reads that there is nothing."""
        day = now.astimezone(community.zone).date()
        at, both = (community.rota, now, community.zone), ("cm", "smm")
        people = duty.having_the_duty(*at, both) or duty.on_duty(*at, both)
        names = {f"{DIGEST}-{person.id}-{day.isoformat()}": person for person in people}
        missing = [name for name in names if self.journal.load_call(community.id, name) is None]
        if not missing:
            return 0
        held = [call for call in self.journal.open_calls(community.id) if _was_held(call, arrived, now)]
        figures, places = self._facts(community, held, day, now)
        if not figures:
            return 0
        told = tuple(_call(community, name, names[name].id, figures, places, now) for name in missing)
        answer_by = now + timedelta(minutes=community.rota.acknowledge.hours)
        known = tuple(_told(call, people[0].id, answer_by, community) for call in held[:MOST_HELD])
        try:
            self.journal.commit(Changes(calls=told, resumed=known), now)
        except Conflict:  # one of them rings at this moment: it is told all the same
            self.journal.commit(Changes(calls=told), now)
        self.calls.send([wake_up(call.community, call.id) for call in told])
        return len(told)

    def _facts(
        self, community: Community, held: Sequence[Call], day: date, now: datetime
    ) -> tuple[dict[str, str], dict[str, tuple[Place, ...]]]:
        """What there is to tell, nothing of what is none; and the comments that are named."""
        name, zone = community.id, community.zone
        places = self.journal.cases(name, CaseState.OPEN)
        read = places[:MOST_READ]
        known = self.journal.read([*(self.keys.case(*at) for at in read), self.keys.proposals(name, day)])
        cases = sorted((case for at in read if (case := known.case(*at))), key=lambda case: case.promise_at)
        waiting = [case for case in cases if case.awaits_answer]
        promised = [case for case in cases if case.remind_at and case.remind_at.astimezone(zone).date() <= day]
        made = known.proposals(name, day)
        say = self._to_say(made)[:NAMED] if made else []
        would = self.journal.observed(name, community.spaces, now - A_DAY)
        ending = community.ending_answers(day)
        dues = [answer_due(case, community) for case in waiting]
        counted = {
            "waiting": len(waiting),
            "late": sum(due < now for due in dues),
            "unread": len(places) - len(read),
            "drafts": sum(bool(case.drafts) for case in cases),
            "promised": len(promised),
            "held": len(held),
            "hidden": would.get("hide", 0),
            "answered": sum(n for kind, n in would.items() if kind != "hide"),
            "say": len(say),
            "faq": len(ending),
        }
        figures = {what: str(n) for what, n in counted.items() if n}
        if not figures:
            return {}, {}
        lists: dict[str, Iterable[str]] = {
            "held_for": (f"{n}:{reason}" for reason, n in Counter(call.reason for call in held).most_common()),
            "say_kinds": (one.kind for one in say),
            "say_people": (str(one.people) for one in say),
            "faq_ids": (entry.id for entry in ending[:NAMED]),
            "due": (due.isoformat() for due in dues[:NAMED]),
            "promised_at": (case.remind_at.isoformat() for case in promised[:NAMED] if case.remind_at),
        }
        named = {
            "waiting": tuple(map(_place, waiting[:NAMED])),
            "say": tuple(one.sources[0] for one in say),
        }
        return figures | {what: " ".join(each) for what, each in lists.items()}, named

    def _to_say(self, made: Proposals) -> list[Proposal]:
        """What could still be said: the team may have begun, and members changed their minds, before anybody reads this."""
        waiting = [one for one in made.proposals if one.state is ProposalState.OPEN]
        places = [(made.community, *source) for one in waiting for source in one.sources]
        known = self.journal.read([key for at in places for key in (self.keys.head(*at), self.keys.case(*at))])
        standing = [(one, grounds(known, made.community, one)) for one in waiting]
        return [replace(one, sources=tuple(head.at[1:] for head, _ in there)) for one, there in standing if there]


def _arrived(community: Community, now: datetime) -> datetime:
    """When the presence that holds at `now` began, or may first be rung; `now` where there is none."""
    rota, zone = community.rota, community.zone
    for begin, end, _ in rota.presence.intervals(now, zone):
        if begin > now:
            break
        if now < end:
            rings = duty.may_ring(rota, begin, zone, Urgency.HOURS)
            return rings if rings < end else begin
    return now


def _was_held(call: Call, arrived: datetime, now: datetime) -> bool:
    """Did it wait for the team to arrive?"""
    waits = call.state is CallState.READY and call.urgency != Urgency.NOW and not call.only
    return waits and call.created_at < arrived and call.due_at <= now + _SOON


def _told(call: Call, person: str, answer_by: datetime, community: Community) -> Call:
    """The digest was its call: news are over with it, the rest rings by itself when nobody takes it."""
    reasons = words.table(words.spoken(community.language), "calls")["reasons"]
    news = reasons.get(call.reason, reasons["other"]).get("informs", False)
    state = CallState.CLOSED if news else CallState.SENT
    return replace(call, state=state, tried=(*call.tried, person), due_at=answer_by, rev=call.rev + 1)


def _place(case: Case) -> Place:
    return case.platform, case.account, case.object


def _call(  # noqa: PLR0913, PLR0917  what a digest is made of
    community: Community,
    name: str,
    person: str,
    figures: Mapping[str, str],
    places: Mapping[str, tuple[Place, ...]],
    now: datetime,
) -> Call:
    return replace(
        call_due(community.id, name, DIGEST, Urgency.HOURS, now),
        only=person,
        figures=figures,
        places=places,
    )


# --- what the person reads ---


def digest_lines(
    call: Call, community: Community, said: Mapping[Place, tuple[str, str]], now: datetime, language: str
) -> list[str]:
    """The lock screen's line, then a line for each thing there is. `said`: a masked line and its address, where it stands."""
    return list(_Telling(call, community, said, now, words.spoken(language)).lines())


@dataclass(frozen=True, slots=True)
class _Telling:
    call: Call
    community: Community
    said: Mapping[Place, tuple[str, str]]
    now: datetime
    language: str

    @property
    def table(self) -> Mapping[str, Any]:
        return words.table(self.language, "digest")

    def lines(self) -> Iterable[str]:
        figures, table = self.call.figures, self.table
        if "waiting" in figures:
            forms = table["subject_late" if "late" in figures else "subject"]
            yield self._filled(words.counted(forms, int(figures["waiting"])))
        else:
            yield self._filled(table["subject_none"])
        yield from self._waiting()
        if "unread" in figures:
            yield self._filled(words.counted(table["unread"], int(figures["unread"])))
        if "drafts" in figures:
            yield self._filled(table["drafts"])
        if "hidden" in figures or "answered" in figures:
            yield words.fill(table["observed"], {"would": self._would()})
        if "promised" in figures:
            times = ", ".join(self._moment(at) for at in figures["promised_at"].split())
            yield words.fill(table["promised"], {"n": figures["promised"], "times": times})
        if "held" in figures:
            yield self._held()
        yield from self._say()
        if "faq" in figures:
            yield words.fill(table["faq"], {"n": figures["faq"], "names": ", ".join(figures["faq_ids"].split())})

    def _waiting(self) -> Iterable[str]:
        dues = self.call.figures.get("due", "").split()
        for place, due in zip(self.call.places.get("waiting", ()), dues, strict=True):
            late = datetime.fromisoformat(due) < self.now
            fields = {"time": self._moment(due), "quote": self._quote(place)}
            yield words.fill(self.table["late_one" if late else "waiting_one"], fields).strip()

    def _would(self) -> str:
        """What the machine would have done, by itself: nothing of what it would not."""
        table, figures = self.table["would"], self.call.figures
        told = {
            what: words.fill(words.counted(table[what], int(figures[what])), {"n": figures[what]})
            for what in ("hidden", "answered")
            if what in figures
        }
        return words.fill(table["both"], told) if len(told) > 1 else next(iter(told.values()))

    def _held(self) -> str:
        """What did not ring, and when it will; news do not."""
        reasons = words.table(self.language, "calls")["reasons"]
        told, ringing = [], 0
        for one in self.call.figures["held_for"].split():
            n, _, name = one.partition(":")
            reason = reasons.get(name, reasons["other"])
            told.append(f"{n} × {reason['short']}")
            ringing += 0 if reason.get("informs") else int(n)
        deadline = self.call.created_at + timedelta(minutes=self.community.rota.acknowledge.hours)
        fields = {"n": self.call.figures["held"], "list": ", ".join(told), "time": self._moment(deadline.isoformat())}
        rings = [words.counted(self.table["rings"], ringing)] if ringing else []
        return " ".join(words.fill(text, fields) for text in (self.table["held"], *rings))

    def _say(self) -> Iterable[str]:
        figures, places = self.call.figures, self.call.places.get("say", ())
        kinds = zip(figures.get("say_kinds", "").split(), figures.get("say_people", "").split(), places, strict=True)
        for number, (kind, people, place) in enumerate(kinds):
            if number == 0:
                yield self.table["say"]
            what = words.fill(self.table["kinds"][kind], {"people": people})
            yield words.fill(self.table["say_one"], {"what": what, "quote": self._quote(place)}).strip()

    def _quote(self, place: Place) -> str:
        line, url = self.said.get(place, ("", ""))
        quoted = words.fill(self.table["quote"], {"quote": line}) if line else ""
        return " ".join(part for part in (quoted, url) if part)

    def _moment(self, written: str) -> str:
        zone = self.community.zone
        return moment_words(datetime.fromisoformat(written).astimezone(zone), self.now.astimezone(zone), self.language)

    def _filled(self, text: str) -> str:
        clock = clock_words(self.now.astimezone(self.community.zone), self.language)
        none = {"waiting": "0", "late": "0", "unread": "0", "drafts": "0"}
        return words.fill(text, {**none, **self.call.figures, "community": self.community.name, "time": clock})
