"""`tribune charter`: the charter as a file, before members are shown it.

FILE is a charter, or a configuration: then it is the charter that the configuration names, in the community's name.
"""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from local.announcing import Announcement, announcements
from local.charter_file import Opened, opened
from local.check import questions
from local.configuration import model
from local.replay import Replay, recorded
from local.terms_command import allow, terms
from local.trial_command import release, shadow, try_beside
from tribune import clock
from tribune.aws import clients, keys, stack
from tribune.aws.charters import Charters, VersionMeta
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.charter import Charter, PublishedCharter, Vocabulary
from tribune.charter.document import CharterType
from tribune.charter.drafting import announced
from tribune.charter.examples import Failure, test_examples
from tribune.charter.lint import diff, lint
from tribune.checking import Checker, Question
from tribune.errors import BadConfiguration, CharterUnreadable
from tribune.words import shared
from tribune.workflow.show import as_html


def run(arguments: Namespace) -> int:
    """One action on a charter. Raises BadConfiguration, NotFound, Unavailable."""
    return int(_ACTIONS[arguments.action](arguments))


# --- is it right? ---


def _lint(arguments: Namespace) -> int:
    remarks = list(_remarks(opened(arguments.file)))
    print("\n".join(remarks), end="\n" * bool(remarks))
    return 1 if remarks else 0


def _test(arguments: Namespace) -> int:
    failures = list(_failures(opened(arguments.file)))
    print("\n".join(failures), end="\n" * bool(failures))
    return 1 if failures else 0


def _remarks(ours: Opened) -> Iterator[str]:
    for remark in lint(ours.charter, ours.vocabulary, clock.now().astimezone(_zone(ours)).date()):
        yield f"{ours.place(remark)}: {remark}"


def _failures(ours: Opened) -> Iterator[str]:
    for failure in test_examples(ours.charter, ours.vocabulary):
        yield f"{ours.file}: {said(failure)}\n    {failure.sentence}"


def said(failure: Failure) -> str:
    """`respect (fr), allowed: found respect/insult_at_person`."""
    found = ", ".join(f"{breach.clause}/{breach.detector}" for breach in failure.found) or "nothing"
    return f"{failure.clause} ({failure.language}), {failure.expected}: found {found}"


def check_ready(ours: Opened, *, told: bool = False) -> None:
    """Raises BadConfiguration, with everything that `lint` and `test` say, while a charter must not be published.

    `told`: it is no news to the stack. Then a day that passed, or a later `lint`, keeps nobody from applying the rest
    of a file: only its examples must still hold, with the words that the file allows.
    """
    wrong = [*(() if told else _remarks(ours)), *_failures(ours)]
    if wrong:
        raise BadConfiguration(
            f"nothing is published while the charter contradicts itself ({len(wrong)} to correct):\n"
            + "\n".join(wrong),
            file=str(ours.file),
        )


def _diff(arguments: Namespace) -> int:
    ours = opened(arguments.file)
    if arguments.community:
        _check_known(arguments.community, arguments)
    if arguments.other:
        before, after = ours.charter, opened(arguments.other).charter
    else:
        before, after = _compared_with(arguments, ours.charter.type), ours.charter
    for line in diff(before, after):
        print(line)
    vocabulary = ours.community.vocabulary if ours.community else None
    if arguments.replay:
        with arguments.replay.open("rb") as said:
            _replayed(arguments, before, after, vocabulary, questions(said, file=str(arguments.replay)))
    if arguments.days is not None:
        if not arguments.community:
            raise BadConfiguration("say whose recorded decisions are asked again", field="--community")
        place = stack.locate(arguments.stage)
        journal = Journal(clients.dynamodb(), place.tables["journal"], place.tables["text"])
        kept = Communities(place.tables["community"]).load(arguments.community).vocabulary
        since = clock.now() - timedelta(days=arguments.days)
        _replayed(arguments, before, after, kept, recorded(journal, arguments.community, since))
    return 0


def _replayed(
    arguments: Namespace,
    before: Charter,
    after: Charter,
    vocabulary: Vocabulary | None,
    said: Iterable[Question],
) -> None:
    replay = Replay(Checker.of(before, vocabulary), Checker.of(after, vocabulary), clock.now())
    for change in replay.changes(said):
        print(change.line(show_text=arguments.show_text), flush=True)
    print(f"{replay.changed} of {replay.read} decisions would change")


def _compared_with(arguments: Namespace, bound: CharterType) -> Charter:
    """What the community has published for those it binds; the model when no community is named."""
    if not arguments.community:
        return model()
    charters, community = _published(arguments), arguments.community
    if bound is CharterType.INTERNAL:
        community = keys.internal(community)
    versions = charters.stored_versions(community)
    if not versions:
        which = "internal charter" if bound is CharterType.INTERNAL else "charter"
        raise BadConfiguration(f"{arguments.community} has published no {which} yet", field="--community")
    return charters.version(community, versions[-1].version).charter


# --- showing and publishing it ---


def _render(arguments: Namespace) -> int:
    ours, now = opened(arguments.file), clock.now()
    language = arguments.lang or ours.charter.languages[0]
    _check_language(ours, language)
    published = PublishedCharter(
        version=1,
        published_at=now,
        effective_from=now,
        notice_days=ours.charter.commitments.notice_days,
        content_hash=ours.charter.content_hash,
        charter=ours.charter,
    )
    sys.stdout.write(as_html(published, ours.somebody, language))
    return 0


