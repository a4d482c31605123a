"""charts: figures as pictures, each one inline `<svg>` that a page or an e-mail carries. Pure.

A chart is 360 units wide: on a phone a unit is about a pixel, and the page's style says how far it may grow. It has no
script and refers to nothing outside itself. Colours are classes of the page's style sheet, with presentation attributes
for where there is none; they keep 3:1 against white and against a dark page alike (WCAG 2.2, 1.4.11), and text takes
the colour of the page. Nothing is said by colour alone: whoever prints a chart prints `as_table` beside it.

Every word, and how a number is written, comes in as an argument.
"""

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 360
_PLOT: Final = 150
"""Height of what is drawn between the axes."""
_FONT: Final = 12
_LINE: Final = 16
"""From one line of text to the next."""
_GAP: Final = 6
_EM: Final = 0.58
"""Of a letter, on average; a wide one (Chinese, an emoji) takes the whole."""
_MOST: Final = 1e15
"""Nothing is drawn higher: what is counted never comes near, and floats stay exact below."""
_COLOURS: Final = ("#2f7fc1", "#c26a1b", "#2f8f5b", "#9a5fc0", "#c9506a", "#7d858c")
_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3")
_FAINTEST, _STRONGEST = 0.08, 0.55
"""Of a cell: text on it stays legible, in light and in dark."""
_STEPS: Final = (1, 2, 5, 10)
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures of a chart."""

    name: str
    values: tuple[float | None, ...]
    """One for each label of the chart; None (or what is no finite number): nothing was measured, which is not zero."""
    samples: tuple[int, ...] = ()
    """How many cases each value rests on; empty where that is no question."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, and what is said of it."""

    id: str
    """Unique on its page; the ids of the picture's parts begin with it."""
    title: str
    description: str
    """What one sees in it, in a sentence or two."""
    axis: str
    """What the labels are: « Jour »."""
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    nothing: str
    """What is said where there is nothing to draw."""
    number: Callable[[float], str] = str

    @property
    def is_empty(self) -> bool:
        """Was nothing measured at all?"""
        return all(value is None for one in self.series for value in self.drawn(one))

    def drawn(self, series: Series) -> tuple[float | None, ...]:
        """A value for each label, nothing but finite numbers."""
        there = (*series.values, *(None,) * len(self.labels))[: len(self.labels)]
        return tuple(
            None if value is None or not math.isfinite(value) else min(max(float(value), -_MOST), _MOST)
            for value in there
        )


def as_table(chart: Chart) -> tuple[tuple[str, ...], ...]:
    """The same figures as rows of text, the names of the columns first; a sample size in brackets after its value."""
    columns = [(chart.drawn(one), one.samples) for one in chart.series]

    def cell(at: int, values: tuple[float | None, ...], samples: tuple[int, ...]) -> str:
        value = values[at]
        said = "–" if value is None else chart.number(value)
        return f"{said} ({samples[at]})" if at < len(samples) else said

    head = (chart.axis, *(one.name for one in chart.series))
    return (head, *((label, *(cell(at, *one) for one in columns)) for at, label in enumerate(chart.labels)))


def columns(chart: Chart) -> Markup:
    """Upright columns along a time, the series one on top of the other."""
    if chart.is_empty:
        return _nothing(chart)
    values = [chart.drawn(one) for one in chart.series]
    stacks = [_stack([of[at] for of in values]) for at in range(len(chart.labels))]
    legend, top = _legend(chart, _PATCH)
    plane = _Plane.over(chart, [end for stack in stacks for part in stack for end in part], top)
    step = plane.width / len(stacks)
    wide = min(step * 0.8, 40.0)
    drawn = []
    for at, stack in enumerate(stacks):
        left = plane.left + step * (at + 0.5) - wide / 2
        parts = Markup("").join(
            _bar(number, left, plane.y(high), wide, plane.y(low) - plane.y(high))
            for number, (low, high) in enumerate(stack)
            if low != high
        )
        drawn.append(_titled(_told(chart, at), parts))
    return _svg(chart, plane.bottom + _LINE, legend, plane.axes(), *drawn, plane.labels(step))


