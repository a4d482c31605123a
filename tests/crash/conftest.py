"""A world with one community in mode act, ready for faults."""

from world import fresh_world

__all__ = ["fresh_world"]
