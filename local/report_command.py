"""`tribune report`: what a week or a month came to, on a terminal however narrow, or as JSON."""

import json
import shutil
import textwrap
from argparse import Namespace
from collections.abc import Iterator

from local.desk import Desk, opened
from tribune.aws import keys
from tribune.aws.sealed import Sealed
from tribune.proposals import may_be_quoted
from tribune.report import Period, Place, Report
from tribune.reported import Said, tell
from tribune.workflow.masking import masked_line
from tribune.workflow.reporting import Gathering, as_json

NARROWEST = 30
WIDEST = 100


def run(arguments: Namespace) -> int:
    """Print it. Raises BadConfiguration for what is no period, TribuneError."""
    with opened(arguments) as desk:
        period = _period(arguments, desk)
        sealed = Sealed(desk.journal.client, desk.journal.counter_table)
        gathering = Gathering(desk.journal, keys, sealed, desk.charters)
        report = gathering.report(desk.community, period, desk.now())
        if arguments.json:
            print(json.dumps(as_json(report, desk.language), ensure_ascii=False, indent=1))
            return 0
        width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
        for line in _lines(report, desk, width):
            print(line)
    return 0


def _period(arguments: Namespace, desk: Desk) -> Period:
    """The one that is asked for, else the last week that is over."""
    written = arguments.week or arguments.month
    if written:
        return Period.read(written)
    return Period.week(desk.now().astimezone(desk.community.zone).date()).before


def _lines(report: Report, desk: Desk, width: int) -> Iterator[str]:
    told = tell(report, desk.community, reader="", said=_said(report, desk), now=desk.now(), language=desk.language)
    yield from textwrap.wrap(told.subject, width)
    for paragraph in filter(None, told.paragraphs(width)):
        yield ""
        for line in paragraph.split("\n"):
            yield from textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


def _said(report: Report, desk: Desk) -> Said:
    """A masked line of each comment that is named, where it still stands."""
    places: set[Place] = {place for named in report.places.values() for place in named}
    known = desk.journal.read(keys.head(desk.community.id, *place) for place in places)
    heads = [head for place in places if (head := known.head(desk.community.id, *place)) and may_be_quoted(head)]
    words = desk.journal.current_words(heads)
    return {head.at[1:]: (masked_line(words[head.at]), head.url or "") for head in heads if head.at in words}
