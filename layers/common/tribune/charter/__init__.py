"""The charter: its clauses and versions, and reading a text against them.

`Charter` and `Clause` are the document a person writes; `PublishedCharter` is a version that members were shown, and
`in_force` finds the one that applied at a moment. A `Reader` reads texts under a charter, in given `Circumstances`
and with a community's `Vocabulary`, and yields `Findings`: breaches with their exact words, and signals. Inside, in
reading order: text (normalised tokens that keep their original offsets) · lexicon (terms and phrases) · lists (the
packaged words) · reading (what every detector looks at) · signals · uses (what a clause may ask
of a detector) · detectors (one ordered list) · order (which clause gives way to which) · reader. Beside
them, for authors of charters: examples (sentences that test the charter) · lint (is it complete, what changed).
"""

from tribune.charter.document import Charter, Clause, PublishedCharter, in_force
from tribune.charter.findings import Breach, Circumstances, Findings, Signal, Trace, Vocabulary, Why, pack, unpack
from tribune.charter.reader import LAW, Reader

__all__ = [
    "LAW",
    "Breach",
    "Charter",
    "Circumstances",
    "Clause",
    "Findings",
    "PublishedCharter",
    "Reader",
    "Signal",
    "Trace",
    "Vocabulary",
    "Why",
    "in_force",
    "pack",
    "unpack",
]
