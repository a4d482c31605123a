"""`tribune case`: what waits for a person, and what that person decides."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress

from local.desk import Desk, opened, readable
from tribune import words
from tribune.channel import ActKind
from tribune.charter import Charter, unpack
from tribune.comment import Audience
from tribune.desk.offers import offered
from tribune.desk.signing import Unfit, signed
from tribune.duty import Person, on_duty
from tribune.errors import BadConfiguration, CharterUnreadable, NotFound, TribuneError
from tribune.explained import sentences
from tribune.journal import CaseState, Draft
from tribune.workflow.cases import Shown
from tribune.workflow.deed import clause_link
from tribune.workflow.masking import masked_line

SHORT_LIST = 50
_NOT_READ = "not_read"


def run(arguments: Namespace) -> int:
    """One action. Raises TribuneError with a sentence in the team's language, BadConfiguration for bad input."""
    person = getattr(arguments, "person", None)
    with opened(arguments, person) as desk:
        if person is None:
            return _LOOKS[arguments.action](arguments, desk)
        return _DECIDES[arguments.action](arguments, desk, desk.person(person))


# --- looking ---


def _list(arguments: Namespace, desk: Desk) -> int:
    found = desk.handling.open(desk.community.id)
    unhandled = desk.unhandled.waiting()
    if unhandled:
        print(desk.say("list", "unhandled" if unhandled > 1 else "one_unhandled", n=str(unhandled)))
    if not found:
        print(desk.say("list", "none"))
        return 0
    waiting = sum(shown.case.awaits_answer for shown in found)
    print(desk.say("list", "head", open=str(len(found)), waiting=str(waiting)))
    listed = found if arguments.all else found[:SHORT_LIST]
    for shown in listed:
        print(f"\n{shown.case.id}  {desk.say('list', 'by', **_by(shown, desk))}")
        for line in _lines(shown, desk):
            print(f"            {line}")
    print()
    if len(listed) < len(found):
        print(desk.say("list", "more", n=str(len(found) - len(listed))))
    print(desk.say("list", "next", id=found[0].case.id))
    return 0


def _by(shown: Shown, desk: Desk) -> dict[str, str]:
    return {
        "name": desk.telling.author(shown.author),
        "place": desk.telling.place(shown.head),
        "since": desk.since(shown.case.awaits_since or shown.head.posted_at),
    }


def _lines(shown: Shown, desk: Desk) -> Iterator[str]:
    yield desk.say("list", "quote", words=masked_line(shown.words)) if shown.words else _wordless(shown, desk)
    yield desk.telling.reason(shown.case.reason)
    yield " · ".join((desk.telling.promise(shown.case), *_drafts(shown, desk), *desk.telling.acts(shown.head)))


def _drafts(shown: Shown, desk: Desk) -> tuple[str, ...]:
    n = len(shown.case.drafts)
    return () if n == 0 else (desk.say("list", "draft") if n == 1 else desk.say("list", "drafts", n=str(n)),)


def _wordless(shown: Shown, desk: Desk) -> str:
    if shown.words is None:
        return desk.say("erased")
    return desk.say("not_read" if shown.case.reason == _NOT_READ else "without_words")


def _show(arguments: Namespace, desk: Desk) -> int:
    with desk.refusing(arguments.case):
        shown = desk.handling.find(desk.community.id, arguments.case)
    paragraphs = ("\n".join(lines) for lines in _paragraphs(shown, desk) if lines)
    print("\n\n".join(paragraphs))
    return 0


def _paragraphs(shown: Shown, desk: Desk) -> Iterator[list[str]]:
    case, head = shown.case, shown.head
    yield [_title(shown, desk), desk.say("list", "by", **_by(shown, desk)), *([head.url] if head.url else [])]
    said = readable(shown.words or "", head.language)
    yield [desk.say("list", "quote", words=said) if said else _wordless(shown, desk)]
    yield [desk.telling.reason_of(shown.case), *_grounds(shown, desk)]
    yield _looked_at(shown, desk)
    yield [*desk.telling.foreseen(head, _charter(shown, desk)), *desk.telling.provisional(head)]
    yield [
        desk.say("show", "done"),
        *(f"  {line}" for line in (*desk.telling.acts(shown.head), *desk.telling.reasons(shown.head))),
    ]
    if case.state is CaseState.OPEN:
        if case.drafts:
            yield [desk.say("show", "drafts"), *(_numbered(n, draft, desk) for n, draft in enumerate(case.drafts, 1))]
        yield _next(shown, desk)


def _title(shown: Shown, desk: Desk) -> str:
    case = shown.case
    if case.state is CaseState.OPEN:
        opened_at = desk.at(case.opened_at)
        return desk.say("show", "open", id=case.id, time=opened_at, promise=desk.telling.promise(shown.case))
    return desk.telling.settled(case)


