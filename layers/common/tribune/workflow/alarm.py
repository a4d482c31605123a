"""alarm: what a CloudWatch alarm says, read from any of its three shapes and told in plain words.

It arrives in one of three shapes:
- as the action of an alarm, straight from CloudWatch:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
- as an EventBridge event:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
- wrapped by SNS: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html

An operator's own alarm may carry a line in its description that says whom it concerns and what they read:
`tribune: community=garance urgency=now fr="…" en="…"`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tribune import words
from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import Unreadable
from tribune.journal import Call
from tribune.voice import moment_words

ALARM, OK = "ALARM", "OK"
_NAME_LIMIT, _TEXT_LIMIT, _LINES = 100, 400, 12
_NAMED = 8
"""How many alarms of a storm are named one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class AlarmNews:
    """What one state change says. Times are aware."""

    name: str
    state: str
    """`ALARM`, `OK` or `INSUFFICIENT_DATA`."""
    was: str
    """The state before, empty where the shape does not tell."""
    description: str
    reason: str
    at: datetime
    since: datetime
    """When what it listens to began: the start of the evaluated period, `at` where the shape does not tell."""
    was_at: datetime | None = None
    """When the state before began."""


def read(event: Mapping[str, Any]) -> Iterator[AlarmNews]:
    """The news of an event, whichever of the three shapes it has. Raises Unreadable."""
    try:
        match event:
            case {"alarmData": {"alarmName": _} as data}:
                yield _from_state(data)
            case {"detail-type": "CloudWatch Alarm State Change", "detail": {"alarmName": _} as data}:
                yield _from_state(data)
            case {"Records": [{"Sns": _}, *_] as records}:
                for record in records:
                    yield _from_notification(json.loads(record["Sns"]["Message"]))
            case _:
                raise Unreadable("this is no alarm in any of the three shapes")
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise Unreadable(f"the alarm is not as documented: {type(error).__name__}") from error


def _from_state(data: Mapping[str, Any]) -> AlarmNews:
    state, before = data["state"], data.get("previousState") or {}
    at = datetime.fromisoformat(state["timestamp"])
    return AlarmNews(
        name=_line(data["alarmName"], _NAME_LIMIT),
        state=state["value"],
        was=before.get("value", ""),
        description=data.get("configuration", {}).get("description") or "",
        reason=state.get("reason") or "",
        at=at,
        since=_evaluated_from(state.get("reasonData")) or at,
        was_at=datetime.fromisoformat(before["timestamp"]) if before.get("timestamp") else None,
    )


def _evaluated_from(reason_data: str | None) -> datetime | None:
    """When the evaluated period began, or the first of a composite alarm's children went off."""
    data = json.loads(reason_data) if reason_data else {}
    points = [point["timestamp"] for point in data.get("evaluatedDatapoints", ()) if "timestamp" in point]
    points += [child["state"]["timestamp"] for child in data.get("triggeringAlarms", ())]
    began = [datetime.fromisoformat(moment) for moment in (*points, *filter(None, (data.get("startDate"),)))]
    return min(began, default=None)


def _from_notification(message: Mapping[str, Any]) -> AlarmNews:
    at = datetime.fromisoformat(message["StateChangeTime"])
    trigger = message.get("Trigger") or {}
    evaluated = timedelta(seconds=int(trigger.get("Period") or 0)) * int(trigger.get("EvaluationPeriods") or 0)
    return AlarmNews(
        name=_line(message["AlarmName"], _NAME_LIMIT),
        state=message["NewStateValue"],
        was=message.get("OldStateValue") or "",
        description=message.get("AlarmDescription") or "",
        reason=message.get("NewStateReason") or "",
        at=at,
        since=at - evaluated,
    )


# --- the line of metadata ---


@dataclass(frozen=True, slots=True)
class Directions:
    """What the line `tribune: …` asks for; without one, everybody is told in presence hours."""

    communities: frozenset[str] = frozenset()
    """Whom it concerns; empty: every community."""
    urgency: Urgency = Urgency.HOURS
    says: Mapping[str, str] = field(default_factory=dict)
    """Language -> what the person reads."""
    readable: bool = True
    """False when part of the line is none of this: that part is left out, and the person is told."""