def line(chart: Chart) -> Markup:
    """A line through the values of a time for each series, broken where nothing was measured."""
    if chart.is_empty:
        return _nothing(chart)
    legend, top = _legend(chart, _STROKE)
    values = [chart.drawn(one) for one in chart.series]
    plane = _Plane.over(chart, [value for of in values for value in of if value is not None], top)
    step = plane.width / len(chart.labels)
    drawn: list[Markup] = []
    for number, of in enumerate(values):
        points = [
            None if value is None else (plane.left + step * (at + 0.5), plane.y(value)) for at, value in enumerate(of)
        ]
        drawn += (_stroke(number, *one, *two) for one, two in pairwise(points) if one and two)
        drawn += (
            _titled(_told(chart, at), _dot(number, *point)) for at, point in enumerate(points) if point is not None
        )
    return _svg(chart, plane.bottom + _LINE, legend, plane.axes(), *drawn, plane.labels(step))


def bars(chart: Chart) -> Markup:
    """Lying bars, one for each label with its sum at the right; the series one behind the other."""
    if chart.is_empty:
        return _nothing(chart)
    values = [chart.drawn(one) for one in chart.series]
    stacks = [_stack([of[at] for of in values]) for at in range(len(chart.labels))]
    ends = [end for stack in stacks for part in stack for end in part]
    scale = _Scale.over(ends)
    zero = scale.at(0) * WIDTH
    legend, top = _legend(chart, _PATCH)
    drawn, y = [], top
    for at, stack in enumerate(stacks):
        there = [of[at] for of in values if of[at] is not None]
        total = chart.number(sum(value for value in there if value is not None)) if there else "–"
        room = WIDTH - _width(total) - 2 * _GAP
        said = _text(0, y + _FONT, _short(chart.labels[at], room)) + _text(WIDTH, y + _FONT, total, anchor="end")
        parts = Markup("").join(
            _bar(number, scale.at(low) * WIDTH, y + _LINE + 1, (scale.at(high) - scale.at(low)) * WIDTH, _FONT - 2)
            for number, (low, high) in enumerate(stack)
            if low != high
        )
        drawn.append(_titled(_told(chart, at), said + parts + _rule(zero, y + _LINE, zero, y + _LINE + _FONT)))
        y += 2 * _LINE + _GAP
    return _svg(chart, y, legend, *drawn)


def grid(chart: Chart) -> Markup:
    """Cells, a row for each label and a column for each series: the stronger, the higher; in each its sample.

    Where there are no samples the value itself stands in the cell.
    """
    if chart.is_empty:
        return _nothing(chart)
    values = [chart.drawn(one) for one in chart.series]
    there = [value for of in values for value in of if value is not None]
    low, high = min(there), max(there)
    left = min(max(map(_width, chart.labels)) + _GAP, WIDTH / 3)
    wide, tall = (WIDTH - left) / len(chart.series), _LINE + 6
    drawn = [
        _text(left + wide * (number + 0.5), _FONT, _short(one.name, wide), anchor="middle")
        for number, one in enumerate(chart.series)
    ]
    for at, label in enumerate(chart.labels):
        y = _LINE + tall * at
        drawn.append(_text(0, y + _LINE - 1, _short(label, left - 2)))
        for number, one in enumerate(chart.series):
            value, x = values[number][at], left + wide * number
            sample = str(one.samples[at]) if at < len(one.samples) else None
            said = sample if sample is not None else "" if value is None else chart.number(value)
            strength = None if value is None else (value - low) / (high - low) if high > low else 1.0
            inside = _text(x + wide / 2, y + _LINE - 1, said, anchor="middle") if _width(said) < wide else Markup("")
            drawn.append(_titled(_told_cell(chart, at, number), _cell(x, y, wide, tall, strength) + inside))
    return _svg(chart, _LINE + tall * len(chart.labels), *drawn)


