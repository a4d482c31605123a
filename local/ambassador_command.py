"""`tribune ambassador`: who of the house declared themselves, and which internal charter they confirmed having read.

Nobody is guessed: the list stands in the configuration, and people put themselves on it. Nothing here is public.
"""

from argparse import Namespace
from collections.abc import Iterator

from local.charter_file import is_configuration
from local.desk import Desk, opened
from local.rewriting import with_one_more
from tribune import written
from tribune.aws import keys
from tribune.errors import BadConfiguration, NotFound, TribuneError
from tribune.platforms import PLATFORMS

_LIST = ("community", "ambassadors")


def run(arguments: Namespace) -> int:
    """One action. Raises TribuneError with a sentence in the team's language, BadConfiguration for bad input."""
    if arguments.action == "declare":
        return _declare(arguments)
    with opened(arguments) as desk:
        if arguments.action == "list":
            return _list(desk)
        return _acknowledge(arguments.who, desk) if arguments.action == "acknowledge" else _leave(arguments.who, desk)


def _declare(arguments: Namespace) -> int:
    file, who = arguments.file, arguments.who.strip()
    platform, _, account = who.partition(":")
    if platform not in PLATFORMS or not account:
        raise BadConfiguration("write an account as its platform names it, like facebook:1234", field="WHO")
    if not is_configuration(file):
        raise BadConfiguration("give the configuration of a community", file=str(file), field="FILE")
    text = written.text_of(file)
    told = written.parse(text, file=str(file)).value["community"].get("ambassadors") or []
    if who in told:
        print(f"{file}: {who} is declared already")
        return 0
    file.write_text(with_one_more(text, _LIST, who, file=str(file)), encoding="utf-8")
    print(f"{file}: {who} is declared; `tribune apply` brings it to the stack")
    return 0


def _list(desk: Desk) -> int:
    for line in _lines(desk):
        print(line)
    return 0


def _lines(desk: Desk) -> Iterator[str]:
    community = desk.community
    if not community.ambassadors:
        yield desk.say("ambassador", "none")
        return
    version = _in_force(desk)
    if version is None:
        yield desk.say("ambassador", "no_charter", community=desk.community.id)
        return
    read = desk.journal.acknowledged(community.id)
    yield desk.say("ambassador", "head", version=str(version))
    for who in community.ambassadors:
        versions = read.get(who, {})
        if version in versions:
            yield "  " + desk.say("ambassador", "read", who=who, time=desk.at(versions[version]))
        elif versions:
            earlier = str(max(versions))
            yield "  " + desk.say("ambassador", "earlier", who=who, earlier=earlier, version=str(version))
        else:
            yield "  " + desk.say("ambassador", "unread", who=who)


def _in_force(desk: Desk) -> int | None:
    published = desk.charters.load(keys.internal(desk.community.id), desk.now())
    return published.version if published else None


def _acknowledge(who: str, desk: Desk) -> int:
    with desk.refusing(who, "no_ambassador"):
        if who not in (desk.community.ambassadors or ()):
            raise NotFound(who)
    version = _in_force(desk)
    if version is None:
        raise TribuneError(desk.say("ambassador", "no_charter", community=desk.community.id))
    desk.journal.acknowledge(desk.community.id, who, version, desk.now())
    print(desk.say("ambassador", "acknowledged", who=who, version=str(version)))
    return 0


def _leave(who: str, desk: Desk) -> int:
    desk.journal.forget_ambassador(desk.community.id, who)
    still = who in (desk.community.ambassadors or ())
    print(desk.say("ambassador", "leaving" if still else "left", who=who))
    return 0
