"""The rota: who is called, when somebody may be rung, when the team is there."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tribune.duty import (
    CallMessage,
    Rota,
    after_presence,
    is_present,
    may_ring,
    next_presence,
    on_duty,
    read_hours,
    watch_at,
)

PARIS = ZoneInfo("Europe/Paris")
MARIE = {"id": "marie", "name": "Marie Caron", "initials": "MC", "ways": [{"kind": "email", "address": "m@g.example"}]}
LEA = {"id": "lea", "name": "Léa Roux", "initials": "LR", "role": "smm"}
TOM = {"id": "tom", "name": "Tom Diaz", "initials": "TD"}
TEAM = {"id": "equipe", "name": "L'équipe", "ways": [{"kind": "email", "address": "team@g.example"}]}

moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  hypothesis gives it a zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001  the same
    timezones=st.just(UTC),
)
urgencies = st.sampled_from(["now", "hours", "digest"])


def rota(*people: dict[str, Any], **changes: Any) -> Rota:
    return Rota.model_validate({"people": list(people or (MARIE,))} | changes)


def paris(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def called(team: Rota, at: datetime, *roles: str) -> list[str]:
    return [person.id for person in on_duty(team, at, PARIS, roles or ("cm",))]


# --- who ---


def test_a_lone_community_manager_is_called_at_any_hour_without_a_word_of_configuration() -> None:
    assert called(rota(), paris(24, 3)) == ["marie"]


def test_the_wanted_role_comes_first_then_colleagues_then_the_fallback() -> None:
    team = rota(LEA, MARIE, fallback=TEAM)

    assert called(team, paris(24, 10)) == ["marie", "lea", "equipe"]
    assert called(team, paris(24, 10), "smm") == ["lea", "marie", "equipe"]


def test_a_turn_replaces_the_default_for_its_days_and_its_role_only() -> None:
    team = rota(
        MARIE,
        TOM,
        LEA,
        default=["marie", "lea"],
        turns=[{"start": "2026-11-23", "end": "2026-11-29", "people": ["tom"]}],
    )

    assert called(team, paris(24, 10)) == ["tom", "lea"]
    assert called(team, paris(29, 23, 59)) == ["tom", "lea"]
    assert called(team, paris(30, 0)) == ["marie", "lea"]


def test_a_turn_changes_at_midnight_of_the_community_not_of_greenwich() -> None:
    team = rota(MARIE, TOM, default=["marie"], turns=[{"start": "2026-11-23", "end": "2026-11-29", "people": ["tom"]}])

    assert called(team, datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == ["tom"]


def test_nobody_calls_a_person_on_leave() -> None:
    team = rota(MARIE | {"away": [{"start": "2026-11-24", "end": "2026-11-24"}]}, LEA)

    assert called(team, paris(24, 10)) == ["lea"]
    assert called(team, paris(25, 10)) == ["marie", "lea"]


@pytest.mark.parametrize(
    "gives",
    [
        {"regular": [{"when": "sat,sun 00:00-24:00", "people": ["equipe"]}]},
        {"turns": [{"start": "2026-11-28", "end": "2026-11-29", "people": ["equipe"]}]},
        {"swaps": [{"start": "2026-11-28", "end": "2026-11-29", "gives": "marie", "takes": "equipe"}]},
    ],
    ids=["regular", "turn", "swap"],
)
def test_a_fallback_that_the_rota_gives_the_duty_has_it(gives: dict[str, Any]) -> None:
    team = rota(MARIE, LEA, fallback=TEAM, **gives)

    assert called(team, paris(28, 10)) == ["equipe", "lea"]
    assert called(team, paris(30, 10)) == ["marie", "lea", "equipe"]


def test_a_deputy_stands_in_their_place_also_where_it_is_the_fallback() -> None:
    away = MARIE | {"deputy": "equipe", "away": [{"start": "2026-11-24", "end": "2026-11-24"}]}

    assert called(rota(away, LEA, fallback=TEAM), paris(24, 10)) == ["equipe", "lea"]
    assert called(rota(away, LEA, fallback=TEAM), paris(25, 10)) == ["marie", "lea", "equipe"]


def test_nobody_calls_a_fallback_on_leave_either() -> None:
    away = TEAM | {"away": [{"start": "2026-11-24", "end": "2026-11-25"}]}
    team = rota(MARIE, fallback=away)

    assert called(team, paris(24, 10)) == ["marie"]
    assert watch_at(team, paris(24, 10), PARIS).until == paris(26, 0)
    assert called(team, paris(26, 0)) == ["marie", "equipe"]


def test_when_everybody_is_away_the_fallback_is_called() -> None:
    away = {"away": [{"start": "2026-11-01", "end": "2026-11-30"}]}

    assert called(rota(MARIE | away, fallback=TEAM), paris(24, 10)) == ["equipe"]


# --- when somebody may be rung ---


def test_who_works_past_midnight_is_rung_until_they_leave() -> None:
    friday_night = rota(presence="fri 18:00-02:00", quiet_hours="03:00-10:00", holidays=["2026-12-05"])
    for evening in (paris(28, 1), paris(5, 1, month=12)):
        assert is_present(friday_night, evening, PARIS)
        assert may_ring(friday_night, evening, PARIS, "hours") == evening
        left = evening + timedelta(hours=1)
        assert may_ring(friday_night, left, PARIS, "hours") > left + timedelta(days=5)


@pytest.mark.parametrize(
    ("at", "urgency", "rings"),
    [
        (paris(24, 10), "hours", paris(24, 10)),
        (paris(24, 22, 40), "hours", paris(25, 8)),
        (paris(24, 3), "hours", paris(24, 8)),
        (paris(24, 20), "hours", paris(25, 8)),
        (paris(24, 8), "hours", paris(24, 8)),
        (paris(27, 21), "hours", paris(30, 8)),
        (paris(28, 11), "hours", paris(30, 8)),
        (paris(24, 3), "now", paris(24, 3)),
        (paris(28, 3), "now", paris(28, 3)),
        (paris(24, 10), "digest", paris(25, 9)),
        (paris(24, 3), "digest", paris(24, 9)),
    ],
)
def test_only_danger_rings_in_quiet_hours_and_at_weekends(at: datetime, urgency: str, rings: datetime) -> None:
    assert may_ring(rota(), at, PARIS, urgency) == rings


def test_a_holiday_is_as_quiet_as_a_sunday() -> None:
    assert may_ring(rota(holidays=["2026-12-25"]), paris(25, 11, month=12), PARIS, "hours") == paris(28, 8, month=12)


def test_a_team_without_quiet_hours_is_rung_on_any_of_its_days() -> None:
    assert may_ring(rota(quiet_hours=None), paris(24, 3), PARIS, "hours") == paris(24, 3)


@pytest.mark.parametrize(
    ("night", "morning"),
    [
        # Clocks go back: the night of 25 October has 25 hours. They go forward: that of 29 March has 23.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 7, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
    ],
)
def test_eight_o_clock_is_eight_o_clock_when_the_clocks_change(night: datetime, morning: datetime) -> None:
    assert may_ring(rota(presence="09:00-18:00"), night, PARIS, "hours") == morning


def test_an_hour_that_does_not_exist_ends_the_night_all_the_same() -> None:
    team = rota(presence="00:00-24:00", quiet_hours="22:00-02:30")

    assert may_ring(team, datetime(2026, 3, 29, 0, 45, tzinfo=UTC), PARIS, "hours") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_an_hour_that_comes_twice_ends_the_night_the_first_time() -> None:
    team = rota(presence="00:00-24:00", quiet_hours="22:00-02:30")
    second_two_fifteen = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)

    assert may_ring(team, second_two_fifteen, PARIS, "hours") == second_two_fifteen


@given(at=moments, urgency=urgencies)
def test_a_call_is_never_rung_before_it_is_made_nor_held_longer_than_a_long_weekend(at: datetime, urgency: str) -> None:
    rings = may_ring(rota(), at, PARIS, urgency)

    assert at <= rings <= at + timedelta(days=4)


@given(at=moments, urgency=st.sampled_from(["now", "hours"]))
def test_when_it_may_ring_it_may_ring(at: datetime, urgency: str) -> None:
    rings = may_ring(rota(), at, PARIS, urgency)

    assert may_ring(rota(), rings, PARIS, urgency) == rings


@given(at=moments)
def test_nobody_is_rung_at_night_nor_on_a_day_of_rest(at: datetime) -> None:
    local = may_ring(rota(holidays=["2026-12-25"]), at, PARIS, "hours").astimezone(PARIS)

    assert time(8) <= local.time() < time(20)
    assert local.weekday() < 5
    assert local.date() != date(2026, 12, 25)


@given(at=moments, later=st.timedeltas(timedelta(0), timedelta(days=10)))
def test_who_calls_later_never_rings_earlier(at: datetime, later: timedelta) -> None:
    assert may_ring(rota(), at, PARIS, "hours") <= may_ring(rota(), at + later, PARIS, "hours")


# --- presence ---


@pytest.mark.parametrize(
    ("at", "there"),
    [(paris(24, 9), True), (paris(24, 17, 59), True), (paris(24, 18), False), (paris(28, 11), False)],
)
def test_presence_begins_and_ends_on_the_hour(at: datetime, *, there: bool) -> None:
    assert is_present(rota(), at, PARIS) is there


def test_the_team_is_back_on_monday_and_not_on_a_holiday() -> None:
    assert next_presence(rota(), paris(27, 18), PARIS) == paris(30, 9)
    assert next_presence(rota(holidays=["2026-11-30"]), paris(27, 18), PARIS) == paris(1, 9, month=12)


def test_presence_may_go_past_midnight() -> None:
    night = rota(presence="fri,sat 22:00-02:00")

    assert is_present(night, paris(28, 1), PARIS)
    assert not is_present(night, paris(28, 3), PARIS)
    assert is_present(night, paris(29, 1, 59), PARIS)
    assert not is_present(night, paris(30, 1), PARIS)


@given(at=moments)
def test_the_next_presence_is_a_presence(at: datetime) -> None:
    there = next_presence(rota(), at, PARIS)

    assert there >= at
    assert is_present(rota(), there, PARIS)
    assert not is_present(rota(), at, PARIS) or there == at


# --- as people write it ---


@pytest.mark.parametrize(
    ("written", "days", "start", "end"),
    [
        ("09:00-18:00", range(7), time(9), time(18)),
        ("mon-fri 9:00–18:30", range(5), time(9), time(18, 30)),
        ("Sat, Sun 10:00 - 12:00", (5, 6), time(10), time(12)),
        ("sat-mon 20:00-08:00", (5, 6, 0), time(20), time(8)),
        ("00:00-24:00", range(7), time(0), time(0)),
    ],
)
def test_hours_are_written_as_people_say_them(written: str, days: Any, start: time, end: time) -> None:
    hours = read_hours(written)

    assert (hours.days, hours.start, hours.end) == (frozenset(days), start, end)
    assert read_hours(str(hours)) == hours


@pytest.mark.parametrize("written", ["", "9-18", "25:00-26:00", "lun-ven 09:00-18:00", "09:00-18:61", "mon- 09:00"])
def test_hours_that_cannot_be_read_say_what_would_be_right(written: str) -> None:
    with pytest.raises(ValidationError, match="mon-fri 09:00-18:00"):
        rota(presence=written)


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": []},
        {"people": [MARIE, MARIE]},
        {"people": [MARIE], "default": ["nadia"]},
        {"people": [MARIE], "turns": [{"start": "2026-11-23", "end": "2026-11-29", "people": ["nadia"]}]},
        {"people": [MARIE], "quiet_hours": "20:00-20:00"},
        {"people": [MARIE], "presence": []},
        {"people": [MARIE], "presence": ["mon-fri 09:00-14:00", "fri 13:00-18:00"]},
        {"people": [MARIE], "presence": ["sun 22:00-04:00", "mon 03:00-06:00"]},
        {"people": [MARIE | {"deputy": "nadia"}]},
        {"people": [MARIE], "weeks": {"since": "2026-11-23", "people": ["nadia"]}},
        {"people": [MARIE], "regular": [{"when": "sat 09:00-18:00", "people": ["nadia"]}]},
        {
            "people": [MARIE],
            "swaps": [{"start": "2026-11-23", "end": "2026-11-23", "gives": "marie", "takes": "nadia"}],
        },
        {"people": [MARIE], "turns": [{"start": "2026-11-24", "end": "2026-11-23", "people": ["marie"]}]},
        {"people": [MARIE | {"away": [{"start": "2026-11-24T10:00+01:00", "end": "2026-11-24"}]}]},
        {"people": [MARIE | {"away": [{"start": "demain", "end": "2026-11-24"}]}]},
        {"people": [MARIE], "care_country": "atlantis"},
        {"people": [MARIE | {"id": "Marie C"}]},
        {"people": [MARIE | {"initials": "^MC"}]},
        {"people": [MARIE | {"ways": [{"kind": "pigeon"}]}]},
        {"people": [MARIE], "quiet_hour": "20:00-08:00"},
    ],
)
def test_a_rota_that_could_never_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rota.model_validate(wrong)


@given(since=moments, hours=st.floats(0.1, 60))
def test_hours_of_presence_are_counted_while_somebody_is_there(since: datetime, hours: float) -> None:
    shop = rota(presence=["mon-fri 09:00-12:30", "mon-fri 14:00-18:00", "sat 09:00-13:00"], holidays=["2026-05-01"])
    lasting = timedelta(hours=hours)
    end = after_presence(shop, since, lasting, PARIS)
    assert end - since >= lasting
    assert after_presence(shop, since, lasting / 2, PARIS) <= end
    assert is_present(shop, end - timedelta(seconds=1), PARIS)
    half = after_presence(shop, since, lasting / 2, PARIS)
    assert abs(after_presence(shop, half, lasting / 2, PARIS) - end) < timedelta(milliseconds=1)


def test_a_rota_survives_being_stored() -> None:
    team = rota(MARIE, LEA, fallback=TEAM, presence="mon-sat 08:30-19:00", holidays=["2026-12-25"])

    assert Rota.model_validate_json(team.model_dump_json()) == team


def test_a_message_reads_whole_as_plain_text() -> None:
    message = CallMessage("garance", "c", "Sujet", ("Un.", "Deux."), link="https://x.example/1", link_words="Voir")

    assert message.text == "Un.\n\nDeux.\n\nVoir\nhttps://x.example/1"
