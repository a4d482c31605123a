"""Which days are public holidays, by the library `holidays`: worked out when a file is applied, never in a function."""

from collections.abc import Iterable
from datetime import date, datetime

from tribune.duty import Holiday, Rota
from tribune.errors import BadConfiguration
from tribune.words import LANGUAGES

YEARS = 3
"""This year and the next two; `tribune duty who` says when they run out."""


def with_public_holidays(rota: Rota, now: datetime) -> Rota:
    """The rota with the days that its countries rest on, up to the end of the year after next.

    Raises BadConfiguration for a country, or a part of one, that nobody knows.
    """
    if not rota.holidays_of:
        return rota.model_copy(update={"public_holidays": (), "holidays_until": None})
    years = range(now.year, now.year + YEARS)
    known: dict[date, Holiday] = {}
    for place in rota.holidays_of:
        for one in _of(place, years):
            known.setdefault(one.day, one)
    days = tuple(known[day] for day in sorted(known))
    return rota.model_copy(update={"public_holidays": days, "holidays_until": date(years[-1], 12, 31)})


def _of(place: str, years: Iterable[int]) -> list[Holiday]:
    country, _, part = place.upper().partition("-")
    try:
        spoken = {language: _calendar(country, part, years, language) for language in LANGUAGES}
    except NotImplementedError as error:
        message = f"{place} is no country, nor part of one, whose holidays are known: write FR, BE or FR-57 (ISO 3166)"
        raise BadConfiguration(message, field="community.rota.holidays_of") from error
    days = sorted(next(iter(spoken.values())))
    return [Holiday(day=day, names={language: named[day] for language, named in spoken.items()}) for day in days]


def _calendar(country: str, part: str, years: Iterable[int], language: str) -> dict[date, str]:
    """The days with their names, in the language nearest to the one that is asked for."""
    import holidays  # noqa: PLC0415  a quarter of a second, and only where a rota names a country

    spoken = holidays.country_holidays(country, subdiv=part or None).supported_languages
    nearest = next((one for one in spoken if one.split("_")[0] == language), None)
    found = holidays.country_holidays(country, subdiv=part or None, years=years, language=nearest)
    return dict(found.items())
