"""`tribune backfill`: the platforms that can be asked are asked, at the next round, for what was said since a while."""

from argparse import Namespace
from dataclasses import replace
from datetime import timedelta

from local.desk import opened
from tribune.aws import keys
from tribune.errors import BadConfiguration, Conflict
from tribune.platforms import PLATFORMS, platform

LONGEST_H = 24 * 30
_TRIES = 5


def run(arguments: Namespace) -> int:
    """Ask for it, and say of whom; 1 when no account can be asked. Raises BadConfiguration, Unavailable."""
    if arguments.platform is not None and arguments.platform not in PLATFORMS:
        raise BadConfiguration(f"the platforms are: {', '.join(PLATFORMS)}", field="PLATFORM")
    if not 1 <= arguments.hours <= LONGEST_H:
        raise BadConfiguration(f"from 1 to {LONGEST_H}", field="--hours")
    with opened(arguments) as desk:
        since = desk.now() - timedelta(hours=arguments.hours)
        asked = 0
        for channel in desk.community.channels:
            if arguments.platform not in (None, channel.platform) or not platform(channel.platform).CARD.polls:
                continue
            for account in channel.accounts:
                at = (desk.community.id, channel.platform, account.id)
                for _ in range(_TRIES):
                    record = desk.journal.read([keys.sweep(*at)]).sweep(*at)
                    wanted = min(since, record.wanted_since or since)
                    try:
                        desk.journal.keep_sweep(
                            replace(record, rev=record.rev + 1, wanted_since=wanted, not_before=None)
                        )
                    except Conflict:
                        continue
                    asked += 1
                    name = account.name or account.space
                    print(desk.say("backfill", "asked", place=name, time=desk.since(wanted)))
                    break
        if not asked:
            print(desk.say("backfill", "none"))
        return 0 if asked else 1
