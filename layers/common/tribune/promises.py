"""What people say of time: what a person of the team promises and by when, since when a member says that they wait. Pure.

Here is what a day, a delay and an hour are and how they stand together; the words for them are in `words/{fr,en}/moments.yaml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from tribune import words

_NOON, _LAST_HOUR = time(12), time(18)
"""When a day that is named without an hour runs out; and a whole day, week or month, with its work."""
_TUESDAY, _FRIDAY, _A_WEEK = 1, 4, 7
_LATELY = timedelta(days=60)
"""A date without its year is no longer ago than this; else it is one to come."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as people name it, or a whole week or month, of which it is the last working day."""

    after: int = 0
    """So many days after this one…"""
    working: bool = False
    """… on which people work."""
    weekday: int | None = None
    """The next such day, Monday being 0; alone it may be this one."""
    later: int = 0
    """Not this day ("mardi prochain", 1), not before so many days."""
    week: int | None = None
    """This week (0), or so many later: as a whole, or its weekday."""
    number: int | None = None
    """Of its month, this one or the next where none is named."""
    month: int | None = None
    months: int | None = None
    """This month (0), or the next (1), as a whole."""
    year: int | None = None
    early: bool = False
    """Of a whole week or month it is the beginning: until Tuesday, or its first seven days."""

    @property
    def is_whole(self) -> bool:
        """Is it a week or a month, and no day of it?"""
        spans = (self.week, self.month, self.months)
        return self.number is None and self.weekday is None and any(span is not None for span in spans)

    def on(self, today: date) -> date | None:
        """Which day it is; None where there is no such day, or it is another day of the week than they say."""
        if self.number is not None:
            found = self._numbered(today, self.number)
            return found if found and self.weekday in (None, found.weekday()) else None
        if self.week is not None:
            monday = today + timedelta(days=_A_WEEK * self.week - today.weekday())
            return monday + timedelta(
                days=(_TUESDAY if self.early else _FRIDAY) if self.weekday is None else self.weekday
            )
        if self.month is not None or self.months is not None:
            return self._of_month(today)
        if self.weekday is not None:
            return today + timedelta(days=self.later + (self.weekday - today.weekday() - self.later) % _A_WEEK)
        found = today
        for _ in range(self.after):
            found += timedelta(
                days=max(1, _A_WEEK - found.weekday()) if self.working and found.weekday() >= _FRIDAY else 1
            )
        return found

    def _numbered(self, today: date, number: int) -> date | None:
        if self.month is None:
            return next(
                (one for one in (_a_day(today, number), _a_day(today, number, 1)) if one and one >= today), None
            )
        if self.year is not None:
            return _a_day(date(self.year, self.month, 1), number)
        years = (date(year, self.month, 1) for year in (today.year - 1, today.year, today.year + 1))
        return next((one for year in years if (one := _a_day(year, number)) and one > today - _LATELY), None)

    def _of_month(self, today: date) -> date:
        first = _first_of(today, self.months or 0)
        if self.month is not None:
            ahead = (self.month - today.month) % 12
            first = _first_of(today, ahead) if self.year is None else date(self.year, self.month, 1)
        last = first + timedelta(days=6) if self.early else _first_of(first, 1) - timedelta(days=1)
        return last - timedelta(days=max(0, last.weekday() - _FRIDAY))


