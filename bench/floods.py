"""What a crowd of ten thousand and bots that answer every answer get out of the machine: figures beside their bounds.

    python -m bench.floods [N]

The scenarios are those of `tests/workflow/test_floods.py`, on the real doors and the real journal, in memory.
"""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from time import process_time
from typing import Any

from tribune import budgets

PEOPLE = 10_000
SUPPORT = Path(__file__).resolve().parents[1] / "tests/support"


def main() -> int:
    """Print a line for each scenario; 1 when one of them is out of its bounds."""
    sys.path.insert(0, str(SUPPORT))
    floods: Any = import_module("floods")
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    scenarios: list[tuple[str, int, Callable[[], Any]]] = [
        ("one post", budgets.PER_POST_AND_HOUR, lambda: floods.viral_post(people)),
        ("many posts", budgets.PER_ACCOUNT_AND_HOUR, lambda: floods.viral_post(people // 10, posts=people // 10)),
        ("many posts, 429", 0, lambda: floods.viral_post(people // 10, posts=people // 10, refused=True)),
        ("echo bot", budgets.PER_PERSON_AND_DAY, lambda: floods.echo_bot(faces=False, threads=False)),
        ("echo bot, new names", budgets.PER_THREAD, lambda: floods.echo_bot(faces=True, threads=False)),
        ("…and new threads", budgets.PER_POST_AND_HOUR, lambda: floods.echo_bot(faces=True, threads=True)),
        ("echo bot in private", budgets.PER_THREAD, lambda: floods.echo_bot_in_private(talks_on=5)),
    ]
    within = True
    for name, most, play in scenarios:
        began = process_time()
        with redirect_stdout(StringIO()):  # what the functions log
            seen = play()
        held = seen.replies <= most and seen.counted == seen.said and len(seen.calls) <= 1 and seen.rung <= 1
        within = within and held
        took = process_time() - began
        print(f"{'✓' if held else '✗'} {name:20} at most {most:2}: {seen} · {took:.1f} s")
        if seen.refused:
            print(
                f"  the platform refused {seen.refused} times, never twice within {seen.closest_s:.0f} s (it asks for 120)"
            )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
