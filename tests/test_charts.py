"""charts: figures as pictures that stay right whatever the figures are, and as tables beside them."""

import math
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune import pages
from tribune.charts import WIDTH, Chart, Series, as_table, bars, columns, grid, line

DRAWN = (columns, bars, line, grid)
type Draw = Callable[[Chart], str]

SVG = "{http://www.w3.org/2000/svg}"
DAYS = tuple(f"{day} nov." for day in range(1, 31))


def chart(labels: tuple[str, ...], *series: Series, **changed: Any) -> Chart:
    told: dict[str, Any] = {
        "id": "c",
        "title": "Par jour",
        "description": "Deux semaines.",
        "axis": "Jour",
        "nothing": "Rien encore.",
    }
    return Chart(labels=labels, series=series, **(told | {"number": lambda value: f"{value:g}"} | changed))


def drawn(picture: str) -> ET.Element:
    """The picture as XML: a text that is none fails here."""
    return ET.fromstring(picture)  # noqa: S314  our own


def texts(picture: str) -> list[ET.Element]:
    return drawn(picture).findall(f".//{SVG}text")


def numbers(picture: str) -> list[float]:
    names = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height")
    return [float(v) for e in drawn(picture).iter() for k, v in e.attrib.items() if k in names and v != "100%"]


# Anything a browser might be sent: XML's own rule for what it may hold.
anything = st.text(max_size=12)
values = st.lists(st.none() | st.floats() | st.integers(-(10**20), 10**20), max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(DRAWN), st.lists(anything, max_size=40), st.lists(values, min_size=1, max_size=4), anything)
def test_whatever_the_figures_and_the_words_a_picture_is_xml_within_its_frame(
    draw: Draw, labels: list[str], rows: list[list[float | None]], word: str
) -> None:
    series = [Series(f"{word}{at}", tuple(row), (3,) * at) for at, row in enumerate(rows)]
    picture = draw(chart(tuple(labels), *series, title=word, description=word, nothing=word))

    _, _, width, height = (float(one) for one in drawn(picture).attrib["viewBox"].split())
    assert width == WIDTH
    assert all(math.isfinite(one) and -0.1 <= one <= max(width, height) + 0.1 for one in numbers(picture))


@pytest.mark.parametrize("draw", DRAWN)
def test_a_picture_has_a_name_and_a_description_for_whoever_does_not_see_it(draw: Draw) -> None:
    root = drawn(draw(chart(DAYS, Series("a", (1, 2, 3)), id="levels")))

    assert root.attrib["role"] == "img"
    named = {one.attrib["id"]: one.text for one in root.iter() if "id" in one.attrib}
    assert [named[one] for one in root.attrib["aria-labelledby"].split()] == ["Par jour", "Deux semaines."]
    assert all(one.startswith("levels-") for one in named)


@pytest.mark.parametrize("draw", DRAWN)
def test_what_comes_from_outside_is_text_and_never_markup(draw: Draw) -> None:
    evil = '"><script>alert(1)</script><x y=\'"'
    picture = draw(chart((evil,), Series(evil, (2,), (1,)), Series("b", (1,)), id=evil, title=evil, description=evil))

    assert "<script" not in picture
    assert {e.tag.removeprefix(SVG) for e in drawn(picture).iter()} <= {
        "svg", "title", "desc", "g", "rect", "line", "circle", "text",
    }  # fmt: skip


@pytest.mark.parametrize("draw", DRAWN)
def test_a_picture_carries_nothing_that_the_desks_policy_forbids(draw: Draw) -> None:
    picture = draw(chart(DAYS, Series("a", (1, 2))))

    assert "style-src 'self'" in pages.desk_policy()
    assert re.search(r"\bstyle=|\bon[a-z]+=|href|url\(|<style", picture) is None


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("nothing", [(), (Series("a", ()),), (Series("a", (None, math.nan, math.inf)),)])
def test_where_nothing_was_measured_that_is_said(draw: Draw, nothing: tuple[Series, ...]) -> None:
    assert [one.text for one in texts(draw(chart(("lu", "ma", "me"), *nothing)))] == ["Rien encore."]


def test_zero_was_measured_and_is_drawn_as_zero() -> None:
    picture = columns(chart(("lu",), Series("a", (0,))))

    assert [one.text for one in texts(picture)] == ["0", "1", "lu"]
    assert drawn(picture).findall(f".//{SVG}rect") == []


