"""`tribune call`: who is being called about what, and who takes it."""

from argparse import Namespace
from collections.abc import Iterator

from local.desk import Desk, opened
from tribune.duty import Person
from tribune.errors import BadConfiguration, NotFound
from tribune.journal import Call
from tribune.workflow.call import MUTED, mute_scopes, summary, take
from tribune.workflow.deed import case_id


def run(arguments: Namespace) -> int:
    """One action. Raises TribuneError with a sentence in the team's language, BadConfiguration for bad input."""
    if arguments.action == "list":
        with opened(arguments) as desk:
            return _list(desk)
    *community, call = arguments.call
    if community:
        arguments.community = community[0]
    if arguments.action == "mute":
        with opened(arguments) as desk:
            return _mute(call, arguments.of, desk)
    with opened(arguments, arguments.person) as desk:
        return _take(call, arguments.person, desk)


def _list(desk: Desk) -> int:
    calls = desk.journal.open_calls(desk.community.id)
    for call in calls:
        print("\n".join(_lines(call, desk)), end="\n\n")
    if not calls:
        print(desk.say("call", "none"))
    return 0


def _lines(call: Call, desk: Desk) -> Iterator[str]:
    indent = "    "
    about, todo = summary(call, desk.community, desk.now(), desk.language)
    yield desk.say("call", "line", id=call.id, since=desk.since(call.received_at or call.created_at))
    yield indent + about
    yield indent + todo
    rung = ", ".join(desk.called(person) for person in dict.fromkeys(call.tried))
    who = desk.say("call", "rung", people=rung) if rung else desk.say("call", "not_rung")
    yield f"{indent}{who} · {desk.say('call', 'next', time=desk.at(call.due_at))}"
    for name in _cases(call):
        yield indent + desk.say("call", "case", id=name)
    yield indent + desk.say("call", "take", community=desk.community.id, id=call.id)


def _take(call_id: str, given: str | None, desk: Desk) -> int:
    with desk.refusing(call_id, "no_call"):
        person = desk.person(given) if given else _only_one_rung(call_id, desk)
        call = take(desk.journal, desk.community.id, call_id, person.id, desk.now())
    print(desk.say("call", "taken", person=person.name))
    print(summary(call, desk.community, desk.now(), desk.language)[1])
    for name in _cases(call):
        print(desk.say("call", "case", id=name))
    return 0


def _mute(call_id: str, of: str, desk: Desk) -> int:
    """Danger and distress ring all the same, unless the call itself is muted."""
    with desk.refusing(call_id, "no_call"):
        call = desk.journal.load_call(desk.community.id, call_id)
        if call is None:
            raise NotFound(call_id)
    scope = mute_scopes(call).get(of)
    if scope is None:
        raise BadConfiguration(desk.say("refused", "no_space", id=call_id))
    until = desk.now() + MUTED
    desk.journal.mute(desk.community.id, scope, until)
    print(desk.say("call", f"muted_{of}", until=desk.until(until)))
    return 0


def _only_one_rung(call_id: str, desk: Desk) -> Person:
    """Whoever the call reached, when that is one person. Raises BadConfiguration when it may be several."""
    call = desk.journal.load_call(desk.community.id, call_id)
    rung = sorted({*call.tried}) if call else []
    person = desk.community.rota.person(rung[0]) if len(rung) == 1 else None
    if call is not None and person is None:
        people = ", ".join(rung or [one.id for one in desk.everybody()])
        raise BadConfiguration(desk.say("refused", "say_who", people=people))
    return person or desk.everybody()[0]


def _cases(call: Call) -> list[str]:
    """The short names of the cases that a call is about."""
    if call.platform is None or call.account is None:
        return []
    return [case_id((call.community, call.platform, call.account, one)) for one in call.objects]
