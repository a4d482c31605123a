"""One list of detectors: the code, the parameters and the documentation of authors say the same."""

import typing
from pathlib import Path

import pytest

from tribune.charter import lists, uses
from tribune.charter.detectors import DETECTORS, LAW_DETECTORS, OVER_ALL, Detector
from tribune.charter.detectors.__main__ import table
from tribune.charter.uses import Use

MEMBERS: tuple[type[Use], ...] = typing.get_args(typing.get_args(uses.DetectorUse)[0])


def test_each_detector_takes_the_parameters_that_a_charter_may_write_for_its_name() -> None:
    written = {name: member for member in MEMBERS for name in typing.get_args(member.model_fields["name"].annotation)}
    assert {detector.name: detector.use for detector in DETECTORS} == written


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_each_detector_says_what_it_finds_and_names_lists_that_exist(detector: Detector) -> None:
    assert (detector.find.__doc__ or "").strip()
    assert set(detector.lists) <= lists.packaged().keys()


def test_the_sets_of_detectors_name_detectors() -> None:
    known = {detector.name for detector in DETECTORS}
    assert len(known) == len(DETECTORS)
    assert known >= OVER_ALL
    assert known.issuperset(LAW_DETECTORS)


def test_the_readme_of_charters_documents_every_detector_and_every_parameter(charters: Path) -> None:
    assert table() in (charters / "README.md").read_text("utf-8")