# --- scales ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """From the lowest to the highest; zero is always between them."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float]) -> "_Scale":
        there = [*values, 0.0]
        low, high = min(there), max(there)
        return cls(low, high if high > low else 1.0)

    def at(self, value: float) -> float:
        """From 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def _ticks(values: Sequence[float]) -> tuple[float, ...]:
    """Four or five round numbers that hold all values; whole ones where all values are."""
    span = _Scale.over(values)
    step = _round_step((span.high - span.low) / _TICKS)
    if all(value == int(value) for value in values):
        step = max(step, 1.0)
    first, last = math.floor(span.low / step), math.ceil(span.high / step)
    return tuple(number * step for number in range(first, last + 1))


def _round_step(least: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 1e-300 else 1e-300  # noqa: PLR2004  nothing below is a step
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where a column or a line chart draws, and its axes."""

    chart: Chart
    ticks: tuple[float, ...]
    scale: _Scale
    left: float
    top: float

    @classmethod
    def over(cls, chart: Chart, values: Sequence[float], top: float) -> "_Plane":
        ticks = _ticks(values)
        widest = max(_width(chart.number(tick)) for tick in ticks)
        return cls(chart, ticks, _Scale.over(ticks), min(widest + _GAP, WIDTH / 2), top + _GAP)

    @property
    def width(self) -> float:
        return WIDTH - self.left

    @property
    def bottom(self) -> float:
        return self.top + _PLOT

    def y(self, value: float) -> float:
        return self.bottom - self.scale.at(value) * _PLOT

    def axes(self) -> Markup:
        """A line for each tick, with its number before it."""
        return Markup("").join(
            _rule(self.left, self.y(tick), WIDTH, self.y(tick), faint=tick != 0)
            + _text(
                self.left - _GAP,
                self.y(tick) + _FONT / 3,
                _short(self.chart.number(tick), self.left - _GAP),
                anchor="end",
            )
            for tick in self.ticks
        )

    def labels(self, step: float) -> Markup:
        """As many labels below as fit beside one another, the first always."""
        named = [_short(label, self.width) for label in self.chart.labels]
        apart = max(1, math.ceil((max(map(_width, named)) + _GAP) / step))
        drawn, free_from = [], 0.0
        for at in range(0, len(named), apart):
            half = _width(named[at]) / 2
            x = min(max(self.left + step * (at + 0.5), half), WIDTH - half)
            if x - half >= free_from:
                drawn.append(_text(x, self.bottom + _LINE - 2, named[at], anchor="middle"))
                free_from = x + half + _GAP / 2
        return Markup("").join(drawn)


def _stack(values: Iterable[float | None]) -> list[tuple[float, float]]:
    """(from, to) of each part: what is above zero on top of one another, what is below zero below one another."""
    up = down = 0.0
    parts = []
    for value in values:
        if value is None or value == 0:
            parts.append((0.0, 0.0))
        elif value > 0:
            parts.append((up, up + value))
            up += value
        else:
            parts.append((down + value, down))
            down += value
    return parts


# --- text -----------------------------------------------------------------------------------------------------------


def _width(text: str) -> float:
    """About how wide a text is: no font is at hand."""
    return sum(_FONT * (1.0 if unicodedata.east_asian_width(letter) in "WF" else _EM) for letter in text)


def _short(text: str, room: float) -> str:
    """As much of a text as there is room for."""
    if _width(text) <= room:
        return text
    kept = text
    while kept and _width(kept) + _FONT > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _said(text: str) -> Markup:
    """Escaped, without what no XML may hold."""
    return escape("".join(one for one in text if one >= " " and unicodedata.category(one) not in ("Cs", "Cn", "Cc")))


def _told(chart: Chart, at: int) -> str:
    """A label with all its figures, for whoever points at it."""
    told = [(one.name, value) for one in chart.series if (value := chart.drawn(one)[at]) is not None]
    return " · ".join((chart.labels[at], *(f"{name} {chart.number(value)}" for name, value in told)))


def _told_cell(chart: Chart, at: int, number: int) -> str:
    one = chart.series[number]
    value = chart.drawn(one)[at]
    sample = f"({one.samples[at]})" if at < len(one.samples) else ""
    told = "–" if value is None else chart.number(value)
    return f"{one.name} {chart.labels[at]} · {told} {sample}".rstrip()


# --- elements -------------------------------------------------------------------------------------------------------

type _Sample = Callable[[int, float, float], Markup]


