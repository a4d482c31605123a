"""A journal with a memory, and a team that can be reached or not."""

import pytest
from duty_room import MemoryJournal, Messages, Phones


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
def queue() -> Messages:
    return Messages()