def _grounds(shown: Shown, desk: Desk) -> list[str]:
    """The clause that was cited, with its address in the version that judged the words."""
    head = shown.head
    if head.confidential:
        return [desk.say("show", "confidential")]
    if head.verdict is not None and head.verdict.ground == "law":
        return [desk.say("show", "law")]
    try:
        clause = desk.handling.clause(head)
    except (NotFound, CharterUnreadable):
        return []
    if clause is None or head.verdict is None or head.verdict.charter_version is None:
        return []
    version = head.verdict.charter_version
    fields = {
        "number": str(clause.number),
        "title": clause.title.get(desk.language) or next(iter(clause.title.values())),
        "version": str(version),
    }
    if not desk.community.charter_base_url:
        return [desk.say("show", "unlinked", **fields)]
    return [
        desk.say("show", "clause", **fields, url=clause_link(desk.community, version, desk.language, clause.number))
    ]


def _charter(shown: Shown, desk: Desk) -> Charter | None:
    """The charter that judged the words."""
    verdict = shown.head.verdict
    if verdict is None or verdict.charter_version is None:
        return None
    with suppress(NotFound, CharterUnreadable):
        return desk.handling.charter(shown.head.community, verdict.charter_version)
    return None


def _looked_at(shown: Shown, desk: Desk) -> list[str]:
    """What became of every match, in the words of the comment as far as they are kept."""
    head, said = shown.head, shown.words or ""
    traces = unpack(head.verdict.trace) if head.verdict else ()
    if not traces:
        return []
    lines = sentences(
        traces, _charter(shown, desk), desk.language, lambda start, end: readable(said[start:end], head.language)
    )
    return [str(words.table(desk.language, "trace")["head"]), *(f"  {line}" for line in lines)]


def _numbered(number: int, draft: Draft, desk: Desk) -> str:
    kind = f"{desk.table['acts'][draft.kind]} : " if draft.kind is ActKind.PRIVATE else ""
    return f"  {number}. {kind}{draft.text}"


def _next(shown: Shown, desk: Desk) -> list[str]:
    """The lines that a CM may type now."""
    duty = on_duty(desk.community.rota, desk.now(), desk.community.zone)
    fields = {"id": shown.case.id, "person": duty[0].id if duty else "…"}
    lines = [desk.say("show", "send" if shown.case.drafts else "write", **fields)]
    can = desk.handling.able(shown.head)
    lines += [desk.say("show", act, **fields) for act in offered(shown, can) if act != "send"]
    return lines


# --- deciding ---


def _send(arguments: Namespace, desk: Desk, person: Person) -> int:
    name, community = arguments.case, desk.community
    with desk.refusing(name):
        shown = desk.handling.find(community.id, name)
    draft = _chosen(arguments, shown, desk)
    kind = draft.kind if draft else ActKind.REPLY
    words = arguments.text if arguments.text is not None else draft.text if draft else ""
    text = _signed(words, draft, kind, person, shown, desk)
    with desk.refusing(name):
        desk.handling.send(community.id, name, person.id, text, draft)
    how = "private" if kind is ActKind.PRIVATE else "reply" if shown.head.audience is Audience.PUBLIC else "answer"
    _print_said(how, text, person, shown, desk)
    return 0


def _private(arguments: Namespace, desk: Desk, person: Person) -> int:
    name, community = arguments.case, desk.community
    with desk.refusing(name):
        shown = desk.handling.find(community.id, name)
    if not arguments.text.strip():
        raise BadConfiguration(desk.say("refused", "empty"))
    text = _signed(arguments.text, None, ActKind.PRIVATE, person, shown, desk)
    with desk.refusing(name):
        desk.handling.write(community.id, name, person.id, text)
    _print_said("private", text, person, shown, desk)
    return 0


def _print_said(how: str, text: str, person: Person, shown: Shown, desk: Desk) -> None:
    print(
        desk.say(
            "send",
            how,
            person=person.name,
            name=desk.telling.author(shown.author),
            place=desk.telling.place(shown.head),
        )
    )
    print("\n".join(f"    {line}" for line in text.splitlines()))
    _say_if_paused("send", shown, desk)


def _say_if_paused(what: str, shown: Shown, desk: Desk) -> None:
    if desk.journal.pauses(desk.community.id).over(shown.head, desk.now()):
        print(desk.say(what, "paused"), file=sys.stderr)


