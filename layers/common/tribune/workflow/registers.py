"""registers: the public register of a month is made once, when the month is over, and shown for ever.

What is kept of it is what everybody may read: whoever shows it holds no figure that is not public.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from pydantic import TypeAdapter

from tribune import measures, pages, words
from tribune.charter import Charter, Clause, PublishedCharter
from tribune.charter.document import Kind
from tribune.community import Community
from tribune.errors import CharterUnreadable, Conflict
from tribune.figures import Figures
from tribune.numerals import count, lasting, share
from tribune.register import COLUMNS, Line, Register, Rule, Shown, as_csv, gone, register, rows
from tribune.report import Period
from tribune.workflow.ports import Communities, readable
from tribune.workflow.reporting import Charters, Gathering

SETTLED_AFTER: Final = timedelta(days=9)
"""Each hour is counted a last time eight days later (`sealing.AGAIN_AFTER`): what is published once must stand."""
_REGISTER: Final = TypeAdapter(Register)


# ruff: disable[D102]  what each of these does is said where it is done
class Version(Protocol):
    """A published version without its content."""

    @property
    def version(self) -> int: ...


class Registers(Protocol):
    """Where registers are kept."""

    def months(self, community: str) -> Sequence[str]: ...
    def load(self, community: str, month: str) -> str: ...
    def keep(self, community: str, month: str, content: str) -> None: ...


class Versions(Charters, Protocol):
    """The published charters, each version of them."""

    def versions(self, community: str) -> Sequence[Version]: ...
    def version(self, community: str, version: int) -> PublishedCharter: ...


# ruff: enable[D102]


def _titles(charter: Charter, clause: Clause) -> dict[str, str]:
    return {language: charter.title_of(clause, language) for language in clause.title}


@dataclass(frozen=True, slots=True)
class Publishing:
    """send_report's use case for everybody."""

    gathering: Gathering
    communities: Communities
    charters: Versions
    registers: Registers

    def publish(self, communities: Sequence[str], now: datetime) -> int:
        """Publish the register of a month once nothing of it is counted again, where a charter was in force; answers how many.

        Raises Unavailable.
        """
        return sum(self._publish(community, now) for community in readable(self.communities, communities))

    def _publish(self, community: Community, now: datetime) -> bool:
        month = Period.month(now.astimezone(community.zone).date()).before
        end = month.bounds(community.zone)[1]
        if now - end < SETTLED_AFTER or month.name in self.registers.months(community.id):
            return False
        try:
            published = self.charters.load(community.id, end - timedelta(seconds=1))
            days = self.gathering.days(community, month.first, month.last)
            if published is None or not days:
                return False  # no rule was in force, or nobody said anything
            made = self._made(community, month, published, sum(days.values(), Figures()), now)
            self.registers.keep(community.id, month.name, packed(made))
        except (CharterUnreadable, Conflict):
            return False  # whoever decides says so; somebody else published it at this moment
        return True

    def _former(self, community: str, clauses: Iterable[str]) -> dict[str, dict[str, str]]:
        """What these clauses are called in the last version that has each."""
        found: dict[str, dict[str, str]] = {}
        wanted = set(clauses)
        for version in reversed(self.charters.versions(community) if wanted else ()):
            try:
                charter = self.charters.version(community, version.version).charter
            except CharterUnreadable:
                continue  # a name that cannot be read keeps no register from being published
            for clause in charter.clauses:
                if clause.id in wanted - found.keys():
                    found[clause.id] = _titles(charter, clause)
        return found

    def _made(
        self, community: Community, month: Period, published: PublishedCharter, figures: Figures, now: datetime
    ) -> Register:
        _, working = measures.response_times(figures, community.rota, community.zone)
        rules = [
            Rule(clause.id, clause.number, _titles(published.charter, clause))
            for clause in published.charter.clauses
            if clause.kind is Kind.RULE
        ]
        return register(
            community.id,
            month,
            figures,
            rules=rules,
            former=self._former(community.id, gone(figures, rules)),
            appeals=self.gathering.appeals(community.id),
            answers=working,
            bounds=month.bounds(community.zone),
            now=now,
        )


