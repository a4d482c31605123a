"""Two faults in one world, at every two calls, of every two kinds, for the function that decides and the one that acts.

Every pair in `make crash`; a part of them, always the same, in every run.
"""

from typing import Any

import pytest
from proof import EVERYTHING, MODES, STORIES, Story, pairs, tried
from proof_table import tell

DECIDES_OR_ACTS = [story for story in STORIES if story.function in ("moderate_comments", "perform_action")]
PART = 61
"""Of so many pairs, one is lived in every run."""


@pytest.mark.parametrize("first", MODES)
@pytest.mark.parametrize("story", DECIDES_OR_ACTS, ids=lambda story: f"{story.function}: {story.name}")
def test_two_faults_change_nothing_that_anybody_sees(story: Story, first: str, record_property: Any) -> None:
    number, found = tried(story, pairs(story, first, every=1 if EVERYTHING else PART))

    tell(record_property, story.function, "pairs", number)
    tell(record_property, story.function, "wrong worlds", len(found))
    assert found == []