_DIRECTIONS = re.compile(r"^[ \t]*tribune:(.*)$\n?", re.MULTILINE)
_DIRECTION = re.compile(r'\s*([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)')


def directions(description: str) -> tuple[Directions, str]:
    """The line of metadata of an alarm's description, and the description without it."""
    lines = _DIRECTIONS.findall(description)
    if not lines:
        return Directions(), description
    told, readable = _pairs(lines[0])
    communities = frozenset(filter(None, told.get("community", "").split(",")))
    urgency = told.get("urgency", Urgency.HOURS)
    return (
        Directions(
            communities=communities,
            urgency=Urgency(urgency) if urgency in set(Urgency) else Urgency.HOURS,
            says={
                language: said for language in words.LANGUAGES if (said := _line(told.get(language, ""), _TEXT_LIMIT))
            },
            readable=readable and len(lines) == 1 and urgency in set(Urgency),
        ),
        _DIRECTIONS.sub("", description),
    )


def _pairs(line: str) -> tuple[dict[str, str], bool]:
    """(what can be read of `key=value key="value"`, whether that is all of it); a key that is repeated is not."""
    told: dict[str, str] = {}
    at = 0
    while found := _DIRECTION.match(line, at):
        key, quoted, bare = found.groups()
        if key in told or key not in {"community", "urgency", *words.LANGUAGES}:
            return told, False
        told[key] = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        at = found.end()
    return told, not line[at:].strip()


_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")