def packed(told: Register) -> str:
    """The register as JSON: what is kept, and what machines read."""
    return json.dumps({"schema": 1, **_REGISTER.dump_python(told, mode="json")}, ensure_ascii=False, indent=1) + "\n"


def unpacked(content: str) -> Register:
    """What was packed. Raises ValueError for anything else."""
    found = json.loads(content)
    found.pop("schema")
    return _REGISTER.validate_python(found)


# --- as everybody reads it ---


@dataclass(frozen=True, slots=True)
class Showed:
    """A register in one language."""

    told: Register
    community: Community
    language: str
    day: Callable[[datetime], str]
    """A moment as the day on which it was: « 2 novembre 2026 »."""

    @property
    def table(self) -> Any:
        """The words of the register."""
        return words.table(self.language, "register")

    def as_html(self) -> str:
        """The page; its links are relative to `…/register/{month}/{language}`."""
        table, told = self.table, self.told
        used = [line for line in told.lines if any(n != 0 for n in line.counts)]
        return pages.render(
            "register",
            language=self.language,
            table=table,
            title=words.fill(table["title"], {"brand": self.community.name, "month": self.month}),
            made=words.fill(table["made"], {"day": self.day(told.made_at)}),
            languages=[{"code": code, "name": name} for code, name in table["languages"].items()],
            figures=list(self._figures(self._count)),
            lines=[(self._named(line), list(self._done(line))) for line in used],
            unused=[self._named(line) for line in told.lines if line not in used],
            csv_href=f"{self.language}.csv",
            json_href=f"../{told.month}.json",
            charter_href=f"../../../{told.community}",
        )

    def as_csv(self) -> str:
        """The same as a file for a spreadsheet."""
        body = rows(self.told, self.table["columns"], clause=self._title, count=self._plain)
        return as_csv([*self._figures(self._plain), (), *body])

    @property
    def month(self) -> str:
        """« octobre 2026 »."""
        year, month = self.told.month.split("-")
        return f"{words.table(self.language, 'time')['months'][int(month) - 1]} {year}"

    def _count(self, n: Shown) -> str:
        return str(self.table["fewer"]) if n is None else count(n, self.language)

    def _plain(self, n: Shown) -> str:
        """As a spreadsheet reads a number: without anything between the thousands."""
        return str(self.table["fewer"]) if n is None else str(n)

    def _figures(self, told_as: Callable[[Shown], str]) -> Iterable[tuple[str, str]]:
        told, names = self.told, self.table["figures"]
        yield names["received"], told_as(told.received)
        if told.visible is not None:
            said = share(told.visible, self.language)
            yield names["visible"], words.fill(self.table["at_least"], {"share": said}) if told.at_least else said
        if told.hidden_elsewhere != 0:
            yield names["hidden_elsewhere"], told_as(told.hidden_elsewhere)
        yield names["answered"], told_as(told.answered)
        if told.answer_time_s is not None:
            yield names["answer_time"], lasting(told.answer_time_s, self.language)
        yield names["appeals"], told_as(told.appeals)
        yield names["overturned"], told_as(told.overturned)
        if told.appeal_time_s is not None:
            yield names["appeal_time"], lasting(told.appeal_time_s, self.language)

    def _done(self, line: Line) -> Iterable[tuple[str, str]]:
        names = self.table["columns"]
        return ((names[column], self._count(n)) for column, n in zip(COLUMNS, line.counts, strict=True) if n != 0)

    def _title(self, line: Line) -> str:
        if line.ground == "law":
            return str(self.table["law"])
        return line.titles.get(self.language) or next(iter(line.titles.values()), line.clause)

    def _named(self, line: Line) -> str:
        title = self._title(line)
        if line.article is None:
            return title
        return words.fill(self.table["article"], {"n": str(line.article), "title": title})
