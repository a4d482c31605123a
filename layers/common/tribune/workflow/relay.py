"""relay_alarm: a CloudWatch alarm becomes one call to each community's person on duty, in plain words.

It arrives in one of three shapes:
- as the action of an alarm, straight from CloudWatch:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
- as an EventBridge event:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
- wrapped by SNS: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tribune import words
from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import Conflict, Unreadable
from tribune.journal import Call, CallState, Changes
from tribune.voice import moment_words

ALARM, OK = "ALARM", "OK"


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
        name=data["alarmName"],
        state=state["value"],
        was=before.get("value", ""),
        description=data.get("configuration", {}).get("description") or "",
        reason=state.get("reason") or "",
        at=at,
        since=_evaluated_from(state.get("reasonData")) or at,
        was_at=datetime.fromisoformat(before["timestamp"]) if before.get("timestamp") else None,
    )


def _evaluated_from(reason_data: str | None) -> datetime | None:
    """When the evaluated period began, as the alarm's own data says."""
    data = json.loads(reason_data) if reason_data else {}
    points = [point["timestamp"] for point in data.get("evaluatedDatapoints", ()) if "timestamp" in point]
    began = [datetime.fromisoformat(moment) for moment in (*points, *filter(None, (data.get("startDate"),)))]
    return min(began, default=None)


def _from_notification(message: Mapping[str, Any]) -> AlarmNews:
    at = datetime.fromisoformat(message["StateChangeTime"])
    trigger = message.get("Trigger") or {}
    evaluated = timedelta(seconds=int(trigger.get("Period") or 0)) * int(trigger.get("EvaluationPeriods") or 0)
    return AlarmNews(
        name=message["AlarmName"],
        state=message["NewStateValue"],
        was=message.get("OldStateValue") or "",
        description=message.get("AlarmDescription") or "",
        reason=message.get("NewStateReason") or "",
        at=at,
        since=at - evaluated,
    )


class Store(Protocol):
    """Where calls are kept."""

    def commit(self, changes: Changes, now: datetime) -> None:
        """Write all or nothing; a call that exists is left as it is."""

    def load_call(self, community: str, call_id: str) -> Call | None:
        """One incident, None when there is none."""

    def save_call(self, call: Call, now: datetime) -> Call:
        """Replace a call read at `call.rev`. Raises Conflict."""


class Wake(Protocol):
    """The queue of call_manager."""

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Send every message. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Relaying:
    """The use case, with its edges. Repeating it is harmless: an alarm's call has one id."""

    store: Store
    communities: Callable[[], Sequence[str]]
    community: Callable[[str], Community]
    calls: Wake

    def relay(self, event: Mapping[str, Any], now: datetime) -> int:
        """Turn the event into calls; answers how many. Raises Unreadable, Unavailable."""
        calls = [call for news in read(event) for call in self._calls(news, now)]
        for call in calls:
            self.store.commit(Changes(calls=(call,)), now)
        self.calls.send([{"schema": 1, "community": call.community, "call": call.id} for call in calls])
        return len(calls)

    def _calls(self, news: AlarmNews, now: datetime) -> Iterator[Call]:
        if news.state != ALARM and not (news.state == OK and news.was == ALARM):
            return
        for community_id in self.communities():
            if news.state == ALARM:
                yield _call(news, self.community(community_id), now, over=False)
            elif self._somebody_knows(news, community_id, now):
                yield _call(news, self.community(community_id), now, over=True)

    def _somebody_knows(self, news: AlarmNews, community_id: str, now: datetime) -> bool:
        """Close the call that the alarm opened; True unless it is certain that nobody was told of it."""
        if news.was_at is None:
            return True
        call = self.store.load_call(community_id, _id("alarm", news.name, news.was_at))
        if call is None:
            return False
        if call.state not in (CallState.TAKEN, CallState.CLOSED):
            try:
                self.store.save_call(replace(call, state=CallState.CLOSED, lease_until=None), now)
            except Conflict:  # it is being rung at this moment: say that it is over, and let it be taken
                return True
        return bool(call.tried or call.taken_by)


def _call(news: AlarmNews, community: Community, now: datetime, *, over: bool) -> Call:
    kind = "alarm_over" if over else "alarm"
    return Call(
        community=community.id,
        id=_id(kind, news.name, news.at),
        reason=kind,
        urgency=Urgency.HOURS,
        state=CallState.READY,
        created_at=now,
        due_at=now,
        rev=0,
        received_at=news.at,
        sentence=sentence(news, community, now),
    )


def _id(kind: str, name: str, at: datetime) -> str:
    seconds = int(at.timestamp() * 1000)
    return f"{kind}-{hashlib.sha256(f'{name} {seconds}'.encode()).hexdigest()[:16]}"


def sentence(news: AlarmNews, community: Community, now: datetime) -> str:
    """What the person reads, in the language of the house: the lock screen's line, then the rest, line by line."""
    language = words.spoken(community.language)
    table = words.table(language, "alarms")
    ours = next((alarm for key, alarm in table["alarms"].items() if key in news.name.split("-")), None)
    here = now.astimezone(community.zone)
    fields = {
        "name": ours["name"] if ours else news.name,
        "time": moment_words(news.at.astimezone(community.zone), here, language),
        "since": moment_words(news.since.astimezone(community.zone), here, language, "since"),
    }
    if news.state == OK:
        return "\n".join(words.fill(table["over"][part], fields) for part in ("subject", "what"))
    described = _described(news.description, language) if ours else news.description.strip()
    if ours:
        lines = [words.fill(ours["subject"], fields), described]
    elif described:
        lines = [*described.splitlines(), words.fill(table["other"], fields)]
    else:
        lines = [words.fill(table["other"], fields), news.reason]
    return "\n".join(line.strip() for line in (*lines, words.fill(table["at"], fields)) if line.strip())


def _described(description: str, language: str) -> str:
    """Our own alarms are described in every language we speak, one line each, in the order of LANGUAGES."""
    lines = [line for line in description.splitlines() if line.strip()]
    if len(lines) == len(words.LANGUAGES):
        return lines[words.LANGUAGES.index(language)]
    return description