def test_the_columns_of_a_day_stand_on_one_another_and_are_as_high_as_their_figures() -> None:
    rects = drawn(columns(chart(("lu",), Series("a", (30,)), Series("b", (10,))))).findall(f".//{SVG}g/{SVG}rect")
    low, high = ([float(one.attrib[name]) for name in ("y", "height")] for one in rects)

    assert low[1] + 0.5 == pytest.approx(3 * (high[1] + 0.5), abs=0.3)
    assert high[0] + high[1] + 0.5 == pytest.approx(low[0], abs=0.2)


def test_what_is_negative_goes_below_what_is_nothing() -> None:
    up, down = drawn(columns(chart(("lu", "ma"), Series("a", (5, -5))))).findall(f".//{SVG}rect")

    assert float(up.attrib["y"]) + float(up.attrib["height"]) < float(down.attrib["y"]) + 1


def test_a_line_breaks_where_nothing_was_measured() -> None:
    picture = drawn(line(chart(("1", "2", "3", "4"), Series("a", (1, 2, None, 3)))))

    assert len(picture.findall(f".//{SVG}circle")) == 3
    assert len([one for one in picture.findall(f".//{SVG}line") if "stroke-dasharray" in one.attrib]) == 1


@pytest.mark.parametrize("draw", [columns, line])
@pytest.mark.parametrize("labels", [DAYS, ("semaine du 23 au 29 novembre 2026",) * 12, tuple("abcdefgh"), ("un",)])
def test_labels_never_touch_one_another(draw: Draw, labels: tuple[str, ...]) -> None:
    below = [one for one in texts(draw(chart(labels, Series("a", (1,) * len(labels))))) if one.text in labels]
    spans = sorted(
        (float(one.attrib["x"]) - half, float(one.attrib["x"]) + half)
        for one in below
        if (half := 0.58 * 12 * len(one.text or "") / 2)
    )

    assert spans
    assert all(ends <= begins for (_, ends), (begins, _) in pairwise(spans))
    assert len(spans) >= min(len(labels), 3) or len(labels[0]) > 20


def test_counts_are_marked_by_whole_numbers_and_nothing_twice() -> None:
    for most in (1, 2, 3, 7, 48, 51, 10**6, 10**15):
        said = [one.text for one in texts(columns(chart(("lu",), Series("a", (most,)))))][:-1]

        assert len(said) == len(set(said)) <= 7
        assert all("." not in str(one) for one in said)


def test_a_long_name_is_cut_and_told_whole_to_whoever_points_at_it() -> None:
    name = "Concours de l’été dont le nom n’en finit pas, et qui continue encore un peu"
    picture = bars(chart((name,), Series("a", (3,))))

    assert str(texts(picture)[0].text).endswith("…")
    assert name in picture


def test_a_cell_of_a_grid_says_how_many_cases_it_rests_on_and_is_as_strong_as_its_value() -> None:
    picture = drawn(grid(chart(("9 h", "10 h"), Series("lu", (1.0, 9.0), (5, 12)), Series("ma", (None, 5.0), (2, 7)))))
    strengths = [float(one.attrib["fill-opacity"]) for one in picture.findall(f".//{SVG}rect")]

    assert [one.text for one in picture.findall(f".//{SVG}g/{SVG}text")] == ["5", "2", "12", "7"]
    assert strengths[1] == 0
    assert 0 < strengths[0] < strengths[3] < strengths[2] < 0.6


def test_the_table_says_the_same_with_the_names_of_its_columns() -> None:
    told = chart(("lu", "ma"), Series("a", (1.5, None), (4, 0)), Series("b", (2,)), axis="Jour")

    assert as_table(told) == (("Jour", "a", "b"), ("lu", "1.5 (4)", "2"), ("ma", "– (0)", "–"))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("paper", ["#ffffff", "#15191d"])
def test_every_colour_stands_out_from_a_white_page_and_from_a_dark_one(paper: str) -> None:
    assert paper in pages.style() or paper == "#ffffff"
    picture = drawn(columns(chart(("lu",), *(Series(str(n), (1,)) for n in range(6)))))
    for colour in {one.attrib["fill"] for one in picture.findall(f".//{SVG}rect")}:
        darker, lighter = sorted((luminance(colour), luminance(paper)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3