def _first_of(day: date, months: int) -> date:
    """The first day of a month so many months later."""
    months += day.month - 1
    return date(day.year + months // 12, months % 12 + 1, 1)


def _a_day(month: date, number: int, later: int = 0) -> date | None:
    try:
        return _first_of(month, later).replace(day=number)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to come back, as the person wrote it: a clock time (on a later day or not), or a delay."""

    words: str
    clock: time | None = None
    day: Day = Day()
    delay: timedelta | None = None
    today: bool = False
    """It names this very day: said after its hour ("ce soir", at 21 h), it runs out with the day."""
    eve: bool = False
    """Before that day ("avant lundi"): it runs out the evening before."""
    vague: bool = False
    """"dans quelques jours": it names no moment."""

    def at(self, now: datetime) -> datetime:
        """When it runs out, for a promise made at `now` (in the community's zone): never in the past. Where nobody can
        say when (`guessed`), the next noon.
        """
        if self.delay is not None:
            return (now.astimezone(UTC) + self.delay).astimezone(now.tzinfo)  # an hour is one, also when clocks change
        today = now.date()
        named = self.day.on(today)
        if named is None or named < today:
            return _moment(today + timedelta(days=1), _NOON, now)
        if self.eve:
            named -= timedelta(days=1)
        kept = _moment(named, self.clock or (_LAST_HOUR if self.day.is_whole or self.eve else _NOON), now)
        if kept.astimezone(UTC) > now.astimezone(UTC):
            return kept
        if self.today or self.eve or self.day.number or self.day.is_whole:
            return _moment(today + timedelta(days=1), time(0), now)
        again = timedelta(days=1 if self.day.weekday is None else _A_WEEK)
        return _moment(named + again, self.clock or _NOON, now)

    def guessed(self, now: datetime) -> bool:
        """Is the time at which it runs out a guess of ours? There is no such day ("lundi 29" is a Sunday), or none is named."""
        return self.vague or self.day.on(now.date()) is None

    def is_over(self, now: datetime) -> bool:
        """Does it name a day of the past? Then it promises nothing: "votre colis est parti le 20"."""
        named = self.day.on(now.date()) if self.day.number else None
        return named is not None and named < now.date()


def _moment(day: date, clock: time, now: datetime) -> datetime:
    """A day's hour by the clock of `now`; of an hour that comes twice, the one that is still to come, and for one that the
    clocks leave out, the one that they show instead.
    """
    twice = (datetime.combine(day, clock.replace(fold=fold), now.tzinfo) for fold in (0, 1))
    first, second = (hour.astimezone(UTC) for hour in twice)
    return (first if first > now.astimezone(UTC) else second).astimezone(now.tzinfo)


# --- how a language tells moments ---

DAYS = {
    "dated": Day(),
    "weekday_of_next_week": Day(week=1),
    "weekday_in_a_week": Day(later=8),
    "next_weekday": Day(later=1),
    "weekday": Day(),
    "after_tomorrow": Day(after=2),
    "tomorrow": Day(after=1),
    "weekend": Day(weekday=6),
    "next_week": Day(week=1),
    "this_week": Day(week=0),
    "month": Day(),
    "next_month": Day(months=1),
    "this_month": Day(months=0),
    "in_days": Day(),
}
"""The ways to name a day, or a whole week or month; of two that begin together the first."""
LASTS = {
    "minute": timedelta(minutes=1),
    "quarter_of_an_hour": timedelta(minutes=15),
    "half_an_hour": timedelta(minutes=30),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
"""How long one of each unit lasts of which people count."""
_A_FEW, _A_FEW_MINUTES = 3, 15
"""What people mean by it, and of minutes."""
_MORNING = 8
"""« at 5 » without its half of the day is five in the afternoon for who works by day."""
_PIECES = {
    "number": r"(?P<number>0?[1-9]|[12]\d|3[01])",
    "figures": r"(?P<month>0?[1-9]|1[0-2])(?:/(?P<year>(?:20)?\d\d))?(?![\d/])",
    "month": r"(?P<month>{months})(?!\w)\.?",
    "year": r"(?:,? (?P<year>20\d\d))?",
    "weekday": r"(?P<weekday>{weekdays})",
    "ends": r"(?=\s*(?:$|[.,;:!?()^…]|(?:{follows})\b))",
    "hour": r"(?P<hour>[01]?\d|2[0-3])",
    "minute": r"(?P<minute>[0-5]\d)",
    "part": r"(?P<part>{parts})",
    "counted": r"(?:\d{1,3}|{numbers})",
    "count": r"(?:{counted}{between})?(?P<n>{few}|{numbers_ahead}|{counted})",
    "day_unit": r"(?P<unit>{day_units})",
    "hour_unit": r"(?P<unit>{hour_units})",
    "length": r"{counted}\s+{waiting_units}",
    "lasting": r"(?P<lasting>{length})",
}
"""Of what the forms of every language are made; what is still between braces is an entry of its table."""
_JOINED = (
    "numbers", "numbers_ahead", "months", "parts", "waiting_units", "day_units", "hour_units", "promising", "promises",
)  # fmt: skip
"""Entries that are one form among several."""


@cache
def _pattern(form: str, language: str) -> re.Pattern[str]:
    """A form in the words of a language, made when it is first looked for: a cold start waits for none of them."""
    pieces = _pieces(language)
    while words.placeholders(form):
        form = words.fill(form, pieces)
    return re.compile(form, re.IGNORECASE)


@cache
def _pieces(language: str) -> Mapping[str, str]:
    """Whatever may stand between braces, by its name."""
    table = _table(language)
    entries = {name: form for name, form in table.items() if isinstance(form, str)}
    entries |= {name: _any(_forms(table[name])) for name in _JOINED} | {"weekdays": _any(_weekdays(language))}
    mixed = {f"any_{name}": _any(_in_any_language(name)) for name in table["beside"]}
    return _PIECES | entries | mixed


def _in_any_language(name: str) -> Iterator[str]:
    """What people write beside a day or an hour; there they mix our languages."""
    yield from _forms([_table(language)["beside"][name] for language in words.LANGUAGES])


def _table(language: str) -> Mapping[str, Any]:
    return words.table(language, "moments")


def _weekdays(language: str) -> list[str]:
    return [name.lower() for name in words.table(language, "time")["weekdays"]]


def _forms(entry: Mapping[str, str | None] | Iterable[str | tuple[int, str] | None]) -> Iterator[str]:
    """How an entry is written, without what each form of it is worth."""
    for form in entry.values() if isinstance(entry, Mapping) else entry:
        if form is not None:
            yield form if isinstance(form, str) else form[1]


def _any(forms: Iterable[str]) -> str:
    """One of these forms; where there is none, what nobody writes."""
    return f"(?:{'|'.join(forms) or '(?!)'})"


def _worth[Worth](forms: Iterable[tuple[Worth, str | None]], said: str) -> Worth:
    """What the form is worth that somebody wrote in these words."""
    return next(worth for worth, form in forms if form and re.fullmatch(form, said, re.IGNORECASE))


# --- what a text says ---

_SINCE = r"{since}|\b(?P<waited>{length})\s+{waiting}"
_WAITED = r"\b(?P<n>{counted})\s+(?P<unit>{waiting_units})\s+{waiting}"
_CLOCK = r"{before_clock}{clock}"
_BEFORE_DAY = r"\b{of_a_day},?(?: {any_joins})? \Z"
"""The part of a day, before the day: "by the end of the day on Friday"."""
_BY = r"\b{any_by} \Z"
_EVE = r"{any_eve} "
_BEGINS = r"\b{any_begins} (?=\d)"
"""Words that say when it begins, not when it ends."""
_ASKS = re.compile(r"\?(?!\w)")
_ANSWER_FOLLOWS = re.compile(r" ?:\s")
"""« Je vous réponds : … » answers now, and promises nothing."""
_SENTENCE_ENDS = re.compile(r"[.!?…]\s|\n")
_NEXT_SENTENCE = re.compile(r"[.!?…]\s")
_REACH, _LONGEST = 60, 60
"""So many letters after somebody says that they come back, what says when has begun; and it has no more than these."""


def since_when(text: str, language: str) -> str | None:
    """How long the member says it has lasted ("deux mois"), from a closed vocabulary; for the drafts' {since}."""
    match = _pattern(_SINCE, words.spoken(language)).search(text)
    found = (match["lasting"] or match["waited"]) if match else None
    return " ".join(found.lower().split()) if found else None


def waited(text: str, language: str) -> timedelta | None:
    """How long the member says they have been waiting for us ("un mois que j'attends"); None when they do not say."""
    language = words.spoken(language)
    match = _pattern(_WAITED, language).search(text)
    return _counted(match["n"], language) * _unit("waiting_units", match, language) if match else None


def asks(text: str) -> bool:
    """Does a message of ours ask something? A question mark that ends something, not one inside a link."""
    return bool(_ASKS.search(text))


def promise_in(text: str, language: str) -> Promise | None:
    """The first promise that a person makes in an answer ("je reviens ici à 17 h"); None when they make none."""
    return next(promises_in(text, language), None)


def promises_in(text: str, language: str) -> Iterator[Promise]:
    """The promises to come back that a person makes in an answer, so that somebody is reminded of it."""
    language = words.spoken(language)
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    for made in _pattern("{promises}", language).finditer(plain):
        said, *_ = _ANSWER_FOLLOWS.split(plain[made.end() : made.end() + _REACH + _LONGEST], 1)
        if promise := _promised(said, language) or _before(plain[: made.start()], language):
            told = plain.find(promise.words, max(0, made.start() - _LONGEST))
            yield replace(promise, words=text[told : told + len(promise.words)]) if told >= 0 else promise


def _before(text: str, language: str) -> Promise | None:
    """When a sentence begins with when somebody comes back, and with nothing else: "demain à 9 h, je reviens"."""
    *_, begun = _SENTENCE_ENDS.split(text[-_LONGEST:])
    promise = _promised(begun, language)
    return promise if promise and begun.strip(" ,").lower() == promise.words.lower() else None


def _promised(said: str, language: str) -> Promise | None:
    """When somebody comes back who says before these words that they will; None when these name no time."""
    delay, clock = (_within_reach(_pattern(form, language), said) for form in ("{delay}", _CLOCK))
    day = _first_day(said, language)
    first = min((match.start() for match in (delay, clock, day and day[0]) if match), default=None)
    if delay and delay.start() == first:
        return _after(delay, language)
    if day and (day[0].start() == first or (clock and _beside(clock, day[0], language))):
        return _on(*day, clock if clock and _beside(clock, day[0], language) else None, language)
    if clock:
        at, begins = _hour(clock), _pattern(_BEGINS, language).match(clock[0])
        return Promise(clock[0].strip(), clock=at, vague=begins is not None) if at else None
    reach = said[:_REACH].lower()
    named = ((part, hour) for hour, part in _table(language)["today"] if part in reach)
    any_noon = _table(language)["any_noon"]
    return next((Promise(part, clock=time(hour), today=part not in any_noon) for part, hour in named), None)


def _within_reach(pattern: re.Pattern[str], said: str) -> re.Match[str] | None:
    match = pattern.search(said)
    return match if match and match.start() < _REACH else None


def _first_day(said: str, language: str) -> tuple[re.Match[str], Day] | None:
    forms = ((form, day) for name, day in DAYS.items() for form in _table(language)["days"][name])
    found = [(match, day) for form, day in forms if (match := _within_reach(_pattern(form, language), said))]
    named = (one for one in found if not _is_news(*one, language))
    return min(named, key=lambda one: one[0].start(), default=None)


def _is_news(match: re.Match[str], day: Day, language: str) -> bool:
    """Does a whole week or month say, in another sentence, when something was? « Votre commande est partie en novembre. »"""
    return _named(match, day, language).is_whole and bool(_NEXT_SENTENCE.search(match.string[: match.start()]))


def _beside(clock: re.Match[str], day: re.Match[str], language: str) -> bool:
    """Do they name one moment, the hour first: "by 5 pm on Monday", "à 18 h demain"?"""
    between = clock.string[clock.end() : day.start()].strip(" ,")
    return clock.end() <= day.start() and bool(_pattern("(?:{any_joins})?", language).fullmatch(between))


def _on(match: re.Match[str], day: Day, clock: re.Match[str] | None, language: str) -> Promise:
    """On a day that is named, at the hour that is named beside it."""
    said, then = match.string, _pattern("{then}", language).match(match.string, match.end())
    by = _pattern(_BY, language).search(said[: match.start()])
    begin, end = by.start() if by else match.start(), match.end()
    before = clock or _pattern(_BEFORE_DAY, language).search(said[: match.start()])
    at = _time_of(before, language) if before else None
    if before:
        begin = min(begin, before.start())
    elif then:
        end, at = then.end(), _time_of(then, language)
    told = said[begin:end].strip(" ,.")
    return Promise(
        told,
        clock=at,
        day=_named(match, day, language),
        eve=at is None and _pattern(_EVE, language).match(told) is not None,
        vague=_is_few(match, language) or _pattern(_BEGINS, language).search(told) is not None,
    )


def _named(match: re.Match[str], day: Day, language: str) -> Day:
    """The day that these words name."""
    found = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "weekday" in found:
        day = replace(day, weekday=_weekdays(language).index(found["weekday"]))
    if "number" in found:
        day = replace(day, number=int(found["number"]))
    if "month" in found:
        day = replace(day, month=_month(found["month"], language))
    if "year" in found:
        day = replace(day, year=2000 + int(found["year"]) % 100)
    if "unit" in found:
        lasts = _counted(found["n"], language) * _unit("day_units", match, language)
        day = replace(day, after=lasts.days, working="working" in found)
    return replace(day, early="early" in found)


def _month(said: str, language: str) -> int:
    """The number of a month, by its figures or its name, cut short or not."""
    return int(said) if said.isdigit() else _worth(enumerate(_table(language)["months"], start=1), said)


def _counted(said: str, language: str) -> int:
    """A number, in figures or in letters; of « quelques » what people mean by it."""
    table = _table(language)
    named: list[tuple[int, str]] = [(_A_FEW, table["few"]), *table["numbers_ahead"], *table["numbers"]]
    return int(said) if said.isdigit() else _worth(named, said)


def _is_few(match: re.Match[str], language: str) -> bool:
    """Do they count without a number: « quelques »?"""
    few: str = _table(language)["few"]
    return (match.groupdict().get("n") or "").lower() == few


def _unit(units: str, match: re.Match[str], language: str) -> timedelta:
    """How long one of what is counted lasts."""
    return LASTS[_worth(_table(language)[units].items(), match["unit"])]


def _after(match: re.Match[str], language: str) -> Promise:
    """After a delay in hours or minutes."""
    unit, few = _unit("hour_units", match, language), _is_few(match, language)
    number = _A_FEW_MINUTES if few and unit == LASTS["minute"] else _counted(match["n"] or "1", language)
    delay = unit * number
    return Promise(match[0], delay=delay + delay / 2 if match["more"] else delay, vague=few)


def _time_of(match: re.Match[str], language: str) -> time | None:
    """The hour that stands beside a day, or that a part of the day has; None where neither is named."""
    named = match.groupdict()
    if named.get("hour"):
        return _hour(match)
    part = named.get("part")
    return time(_worth(_table(language)["parts"], part)) if part else None


def _hour(match: re.Match[str]) -> time | None:
    """The hour that a clock shows; None when none does."""
    hour, minute, said = int(match["hour"]), int(match["minute"] or 0), match.groupdict()
    if "after_noon" not in said:
        return time(hour, minute)
    if said["before_noon"] or said["after_noon"]:
        return time(hour % 12 + (12 if said["after_noon"] else 0), minute) if 1 <= hour <= 12 else None  # noqa: PLR2004  a clock face
    return time(hour + 12 if 1 <= hour < _MORNING and match["hour"][0] != "0" else hour, minute)
