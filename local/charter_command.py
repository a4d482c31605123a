"""`tribune charter`: the charter as a file, before members are shown it.

FILE is a charter, or a configuration: then it is the charter that the configuration names, in the community's name.
"""

import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.configuration import ConfigurationFile, WrittenCommunity, community_of, model, read
from tribune import clock, written
from tribune.aws import stack
from tribune.aws.charters import Charters
from tribune.charter import Charter, PublishedCharter, Vocabulary
from tribune.charter.examples import test_examples
from tribune.charter.lint import diff, lint
from tribune.community import Community
from tribune.errors import BadConfiguration
from tribune.words import fill, spoken, table
from tribune.workflow.show import as_html, date_words

_NOBODY = "preview"


@dataclass(frozen=True, slots=True)
class Opened:
    """A charter and, when the file was a configuration, whose it is."""

    charter: Charter
    community: Community | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """What the community adds to the charter's own words."""
        if self.community is None:
            return Vocabulary()
        return Vocabulary(
            own_contacts=self.community.own_contacts,
            own_domains=self.community.own_domains,
            allowed=self.community.allowed,
            brand=self.community.name,
        )


def run(arguments: Namespace) -> int:
    """One action on a charter. Raises BadConfiguration, NotFound, Unavailable."""
    return int(_ACTIONS[arguments.action](arguments))


def opened(path: Path) -> Opened:
    """The charter in a file, whichever of the two kinds it is. Raises BadConfiguration."""
    if _is_configuration(path):
        configuration = read(path)
        return Opened(configuration.charter, configuration.community)
    return Opened(written.load(path, Charter))


def _is_configuration(path: Path) -> bool:
    try:
        value = written.parse(path.read_text(encoding="utf-8"), file=str(path)).value
    except (OSError, UnicodeDecodeError):
        return False  # reading it as a charter says what is wrong
    return isinstance(value, dict) and "community" in value


# --- is it right? ---


def _lint(arguments: Namespace) -> int:
    ours = opened(arguments.file)
    remarks = lint(ours.charter, ours.vocabulary, clock.now().date())
    places = _places(arguments.file)
    for remark in remarks:
        print(f"{arguments.file}{places.get(remark.clause, '')}: {remark}")
    return 1 if remarks else 0


def _places(path: Path) -> dict[str, str]:
    """Clause id -> `:12`, the line where a charter file begins it."""
    document = written.parse(path.read_text(encoding="utf-8"), file=str(path))
    clauses = document.value.get("clauses", [])
    return {clause["id"]: f":{document.line_of(('clauses', number))}" for number, clause in enumerate(clauses)}


def _test(arguments: Namespace) -> int:
    charter = opened(arguments.file)
    failures = test_examples(charter.charter, charter.vocabulary)
    for failure in failures:
        found = ", ".join(f"{breach.clause}/{breach.detector}" for breach in failure.found) or "nothing"
        print(f"{arguments.file}: {failure.clause} ({failure.language}), {failure.expected}: found {found}")
        print(f"    {failure.sentence}")
    return 1 if failures else 0


def _diff(arguments: Namespace) -> int:
    ours = opened(arguments.file)
    if arguments.other:
        before, after = ours.charter, opened(arguments.other).charter
    else:
        before, after = _compared_with(arguments), ours.charter
    for line in diff(before, after):
        print(line)
    return 0


def _compared_with(arguments: Namespace) -> Charter:
    """What the community has published; the model when no community is named."""
    if not arguments.community:
        return model()
    charters = _published(arguments)
    versions = charters.stored_versions(arguments.community)
    if not versions:
        raise BadConfiguration(f"{arguments.community} has published no charter yet", field="--community")
    return charters.version(arguments.community, versions[-1].version).charter


# --- showing and publishing it ---


def _render(arguments: Namespace) -> int:
    ours, now = opened(arguments.file), clock.now()
    language = arguments.lang or ours.charter.languages[0]
    if language not in ours.charter.languages:
        raise BadConfiguration(f"the charter speaks {', '.join(ours.charter.languages)}", field="--lang")
    published = PublishedCharter(
        version=1,
        published_at=now,
        effective_from=now,
        notice_days=ours.charter.commitments.notice_days,
        content_hash=ours.charter.content_hash,
        charter=ours.charter,
    )
    sys.stdout.write(as_html(published, ours.community or _somebody(ours.charter), language))
    return 0


def _somebody(charter: Charter) -> Community:
    """Stands for the community that a charter alone does not name."""
    brand = charter.values(charter.languages[0]).get("brand", charter.title[charter.languages[0]])
    return community_of(ConfigurationFile(community=WrittenCommunity(id=_NOBODY, name=brand)))


def _publish(arguments: Namespace) -> int:
    ours, now = opened(arguments.file), clock.now()
    community = ours.community.id if ours.community else arguments.community
    if not community:
        raise BadConfiguration("say whose charter it is", field="--community")
    warn(arguments.file, ours.charter)
    charters = _published(arguments)
    effective_from = now if arguments.effective_from in (None, "now") else _moment(arguments.effective_from)
    version = charters.publish(
        community, ours.charter, effective_from=effective_from, now=now, summary=arguments.summary
    )
    meta = next(meta for meta in charters.stored_versions(community) if meta.version == version)
    print(f"version {version}, in force from {meta.effective_from:%Y-%m-%d %H:%M} UTC")
    return 0


def warn(path: Path, charter: Charter) -> None:
    """Say on stderr that a charter about to be published is not complete; a person decides."""
    if remarks := lint(charter, Vocabulary(), clock.now().date()):
        print(
            f"{path}: the charter is not complete ({len(remarks)} remarks, see `tribune charter lint`)", file=sys.stderr
        )


def _published(arguments: Namespace) -> Charters:
    return Charters(stack.locate(arguments.stage).tables["charter"])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadConfiguration("write a moment like 2026-12-01 or 2026-12-01T09:00+01:00", field="--from") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# --- making it known ---


def _announce(arguments: Namespace) -> int:
    ours = opened(arguments.file)
    if arguments.lang and arguments.lang not in ours.charter.languages:
        raise BadConfiguration(f"the charter speaks {', '.join(ours.charter.languages)}", field="--lang")
    print("\n\n".join(announcements(arguments, ours)))
    return 0


def announcements(arguments: Namespace, ours: Opened) -> Iterator[str]:
    """The texts to copy, each under its title, language after language."""
    url, community = _address(arguments, ours), ours.community or _somebody(ours.charter)
    effective = _moment(arguments.effective_from) if arguments.effective_from else clock.now()
    for language in [arguments.lang] if arguments.lang else ours.charter.languages:
        words, values = table(spoken(language), "announce"), ours.charter.values(language)
        fields = {
            "brand": values.get("brand", community.name),
            "host": values.get("cm_public_name", community.name),
            "hours": values.get("moderation_hours", ""),
            "appeal": values.get("appeal_contact", ""),
            "effective": date_words(effective, language, community.zone),
            "url": url,
            "summary": arguments.change or "",
        }
        for name, title in words["titles"].items():
            text = words["texts"]["pinned_change" if name == "pinned" and arguments.change else name]
            yield f"--- {title} [{language}]\n{fill(text, fields)}"


def _address(arguments: Namespace, ours: Opened) -> str:
    if arguments.url:
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
    "announce": _announce,
}