def _chosen(arguments: Namespace, shown: Shown, desk: Desk) -> Draft | None:
    """The draft that is meant; None for words of one's own. Raises BadConfiguration."""
    drafts: tuple[Draft, ...] = shown.case.drafts
    number: int | None = arguments.draft
    if shown.case.state is CaseState.CLOSED or (arguments.text is not None and number is None):
        return None
    if not drafts:
        raise BadConfiguration(desk.say("refused", "no_draft"))
    if number is None and len(drafts) == 1:
        number = 1
    if number is None or not 1 <= number <= len(drafts):
        raise BadConfiguration(desk.say("refused", "which_draft", n=str(len(drafts))))
    return drafts[number - 1]


def _signed(  # noqa: PLR0913, PLR0917  whose words, how, where
    text: str, draft: Draft | None, kind: ActKind, person: Person, shown: Shown, desk: Desk
) -> str:
    """The words as they will stand there. Raises BadConfiguration for none, or for more than the platform takes."""
    if not text.strip() and shown.case.state is CaseState.CLOSED:
        return text  # who settled it is said, not that words are missing
    try:
        return signed(text, draft, shown, kind=kind, person=person, community=desk.community, handling=desk.handling)
    except Unfit as unfit:
        raise BadConfiguration(desk.say("refused", unfit.reason, **unfit.fields)) from unfit


def _hide(arguments: Namespace, desk: Desk, person: Person) -> int:
    with desk.refusing(arguments.case):
        action = desk.handling.hide(desk.community.id, arguments.case, person.id, arguments.clause)
    print(desk.say("hide" if action.purpose == "hidden_by_hand" else "confirmed", person=person.name))
    return 0


def _unhide(arguments: Namespace, desk: Desk, person: Person) -> int:
    with desk.refusing(arguments.case):
        at = desk.handling.find(desk.community.id, arguments.case).at
        if not desk.reviewing.give_in(at, person.id):
            desk.handling.show(desk.community.id, at, person.id)
    print(desk.say("unhide", person=person.name))
    return 0


def _like(arguments: Namespace, desk: Desk, person: Person) -> int:
    with desk.refusing(arguments.case):
        shown = desk.handling.find(desk.community.id, arguments.case)
        if desk.journal.pauses(desk.community.id).over(shown.head, desk.now()):
            raise TribuneError(desk.say("like", "paused"))
        desk.handling.like(desk.community.id, arguments.case, person.id)
    print(
        desk.say(
            "like",
            "done",
            person=person.name,
            name=desk.telling.author(shown.author),
            place=desk.telling.place(shown.head),
        )
    )
    return 0


def _delete(arguments: Namespace, desk: Desk, person: Person) -> int:
    with desk.refusing(arguments.case):
        shown = desk.handling.find(desk.community.id, arguments.case)
        if not arguments.yes:
            hides = ActKind.HIDE in desk.handling.able(shown.head)
            raise BadConfiguration(desk.say("refused", "final_but_hide" if hides else "final", id=arguments.case))
        action = desk.handling.delete(desk.community.id, arguments.case, person.id, arguments.clause)
    print(desk.say("delete", "done", person=person.name, clause=action.clause or desk.say("law")))
    _say_if_paused("delete", shown, desk)
    return 0


def _block(arguments: Namespace, desk: Desk, person: Person) -> int:
    second = _second(arguments.second, desk, person)
    with desk.refusing(arguments.case):
        shown = desk.handling.find(desk.community.id, arguments.case)
        action = desk.handling.block(desk.community.id, arguments.case, person.id, second.id, arguments.clause)
    names = {"person": person.name, "second": second.name, "name": desk.telling.author(shown.author)}
    print(desk.say("block", "done", **names, clause=action.clause or "", place=desk.telling.place(shown.head)))
    _say_if_paused("block", shown, desk)
    return 0


def _second(given: str | None, desk: Desk, person: Person) -> Person:
    """The other person that an exclusion takes. Raises BadConfiguration."""
    others = [one for one in desk.everybody() if one.id != person.id]
    if not others:
        raise BadConfiguration(desk.say("refused", "alone", person=person.name))
    second = desk.person(given) if given is not None else None
    if second is None or second.id == person.id:
        raise BadConfiguration(desk.say("refused", "two_persons", people=", ".join(one.id for one in others)))
    return second


def _close(arguments: Namespace, desk: Desk, person: Person) -> int:
    with desk.refusing(arguments.case):
        desk.handling.close(desk.community.id, arguments.case, person.id)
    print(desk.say("closed", id=arguments.case, person=person.name))
    return 0


_LOOKS = {"list": _list, "show": _show}
_DECIDES = {
    "send": _send,
    "private": _private,
    "like": _like,
    "hide": _hide,
    "unhide": _unhide,
    "delete": _delete,
    "block": _block,
    "close": _close,
}