def _line(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters, without what cannot be seen or turns the writing around."""
    visible = "".join(one if one.isprintable() or one in "\u00a0\u202f" else " " for one in text)
    return _BREAKING.sub(" ", visible).strip()[:limit]


# --- what an incident remembers of each alarm ---


@dataclass(frozen=True, order=True, slots=True)
class Mark:
    """One state change, as an incident's `objects` keep it: repeating it changes nothing."""

    ms: int
    state: str
    name: str

    def __str__(self) -> str:
        """As it is kept."""
        return f"{self.ms:013d} {self.state} {self.name}"

    @property
    def at(self) -> datetime:
        """When it was."""
        return datetime.fromtimestamp(self.ms / 1000, UTC)


def mark(name: str, state: str, at: datetime) -> Mark:
    """The mark of a state change, the same whichever shape told of it."""
    return Mark(int(at.timestamp() * 1000), state, name)


def marks(call: Call) -> list[Mark]:
    """What happened in an incident, the earliest first."""
    parts = (kept.split(" ", 2) for kept in call.objects)
    return sorted(Mark(int(ms), state, name) for ms, state, name in parts)


def still_on(happened: Sequence[Mark]) -> frozenset[str]:
    """The alarms whose last word is ALARM."""
    last = {one.name: one.state for one in sorted(happened)}
    return frozenset(name for name, state in last.items() if state == ALARM)


# --- what the person reads ---


def sentence(news: AlarmNews, told: Directions, community: Community, now: datetime) -> str:
    """What is said of an alarm, in the language of the house: the lock screen's line, then the rest, line by line."""
    language = words.spoken(community.language)
    table = words.table(language, "alarms")
    ours = _ours(news.name, table)
    here = now.astimezone(community.zone)
    fields = {
        "name": ours["name"] if ours else news.name,
        "time": moment_words(news.at.astimezone(community.zone), here, language),
        "since": moment_words(news.since.astimezone(community.zone), here, language, "since"),
    }
    named = words.fill(table["other"], fields)
    described = [line for raw in news.description.splitlines()[:_LINES] if (line := _line(raw, _TEXT_LIMIT))]
    if ours:
        lines = [words.fill(ours["subject"], fields), *_in_language(described, language)]
    elif said := told.says.get(language) or next(iter(told.says.values()), ""):
        lines = [said, *described, named]
    elif described:
        lines = [*described, named]
    else:
        lines = [named, _line(news.reason, _TEXT_LIMIT)]
    if not told.readable:
        lines.append(table["unreadable"])
    return "\n".join(line for line in (*lines, words.fill(table["at"], fields)) if line)


def _ours(name: str, table: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The words of an alarm of our own template: CloudFormation puts its logical id into its name."""
    return next((alarm for key, alarm in table["alarms"].items() if key in name.split("-")), None)


def _in_language(lines: list[str], language: str) -> list[str]:
    """Our own alarms are described in every language we speak, one line each, in the order of LANGUAGES."""
    return [lines[words.LANGUAGES.index(language)]] if len(lines) == len(words.LANGUAGES) else lines


def told_of(call: Call, community: Community, now: datetime, language: str) -> list[str]:
    """What a call about alarms says at this moment: the lock screen's line, then the rest, line by line."""
    table, happened = words.table(language, "alarms"), marks(call)
    if call.reason == "alarm_over" and happened:
        return _Storm(happened, community, now, language, table).lines(first=call.figures.get("first", ""))
    rung = [one for one in happened if one.state == ALARM]
    lines = call.sentence.split("\n")
    if len(rung) > 1:
        since = moment_words(rung[0].at.astimezone(community.zone), now.astimezone(community.zone), language, "since")
        lines.append(words.fill(table["together"], {"n": str(len(rung)), "since": since}))
    return lines


@dataclass(frozen=True, slots=True)
class _Storm:
    """What came after the first alarm of an incident, counted."""

    happened: Sequence[Mark]
    community: Community
    now: datetime
    language: str
    table: Mapping[str, Any]

    def lines(self, *, first: str) -> list[str]:
        """`first`: the alarm that was told at once, where this is what directly followed it."""
        rung = [one for one in self.happened if one.state == ALARM]
        on = still_on(self.happened)
        return self._more(rung, on, first) if rung else self._over()

    def _over(self) -> list[str]:
        names = list(dict.fromkeys(one.name for one in self.happened))
        fields = {"name": self._name(names[0]), "n": str(len(names)), "time": self._moment(self.happened[-1])}
        over = self.table["over"]
        subject = words.fill(over["subject" if len(names) == 1 else "subject_many"], fields)
        listed = ", ".join(map(self._name, names[:_NAMED])) if len(names) > 1 else ""
        return [line for line in (subject, words.fill(over["what"], fields), listed) if line]

    def _more(self, rung: Sequence[Mark], on: frozenset[str], first: str) -> list[str]:
        more, times = self.table["more"], Counter(one.name for one in rung)
        fields = {
            "n": str(len(rung)),
            "on": str(len(on)),
            "alarms": str(len(times)),
            "name": self._name(rung[0].name),
            "since": self._moment(rung[0], since=True),
            "total": str(len(rung) + 1),
        }
        subject = "one" if len(rung) == 1 else "many"
        lines = [words.fill(more[subject], fields), words.fill(more["on" if on else "none_on"], fields)]
        if first:
            lines.append(words.fill(more["total"], fields))
        named = sorted(times, key=lambda name: (_ours(name, self.table) is None, name not in on, -times[name], name))
        shown = named if len(named) == _NAMED + 1 else named[:_NAMED]
        lines += [self._one(name, times[name], on=name in on) for name in shown]
        if rest := named[len(shown) :]:
            told = {"n": str(sum(times[name] for name in rest)), "alarms": str(len(rest))}
            lines.append(words.fill(more["rest"], told))
        return [*lines, more["todo" if on else "todo_over"]]

    def _one(self, name: str, times: int, *, on: bool) -> str:
        mine = [one for one in self.happened if one.name == name]
        ours = _ours(name, self.table)
        began = next(one for one in mine if one.state == ALARM)
        what = words.fill(ours["subject"], {"since": self._moment(began, since=True)}) if ours and on else ""
        fields = {"what": what or self._name(name), "n": str(times), "time": self._moment(mine[-1])}
        return words.fill(self.table["more"]["still" if on else "ended"], fields)

    def _name(self, name: str) -> str:
        ours = _ours(name, self.table)
        return ours["name"] if ours else name

    def _moment(self, one: Mark, *, since: bool = False) -> str:
        zone = self.community.zone
        return moment_words(
            one.at.astimezone(zone), self.now.astimezone(zone), self.language, "since" if since else "at"
        )
