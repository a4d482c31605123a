"""reported: a report as people read it, in their language: by mail, at the desk, on a terminal. Pure.

The sentences are `words/<language>/report.yaml`. What is none has a sentence of its own or is not said; a proportion of
too few is told as a story. Words of members come in as arguments, masked, where they still stand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from markupsafe import Markup

from tribune import charts, words
from tribune.charts import Chart, Series
from tribune.community import Community
from tribune.measures import Measure
from tribune.numerals import count, decimal, lasting, share
from tribune.report import FEW_ANSWERS, FEW_POSTS, LEVELS, SMALL, Compared, Day, Place, PostTold, Report, Total
from tribune.voice import clock_words, moment_words

_SAME: Final = 0.05
"""Two figures that differ by less are said to be the same."""
_FEW: Final = 10
"""Below it a difference is told in figures, not per cent."""
_BLOCK: Final = "█"
_HALF: Final = "▌"

type Said = Mapping[Place, tuple[str, str]]
"""Comment -> a masked line of it, and its address; nothing of what is gone."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and how it is drawn."""

    chart: Chart
    drawn: Literal["columns", "bars"]

    @property
    def svg(self) -> Markup:
        """As a picture."""
        return charts.columns(self.chart) if self.drawn == "columns" else charts.bars(self.chart)

    @property
    def table(self) -> tuple[tuple[str, ...], ...]:
        """As rows of text, the names of the columns first."""
        return charts.as_table(self.chart)

    def bars(self, width: int) -> Iterator[str]:
        """As lines of at most `width` characters: a bar of blocks for each label, and its sum."""
        drawn = [self.chart.drawn(one) for one in self.chart.series]
        sums = [sum(value or 0 for value in (of[at] for of in drawn)) for at in range(len(self.chart.labels))]
        told = [self.chart.number(value) for value in sums]
        label, figure = max(map(len, self.chart.labels), default=0), max(map(len, told), default=0)
        room, most = max(width - label - figure - 2, 1), max(sums, default=0)
        for name, value, said in zip(self.chart.labels, sums, told, strict=True):
            halves = round(2 * room * value / most) if most else 0
            bar = _BLOCK * (halves // 2) + _HALF * (halves % 2)
            yield f"{name.ljust(label)} {said.rjust(figure)} {bar}".rstrip()


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that the report tells of."""

    name: str
    heading: str
    lines: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The whole report in words."""

    language: str
    subject: str
    hello: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    next_heading: str
    suggestions: tuple[str, ...]
    nothing_presses: str
    """What is said where there is no suggestion."""
    closing: str

    def paragraphs(self, width: int = 40) -> Iterator[str]:
        """As plain text; bars are at most `width` characters wide."""
        yield self.hello
        yield " ".join(self.opening)
        for section in self.sections:
            yield "\n".join((section.heading.upper(), *section.lines))
            for picture in section.pictures:
                yield "\n".join((picture.chart.title, *picture.bars(width)))
        numbered = [f"{number}. {one}" for number, one in enumerate(self.suggestions, 1)]
        yield "\n".join((self.next_heading.upper(), *(numbered or [self.nothing_presses])))
        yield self.closing


def tell(  # noqa: PLR0913  what a report depends on, each named at the call
    report: Report, community: Community, *, reader: str, said: Said, now: datetime, language: str
) -> Told:
    """The report for somebody called `reader` (empty: nobody in particular)."""
    return _Telling(report, community, said, now, words.spoken(language)).told(reader)


@dataclass(frozen=True, slots=True)
class _Telling:
    report: Report
    community: Community
    said: Said
    now: datetime
    language: str

    def told(self, reader: str) -> Told:
        report, table = self.report, self._table
        interactions = report.total("interactions").n
        return Told(
            language=self.language,
            subject=self._subject(),
            hello=words.fill(table["hello"], {"name": reader}) if reader else "",
            opening=tuple(self._opening()),
            sections=tuple(self._sections()) if interactions or report.alerts.calls else (),
            next_heading=self._names["next"],
            suggestions=tuple(self._suggestions()),
            nothing_presses=table["suggestions"]["none"],
            closing=words.fill(
                table["closing"],
                {
                    "read": self._noun("comments", report.read),
                    "kind": "week" if report.period.is_week else "month",
                    "period": report.period.name,
                    "community": report.community,
                },
            ),
        )

    # --- words ---

    @property
    def _table(self) -> Mapping[str, Any]:
        return words.table(self.language, "report")

    @property
    def _names(self) -> Mapping[str, str]:
        return dict(self._table["week" if self.report.period.is_week else "month"])

    def _say(self, path: str, n: int, /, **fields: str) -> str:
        """A text in the form that its number asks for."""
        text: Any = self._table
        for step in path.split("."):
            text = text[step]
        form = "zero" if n == 0 else "one" if n == 1 else "many"
        chosen = text if isinstance(text, str) else text[form]
        known = {"n": count(n, self.language), "span": self._names["span"], "before": self._names["before"]}
        return words.fill(chosen, known | fields)

    def _noun(self, noun: str, n: int) -> str:
        return self._say(f"nouns.{noun}", n)

    def _share(self, value: float) -> str:
        return share(value, self.language)

    def _change(self, total: Total) -> str:
        """How it changed, as the end of a sentence: in figures where they are small, nothing where there was nothing."""
        if total.before == 0:
            return ""
        ratio = total.n / total.before - 1
        if abs(ratio) < _SAME:
            return self._say("change.same", total.n)
        if min(total.n, total.before) < _FEW or ratio > 2:  # noqa: PLR2004  three times as much is told in figures
            return words.fill(
                self._table["change"]["against"],
                {"n": count(total.before, self.language), "before": self._names["before"]},
            )
        return self._say("change.more" if ratio > 0 else "change.less", total.n, share=self._share(abs(ratio)))

    def _points(self, compared: Compared) -> str:
        """By how many points a share changed; nothing where one of the two is of too few."""
        moved = _moved(compared)
        if moved is None:
            return ""
        if moved == 0:
            return self._say("change.points_same", 0)
        return self._say(
            "change.points", 0, sign="+" if moved > 0 else "\u2212", points=self._noun("points", abs(moved))
        )

    def _day(self, day: date, *, month: bool = True) -> str:
        number = "1er" if day.day == 1 and self.language == "fr" else str(day.day)
        if not month:
            return number
        time = words.table(self.language, "time")
        return words.fill(time["day"], {"number": number, "month": time["months"][day.month - 1]})

    def _named(self) -> str:
        """« la semaine du 16 au 22 novembre », « novembre 2026 »."""
        first, last = self.report.period.first, self.report.period.last
        months = words.table(self.language, "time")["months"]
        fields = {
            "first": self._day(first, month=first.month != last.month),
            "last": self._day(last),
            "month": months[first.month - 1],
            "year": str(first.year),
        }
        return words.fill(self._names["named"], fields)

    def _subject(self) -> str:
        comments, answers = self.report.total("comment").n, self.report.total("answered").n
        asked = "subject" if self.report.total("asked").n else "subject_unasked"
        return words.fill(
            self._table[asked if comments else "subject_quiet"],
            {
                "community": self.community.name,
                "named": self._named(),
                "comments": self._noun("comments", comments),
                "answers": self._noun("answers", answers),
            },
        )

    # --- what comes first ---

    def _opening(self) -> Iterator[str]:
        report = self.report
        if report.counted_to is None:
            yield self._table["uncounted"]
        elif not report.complete:
            zone = self.community.zone
            until = moment_words(report.counted_to.astimezone(zone), self.now.astimezone(zone), self.language)
            yield words.fill(self._table["incomplete"], {"time": until})
        if not report.total("interactions").n:
            yield self._say("none", 0)
            return
        comments = report.total("comment")
        people = self._noun("by_people", report.total("people").n)
        yield self._say(
            "opening.comments",
            comments.n,
            comments=self._noun("comments", comments.n),
            by_people=people,
            change=self._change(comments),
        )
        yield from self._answers()
        reminded, hidden = report.total("reminded").n, report.total("hidden").n
        if reminded or hidden:
            both = {"reminders": self._noun("reminders", reminded), "hides": self._noun("hides", hidden)}
            yield self._say("opening.charter", 0, **both)
        else:
            yield self._table["opening"]["charter_none"]
        if report.total("interactions").n < SMALL:
            yield self._table["few"]

    def _answers(self) -> Iterator[str]:
        asked, answered = self.report.total("asked").n, self.report.total("answered").n
        yield self._say("opening.asked", asked, asked=count(asked, self.language))
        if not asked:
            return
        if answered >= asked:
            yield self._say("opening.answered_all", asked)
        elif not answered:
            yield self._say("opening.answered_none", asked)
        else:
            yield self._say("opening.answered_some", answered, answered=count(answered, self.language))
        spread = self.report.time("response_time").now
        if spread.median is not None and answered >= FEW_ANSWERS:
            yield self._say("opening.half", 0, time=lasting(spread.median, self.language))

    # --- the parts ---

    def _sections(self) -> Iterator[Section]:
        parts: tuple[tuple[str, Iterable[str], tuple[Picture, ...]], ...] = (
            ("leading", self._leading(), ()),
            ("engagement", self._engagement(), tuple(self._pictures())),
            ("posts", self._posts(), ()),
            ("questions", self._questions(), ()),
            ("verbatims", self._verbatims(), ()),
            ("thanks", self._thanks(), ()),
            ("charter", self._charter(), ()),
            ("times", self._times(), ()),
            ("alerts", self._alerts(), ()),
        )
        for name, lines, pictures in parts:
            told = tuple(line for line in lines if line)
            if told or pictures:
                yield Section(name, self._table["sections"][name], told, pictures)

    def _leading(self) -> Iterator[str]:
        ratio = self.report.measure("leader_ratio")
        n, of = int(ratio.now.numerator), int(ratio.now.denominator)
        if of < FEW_ANSWERS:
            yield self._say("leading.leader_ratio_few", of, n=count(n, self.language), of=count(of, self.language))
        else:
            yield self._measured("leading.leader_ratio", ratio)
        yield self._say("leading.machine", self.report.total("said_machine").n)
        for name in ("presence", "dialogue"):
            compared = self.report.measure(name)
            if compared.now.denominator:
                yield self._measured(f"leading.{name}", compared)

    def _measured(self, path: str, compared: Compared) -> str:
        now = compared.now
        moved = _moved(compared)
        return self._say(
            path,
            int(now.numerator),
            of=count(now.denominator, self.language),
            share=self._share(now.value or 0),
            arrow="↑\u00a0" if moved and moved > 0 else "↓\u00a0" if moved else "",
            points=self._points(compared),
        )

    def _engagement(self) -> Iterator[str]:
        total = self.report.total("interactions")
        yield self._say("engagement.sum", total.n, change=self._change(total))
        level_2, level_3 = (self.report.total(f"level_{level}").n for level in (2, 3))
        yield self._say("engagement.deep", level_2 + level_3)
        yield self._say("engagement.commitment", level_3)

    def _columns(self) -> list[tuple[str, tuple[int, ...]]]:
        """(label, how many of each level): the days of a week, the weeks of a month."""
        days, weekdays = self.report.days, words.table(self.language, "time")["weekdays"]
        if self.report.period.is_week:
            return [(f"{weekdays[one.day.weekday()][:3]} {one.day.day}", one.levels) for one in days]
        weeks: dict[date, list[Day]] = {}
        for one in days:
            weeks.setdefault(one.day - timedelta(days=one.day.weekday()), []).append(one)
        return [
            (
                _span(some[0].day.day, some[-1].day.day),
                tuple(sum(of) for of in zip(*(d.levels for d in some), strict=True)),
            )
            for some in weeks.values()
        ]

    def _pictures(self) -> Iterator[Picture]:
        table, report = self._table["engagement"], self.report
        columns, said = self._columns(), table["by_day" if report.period.is_week else "by_week"]
        sums = [sum(levels) for _, levels in columns]
        fields = {
            "first": self._day(report.period.first),
            "last": self._day(report.period.last),
            "n": count(sum(sums), self.language),
            "most": count(max(sums, default=0), self.language),
        }
        yield Picture(
            Chart(
                id="report-days",
                title=said["title"],
                description=words.fill(said["says"], fields),
                axis=said["axis"],
                labels=tuple(label for label, _ in columns),
                series=tuple(
                    Series(table["levels"][level], tuple(float(levels[level]) for _, levels in columns))
                    for level in LEVELS
                    if any(levels[level] for _, levels in columns)
                ),
                nothing=table["chart_none"],
                number=lambda value: count(value, self.language),
            ),
            "columns",
        )
        told = sorted(report.mechanics, key=lambda one: (-one.points / one.posts, one.mechanic))
        if len(told) > 1:
            yield Picture(
                Chart(
                    id="report-mechanics",
                    title=table["mechanics"],
                    description=table["mechanics_say"],
                    axis=table["mechanic"],
                    labels=tuple(f"{self._mechanic(one.mechanic)} ({one.posts})" for one in told),
                    series=(Series(table["points_per_post"], tuple(one.points / one.posts for one in told)),),
                    nothing=table["chart_none"],
                    number=lambda value: decimal(value, self.language),
                ),
                "bars",
            )

    def _mechanic(self, mechanic: str) -> str:
        return str(words.table(self.language, "engagement")["mechanics"].get(mechanic, mechanic))

    def _posts(self) -> Iterator[str]:
        for which, post in (("best", self.report.best), ("worst", self.report.worst)):
            if post is not None:
                yield self._say(
                    f"posts.{which}",
                    post.interactions,
                    post=self._post(post),
                    interactions=self._noun("interactions", post.interactions),
                    by_people=self._noun("by_people", post.people),
                    why=self._why(which, post),
                )
        best = self.report.best
        if best is not None and best.small and self.report.posts < FEW_POSTS:
            yield self._say("posts.small", self.report.posts)

    def _post(self, post: PostTold) -> str:
        platform, account, _ = post.post.split("/", 2)
        if post.title:
            return self._say("posts.titled", 0, title=post.title)
        return self._say("posts.untitled", 0, place=self.community.name_of(platform, account) or platform)

    def _why(self, which: str, post: PostTold) -> str:
        table = self._table[f"why_{which}"]
        figures = {name: count(value, self.language) for name, value in post.figures.items()}
        if "percent" in figures:
            figures["percent"] = self._share(post.figures["percent"] / 100)
        if "hour" in figures:
            at = self.now.astimezone(self.community.zone).replace(hour=int(post.figures["hour"]), minute=0)
            figures["hour"] = clock_words(at, self.language)
        return words.fill(table[post.why], figures)

    def _quote(self, place: Place) -> str:
        """The line and where it stands; empty once it is gone."""
        line, url = self.said.get(place, ("", ""))
        quoted = words.fill(self._table["quote"], {"quote": line}) if line else ""
        return " ".join(part for part in (quoted, url) if part) if line else ""

    def _questions(self) -> Iterator[str]:
        for one in self.report.questions:
            known = self._say("questions.known", 0, faq=one.faq) if one.faq else self._table["questions"]["gap"]
            quote, people = self._quote(one.source), self._noun("people", one.people)
            path = "questions.asked" if quote else "questions.asked_gone"
            yield self._say(path, one.people, people=people, quote=quote, known=known)
        if not self.report.questions and self.report.read:
            yield self._table["questions"]["none"]

    def _verbatims(self) -> Iterator[str]:
        for name, places in (("praise", self.report.praise), ("criticism", self.report.criticism)):
            quotes = filter(None, map(self._quote, places))
            yield from (self._say(f"verbatims.{name}", 0, quote=quote) for quote in quotes)

    def _thanks(self) -> Iterator[str]:
        for one in self.report.thanks:
            table, quote = self._table["thanks"], self._quote(one.source)
            known = [table["ambassador"]] * one.ambassador + [table["named"]] * one.may_be_named
            fields = {"times": self._noun("times", one.helped), "days": count(one.days, self.language)}
            who = self._say("thanks.did", one.helped, **fields) + (f" ({', '.join(known)})" if known else "")
            yield self._say("thanks.quoted" if quote else "thanks.alone", 0, who=who, quote=quote)
        if any(not one.may_be_named for one in self.report.thanks):
            yield self._table["thanks"]["consent"]

    def _charter(self) -> Iterator[str]:
        report = self.report
        reminded, hidden = report.total("reminded"), report.total("hidden")
        if not reminded.n and not hidden.n:
            yield self._table["charter"]["none"]
        else:
            both = Total("measures", reminded.n + hidden.n, reminded.before + hidden.before, "clauses")
            yield _upper(
                self._say(
                    "charter.done",
                    0,
                    reminders=self._noun("reminders", reminded.n),
                    hides=self._noun("hides", hidden.n),
                    change=self._change(both),
                )
            )
        for name in ("by_person", "shown", "reversed"):
            yield self._say(f"charter.{name}", report.total(name).n)
        cited = next((one for one in report.clauses if one.article is not None and one.cited), None)
        if cited is not None:
            times = self._noun("times", cited.cited)
            yield self._say("charter.most", cited.cited, article=str(cited.article), times=times)
        by_law = next((one.cited for one in report.clauses if not one.clause), 0)
        if by_law:
            yield self._say("charter.law", by_law, times=self._noun("times", by_law))
        yield self._appeals()

    def _appeals(self) -> str:
        told = self.report.appeals
        received = self._say("charter.appeals", told.received)
        if not told.decided:
            return received
        decided = self._say("charter.decided", told.decided) + self._say("charter.overturned", told.overturned)
        return f"{received} {decided}"

    def _times(self) -> Iterator[str]:
        working, clock = (self.report.time(name).now for name in ("response_time_working", "response_time"))
        if working.median is None or working.ninetieth is None or clock.median is None:
            yield self._table["times"]["none"]
        else:
            fields = {
                "median": lasting(working.median, self.language),
                "ninetieth": lasting(working.ninetieth, self.language),
                "clock": lasting(clock.median, self.language),
            }
            few = working.sample < FEW_ANSWERS
            yield self._say("times.few" if few else "times.half", working.sample, **fields)
            yield self._promise()
        kept = self.report.measure("promises_kept").now
        n_kept = self._noun_of("times.promises_kept", kept)
        yield self._say("times.promises", int(kept.denominator), n_kept=n_kept)

    def _promise(self) -> str:
        kept = self.report.measure("answered_in_time")
        if self.report.target_s is None:
            return str(self._table["times"]["no_target"])
        return self._say(
            "times.kept",
            int(kept.now.numerator),
            of=count(kept.now.denominator, self.language),
            target=lasting(self.report.target_s, self.language),
            points=self._points(kept),
        )

    def _noun_of(self, path: str, measure: Measure) -> str:
        return self._say(path, int(measure.numerator))

    def _alerts(self) -> Iterator[str]:
        alerts = self.report.alerts
        reasons = words.table(self.language, "calls")["reasons"]
        told = (
            self._say("alerts.reason", n, what=str(reasons.get(reason, reasons["other"])["short"]))
            for reason, n in alerts.reasons
        )
        if not alerts.calls and not alerts.nights:
            yield self._say("alerts.none", 0)
            return
        yield self._say("alerts.calls", alerts.calls, list=", ".join(told))
        if alerts.taken.median is not None:
            yield self._say("alerts.taken", alerts.taken.sample, median=lasting(alerts.taken.median, self.language))
        for person, n in alerts.nights:
            yield self._say("alerts.night", n, person=self.community.called(person))
        if not alerts.nights:
            yield self._table["alerts"]["nights_none"]

    def _suggestions(self) -> Iterator[str]:
        for one in self.report.suggestions:
            fields = dict(one.figures)
            if "person" in fields:
                fields["person"] = self.community.called(fields["person"])
            if "mechanic" in fields:
                fields["mechanic"] = self._mechanic(fields["mechanic"])
            yield self._say(f"suggestions.{one.kind}", int(fields.get("n", "0")), **fields)


def _moved(compared: Compared) -> int | None:
    """By how many points (hundredths) a share changed; None where one of the two rests on too few."""
    now, before = compared.now, compared.before
    if min(now.denominator, before.denominator) < FEW_ANSWERS:
        return None
    return round(100 * (now.value or 0)) - round(100 * (before.value or 0))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
