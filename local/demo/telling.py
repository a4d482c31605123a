"""The day told on the terminal, as a community manager would want to read it: live and in colour there, plain lines elsewhere."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import yaml
from rich.console import Console
from rich.text import Text

from local.demo.facts import Difference, Facts, Seen
from local.demo.story import Figures, Row, Story
from local.twins import Entry
from tribune import numerals, words
from tribune.channel import ActKind
from tribune.charter import Clause
from tribune.decision import DANGER
from tribune.journal import Case
from tribune.voice import clock_words
from tribune.workflow.cases import Shown

WORDS_FILE = Path(__file__).resolve().parent / "words.yaml"
_LANGUAGE = "fr"
_INDENT = 4
_ENDLESS = 1_000_000

# Who speaks, by colour.
_MACHINE, _PERSON, _PREPARED, _HIDDEN, _CALL = "green", "cyan", "yellow", "magenta", "bold red"
_QUIET, _STRONG, _HELD, _BROKEN = "dim", "bold", "green", "bold red"

type Told = tuple[str, str]
"""A sentence and how it is shown."""


@dataclass(frozen=True, slots=True)
class Check:
    """A technical check: its name among the words, whether it holds, its figures."""

    name: str
    holds: bool
    figures: Mapping[str, str]


class Teller:
    """Says what happens, as it happens."""

    def __init__(self, story: Story, facts: Facts, out: TextIO) -> None:
        self.facts = facts
        self._story = story
        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        self._words: Mapping[str, Any] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
        self._reasons = words.table(_LANGUAGE, "reasons")
        self._names = {person.id: person.name for person in facts.community.rota.people}

    # --- the frame ---

    def opening(self, version: int, since: datetime) -> None:
        """Who, where, under which charter, how far the machine may go."""
        fields = {
            "community": self.facts.community.name,
            "version": str(version),
            "since": self._day(since.date()).partition(" ")[2],
        }
        self._line(self._fill("title", **fields), _STRONG)
        for sentence in self._words["intro"]:
            self._line(words.fill(sentence, self._names | fields), _QUIET)
        self._heading(self._day(self._story.day))

    def day_after(self) -> None:
        """The part about the day after begins."""
        self._heading(self._fill("after", day=self._day(self._story.next_day)))

    @contextmanager
    def waiting(self, at: datetime) -> Iterator[None]:
        """Something is on its way; seen on a terminal only."""
        with self._console.status(self._fill("waiting", time=self._time(at))):
            yield

    # --- a row ---

    def row(self, row: Row, at: datetime, seen: Seen, broken: Sequence[Difference]) -> None:
        """What was written, what came of it and why."""
        place = self._story.places[row.place]
        post = self.facts.community.post(place.platform, place.account, place.thread)
        where = words.fill(self._words["places"][place.platform], {"title": post.title if post else ""})
        line = Text(f"\n{row.row:>2} ", _STRONG)
        line.append("✗ " if broken else "✓ ", _BROKEN if broken else _HELD)
        line.append(self._time(at), _PERSON)
        line.append(f" · {where} · {row.by.name or self._words['somebody']}", "not bold")
        line.append(f" {self._words['edits']}" if row.edits else "", "not bold")
        self._console.print(line, soft_wrap=True)
        self._told(f"« {row.says} »", _STRONG)
        for text, style in self._came(row, at, seen):
            self._told(text, style)
        for difference in broken:
            self._told(self._wrong(str(row.row), difference), _BROKEN)

    def _came(self, row: Row, at: datetime, seen: Seen) -> Iterator[Told]:
        """Why, what was done, who was called, what is prepared: one sentence each."""
        if seen.head.verdict:
            yield str(self._reasons[seen.head.verdict.reason]["sentence"]), _QUIET
        if row.note:
            yield row.note, _QUIET
        yield from self._done(seen)
        yield from self._called(row, at, seen)
        yield from self._prepared(seen)
        yield from self._remarks(row, seen)

    def _done(self, seen: Seen) -> Iterator[Told]:
        acts = self._words["acts"]
        for entry in seen.automatic:
            action = seen.action(entry)
            kind = "reminder" if action and action.purpose == "reminder" else "reply"
            yield words.fill(acts[kind], {"text": _one_line(entry.text)}), _MACHINE
        if seen.taken_back:
            yield acts["taken_back"], _MACHINE
        if seen.hidden and seen.clause:
            yield words.fill(acts[_how_hidden(seen)], _cited(seen.clause)), _HIDDEN

    def _called(self, row: Row, at: datetime, seen: Seen) -> Iterator[Told]:
        acts = self._words["acts"]
        if not seen.rung:
            return
        people = acts["and"].join(self._names[self.facts.person(entry)] for entry in seen.rung)
        yield words.fill(acts["call"], {"people": people, "subject": subject(seen.rung[0])}), _CALL
        if row.expect.in_quiet_hours:
            yield words.fill(acts["quiet"], {"time": self._time(at)}), _QUIET
        if seen.known_at and seen.hidden_at:
            moments = {"received": seen.head.received_at, "known": seen.known_at, "acted": seen.hidden_at}
            seconds = {name: f"{one.astimezone(self.facts.community.zone):%H:%M:%S}" for name, one in moments.items()}
            yield words.fill(acts["law_clock"], seconds), _QUIET

    def _prepared(self, seen: Seen) -> Iterator[Told]:
        acts = self._words["acts"]
        drafts = seen.case.drafts if seen.case else ()
        for draft in drafts:
            kind = "prepared_privately" if draft.kind is ActKind.PRIVATE else "prepared"
            yield words.fill(acts[kind], self._names | {"text": _one_line(draft.text)}), _PREPARED
        if not (drafts or seen.acts or seen.rung):
            yield acts["nothing"], _QUIET

    def _remarks(self, row: Row, seen: Seen) -> Iterator[Told]:
        """What else came of it that a CM wants to know."""
        reason = seen.head.verdict.reason if seen.head.verdict else ""
        remarks = {
            "thread_silent": bool(seen.thread.silent) and reason in DANGER,
            "confidential": seen.head.confidential,
            "shown_as": row.expect.shown_as is not None,
            "top": row.expect.place_in_list == 1 and seen.place_in_list == 1 and not seen.rung,
            "overdue": bool(row.expect.overdue) and row.expect.place_in_list is None,
            "second_level": seen.head.counted is not None and seen.head.counted[1] > 1,
            "twice": row.twice,
        }
        acts = self._words["acts"]
        yield from (
            (words.fill(acts[name], self._names | {"words": seen.words}), _QUIET)
            for name, holds in remarks.items()
            if holds
        )

    # --- what Marie does, and what stands between the rows ---

    def hand(self, key: str, at: datetime, text: str = "") -> None:
        """Marie `takes` a call, `sends` the draft, `rewrites` it, `answers` as she promised."""
        self._told(words.fill(self._words["marie"][key], self._names | {"time": self._time(at), "text": text}), _PERSON)

    def promised(self, at: datetime) -> None:
        """Her answer holds a promise."""
        self._told(words.fill(self._words["marie"]["promised"], {"time": self._time(at)}), _QUIET)

    def waits(self, at: datetime, found: Sequence[tuple[Shown, Row]]) -> None:
        """The list of what waits."""
        self._line("")
        self._line(self._fill("waits", time=self._time(at)), _STRONG)
        for number, (shown, row) in enumerate(found, start=1):
            label = str(self._reasons[shown.case.reason]["label"])
            late = self._late(shown.case, at)
            self._told(f"{number:>2}. {row.by.name or self._words['somebody']} · {label} · {late}")

    def _late(self, case: Case, at: datetime) -> str:
        form: Mapping[str, str] = self._words["late"]
        if case.reason in DANGER:
            return form["danger"]
        if case.remind_at:
            return words.fill(form["promised"], {"time": self._time(case.remind_at)})
        if not case.awaits_answer:
            return form["free"]
        if case.says_waited is not None:
            waited = numerals.lasting(case.says_waited.total_seconds(), _LANGUAGE)
            return words.fill(form["waited"], {"waited": waited})
        if case.promise_at <= at:
            return form["overdue"]
        return words.fill(form["until"], {"time": self._time(case.promise_at)})

    def moment(self, key: str, at: datetime, **fields: str) -> None:
        """A part of the story that is no row."""
        self._line("")
        self._line(self._fill(key, time=self._time(at), **fields))

    # --- the closing screen ---

    def closing(self, figures: Figures) -> None:
        """The day in one line."""
        self._heading(self._fill("closing", day=self._day(self._story.day)))
        self._line(" · ".join(self._figures(figures)), "bold green")

    def _figures(self, figures: Figures) -> Iterator[str]:
        form = self._words["figures"]
        yield self._counted(form["messages"], figures.messages)
        yield self._counted(form["criticism"], figures.criticism_hidden)
        hidden = self._kinds(form["hidden_kinds"], figures.hidden)
        yield self._counted(form["hidden"], sum(figures.hidden.values())) + hidden
        taken_back = self._counted(form["taken_back"], figures.taken_back) if figures.taken_back else ""
        alone = self._kinds(form["alone_kinds"], figures.alone, taken_back)
        yield self._counted(form["alone"], sum(figures.alone.values())) + alone
        yield self._counted(form["prepared"], figures.prepared)
        reasons = ", ".join(form["call_kinds"].get(reason, reason) for reason in figures.calls)
        yield self._counted(form["calls"], len(figures.calls)) + (f" ({reasons})" if reasons else "")
        if by_hand := figures.led + figures.policed:
            fields = {
                "percent": str(round(100 * figures.led / by_hand)),
                "automatic": str(figures.automatic_in_public),
                "public": str(by_hand + figures.automatic_in_public),
            }
            yield words.fill(form["led"], self._names | fields)
        yield self._counted(form["uncited"], figures.uncited) if figures.uncited else form["cited"]

    def _kinds(self, forms: Mapping[str, Any], counts: Mapping[str, int], suffix: str = "") -> str:
        ordered = [*(name for name in forms if name in counts), *(name for name in counts if name not in forms)]
        parts = [self._counted(forms.get(name, {"one": name, "many": name}), counts[name]) for name in ordered]
        return f" ({', '.join(parts)}{suffix})" if parts else ""

    def technical(self, checks: Sequence[Check], cost: Mapping[str, str]) -> None:
        """What an engineer wants to know."""
        self._heading(self._words["checks"])
        for check in checks:
            mark = "✓" if check.holds else "✗"
            told = words.fill(self._words["technical"][check.name], check.figures)
            self._told(f"{mark} {told}", _HELD if check.holds else _BROKEN)
        self._told(self._fill("cost", **cost), _QUIET)

    def ending(self, broken: int) -> None:
        """All held, or how much did not."""
        self._line("")
        text = self._counted(self._words["some_broke"], broken) if broken else self._words["all_held"]
        self._line(text, _BROKEN if broken else "bold green")

    def broke(self, where: str, difference: Difference) -> None:
        """Something is not as the story says."""
        self._told(self._wrong(where, difference), _BROKEN)

    def stopped(self, why: str, errors: Iterable[str]) -> None:
        """The day cannot go on: where, and what the functions wrote about it."""
        self._line(self._fill("stopped", why=why), _BROKEN)
        for error in errors:
            self._told(error, _BROKEN)

    # --- small words ---

    def _wrong(self, where: str, difference: Difference) -> str:
        what, wanted, found = difference
        places: Mapping[str, str] = self._words["where"]
        place = places.get(where) or words.fill(places["row"], {"n": where})
        return self._fill("wrong", where=place, what=what, wanted=self._shown(wanted), found=self._shown(found))

    def _shown(self, value: Any) -> str:
        if isinstance(value, list | tuple):
            return " | ".join(self._shown(one) for one in value) or str(self._words["nothing"])
        return str(self._words["nothing"]) if value is None or value == "" else str(value)

    def _counted(self, forms: Mapping[str, str], n: int) -> str:
        """French counts nothing and one alike."""
        return words.fill(forms["one" if n < 2 else "many"], self._names | {"n": str(n)})  # noqa: PLR2004  two are many

    def _fill(self, key: str, **fields: str) -> str:
        return words.fill(self._words[key], self._names | fields)

    def _time(self, at: datetime) -> str:
        return clock_words(at.astimezone(self.facts.community.zone), _LANGUAGE)

    def _day(self, day: date) -> str:
        month = words.table(_LANGUAGE, "time")["months"][day.month - 1]
        return self._fill("day", weekday=self._words["weekdays"][day.weekday()], number=str(day.day), month=month)

    def _heading(self, text: str) -> None:
        self._line("")
        self._line(text[:1].upper() + text[1:], "bold underline")

    def _told(self, text: str, style: str = "") -> None:
        self._line(text, style, " " * _INDENT)

    def _line(self, text: str, style: str = "", indent: str = "") -> None:
        """Lines are cut at plain spaces only, and only on a terminal: rich would cut at non-breaking ones too."""
        width = self._console.width if self._console.is_terminal else _ENDLESS
        lines = textwrap.wrap(text, width - len(indent), break_long_words=False, break_on_hyphens=False) or [""]
        for line in lines:
            self._console.print(Text(indent + line, style), soft_wrap=True)


def subject(entry: Entry) -> str:
    """What a call shows on a lock screen."""
    return (entry.text or "").partition("\n")[0]


def _one_line(text: str | None) -> str:
    return " — ".join((text or "").splitlines())


def _cited(clause: Clause) -> dict[str, str]:
    return {"n": str(clause.number), "title": clause.title[_LANGUAGE]}


def _how_hidden(seen: Seen) -> str:
    purposes = {action.purpose for action in seen.head.actions if action.kind is ActKind.HIDE}
    if "provisional" in purposes:
        return "hidden_provisionally"
    return "hidden_silently" if "spam" in purposes else "hidden"
