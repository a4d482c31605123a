"""Who has the duty at an instant: a table of rotas and instants, written as data."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from local.public_holidays import with_public_holidays
from tribune.duty import Rota, on_duty, watch_at

APPLIED = datetime(2026, 1, 2, tzinfo=UTC)
TABLE: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "instants.yaml").read_text(encoding="utf-8"))
NONE = "none"


def rows() -> Iterator[Any]:
    for number, told in enumerate(TABLE):
        for row in told["instants"]:
            yield pytest.param(number, row, id=f"{told['what']}: {row['at']}")


@cache
def rota_of(number: int) -> Rota:
    return with_public_holidays(Rota.model_validate(TABLE[number]["rota"]), APPLIED)


def instant(written: str, zone: ZoneInfo) -> datetime:
    """As the wall says it; with an offset where the wall says it twice."""
    found = datetime.fromisoformat(written)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def moment(written: str, zone: ZoneInfo) -> datetime | None:
    return None if written == NONE else instant(written, zone)


@pytest.mark.parametrize(("number", "row"), list(rows()))
def test_at_each_instant_it_is_known_who_until_when_and_who_is_next(number: int, row: dict[str, Any]) -> None:
    zone = ZoneInfo(TABLE[number]["zone"])
    at = instant(row["at"], zone)
    watch = watch_at(rota_of(number), at, zone, (row.get("role", "cm"),))
    found = {
        "who": [person.id for person in watch.line],
        "until": watch.until,
        "then": watch.then[0].id if watch.then else "",
        "away": [person.id for person in watch.away],
        "there": watch.present or watch.presence_changes,
        "changes": watch.presence_changes,
        "quiet": watch.quiet_until,
        "holiday": NONE if watch.holiday is None else watch.holiday.names.get("fr", ""),
    }
    wanted = {name: value for name, value in row.items() if name not in ("at", "role")}
    for name in ("until", "quiet", "there", "changes"):
        if isinstance(wanted.get(name), str):
            wanted[name] = moment(wanted[name], zone)
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("number", range(len(TABLE)), ids=[told["what"] for told in TABLE])
@given(at=st.datetimes(datetime(2026, 1, 5), datetime(2027, 12, 20), timezones=st.just(UTC)), share=st.floats(0, 1))  # noqa: DTZ001  given a zone there
def test_until_then_it_is_the_same_people_and_from_then_on_others(number: int, at: datetime, share: float) -> None:
    zone, rota = ZoneInfo(TABLE[number]["zone"]), rota_of(number)
    watch = watch_at(rota, at, zone)
    assert list(watch.line) == on_duty(rota, at, zone)
    if watch.until is None:
        assert list(watch.then) == list(watch.line)
        return
    assert at < watch.until
    between = at + (watch.until - at) * min(share, 0.999)
    assert on_duty(rota, between, zone) == list(watch.line)
    assert on_duty(rota, watch.until, zone) == list(watch.then) != list(watch.line)
    assert watch.holiday is None or not watch.present


@pytest.mark.parametrize("number", range(len(TABLE)), ids=[told["what"] for told in TABLE])
def test_a_rota_survives_being_stored(number: int) -> None:
    assert Rota.model_validate_json(rota_of(number).model_dump_json()) == rota_of(number)