def _svg(chart: Chart, height: float, *parts: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {width} {height}" width="100%"'
        ' aria-labelledby="{id}-title {id}-desc" font-family="system-ui, sans-serif" font-size="{font}">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>{parts}</svg>'
    ).format(
        width=WIDTH,
        height=_n(height + 2),
        id=_said(chart.id),
        font=_FONT,
        title=_said(chart.title),
        description=_said(chart.description),
        parts=Markup("").join(parts),
    )


def _nothing(chart: Chart) -> Markup:
    """Nothing was there to be drawn, and that is said."""
    return _svg(chart, 3 * _LINE, _text(WIDTH / 2, 2 * _LINE - 4, _short(chart.nothing, WIDTH), anchor="middle"))


def _legend(chart: Chart, sample: _Sample) -> tuple[Markup, float]:
    """The names of several series in the order in which they are drawn, and the height that they take."""
    if len(chart.series) < 2:  # noqa: PLR2004  a chart of one series has its name in the title
        return Markup(""), 0.0
    drawn, x, y = [], 0.0, 0.0
    for number, one in enumerate(chart.series):
        name = _short(one.name, WIDTH - 22)
        wide = 18 + _width(name) + 2 * _GAP
        if x > 0 and x + wide - 2 * _GAP > WIDTH:
            x, y = 0.0, y + _LINE
        drawn.append(sample(number, x, y) + _text(x + 18, y + _FONT, name))
        x += wide
    return Markup("").join(drawn), y + _LINE + 2


def _patch(number: int, x: float, y: float) -> Markup:
    return _bar(number, x, y + 2, 12, 11)


def _sample_stroke(number: int, x: float, y: float) -> Markup:
    return _stroke(number, x, y + 8, x + 14, y + 8)


_PATCH: Final[_Sample] = _patch
_STROKE: Final[_Sample] = _sample_stroke


def _titled(told: str, parts: Markup) -> Markup:
    return Markup("<g><title>{}</title>{}</g>").format(_said(told), parts)


def _bar(number: int, x: float, y: float, width: float, height: float) -> Markup:
    """A rectangle; a hair of the page stays between one and the next."""
    return Markup('<rect class="chart-{}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
        number % len(_COLOURS),
        _n(x),
        _n(y),
        _n(max(width - 0.5, 0.5)),
        _n(max(height - 0.5, 0.5)),
        _COLOURS[number % len(_COLOURS)],
    )


def _stroke(number: int, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup(
        '<line class="chart-{}" x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>'
    ).format(
        number % len(_COLOURS),
        *(_n(one) for one in (x1, y1, x2, y2)),
        _COLOURS[number % len(_COLOURS)],
        _DASHES[number % len(_DASHES)] or "none",
    )


def _dot(number: int, x: float, y: float) -> Markup:
    return Markup('<circle class="chart-{}" cx="{}" cy="{}" r="3" fill="{}"/>').format(
        number % len(_COLOURS), _n(x), _n(y), _COLOURS[number % len(_COLOURS)]
    )


def _cell(x: float, y: float, width: float, height: float, strength: float | None) -> Markup:
    """A cell of a grid; `strength` from 0 to 1, None: nothing to show."""
    opacity = 0.0 if strength is None else _FAINTEST + (_STRONGEST - _FAINTEST) * strength
    return Markup(
        '<rect class="chart-cell" x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="{}"'
        ' stroke="currentColor" stroke-opacity="0.15"/>'
    ).format(_n(x + 0.5), _n(y + 0.5), _n(width - 1), _n(height - 1), _COLOURS[0], f"{opacity:.2f}")


def _rule(x1: float, y1: float, x2: float, y2: float, *, faint: bool = False) -> Markup:
    return Markup(
        '<line class="chart-rule" x1="{}" y1="{}" x2="{}" y2="{}" stroke="currentColor" stroke-opacity="{}"/>'
    ).format(*(_n(one) for one in (x1, y1, x2, y2)), "0.15" if faint else "0.6")


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> Markup:
    return Markup('<text class="chart-text" x="{}" y="{}" text-anchor="{}" fill="currentColor">{}</text>').format(
        _n(x), _n(y), anchor, _said(text)
    )


def _n(value: float) -> str:
    """A coordinate: a tenth of a unit is finer than any screen; no `-0.0`."""
    return f"{round(value, 1) + 0.0:.1f}"
