"""`tribune demo`: one day of Marie at « Vélos Garance », the whole system on this machine, every line of it checked.

`story.yaml` is the story with everything that must come of it, `garance.yaml` the community it plays in, and
`words.yaml` what is said about it on the terminal. What is told, counted and checked is read from the stack.
"""

import sys
import tempfile
import time as real_time
from argparse import Namespace
from datetime import time
from pathlib import Path
from typing import TextIO

from local.configuration import read
from local.demo import day, day_after, figures
from local.demo.checks import calls_to_aws, errors, technical
from local.demo.facts import Facts
from local.demo.scene import Scene, Stopped, Tally
from local.demo.story import Story, load, moment
from local.demo.telling import Teller
from local.serve import applied
from local.stack import LocalStack, Watcher

COMMUNITY_FILE = Path(__file__).resolve().parent / "garance.yaml"
_MORNING = time(9)


def run(arguments: Namespace) -> int:  # noqa: ARG001  every subcommand has the same shape
    """The `tribune demo` command."""
    return play(load(), sys.stdout)


def play(story: Story, out: TextIO) -> int:
    """Play a story from beginning to end; 0 when everything came as it says, else 1."""
    began = real_time.monotonic()
    configuration, tally = read(COMMUNITY_FILE), Tally()
    zone = configuration.community.zone
    with (
        tempfile.TemporaryDirectory(prefix="tribune-demo-") as logs,
        LocalStack(folder=Path(logs), watcher=Watcher(delivered=tally.delivered)) as stack,
    ):
        stack.clock.set(moment(story.published, _MORNING, zone))
        applied(stack, configuration)
        stack.clock.set(moment(story.day, _MORNING, zone))
        facts = Facts(stack, configuration.community)
        scene = Scene(story, configuration, stack, Teller(story, facts, out), tally)
        try:
            _tell(scene, Path(logs), began)
        except Stopped as stopped:
            scene.teller.stopped(str(stopped), errors(Path(logs)))
            return 1
    return 1 if tally.broken else 0


def _tell(scene: Scene, logs: Path, began: float) -> None:
    """The day, the day after, the closing screen. Raises Stopped."""
    story, teller, tally = scene.story, scene.teller, scene.tally
    charter = scene.facts.charters.versions(scene.community.id)[-1]
    teller.opening(charter.version, charter.effective_from)
    day.play(scene)
    counted = figures.counted(scene.facts, tally.prepared, tally.uncited)
    calls = calls_to_aws(scene) / max(1, counted.messages)
    if story.after:
        teller.day_after()
        day_after.play(scene, story.after)
    teller.closing(counted)
    if story.the_day:
        for name in type(counted).model_fields:
            scene.hold("closing", name, getattr(story.the_day, name), getattr(counted, name))
    checks = technical(scene, logs)
    tally.broken += sum(not check.holds for check in checks)
    seconds = real_time.monotonic() - began
    teller.technical(checks, {"calls": f"{calls:.1f}".replace(".", ","), "seconds": f"{seconds:.0f}"})
    teller.ending(tally.broken)
