"""The mail of a report in a real browser, as narrow as a phone: it fits, in light and in dark."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from local.configuration import read
from tribune.community import Post
from tribune.figures import Figures, Slot
from tribune.report import Material, Period, build
from tribune.reported import tell
from tribune.workflow.reporting import as_html

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture(scope="module")
def mail() -> str:
    """A month with five kinds of post and a title that no line can hold."""
    community = read("community: {id: garance, name: Garance}\n").community
    post = Post(platform="facebook", account="1001", id="1", title=LONG, mechanic="question")
    community = community.model_copy(update={"posts": (post,)})
    mechanics = ("question", "story", "contest", "event", LONG[:40])
    figures = Figures()
    for number, mechanic in enumerate(mechanics, 1):
        slot = Slot(f"facebook/1001/{number}", mechanic, 0, False, "comment", 1)
        figures.counts[slot], figures.points[slot] = 1234 // number, 99999 // number
    month, now = Period.read("2026-11"), datetime(2026, 12, 1, 9, tzinfo=UTC)
    days = dict.fromkeys(month.days, figures)
    report = build(community, month, Material(days=days, before=Figures(), counted_to=now), now)
    told = tell(report, community, reader="Marie", said={}, now=now, language="fr")
    return as_html(told, [("Voir ce bilan", f"https://desk.example/{'x' * 200}")])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_can_be_read_in_light_and_in_dark(chromium: Browser, mail: str, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)  # one of the two
    page = context.new_page()
    page.set_content(mail)

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(
        "[...document.querySelectorAll('p,li,td,th')].every(e => e.getBoundingClientRect().right <= 320)"
    )
    ink, paper = page.evaluate(
        "(s => [s.color, s.backgroundColor])(getComputedStyle(document.querySelector('.sheet')))"
    )
    assert (ink, paper) == {
        "light": ("rgb(27, 31, 35)", "rgb(255, 255, 255)"),
        "dark": ("rgb(236, 239, 241)", "rgb(30, 35, 39)"),
    }[scheme]
    context.close()
