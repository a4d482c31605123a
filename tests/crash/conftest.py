"""A world with one community in mode act, ready for faults."""

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from world import World, living

from local.resources import Stack


@pytest.fixture
def world(stack: Stack, function: Callable[[str], ModuleType]) -> Iterator[World]:
    """A fresh world; the example configuration is applied to it."""
    fresh = World(stack, function)
    with living(fresh):
        fresh.apply()
        yield fresh
