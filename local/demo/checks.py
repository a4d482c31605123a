"""The machine's own checks at the end: what an engineer wants to know, counted from logs, tables, queues and the outbox."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from local.demo.scene import Scene
from local.demo.telling import Check
from tribune.journal import ActionState, CallState

DOORS = ("ReceiveWebhook", "ModerateComments", "PerformAction", "CallManager")
"""What works for comments; the other functions work for the clock and for readers."""


def technical(scene: Scene, logs: Path) -> tuple[Check, ...]:
    """All of them."""
    return (_signatures(scene, logs), _duplicates(scene, logs), _counters(scene), _acts(scene), *_stack(scene))


def _signatures(scene: Scene, logs: Path) -> Check:
    """What the receiver counted is what the door answered, and the only one refused is the one that was forged."""
    counted, answers = metrics(logs), scene.tally.answers
    accepted, refused = counted["DeliveriesAccepted"], counted["SignaturesRefused"]
    forged = 1 if scene.story.after else 0
    as_answered = (accepted, refused) == (answers[HTTPStatus.OK], answers[HTTPStatus.UNAUTHORIZED])
    figures = {"accepted": str(accepted), "refused": str(refused)}
    return Check("signatures", as_answered and refused == forged and set(answers) <= {200, 401}, figures)


def _duplicates(scene: Scene, logs: Path) -> Check:
    dropped = metrics(logs)["DuplicatesDropped"]
    return Check("duplicates", dropped >= sum(row.twice for row in scene.story.rows), {"n": str(dropped)})


def _counters(scene: Scene) -> Check:
    """The live counters, the journal and the members agree; distress and what was deleted count nowhere."""
    comments = scene.facts.comments()
    unseen = {head.object for head in comments if head.confidential or head.deleted}
    in_counters = sum(int(entry["n"]) for entry in scene.stack.counters())
    in_journal = sum(head.counted is not None for head in comments)
    agree = in_counters == in_journal == len(scene.tally.said - unseen)
    return Check("counters", agree, {"n": str(in_counters)})


def _acts(scene: Scene) -> Check:
    """Every act ended as the story says, and each one that was sent reached its platform exactly once."""
    actions = [action for head in scene.facts.heads() for action in head.actions]
    states = Counter(action.state.value for action in actions)
    sent = Counter(action.id for action in actions if action.state is ActionState.SENT)
    arrived = Counter(entry.action_id for entry in scene.stack.outbox.effects if entry.kind != "call")
    as_told = dict(states) == scene.story.acts
    return Check("acts", as_told and sent == arrived, {"n": str(sent.total())})


def _stack(scene: Scene) -> tuple[Check, ...]:
    """Nothing is parked among the dead letters, nothing is unfinished, nothing was refused to a function."""
    parked, denied = scene.stack.state()["parked"], scene.stack.cloud.denied.total()
    dead = sum(parked.get(name, 0) for name in scene.stack.created.dead_letters())
    unfinished = sum(len(head.unfinished) for head in scene.facts.heads())
    unfinished += sum(call.state in (CallState.READY, CallState.SENDING) for call in scene.facts.calls())
    return (
        Check("dead_letters", dead == 0, {"n": str(dead)}),
        Check("unfinished", unfinished == 0, {"n": str(unfinished)}),
        Check("permissions", denied == 0, {"n": str(denied)}),
    )


def calls_to_aws(scene: Scene) -> int:
    """How many calls the doors made to AWS so far."""
    calls: Mapping[str, int] = scene.stack.state()["calls"]
    return sum(calls.get(name, 0) for name in DOORS)


# --- what the functions counted ---


def metrics(logs: Path) -> Counter[str]:
    """Every metric that the functions wrote into their logs, by name."""
    totals: Counter[str] = Counter()
    for log in logs.glob("*.log"):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            totals.update(_metric(line))
    return totals


def _metric(line: str) -> dict[str, int]:
    if not line.startswith('{"_aws"'):
        return {}
    entry = json.loads(line)
    names = [metric["Name"] for group in entry["_aws"]["CloudWatchMetrics"] for metric in group["Metrics"]]
    return {name: int(entry[name]) for name in names}


def errors(logs: Path) -> Iterator[str]:
    """The last error that each function wrote into its log: what an engineer looks at first."""
    for log in sorted(logs.glob("*.log")):
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "ERROR" in line]
        if lines:
            yield f"{log.stem}: {lines[-1]}"
