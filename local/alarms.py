"""CloudWatch's alarms on this machine: those of the template that watch what the functions count, by our clock.

What the functions write in the embedded metric format is read from their logs once a minute of our clock, each alarm is
evaluated over the periods that end there (M of N, missing data treated as the alarm says), and a change of state
invokes the function that the alarm names, with the event that CloudWatch sends. What AWS counts itself (queues,
functions, the API) is not counted here: in a sum it is nothing, and an alarm that watches nothing else is left out.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.resources import ACCOUNT, Stack
from local.rounds import Rounds
from local.runtime import Result
from tribune.telemetry import NAMESPACE

LOOK_EVERY_S = 0.05
MINUTE = timedelta(minutes=1)
_SUM = re.compile(r"FILL\((\w+), 0\)(?: \+ FILL\(\w+, 0\))*")
_CHILD = re.compile(r'ALARM\("\$\{(\w+)\}"\)')
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": float.__gt__,
    "GreaterThanOrEqualToThreshold": float.__ge__,
    "LessThanThreshold": float.__lt__,
    "LessThanOrEqualToThreshold": float.__le__,
}

type Series = tuple[str, frozenset[tuple[str, str]]]
"""A metric and its dimensions."""


class Counted:
    """What the functions counted so far, read from their logs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}
        self._points: dict[Series, list[tuple[datetime, float]]] = defaultdict(list)

    def look(self) -> None:
        """Read what was written since."""
        for file in self._folder.glob("*.log"):
            with file.open("rb") as log:
                log.seek(self._read.get(file, 0))
                lines = log.read()
            whole = lines.rfind(b"\n") + 1
            self._read[file] = self._read.get(file, 0) + whole
            for line in lines[:whole].splitlines():
                if line.startswith(b'{"_aws"'):
                    self._count(json.loads(line))

    def _count(self, told: Mapping[str, Any]) -> None:
        at = datetime.fromtimestamp(told["_aws"]["Timestamp"] / 1000, UTC)
        for directive in told["_aws"]["CloudWatchMetrics"]:
            for metric in directive["Metrics"]:
                for names in directive["Dimensions"]:
                    series = (metric["Name"], frozenset((name, told[name]) for name in names))
                    self._points[series].append((at, float(told[metric["Name"]])))

    def values(self, series: Series, after: datetime, until: datetime) -> list[float]:
        """What was counted in `(after, until]`."""
        return [value for at, value in self._points.get(series, ()) if after < at <= until]


@dataclass(slots=True)
class Alarm:
    """One alarm of the template and its state."""

    logical_id: str
    description: str
    invokes: str
    """The function that is told, empty for none."""
    watches: tuple[Series, ...] = ()
    """Added up."""
    maximum: bool = False
    """The largest value of a period rather than their sum."""
    period: timedelta = MINUTE
    periods: int = 1
    breaching: int = 1
    """How many of the periods."""
    threshold: float = 0.0
    compares: Callable[[float, float], bool] = float.__gt__
    silence_breaches: bool = False
    hears: tuple[str, ...] = ()
    """For a composite alarm: any of these."""
    state: str = "INSUFFICIENT_DATA"
    since: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))

    def evaluated(self, counted: Counted, states: Mapping[str, str], now: datetime) -> str:
        """`ALARM` or `OK`."""
        if self.hears:
            return "ALARM" if any(states.get(child) == "ALARM" for child in self.hears) else "OK"
        breaches = sum(self._breaches(counted, now - self.period * back) for back in range(self.periods))
        return "ALARM" if breaches >= self.breaching else "OK"

    def _breaches(self, counted: Counted, until: datetime) -> bool:
        values = [value for one in self.watches for value in counted.values(one, until - self.period, until)]
        if not values:
            return self.silence_breaches
        return self.compares(max(values) if self.maximum else sum(values), self.threshold)


def declared(stack: Stack) -> tuple[Alarm, ...]:
    """The template's alarms that can be evaluated here, composite ones after those they hear."""
    template = stack.template
    simple = {
        name: alarm
        for name, properties in template.of_type("AWS::CloudWatch::Alarm")
        if (alarm := _metric_alarm(stack, name, properties))
    }
    composite = (
        Alarm(name, properties["AlarmDescription"], _invoked(properties), hears=tuple(children))
        for name, properties in template.of_type("AWS::CloudWatch::CompositeAlarm")
        if (children := [one for one in _CHILD.findall(properties["AlarmRule"]["Fn::Sub"]) if one in simple])
    )
    return (*simple.values(), *composite)


