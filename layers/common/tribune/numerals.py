"""numerals: how a figure is written in the reader's language: `12 345`, `4,2`, `82 %`, `3 h 05`. Pure.

French parts thousands with U+202F and units with U+00A0, and writes a comma before the decimals (Imprimerie nationale,
*Lexique des règles typographiques*); English writes `12,345`, `4.2`, `82%`. A minus is U+2212.
"""

from typing import Any, Final

from tribune import words

_SMALL_SHARE: Final = 0.1
"""Below ten per cent a decimal says something."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def count(value: float, language: str) -> str:
    """A whole number of things: `12 345`."""
    return _written(f"{value:,.0f}", language)


def decimal(value: float, language: str, places: int = 1) -> str:
    """At most so many decimals, none where they say nothing: `4,2`, `4`."""
    text = f"{value:,.{places}f}"
    return _written(text.rstrip("0").rstrip(".") if "." in text else text, language)


def share(value: float, language: str) -> str:
    """A part of one as a percentage: `82 %`, `0,4 %`; what is not all is never written 100 %, nor what is some 0 %."""
    percent = value * 100
    places = 1 if abs(value) < _SMALL_SHARE else 0
    if 0 < value < 1 and round(percent, places) in (0, 100):
        percent = 0.1 if round(percent, places) == 0 else 99.0
    sign = "\u00a0%" if words.spoken(language) == "fr" else "%"
    return decimal(percent, language, places) + sign


def lasting(seconds: float, language: str) -> str:
    """How long, in its two largest units: `42 min`, `3 h 05`, `2 j 4 h`."""
    units: Any = words.table(words.spoken(language), "time")["lasting"]
    minutes = round(seconds / _MINUTE)
    if minutes == 0:
        return str(units["moment"])
    days, hours, minutes = minutes * _MINUTE // _DAY, minutes * _MINUTE % _DAY // _HOUR, minutes % _MINUTE
    which = "days" if days else "hours" if hours else "minutes"
    if which != "minutes" and not (hours if days else minutes):
        which += "_only"
    padded = f"{minutes:02d}" if hours else str(minutes)
    told = {"days": count(days, language), "hours": str(hours), "minutes": padded}
    return words.fill(units[which], told)


def _written(text: str, language: str) -> str:
    """A number as Python writes it (`-1,234.5`)."""
    text = text.replace("-", "" if not text.strip("-0.,") else "\u2212")
    return text.replace(",", "\u202f").replace(".", ",") if words.spoken(language) == "fr" else text
