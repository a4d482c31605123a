"""The texts that make a charter known, as long as each platform lets them be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.charter_file import Opened
from tribune.words import fill, shared, spoken, table
from tribune.workflow.show import date_words

_LINK = 23
"""What X counts for a link, however short it is."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced, where, in which languages."""

    url: str
    effective: datetime
    change: str = ""
    """What this version changes, when it follows another one."""
    languages: tuple[str, ...] = ()
    """None means those of the charter."""
    platforms: tuple[str, ...] = field(default=())
    """None means those of the community."""


def announcements(ours: Opened, wanted: Announcement) -> Iterator[str]:
    """The texts to copy, each under its title and its platforms, language after language."""
    own = dict.fromkeys(channel.platform for channel in ours.somebody.channels)
    platforms = wanted.platforms or tuple(own) or ("generic",)
    for language in wanted.languages or ours.charter.languages:
        words = table(spoken(language), "announce")
        fields = _fields(ours, language, wanted)
        for place, title in words["titles"].items():
            forms = words["texts"]["pinned_change" if place == "pinned" and wanted.change else place]
            texts = [fill(form, fields) for form in forms]
            for (text, note), where in _fitted(texts, place, platforms, wanted.url, words).items():
                yield f"--- {title} [{language}] {', '.join(where)}{note}\n{text}"


def _fields(ours: Opened, language: str, wanted: Announcement) -> dict[str, str]:
    values, community = ours.charter.values(language), ours.somebody
    return {
        "brand": values.get("brand", community.name),
        "host": values.get("cm_public_name", community.name),
        "hours": values.get("moderation_hours", ""),
        "appeal": values.get("appeal_contact", ""),
        "effective": date_words(wanted.effective, language, community.zone),
        "url": wanted.url,
        "summary": wanted.change,
    }


def _fitted(
    texts: list[str], place: str, platforms: Iterable[str], url: str, words: Mapping[str, Any]
) -> dict[tuple[str, str], list[str]]:
    """(text, what is wrong with its length) -> the platforms that have room for it and for nothing longer."""
    found: dict[tuple[str, str], list[str]] = {}
    for platform in platforms:
        limits = shared("announce").get(platform, {})
        if place not in limits:
            continue
        limit = limits[place]
        text = next((text for text in texts if limit is None or length(text, url) <= limit), texts[-1])
        over = 0 if limit is None else length(text, url) - limit
        note = f" ({words['too_long'].format(n=over)})" if over > 0 else ""
        found.setdefault((text, note), []).append(platform)
    return found


def length(text: str, url: str) -> int:
    """The characters of a text, a short link counted as the platforms count it."""
    return len(text) + text.count(url) * max(0, _LINK - len(url))
