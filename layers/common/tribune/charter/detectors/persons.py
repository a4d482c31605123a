"""What is aimed at natural persons: a member, an employee, the host. The brand is not one."""

from collections.abc import Iterator

from tribune.charter.detectors.match import Match, Watch, matched
from tribune.charter.reading import Reading
from tribune.charter.uses import Words


def insult_at_person(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Insults aimed at a natural person: a member, an employee, the host. The brand is not one."""
    for hit in reading.of(*watch.names):
        if reading.set_aside(hit, "self_related"):
            yield Match(hit.start, hit.end, quoted=True)
        elif reading.aimed_at_person(hit):
            yield Match(hit.start, hit.end, doubtful=reading.laughs)


def insult_addressed(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Whole expressions that insult whom they address: in the singular anywhere, with « vous » only a person."""
    for hit in reading.of(*watch.names):
        yield matched(reading, hit, doubtful=reading.laughs)
    for hit in reading.of("addressed_plural_insults"):
        if reading.addresses_somebody(hit):
            yield matched(reading, hit, doubtful=reading.laughs)


def accusation_at_person(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """A crime laid at the door of a named member. Of the brand and its trades it is criticism."""
    for hit in reading.of(*watch.names):
        if not reading.set_aside(hit) and reading.aimed_at_member(hit):
            yield Match(hit.start, hit.end)