def _publish(arguments: Namespace) -> int:
    """The first version may bind at once. Those that follow say what changes, as long ahead as members were promised."""
    ours, now = opened(arguments.file), clock.now()
    own = ours.community.id if ours.community else ""
    community = own or arguments.community or ours.charter.community
    if not community:
        raise BadConfiguration("say whose charter it is", field="--community")
    if own and arguments.community not in (None, own):
        raise BadConfiguration(f"the file says that it is “{own}”", field="--community")
    if ours.charter.community not in ("", community):
        raise BadConfiguration(
            f"it is the charter of “{ours.charter.community}”", file=str(ours.file), field="community"
        )
    check_ready(ours)
    if not own:  # a configuration may go before the `tribune apply` that makes its community known
        _check_known(community, arguments)
    charters = _published(arguments)
    if ours.charter.type is CharterType.INTERNAL:
        if arguments.shadow:
            raise BadConfiguration("an internal charter judges nobody: there is nothing to try", field="--shadow")
        community = keys.internal(community)
    if arguments.shadow:
        return try_beside(charters, community, ours.charter)
    effective_from, summary = _dated(arguments, ours, charters, community, now)
    version = charters.publish(community, ours.charter, effective_from=effective_from, now=now, summary=summary)
    meta = next(meta for meta in charters.stored_versions(community) if meta.version == version)
    print(f"version {version}, in force from {meta.effective_from:%Y-%m-%d %H:%M} UTC")
    return 0


def _dated(
    arguments: Namespace, ours: Opened, charters: Charters, community: str, now: datetime
) -> tuple[datetime, str]:
    """From when on it binds, and what members read of the change. Raises BadConfiguration for a promise not kept."""
    zone = _zone(ours)
    asked = None if arguments.effective_from is None else _moment(arguments.effective_from, zone, now)
    versions = charters.stored_versions(community)
    if not versions or _says(charters, community, versions[-1], ours.charter):
        return asked or now, arguments.summary
    latest, because = versions[-1], (arguments.now_because or "").strip()
    if not arguments.summary.strip():
        raise BadConfiguration("say in a sentence, for members, what changes", field="--summary")
    promised = announced(latest, now)
    if asked is None:
        asked = now if because else promised
        return max(asked, latest.effective_from), f"{arguments.summary.strip()} {because}".strip()
    if asked < promised and not because:
        raise BadConfiguration(
            f"version {latest.version} promised to announce a change {latest.notice_days} days ahead: let it take effect "
            f"from {_first_day(promised, zone)} on, or say to members why not, with --now-because",
            field="--from",
        )
    return asked, f"{arguments.summary.strip()} {because}".strip()


def _says(charters: Charters, community: str, meta: VersionMeta, charter: Charter) -> bool:
    try:
        return charters.version(community, meta.version).charter == charter
    except CharterUnreadable:
        return False  # publishing it again writes its parts anew


def _published(arguments: Namespace) -> Charters:
    return Charters(stack.locate(arguments.stage).tables["charter"])


def _check_known(community: str, arguments: Namespace) -> None:
    """Raises BadConfiguration, with those there are, for a community that the stack has never heard of."""
    known = Communities(stack.locate(arguments.stage).tables["community"]).all()
    if community not in known:
        there = ", ".join(known) or "none yet, `tribune apply` brings them"
        raise BadConfiguration(f"there is no community “{community}”; there are: {there}", field="--community")


def _zone(ours: Opened) -> tzinfo:
    """Whose clock a day is written by: the community's; UTC for a charter that names none."""
    return ours.community.zone if ours.community else UTC


def _first_day(moment: datetime, zone: tzinfo) -> date:
    """The first day that begins no earlier."""
    day = moment.astimezone(zone).date()
    return day if datetime.combine(day, time(0), zone) >= moment else day + timedelta(days=1)


def _moment(text: str, zone: tzinfo, now: datetime | None = None) -> datetime:
    if now and text == "now":
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadConfiguration("write a moment like 2026-12-01 or 2026-12-01T09:00+01:00", field="--from") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# --- making it known ---


def _announce(arguments: Namespace) -> int:
    ours = opened(arguments.file)
    if arguments.lang:
        _check_language(ours, arguments.lang)
    known = shared("announce")
    if unknown := [name for name in arguments.platform if name not in known]:
        raise BadConfiguration(
            f"no text is known for {', '.join(unknown)}; there are: {', '.join(known)}", field="--platform"
        )
    wanted = Announcement(
        url=_address(arguments, ours),
        effective=_moment(arguments.effective_from, _zone(ours)) if arguments.effective_from else clock.now(),
        change=arguments.change or "",
        languages=(arguments.lang,) if arguments.lang else (),
        platforms=tuple(arguments.platform),
    )
    print("\n\n".join(announcements(ours, wanted)))
    return 0


def _check_language(ours: Opened, language: str) -> None:
    if language not in ours.charter.languages:
        raise BadConfiguration(f"the charter speaks {', '.join(ours.charter.languages)}", field="--lang")


def _address(arguments: Namespace, ours: Opened) -> str:
    if arguments.url:
        if not arguments.url.startswith("https://"):
            raise BadConfiguration("write the whole address: https://…", field="--url")
        return str(arguments.url)
    if ours.community and ours.community.charter_base_url:
        return f"{ours.community.charter_base_url}/charter/{ours.community.id}"
    raise BadConfiguration("say at which public address the charter is read", field="--url")


_ACTIONS = {
    "lint": _lint,
    "test": _test,
    "diff": _diff,
    "render": _render,
    "publish": _publish,
    "release": release,
    "shadow": shadow,
    "announce": _announce,
    "terms": terms,
    "allow": allow,
}
