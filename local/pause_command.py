"""`tribune pause` and `tribune resume`: a thread, a post, a space or everything falls silent."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from local.desk import Desk, moment, opened
from tribune.errors import BadConfiguration, NotFound
from tribune.journal import Head

FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Until somebody resumes."""


def run(arguments: Namespace) -> int:
    """Pause, resume, or list what is paused. Raises BadConfiguration for a scope or a moment nobody understands."""
    with opened(arguments) as desk:
        if arguments.scope is None:
            return _list(desk)
        scopes = _scopes(arguments.scope, desk)
        return _pause(scopes, arguments.until, desk) if arguments.subcommand == "pause" else _resume(scopes, desk)


def _list(desk: Desk) -> int:
    paused = {
        scope: until for scope, until in desk.journal.pauses(desk.community.id).until.items() if until > desk.now()
    }
    for scope, until in sorted(paused.items()):
        print(_paused(scope, until, desk))
    if not paused:
        print(desk.say("pause", "none"))
    return 0


def _pause(scopes: Sequence[str], written: str | None, desk: Desk) -> int:
    until = FOR_EVER if written is None else moment(written, desk)
    for scope in scopes:
        desk.journal.pause(desk.community.id, scope, until)
        print(_paused(scope, until, desk))
    print(desk.say("pause", "effect"))
    return 0


def _resume(scopes: Sequence[str], desk: Desk) -> int:
    paused = desk.journal.pauses(desk.community.id).until
    lifted = [scope for scope in scopes if paused.get(scope, desk.now()) > desk.now()]
    for scope in scopes:
        if scope in paused:
            desk.journal.pause(desk.community.id, scope, None)
        print(desk.say("pause", "over" if scope in lifted else "not_paused", scope=desk.telling.scope(scope)))
    return 0 if lifted else 1


def _paused(scope: str, until: datetime, desk: Desk) -> str:
    moment_words = desk.say("pause", "for_ever") if until >= FOR_EVER else desk.until(until)
    return desk.say("pause", "until", until=moment_words, scope=desk.telling.scope(scope))


def _scopes(written: str, desk: Desk) -> list[str]:
    """The scopes that a person means: `all`, `space:<page>`, `post:<case or post>`, `thread:<case>`."""
    kind, _, name = written.strip().partition(":")
    if kind == "all" and not name:
        return ["all"]
    if name and kind in _KINDS:
        return _KINDS[kind](name, desk)
    raise BadConfiguration(desk.say("refused", "scope", given=written))


def _spaces(name: str, desk: Desk) -> list[str]:
    """A page by its short name; a platform stands for all of its pages."""
    accounts = [(channel.platform, account) for channel in desk.community.channels for account in channel.accounts]
    exact = [account.space for _, account in accounts if name in (account.space, account.id)]
    found = exact or [account.space for platform, account in accounts if platform == name]
    if not found:
        spaces = ", ".join(account.space for _, account in accounts)
        raise BadConfiguration(desk.say("refused", "space", given=name, spaces=spaces))
    return [f"space#{space}" for space in found]


def _posts(name: str, desk: Desk) -> list[str]:
    flagged = [f"post#{post.platform}#{post.account}#{post.id}" for post in desk.community.posts if post.id == name]
    if flagged:
        return flagged
    head = _case_of(f"post:{name}", name, desk)
    return [f"post#{head.platform}#{head.account}#{head.post}"]


def _threads(name: str, desk: Desk) -> list[str]:
    head = _case_of(f"thread:{name}", name, desk)
    return [f"thread#{head.platform}#{head.account}#{head.thread}"]


def _case_of(written: str, name: str, desk: Desk) -> Head:
    try:
        return desk.handling.find(desk.community.id, name).head
    except NotFound as error:
        raise BadConfiguration(desk.say("refused", "scope", given=written)) from error


_KINDS = {"space": _spaces, "post": _posts, "thread": _threads}