def _metric_alarm(stack: Stack, name: str, properties: Mapping[str, Any]) -> Alarm | None:
    where = f"Resources.{name}.Properties"
    looked_at = [properties]
    if "Metrics" in properties:
        expressions = [part["Expression"] for part in properties["Metrics"] if "Expression" in part]
        if not all(_SUM.fullmatch(expression) for expression in expressions):
            return None
        looked_at = [part["MetricStat"]["Metric"] for part in properties["Metrics"] if "MetricStat" in part]
    watches = tuple(
        (
            str(metric["MetricName"]),
            frozenset((one["Name"], str(stack.resolve(one["Value"], where))) for one in metric["Dimensions"]),
        )
        for metric in looked_at
        if metric["Namespace"] == NAMESPACE
    )
    if not watches:
        return None
    stats = [part["MetricStat"] for part in properties.get("Metrics", ()) if "MetricStat" in part] or [properties]
    given = {
        key: stack.resolve(properties[key], where) for key in properties if key != "AlarmActions" and key[:2] != "OK"
    }
    periods = int(given["EvaluationPeriods"])
    return Alarm(
        logical_id=name,
        description=str(given["AlarmDescription"]),
        invokes=_invoked(properties),
        watches=watches,
        maximum=given.get("Statistic") == "Maximum",
        period=timedelta(seconds=int(stack.resolve(stats[0]["Period"], where))),
        periods=periods,
        breaching=int(given.get("DatapointsToAlarm", periods)),
        threshold=float(given["Threshold"]),
        compares=_COMPARISONS[given["ComparisonOperator"]],
        silence_breaches=given.get("TreatMissingData") == "breaching",
    )


def _invoked(properties: Mapping[str, Any]) -> str:
    match properties.get("AlarmActions"):
        case [{"Fn::GetAtt": [str(function), "Arn"]}]:
            return function
        case [{"Fn::GetAtt": str(both)}]:
            return both.partition(".")[0]
        case _:
            return ""


class Alarms(Rounds):
    """Evaluates the alarms once a minute of our clock, in a thread of its own."""

    def __init__(
        self,
        stack: Stack,
        folder: Path,
        *,
        invoke: Callable[[str, Mapping[str, Any]], Result],
        now: Callable[[], datetime],
    ) -> None:
        """`folder`: where the functions' logs are."""
        super().__init__("alarms", LOOK_EVERY_S)
        self.all = declared(stack)
        self._stack, self._invoke, self._now = stack, invoke, now
        self._counted = Counted(folder)
        self._evaluated = now()

    def pending(self) -> list[str]:
        """Something here while a minute has passed that was not evaluated."""
        now = self._now()
        return ["alarms"] if self.running and _minute(now) > _minute(self._evaluated) else []

    def shown(self) -> list[dict[str, str]]:
        """As `GET /_local/alarms`."""
        return [
            {"alarm": one.logical_id, "state": one.state, "since": one.since.isoformat(), "tells": one.invokes}
            for one in self.all
        ]

    def _round(self) -> None:
        now = self._now()
        if _minute(now) != _minute(self._evaluated):
            self.evaluate(now)
            self._evaluated = now

    def evaluate(self, now: datetime) -> None:
        """Look at everything as it stands at this minute, and tell what changed."""
        self._counted.look()
        states: dict[str, str] = {}
        for alarm in self.all:
            states[alarm.logical_id] = state = alarm.evaluated(self._counted, states, now)
            if state == alarm.state:
                continue
            event = self._event(alarm, state, now)
            told = alarm.invokes and "ALARM" in (state, alarm.state)
            alarm.state, alarm.since = state, now
            if told:
                self._invoke(alarm.invokes, event)

    def _event(self, alarm: Alarm, state: str, now: datetime) -> dict[str, Any]:
        name = f"{self._stack.name}-{alarm.logical_id}-LOCAL"
        points = [{"timestamp": _stamp(now - alarm.period * (back + 1))} for back in range(alarm.periods)]
        return {
            "source": "aws.cloudwatch",
            "alarmArn": f"arn:aws:cloudwatch:{self._stack.region}:{ACCOUNT}:alarm:{name}",
            "accountId": ACCOUNT,
            "time": _stamp(now),
            "region": self._stack.region,
            "alarmData": {
                "alarmName": name,
                "state": {
                    "value": state,
                    "reason": "Threshold Crossed",
                    "reasonData": json.dumps({"version": "1.0", "evaluatedDatapoints": points}),
                    "timestamp": _stamp(now),
                },
                "previousState": {"value": alarm.state, "timestamp": _stamp(alarm.since)},
                "configuration": {"description": alarm.description},
            },
        }


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
